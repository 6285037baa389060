"""`ringfence declare`: writes where data files come from, and says for which that lacks."""

from __future__ import annotations

import datetime as dt
import json
import os
from typing import TYPE_CHECKING, Annotated

import typer

from .. import provenance
from ..errors import ExitCode, UsageError
from ..place import local_plan
from ..sources.files import Files
from . import options
from .options import PolicyOption, RepoOption, TagOption

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..place import Place


def declare(
    paths: Annotated[list[str] | None, typer.Argument(help="Files, from the top of the repository.")] = None,
    *,
    source: Annotated[str, typer.Option("--source", metavar="TEXT", help="Where they were taken from.")] = "",
    generator: Annotated[
        str, typer.Option("--generator", metavar="TEXT", help="Who made them: human, or VENDOR/PRODUCT [MODEL].")
    ] = "",
    licence: Annotated[str, typer.Option("--licence", metavar="TEXT", help="Under what they may be used.")] = "",
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who collected them.")] = "",
    collected: Annotated[str, typer.Option("--collected", metavar="DATE", help="When; left out: today.")] = "",
    check: Annotated[
        bool, typer.Option("--check", help="List the files whose description lacks, or is wrong.")
    ] = False,
    repo: RepoOption = None,
    policy: PolicyOption = None,
    tag: TagOption = None,
) -> int:
    """Describe data files in PROVENANCE.toml, or check that all are described."""
    place = options.place(repo, policy, tag)
    top = place.repo.top()
    if top is None:
        raise UsageError("a bare repository has no files to describe.", "Do it in a clone.")
    if check:
        return _checked(place, top, paths or ())
    said = {"source": source, "generator": generator, "licence": licence, "by": by}
    if not paths or not all(said.values()):
        raise UsageError("say which files, and --source, --generator, --licence and --by of them; or --check.")
    for path in paths:
        _write(top, path, said, collected or dt.datetime.now(dt.UTC).date().isoformat())
        typer.echo(f"ringfence: {path} is described in {provenance.LIST}.")
    return ExitCode.ALLOWED


def _write(top: str, path: str, said: dict[str, str], collected: str) -> None:
    """Add what is said of a file to the list, where later words count.

    Raises:
        PolicyError: What the list would be can't be used.
        UsageError: There is no such file.
    """
    place, inside = os.path.join(top, provenance.LIST), os.path.join(top, path)
    if not os.path.isfile(inside):
        raise UsageError(f"there is no file {path}.", "Give its path from the top of the repository.")
    held = _read(place) or b"version = 1\n"
    told = {"path": path, **said, "sha256": provenance.hash_of(Files(), inside)}  # type: ignore[arg-type]  # reads like one
    lines = ["", "[[data]]", *(f"{key} = {json.dumps(text)}" for key, text in told.items())]
    whole = held + "\n".join([*lines, f"collected = {collected}", ""]).encode()
    provenance.Listed(whole)
    options.write(whole.decode(), place)


def _checked(place: Place, top: str, paths: list[str] | tuple[str, ...]) -> int:
    """Say of each tracked file in a zone that demands it what is wrong with its description."""
    plan = local_plan(place)
    data = _read(os.path.join(top, provenance.LIST))
    listed = provenance.Listed(data) if data is not None else None
    is_good = True
    for path in paths or _tracked(place):
        name, place_of = os.fsencode(path), os.path.join(top, path)
        if (
            not os.path.isfile(place_of)
            or not plan
            or not plan.demanding(plan.tags_of(name), "provenance")
            or not provenance.is_data(name)
        ):
            continue
        said = (listed and listed.of(path)) or provenance.beside(path, _read(place_of + provenance.BESIDE))
        digest = provenance.hash_of(Files(), place_of)  # type: ignore[arg-type]  # reads like one
        if fault := provenance.wrong(said, name, digest, plan) if said else (provenance.MISSING, ""):
            is_good = False
            typer.echo(f"{path}: {fault[0].product}{f' ({fault[1]})' if fault[1] else ''} [{fault[0].id}]")
    return ExitCode.ALLOWED if is_good else ExitCode.INCOMPLETE


def _tracked(place: Place) -> Iterator[str]:
    """Yield the files that git knows of or will add, from the top of the repository."""
    listing = place.repo.run("ls-files", "-z", "--full-name", "--cached", "--others", "--exclude-standard", ":/")
    yield from (os.fsdecode(name) for name in sorted(set(listing.split(b"\0")) - {b""}))


def _read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
