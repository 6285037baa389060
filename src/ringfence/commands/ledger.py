"""`ringfence ledger`: show, query, verify, export and prune the record of all decisions."""

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
from ..records.backup import backup_ledger
from ..records.ledger import COLUMNS, Entry, iter_entries, prune_entries, run_query
from ..records.verify import find_faults, read_tip
from ..values import fields

app = typer.Typer(
    help="Show, query and verify the record of all decisions.", no_args_is_help=True, rich_markup_mode=None
)

LedgerOption = Annotated[
    str | None,
    typer.Option("--ledger", metavar="FILE", help="The ledger; default: git config ringfence.ledger."),
]


def find_ledger_path(ledger: str | None) -> str:
    """Return the path of the ledger: `--ledger`, or git's setting `ringfence.ledger`.

    Raises:
        UsageError: Neither is set.
    """
    if path := ledger or next(
        (text for _, key, text in read_settings(Repo().request_settings()) if key == "ringfence.ledger"), ""
    ):
        return path
    raise UsageError("no ledger is configured here.", "Give one: --ledger FILE.")


@app.command("show")
def show(
    number: Annotated[
        int | None, typer.Argument(metavar="NUMBER", help="An entry's number; default: the last entries.")
    ] = None,
    *,
    last: Annotated[int, typer.Option("--last", metavar="N", min=1, help="The number of entries to show.")] = 20,
    ledger: LedgerOption = None,
) -> int:
    """Show the last entries, a line each, or one entry in full as JSON."""
    path = find_ledger_path(ledger)
    if number is None:
        for entry in iter_entries(path, "id > (SELECT max(id) FROM entries) - ?", (last,)):
            typer.echo(_format_line(entry))
        return ExitCode.ALLOWED
    for entry in iter_entries(path, "id = ?", (number,)):
        typer.echo(json.dumps(_decode_entry(entry), indent=2))
        return ExitCode.ALLOWED
    raise UsageError(f"the ledger has no entry {number}.", "List them: ringfence ledger show")


@app.command("query")
def query(
    sql: Annotated[str, typer.Argument(metavar="SQL", help="A SELECT over entries, refs, commits and findings.")],
    *,
    ledger: LedgerOption = None,
) -> int:
    """Query the ledger in SQL; each row is printed as a line of JSON."""
    columns, rows = run_query(find_ledger_path(ledger), sql)
    for row in rows:
        typer.echo(json.dumps(dict(zip(columns, row, strict=True))))
    return ExitCode.ALLOWED


@app.command("verify")
def verify(
    *,
    tip: Annotated[str, typer.Option("--tip", metavar="ID:DIGEST", help="The tip that verify printed earlier.")] = "",
    ledger: LedgerOption = None,
) -> int:
    """Check that no entry was changed, removed or inserted since it was written."""
    path = find_ledger_path(ledger)
    if tip and not tip.partition(":")[0].isdigit():
        raise UsageError(f"{tip!r} isn't a tip.", "Give what `ringfence ledger verify` printed: ID:DIGEST.")
    if faults := list(find_faults(path, tip)):
        raise LedgerError("\n".join(faults), "Keep this file unchanged, and compare it with a copy.")
    typer.echo(f"ringfence: {path} is intact. Keep its tip elsewhere: {read_tip(path) or 'none, it is empty'}")
    return ExitCode.ALLOWED


@app.command("backup")
def backup(
    target: Annotated[str, typer.Argument(metavar="NEW", help="The new file.")],
    *,
    ledger: LedgerOption = None,
) -> int:
    """Copy the ledger to a new file while it is in use, and check the copy."""
    tip = backup_ledger(find_ledger_path(ledger), target)
    typer.echo(f"ringfence: {target} is intact. Its tip: {tip or 'none, it is empty'}")
    return ExitCode.ALLOWED


@app.command("prune")
def prune(
    *,
    before: Annotated[
        str, typer.Option("--before", metavar="DATE", help="Remove entries older than this: 2026-01-31.")
    ],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who approved the removal.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="The reason, recorded in the checkpoint.")],
    ledger: LedgerOption = None,
) -> int:
    """Remove old entries and add a checkpoint, so that the rest can still be verified."""
    count = prune_entries(find_ledger_path(ledger), before, by, reason)
    typer.echo(f"ringfence: {count} {'entry' if count == 1 else 'entries'} removed.")
    return ExitCode.ALLOWED


def _format_line(entry: Entry) -> str:
    body = json.loads(entry.body)
    count = len(body.get("findings", ()))
    subject = ", ".join(item["ref"] for item in body.get("refs", ())) or body.get("reason", "")
    marks = f" ({count} {'finding' if count == 1 else 'findings'})" if count else ""
    who = entry.who + _format_signer(body.get("certificate"))
    return f"{entry.id}  {entry.at}  {entry.kind}  {entry.outcome}{marks}  {who}  {entry.repository}  {subject}"


def _format_signer(certificate: dict[str, str] | None) -> str:
    """Return whom a push certificate names, with git's letter for the signature where it isn't good.

    For an SSH key that no allowed-signers file lists, git says G, and names nobody.
    """
    if not certificate:
        return ""
    status, nonce = certificate["status"], certificate["nonce"]
    doubts = [*([f"signature {status}"] if status != "G" else ()), *([f"nonce {nonce}"] if nonce != "OK" else ())]
    signer = certificate["signer"] or f"unknown key {certificate['key']}".strip()
    return f" (signed by {', '.join([signer, *doubts])})"


def _decode_entry(entry: Entry) -> dict[str, Any]:
    return fields(entry) | {"body": json.loads(entry.body)}


# --- export ---


def _write_jsonl(entries: Iterator[Entry], file: str | None) -> None:
    with _open_output(file) as out:
        out.writelines(json.dumps(_decode_entry(entry)) + "\n" for entry in entries)


def _write_csv(entries: Iterator[Entry], file: str | None) -> None:
    with _open_output(file) as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        writer.writerows(fields(entry).values() for entry in entries)


def _write_parquet(entries: Iterator[Entry], file: str | None) -> None:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise UsageError("Parquet needs pyarrow.", "pip install pyarrow") from None
    if file is None:
        raise UsageError("Parquet can't be written to standard output.", "Give --output FILE.")
    rows = [fields(entry) for entry in entries]
    schema = pa.schema([(name, pa.int64() if name == "id" else pa.string()) for name in COLUMNS])
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
    how: Annotated[_Format, typer.Option("--format", help="The format; an entry is a line or a row.")] = _Format[
        "jsonl"
    ],
    output: Annotated[
        str | None, typer.Option("--output", metavar="FILE", help="The file to write; default: standard output.")
    ] = None,
    ledger: LedgerOption = None,
) -> int:
    """Export all entries as JSON Lines, CSV or Parquet."""
    _FORMATS[how](iter_entries(find_ledger_path(ledger)), output)
    return ExitCode.ALLOWED
