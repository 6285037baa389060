"""The commands of `ringfence ingredients` that show and keep the index."""

from __future__ import annotations

from typing import Annotated

import typer

from ..errors import ExitCode, IncompleteError, UsageError
from ..excerpts import sanitise_text
from ..reports.wording import format_count
from .ingredient_options import IndexOption, KeyOption, find_index, open_with_plan, open_writable
from .options import PolicyOption


def show(*, index: IndexOption = None, policy: PolicyOption = None) -> int:
    """Show what an index holds, by repository and vendor."""
    from ..scan.ingredients.manifest import read_manifest
    from ..scan.ingredients.sources import SourceTable

    folder = find_index(open_with_plan(None, policy)[1], index)
    manifest = read_manifest(folder)
    if manifest is None:
        raise IncompleteError(f"there is no index in {folder}.", "Type: ringfence ingredients record --all")
    total = sum(count for _, count in manifest.segments)
    typer.echo(
        f"{folder}: {total:,} fingerprints in {format_count(len(manifest.segments), 'segment')}, "
        f"key {manifest.key_id}, updated {manifest.updated}"
    )
    for repository, vendor, product, revisions, sources, recorded in SourceTable(folder).iter_summary():
        typer.echo(
            sanitise_text(
                f"  {repository}: {product} ({vendor}), {format_count(revisions, 'revision')}, "
                f"{format_count(sources, 'file')}, last {recorded}"
            )
        )
    return ExitCode.ALLOWED


def forget(
    *,
    repository: Annotated[
        str | None, typer.Option("--repository", metavar="NAME", help="A repository, by its name in the index.")
    ] = None,
    commit: Annotated[
        str | None, typer.Option("--commit", metavar="SHA", help="A commit or session; may be abbreviated.")
    ] = None,
    index: IndexOption = None,
    key: KeyOption = None,
    policy: PolicyOption = None,
) -> int:
    """Remove a repository or a commit from the index, with its fingerprints."""
    if not repository and not commit:
        raise UsageError("give --repository NAME or --commit SHA.", "See what there is: ringfence ingredients show")
    from ..gate.recording import format_now
    from ..scan.ingredients.index import IndexWriter

    place, plan = open_with_plan(None, policy)
    folder, secret = open_writable(plan, index, key)
    with IndexWriter(folder, secret) as writer:
        numbers = frozenset(writer.table.find(repository or "", commit or ""))
        if not numbers:
            raise UsageError(f"{folder} has nothing of {repository or commit}.", "See: ringfence ingredients show")
        writer.forget(numbers, "" if commit else repository or "", format_now())
    if place.ledger:
        from ..records.ledger import Decision, append_entry
        from ..records.recorder import get_actor

        body = {"repository": repository or "", "commit": commit or "", "sources": len(numbers)}
        append_entry(place.ledger, Decision("forget", get_actor(), repository or place.name, "recorded", body))
    typer.echo(f"ringfence: forgot {format_count(len(numbers), 'source')}")
    return ExitCode.ALLOWED


def merge(*, index: IndexOption = None, key: KeyOption = None, policy: PolicyOption = None) -> int:
    """Merge all segments of an index into one, which is looked up faster."""
    from ..gate.recording import format_now
    from ..scan.ingredients.index import IndexWriter

    folder, secret = open_writable(open_with_plan(None, policy)[1], index, key)
    with IndexWriter(folder, secret) as writer:
        writer.merge(format_now(), everything=True)
        count = sum(number for _, number in writer.manifest.segments)
    typer.echo(f"ringfence: {folder} has one segment of {count:,} fingerprints")
    return ExitCode.ALLOWED


def verify(*, index: IndexOption = None, key: KeyOption = None, policy: PolicyOption = None) -> int:
    """Check that every segment is whole and sorted, and that every fingerprint has its source."""
    from ..scan.ingredients.index_key import load_key
    from ..scan.ingredients.verify import verify_index

    plan = open_with_plan(None, policy)[1]
    folder = find_index(plan, index)
    count = verify_index(folder, load_key(folder, key or plan.ingredients.key_file))
    typer.echo(f"ringfence: {folder}: {count:,} fingerprints, all with their sources")
    return ExitCode.ALLOWED


def publish(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="A folder, or an address of fsspec, as s3://….")],
    *,
    index: IndexOption = None,
    policy: PolicyOption = None,
) -> int:
    """Copy an index, without its key, to where gates fetch it from; only what changed is copied."""
    from ..scan.ingredients.exchange import publish_index

    folder = find_index(open_with_plan(None, policy)[1], index)
    typer.echo(f"ringfence: published {format_count(publish_index(folder, address), 'changed file')} to {address}")
    return ExitCode.ALLOWED


def fetch(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Where the index was published.")],
    *,
    index: IndexOption = None,
    policy: PolicyOption = None,
) -> int:
    """Make an index the copy of a published one; a check that runs meanwhile has the state before."""
    from ..scan.ingredients.exchange import fetch_index

    folder = find_index(open_with_plan(None, policy)[1], index)
    typer.echo(f"ringfence: fetched {format_count(fetch_index(address, folder), 'changed file')} into {folder}")
    return ExitCode.ALLOWED
