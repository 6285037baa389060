"""`ringfence declare`: writes where data files come from, and says for which that lacks."""

from __future__ import annotations

import datetime as dt
import os
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ..audit.exports import formats
from ..check.rules import provenance
from ..errors import ExitCode, IncompleteError, UsageError
from ..excerpts import harmless
from ..policy.schema.provenance_file import flat, table
from ..repository import local_plan, read
from ..sources.files import Files
from . import options
from .options import PolicyOption, RepoOption, TagOption

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..repository import Place

Exchange = StrEnum("Exchange", list(formats.FORMATS))  # type: ignore[misc]  # a member for each row of the table


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
    export: Annotated[
        Exchange | None,
        typer.Option(
            "--export", metavar="|".join(formats.FORMATS), help="Print the descriptions as other tools read them."
        ),
    ] = None,
    import_: Annotated[
        str | None, typer.Option("--import", metavar="FILE", help="Add the descriptions that such a document holds.")
    ] = None,
    repo: RepoOption = None,
    policy: PolicyOption = None,
    tag: TagOption = None,
) -> int:
    """Describe data files in PROVENANCE.toml, check that all are, or turn it into Croissant or SPDX and back."""
    place = options.place(repo, policy, tag)
    top = place.repo.top()
    if top is None:
        raise UsageError("a bare repository has no files to describe.", "Do it in a clone.")
    if check:
        return _checked(place, top, paths or ())
    if export or import_:
        if paths or source or generator or licence or by or collected or (export and import_):
            raise UsageError("--export and --import each stand alone.")
        return _exported(place, top, export) if export else _imported(top, import_ or "")
    said = {"source": source, "generator": generator, "licence": licence, "by": by}
    if not paths or not all(said.values()):
        raise UsageError(
            "say which files, and --source, --generator, --licence and --by of them; or --check, --export or --import."
        )
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
    told = {"path": path, **said, "sha256": provenance.hash_of(Files(), inside)}  # type: ignore[arg-type]  # reads like one
    _add(place, [told | {"collected": collected}])


def _add(place: str, files: list[dict[str, str]]) -> None:
    """Add descriptions to a list, where later words count.

    Raises:
        PolicyError: What the list would be can't be used.
    """
    held = read(place) or b"version = 1\n"
    whole = held + "".join(map(table, files)).encode("utf-8", "surrogateescape")
    provenance.Listed(whole)
    options.write(whole.decode(), place)


def _exported(place: Place, top: str, how: str) -> int:
    """Print what the list, and files beside data, say of each file."""
    data = read(os.path.join(top, provenance.LIST))
    files = {file["path"]: file for file in provenance.Listed(data).files()} if data is not None else {}
    for name in _tracked(place):
        path = name.removesuffix(provenance.BESIDE)
        if path not in files and path != name and (said := provenance.beside(path, read(os.path.join(top, name)))):
            files[path] = flat(path, said, path + provenance.BESIDE)
    if not files:
        raise IncompleteError("no file is described here.", "Describe some: ringfence declare PATH")
    typer.echo(formats.exported(files.values(), os.path.basename(os.path.realpath(top)), how), nl=False)
    return ExitCode.ALLOWED


def _imported(top: str, name: str) -> int:
    """Add to the list what a file describes."""
    files = formats.imported(options.read(name), harmless(name))
    _add(os.path.join(top, provenance.LIST), files)
    for file in files:
        typer.echo(f"ringfence: {harmless(file['path'])} is described in {provenance.LIST}.")
    return ExitCode.ALLOWED


def _checked(place: Place, top: str, paths: list[str] | tuple[str, ...]) -> int:
    """Say of each tracked file in a zone that demands it what is wrong with its description."""
    plan = local_plan(place)
    data = read(os.path.join(top, provenance.LIST))
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
        said = (listed and listed.of(path)) or provenance.beside(path, read(place_of + provenance.BESIDE))
        digest = provenance.hash_of(Files(), place_of)  # type: ignore[arg-type]  # reads like one
        if fault := provenance.wrong(said, name, digest, plan) if said else (provenance.MISSING, ""):
            is_good = False
            typer.echo(f"{path}: {fault[0].product}{f' ({fault[1]})' if fault[1] else ''} [{fault[0].id}]")
    return ExitCode.ALLOWED if is_good else ExitCode.INCOMPLETE


def _tracked(place: Place) -> Iterator[str]:
    """Yield the files that git knows of or will add, from the top of the repository."""
    listing = place.repo.run("ls-files", "-z", "--full-name", "--cached", "--others", "--exclude-standard", ":/")
    yield from (os.fsdecode(name) for name in sorted(set(listing.split(b"\0")) - {b""}))
