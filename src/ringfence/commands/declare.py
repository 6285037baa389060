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
from ..excerpts import sanitise_text
from ..policy.schema.provenance_file import flatten_source, format_table
from ..repository import load_local_plan, read_own_file
from ..sources.files import Files
from . import options
from .options import PolicyOption, RepoOption, TagOption

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..repository import Repository

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
    place = options.open_repository(repo, policy, tag)
    top = place.repo.find_work_tree()
    if top is None:
        raise UsageError("a bare repository has no files to describe.", "Do it in a clone.")
    if check:
        return _check_descriptions(place, top, paths or ())
    if export or import_:
        if paths or source or generator or licence or by or collected or (export and import_):
            raise UsageError("--export and --import each stand alone.")
        return _export_descriptions(place, top, export) if export else _import_descriptions(top, import_ or "")
    said = {"source": source, "generator": generator, "licence": licence, "by": by}
    if not paths or not all(said.values()):
        raise UsageError(
            "say which files, and --source, --generator, --licence and --by of them; or --check, --export or --import."
        )
    for path in paths:
        _describe_file(top, path, said, collected or dt.datetime.now(dt.UTC).date().isoformat())
        typer.echo(f"ringfence: {path} is described in {provenance.LIST}.")
    return ExitCode.ALLOWED


def _describe_file(top: str, path: str, said: dict[str, str], collected: str) -> None:
    """Add what is said of a file to the list, where later words count.

    Raises:
        PolicyError: What the list would be can't be used.
        UsageError: There is no such file.
    """
    place, inside = os.path.join(top, provenance.LIST), os.path.join(top, path)
    if not os.path.isfile(inside):
        raise UsageError(f"there is no file {path}.", "Give its path from the top of the repository.")
    told = {"path": path, **said, "sha256": provenance.compute_sha256(Files(), inside)}  # type: ignore[arg-type]  # reads like one
    _append_descriptions(place, [told | {"collected": collected}])


def _append_descriptions(place: str, files: list[dict[str, str]]) -> None:
    """Add descriptions to a list, where later words count.

    Raises:
        PolicyError: What the list would be can't be used.
    """
    held = read_own_file(place) or b"version = 1\n"
    whole = held + "".join(map(format_table, files)).encode("utf-8", "surrogateescape")
    provenance.ProvenanceList(whole)
    options.write_file(whole.decode(), place)


def _export_descriptions(place: Repository, top: str, how: str) -> int:
    """Print what the list, and files beside data, say of each file."""
    data = read_own_file(os.path.join(top, provenance.LIST))
    files = {file["path"]: file for file in provenance.ProvenanceList(data).iter_files()} if data is not None else {}
    for name in _list_tracked_files(place):
        path = name.removesuffix(provenance.BESIDE)
        if (
            path not in files
            and path != name
            and (said := provenance.parse_sidecar(path, read_own_file(os.path.join(top, name))))
        ):
            files[path] = flatten_source(path, said, path + provenance.BESIDE)
    if not files:
        raise IncompleteError("no file is described here.", "Describe some: ringfence declare PATH")
    typer.echo(formats.export_files(files.values(), os.path.basename(os.path.realpath(top)), how), nl=False)
    return ExitCode.ALLOWED


def _import_descriptions(top: str, name: str) -> int:
    """Add to the list what a file describes."""
    files = formats.import_files(options.read_file(name), sanitise_text(name))
    _append_descriptions(os.path.join(top, provenance.LIST), files)
    for file in files:
        typer.echo(f"ringfence: {sanitise_text(file['path'])} is described in {provenance.LIST}.")
    return ExitCode.ALLOWED


def _check_descriptions(place: Repository, top: str, paths: list[str] | tuple[str, ...]) -> int:
    """Say of each tracked file in a zone that demands it what is wrong with its description."""
    plan = load_local_plan(place)
    data = read_own_file(os.path.join(top, provenance.LIST))
    listed = provenance.ProvenanceList(data) if data is not None else None
    is_good = True
    for path in paths or _list_tracked_files(place):
        name, place_of = os.fsencode(path), os.path.join(top, path)
        if (
            not os.path.isfile(place_of)
            or not plan
            or not plan.actions.filter_demanding(plan.zones.find_tags(name), "provenance")
            or not provenance.is_data(name)
        ):
            continue
        said = (listed and listed.find_source(path)) or provenance.parse_sidecar(
            path, read_own_file(place_of + provenance.BESIDE)
        )
        digest = provenance.compute_sha256(Files(), place_of)  # type: ignore[arg-type]  # reads like one
        if fault := provenance.find_description_fault(said, name, digest, plan) if said else (provenance.MISSING, ""):
            is_good = False
            typer.echo(f"{path}: {fault[0].product}{f' ({fault[1]})' if fault[1] else ''} [{fault[0].id}]")
    return ExitCode.ALLOWED if is_good else ExitCode.INCOMPLETE


def _list_tracked_files(place: Repository) -> Iterator[str]:
    """Yield the files that git knows of or will add, from the top of the repository."""
    listing = place.repo.run("ls-files", "-z", "--full-name", "--cached", "--others", "--exclude-standard", ":/")
    yield from (os.fsdecode(name) for name in sorted(set(listing.split(b"\0")) - {b""}))
