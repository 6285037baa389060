"""Runs an audit: what isn't there yet is judged, then all results become tables and a summary."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from .results import FINDING, ResultFolder
from .summary import Summary
from .tables import Tables
from .units import measure_repository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from .model import Outcome, Row, Settings, Unit, Work

    Engine = Callable[[Sequence[Work], Settings], Iterator[Outcome]]

_ROW = re.compile(r"\brow (\d+)\b")
_WORST = ("allowed", "incomplete", "blocked", "error")


@dataclass(slots=True)
class Progress:
    """How far an audit is."""

    total: int = 0
    done: int = 0
    reused: int = 0
    errors: list[tuple[str, str]] = field(default_factory=list)


def run_audit(
    units: Sequence[Unit], settings: Settings, folder: ResultFolder, engine: Engine, report: Callable[[Progress], None]
) -> Summary:
    """Audit units and write the tables; return what they add up to."""
    works = list(list_works(units))
    settings = replace(settings, known=folder.list_names())
    progress = Progress(len(works))
    outcomes: dict[Work, Outcome] = {}
    for outcome in engine(sorted(works, key=lambda work: -work.size), settings):
        if outcome.data:
            folder.write(outcome.name, outcome.data)
            outcome = replace(outcome, data=b"")  # noqa: PLW2901 - the result is in its file
        elif outcome.name:
            progress.reused += 1
        if outcome.error:
            progress.errors.append((outcome.work.unit.name, outcome.error))
        progress.done += 1
        outcomes[outcome.work] = outcome
        report(progress)
    of_units: dict[str, list[Outcome]] = {}
    for work in works:
        of_units.setdefault(work.unit.name, []).append(outcomes[work])
    summary = Summary()
    with Tables(folder.path) as tables:
        for unit in units:
            _add_unit(unit, of_units.get(unit.name, []), folder, tables, summary)
    summary.write(folder.path)
    return summary


def list_works(units: Sequence[Unit]) -> Iterator[Work]:
    """Yield the pieces of work of units, in their order."""
    from .model import Work

    for unit in units:
        yield Work(unit, size=measure_repository(unit.place))


def _add_unit(unit: Unit, outcomes: list[Outcome], folder: ResultFolder, tables: Tables, summary: Summary) -> None:
    """Add the rows of a unit, and then its own."""
    total = _start_row(unit)
    for outcome in outcomes:
        if outcome.error:
            total["seconds"] += outcome.seconds
            _add_error(total, outcome.error, "", tables, summary)
            continue
        about, rows = folder.read(outcome.name)
        _add_counts(total, about)
        for kind, row in rows:
            if kind == FINDING:
                flat = flatten_finding(row) | {"unit": unit.name}
                total["findings"] += 1
                total["blocking"] += row["is_blocking"]
                tables.add("findings", flat)
                summary.add_finding(flat)
            else:
                total["unread"] += 1
                tables.add("unread", row | {"unit": unit.name, "is_error": False})
                summary.add_unread()
    total["tags"] = ", ".join(sorted(total["tags"]))
    tables.add("units", total)
    summary.add_unit(total)


def _start_row(unit: Unit) -> Row:
    texts = dict.fromkeys(("error", "ruleset", "catalogue", "head", "state", "audited"), "")
    counts = dict.fromkeys(("findings", "blocking", "unread", "commits", "objects", "bytes"), 0)
    row = {"unit": unit.name, "kind": unit.kind, "outcome": "allowed", "is_tagged": False, "seconds": 0.0}
    return row | texts | counts | {"tags": set()}


def _add_error(total: Row, error: str, path: str, tables: Tables, summary: Summary) -> None:
    total["outcome"] = "error"
    total["error"] = total["error"] or (f"{path}: {error}" if path else error)
    total["unread"] += 1
    row = {"path": path, "reason": error, "is_error": True, "action": "block", "tag": "", "commit": "", "extra": ""}
    tables.add("unread", row | {"unit": total["unit"]})
    summary.add_unread()


def _add_counts(total: Row, about: Row) -> None:
    total["outcome"] = max(total["outcome"], about["outcome"], key=_WORST.index)
    total["tags"] |= set(about["tags"])
    total["is_tagged"] = about["is_tagged"]
    for name in ("ruleset", "catalogue", "head"):
        total[name] = total[name] or about[name]
    total["state"] = about["state"]
    total["audited"] = max(total["audited"], about["audited"])
    for name in ("commits", "objects", "bytes", "seconds"):
        total[name] += about[name]


def flatten_finding(row: Row) -> Row:
    """Return a finding of a result as a row of the table."""
    found = _ROW.search(row["place"])
    seconds, origin = row["date"], row["origin"]
    flat = {name: row[name] for name in row if name not in ("line", "also", "origin", "date", "why", "known")}
    flat["row"] = int(found[1]) if found else row["line"] or None
    flat["date"] = "" if seconds is None else dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%dT%H:%M:%S")
    flat["origin"] = (
        f"{origin['repository']}@{origin['commit'][:12]}:{origin['path']}:{origin['line']}" if origin else ""
    )
    return flat
