"""`ringfence declare`: writes entries of data files to `PROVENANCE.toml`, checks, exports and imports them."""

from __future__ import annotations

import datetime as dt
import os
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ..audit import provenance_entries
from ..audit.exports import formats
from ..check.rules import provenance
from ..errors import ExitCode, IncompleteError, UsageError
from ..excerpts import sanitise_text
from ..policy.schema.provenance_file import flatten_source
from ..reports.wording import format_count
from ..repository import load_local_plan, read_own_file
from ..sources.files import Files
from . import options
from .options import PolicyOption, RepoOption, TagOption

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..repository import Repository

Exchange = StrEnum("Exchange", list(formats.FORMATS))  # type: ignore[misc]  # a member for each row of the table


def declare(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH", help="Files, folders and patterns, from the top of the repository."),
    ] = None,
    *,
    source: Annotated[str, typer.Option("--source", metavar="TEXT", help="Where they were taken from.")] = "",
    generator: Annotated[
        str, typer.Option("--generator", metavar="TEXT", help="What generated them: human, or VENDOR/PRODUCT [MODEL].")
    ] = "",
    licence: Annotated[str, typer.Option("--licence", metavar="TEXT", help="The licence they are used under.")] = "",
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who collected them.")] = "",
    collected: Annotated[
        str, typer.Option("--collected", metavar="DATE", help="When they were collected; default: today.")
    ] = "",
    check: Annotated[bool, typer.Option("--check", help="List the files whose entry is missing or wrong.")] = False,
    export: Annotated[
        Exchange | None,
        typer.Option("--export", metavar="|".join(formats.FORMATS), help="Print all entries in another tool's format."),
    ] = None,
    import_: Annotated[
        str | None,
        typer.Option(
            "--import", metavar="FILE", help="Add the entries of a document in such a format, or in CycloneDX."
        ),
    ] = None,
    traced: Annotated[
        str | None,
        typer.Option(
            "--traced", metavar="FILE", help="Draft entries from what `ringfence trace --format jsonl` wrote."
        ),
    ] = None,
    repo: RepoOption = None,
    policy: PolicyOption = None,
    tag: TagOption = None,
) -> int:
    """Add data files to PROVENANCE.toml, check their entries, or convert them.

    Croissant and SPDX are written and read, CycloneDX is read; what a document doesn't say the options can.
    """
    repository = options.open_repository(repo, policy, tag)
    top = repository.repo.find_work_tree()
    if top is None:
        raise UsageError("a bare repository has no files to describe.", "Run it in a clone.")
    if check:
        return _check_entries(repository, top, paths or ())
    if export or import_:
        given = {"source": source, "generator": generator, "licence": licence, "by": by, "collected": collected}
        if paths or traced or (export and (import_ or any(given.values()))):
            raise UsageError("--export and --import can't be combined with paths or other options.")
        return _export_entries(repository, top, export) if export else _import_entries(repository, top, import_, given)
    told = {"licence": licence, "by": by}
    when = {"collected": collected or dt.datetime.now(dt.UTC).date().isoformat()}
    if traced and not (paths or source or generator) and all(told.values()):
        names, trace = set(_list_tracked_files(repository)), options.read_file(traced)
        entries = provenance_entries.draft_entries(top, names, trace, told | when, sanitise_text(traced))
    elif paths and not traced and source and generator and all(told.values()):
        named = {"source": source, "generator": generator, **told, **when}
        names = set(_list_tracked_files(repository))
        entries = [provenance_entries.build_entry(top, path, names, named) for path in paths]
    else:
        raise UsageError(
            "give paths with --source, --generator, --licence and --by; or --traced with --licence and --by; or "
            "--check, --export or --import."
        )
    _append_entries(os.path.join(top, provenance.LIST_NAME), entries)
    _tell_described(entries)
    return ExitCode.ALLOWED


def _tell_described(entries: list[provenance_entries.Entry]) -> None:
    for entry in entries:
        count = len(entry["sha256"])
        more = f" ({format_count(count, 'file')})" if count > 1 else ""
        path = entry["path"] if isinstance(entry["path"], str) else " ".join(entry["path"])
        path = sanitise_text(next(iter(entry["sha256"])) if count == 1 else path)
        typer.echo(f"ringfence: {path} is described in {provenance.LIST_NAME}{more}.")


def _append_entries(list_path: str, entries: list[provenance_entries.Entry]) -> None:
    """Append entries to the list, which is created if there is none; the last entry for a file counts.

    Raises:
        PolicyError: The resulting list would be invalid.
    """
    data = read_own_file(list_path) or b"version = 1\n"
    data += "".join(map(provenance_entries.format_entry, entries)).encode("utf-8", "surrogateescape")
    provenance.ProvenanceList(data)
    options.write_file(data.decode(), list_path)


def _export_entries(repository: Repository, top: str, how: str) -> int:
    """Print the entries of the list and of sidecar files in a format of `formats`."""
    data = read_own_file(os.path.join(top, provenance.LIST_NAME))
    files = {file["path"]: file for file in provenance.ProvenanceList(data).iter_files()} if data is not None else {}
    for name in _list_tracked_files(repository):
        path = name.removesuffix(provenance.SIDECAR_SUFFIX)
        if (
            path not in files
            and path != name
            and (source := provenance.parse_sidecar(path, read_own_file(os.path.join(top, name))))
        ):
            files[path] = flatten_source(path, source, path + provenance.SIDECAR_SUFFIX)
    if not files:
        raise IncompleteError("no file is described here.", "Describe some: ringfence declare PATH")
    typer.echo(formats.export_files(files.values(), os.path.basename(os.path.realpath(top)), how), nl=False)
    return ExitCode.ALLOWED


def _import_entries(repository: Repository, top: str, name: str | None, defaults: dict[str, str]) -> int:
    """Append the entries of a document to the list; `defaults` hold where it says nothing."""
    files = formats.import_files(options.read_file(name or ""), sanitise_text(name or ""), defaults)
    names = set(_list_tracked_files(repository))
    entries = [
        provenance_entries.build_set_entry(top, names, file)
        if "includes" in file
        else provenance_entries.convert_file(file)
        for file in files
    ]
    _append_entries(os.path.join(top, provenance.LIST_NAME), entries)
    _tell_described(entries)
    return ExitCode.ALLOWED


def _check_entries(repository: Repository, top: str, paths: list[str] | tuple[str, ...]) -> int:
    """Print what is wrong with the entries of files in zones that require one; return 3 if anything is, else 0."""
    plan = load_local_plan(repository)
    data = read_own_file(os.path.join(top, provenance.LIST_NAME))
    listed = provenance.ProvenanceList(data) if data is not None else None
    is_good = True
    for path in paths or _list_tracked_files(repository):
        name, file = os.fsencode(path), os.path.join(top, path)
        if (
            not os.path.isfile(file)
            or not plan
            or not plan.actions.filter_demanding(plan.zones.find_tags(name), "provenance")
            or not provenance.is_data(name)
        ):
            continue
        source = (listed and listed.find_source(path)) or provenance.parse_sidecar(
            path, read_own_file(file + provenance.SIDECAR_SUFFIX)
        )
        digest = provenance.compute_sha256(Files(), file)  # type: ignore[arg-type]  # has the methods that are needed
        fault = provenance.find_description_fault(source, name, digest, plan) if source else (provenance.MISSING, "")
        if fault:
            is_good = False
            typer.echo(f"{path}: {fault[0].product}{f' ({fault[1]})' if fault[1] else ''} [{fault[0].id}]")
    return ExitCode.ALLOWED if is_good else ExitCode.INCOMPLETE


def _list_tracked_files(repository: Repository) -> Iterator[str]:
    """Yield the paths of files that are tracked or would be added, from the top of the repository."""
    listing = repository.repo.run("ls-files", "-z", "--full-name", "--cached", "--others", "--exclude-standard", ":/")
    yield from (os.fsdecode(name) for name in sorted(set(listing.split(b"\0")) - {b""}))
