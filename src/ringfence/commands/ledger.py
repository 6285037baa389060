"""`ringfence ledger`: show, query, verify, export and prune the record of what was decided."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Annotated, Any

import typer

from ..errors import ExitCode, LedgerError, UsageError
from ..git.repo import Repo, read_settings
from ..records import ledger as kept
from ..records.ledger import Entry
from ..records.verify import find_faults, read_tip
from ..values import fields

app = typer.Typer(help="Look into the record of what was decided.", no_args_is_help=True, rich_markup_mode=None)

LedgerOption = Annotated[
    str | None,
    typer.Option("--ledger", metavar="FILE", help="The ledger; left out: what git config ringfence.ledger says here."),
]


def find_ledger_path(ledger: str | None) -> str:
    """Return which ledger a command is about."""
    if path := ledger or next(
        (text for _, key, text in read_settings(Repo().request_settings()) if key == "ringfence.ledger"), ""
    ):
        return path
    raise UsageError("no ledger is configured here.", "Say which: --ledger FILE.")


@app.command("show")
def show(
    number: Annotated[int | None, typer.Argument(help="An entry's number; left out: the last entries.")] = None,
    *,
    last: Annotated[int, typer.Option("--last", metavar="N", min=1, help="How many of them.")] = 20,
    ledger: LedgerOption = None,
) -> int:
    """Show the last entries, a line each, or one entry with everything in it."""
    path = find_ledger_path(ledger)
    if number is None:
        for entry in kept.iter_entries(path, "id > (SELECT max(id) FROM entries) - ?", (last,)):
            typer.echo(_format_line(entry))
        return ExitCode.ALLOWED
    for entry in kept.iter_entries(path, "id = ?", (number,)):
        typer.echo(json.dumps(_decode_entry(entry), indent=2))
        return ExitCode.ALLOWED
    raise UsageError(f"the ledger has no entry {number}.", "List them: ringfence ledger show")


@app.command("query")
def query(
    sql: Annotated[str, typer.Argument(help="A SELECT over entries, refs, commits and findings.")],
    *,
    ledger: LedgerOption = None,
) -> int:
    """Ask the ledger in SQL; a row comes as a line of JSON."""
    columns, rows = kept.run_query(find_ledger_path(ledger), sql)
    for row in rows:
        typer.echo(json.dumps(dict(zip(columns, row, strict=True))))
    return ExitCode.ALLOWED


@app.command("verify")
def verify(
    *,
    tip: Annotated[
        str, typer.Option("--tip", metavar="ID:DIGEST", help="What verify printed at an earlier time.")
    ] = "",
    ledger: LedgerOption = None,
) -> int:
    """Say whether the ledger holds what was written into it, and nothing else."""
    path = find_ledger_path(ledger)
    if tip and not tip.partition(":")[0].isdigit():
        raise UsageError(f"{tip!r} is no tip.", "It is what `ringfence ledger verify` printed: ID:DIGEST.")
    if found := list(find_faults(path, tip)):
        raise LedgerError("\n".join(found), "Compare it with a copy of your own; keep this file as it is.")
    typer.echo(f"ringfence: {path} holds. Its tip, to keep elsewhere: {read_tip(path) or 'none, it is empty'}")
    return ExitCode.ALLOWED


@app.command("prune")
def prune(
    *,
    before: Annotated[str, typer.Option("--before", metavar="DATE", help="Entries older than this: 2026-01-31.")],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who signs it off.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, for the checkpoint.")],
    ledger: LedgerOption = None,
) -> int:
    """Take out old entries and leave a checkpoint, by which the rest still verifies."""
    count = kept.prune_entries(find_ledger_path(ledger), before, by, reason)
    typer.echo(f"ringfence: {count} {'entry' if count == 1 else 'entries'} taken out.")
    return ExitCode.ALLOWED


def _format_line(entry: Entry) -> str:
    body = json.loads(entry.body)
    found = len(body.get("findings", ()))
    about = ", ".join(item["ref"] for item in body.get("refs", ())) or body.get("reason", "")
    marks = f" ({found} {'finding' if found == 1 else 'findings'})" if found else ""
    return f"{entry.id}  {entry.at}  {entry.kind}  {entry.outcome}{marks}  {entry.who}  {entry.repository}  {about}"


def _decode_entry(entry: Entry) -> dict[str, Any]:
    return fields(entry) | {"body": json.loads(entry.body)}


# --- export ---


def _write_jsonl(entries: Iterator[Entry], file: str | None) -> None:
    with _open_output(file) as out:
        out.writelines(json.dumps(_decode_entry(entry)) + "\n" for entry in entries)


def _write_csv(entries: Iterator[Entry], file: str | None) -> None:
    with _open_output(file) as out:
        writer = csv.writer(out)
        writer.writerow(kept.COLUMNS)
        writer.writerows(fields(entry).values() for entry in entries)


def _write_parquet(entries: Iterator[Entry], file: str | None) -> None:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise UsageError("Parquet needs pyarrow.", "pip install pyarrow") from None
    if file is None:
        raise UsageError("a Parquet file has to have a name.", "--output FILE")
    rows = [fields(entry) for entry in entries]
    schema = pa.schema([(name, pa.int64() if name == "id" else pa.string()) for name in kept.COLUMNS])
    parquet.write_table(pa.Table.from_pylist(rows, schema=schema), file)


_FORMATS: dict[str, Callable[[Iterator[Entry], str | None], None]] = {
    "jsonl": _write_jsonl,
    "csv": _write_csv,
    "parquet": _write_parquet,
}
_Format = StrEnum("_Format", list(_FORMATS))  # type: ignore[misc]  # a member for each row of the table


def _open_output(file: str | None) -> Any:
    return (
        open(file, "w", encoding="utf-8", newline="")
        if file
        else open(sys.stdout.fileno(), "w", encoding="utf-8", newline="", closefd=False)
    )


@app.command("export")
def export(
    *,
    how: Annotated[_Format, typer.Option("--format", help="An entry is a line, or a row.")] = _Format["jsonl"],
    output: Annotated[str | None, typer.Option("--output", metavar="FILE", help="Left out: standard output.")] = None,
    ledger: LedgerOption = None,
) -> int:
    """Write all entries in another form."""
    _FORMATS[how](kept.iter_entries(find_ledger_path(ledger)), output)
    return ExitCode.ALLOWED
