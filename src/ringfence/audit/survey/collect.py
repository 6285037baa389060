"""Runs an audit: what isn't there yet is judged, then all results become tables and a summary."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import pickle
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ...excerpts import format_path
from .listing import group_shards
from .model import DATA, LISTING, REPOSITORY, Work, build_error_row
from .pages.write import Pages
from .results import FINDING, UNREAD, ResultFolder
from .summary import Summary
from .tables import Tables, read_units
from .units import measure_repository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from .last import LastAudit
    from .model import Outcome, Row, Settings, Unit
    from .redact import Redactor

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


@dataclass(frozen=True, slots=True)
class _Sink:
    """Where rows go: the tables, the summary and the pages."""

    tables: Tables
    summary: Summary
    pages: Pages
    redactor: Redactor | None

    def start_unit(self, unit: Unit) -> Row:
        """Return the row of a unit, of which nothing is counted yet."""
        texts = dict.fromkeys(("error", "ruleset", "catalogue", "head", "state", "audited"), "")
        counts = dict.fromkeys(("findings", "blocking", "unread", "commits", "objects", "bytes"), 0)
        name = self.redactor.name(unit.name, "unit") if self.redactor else format_path(os.fsencode(unit.name))
        row = {"unit": name, "kind": unit.kind, "outcome": "allowed", "is_tagged": False, "seconds": 0.0}
        return row | texts | counts | {"tags": set()}

    def add_finding(self, total: Row, row: Row) -> None:
        """Add a finding of a unit, whose own row is `total`."""
        row = (self.redactor.finding(row) if self.redactor else row) | {"unit": total["unit"]}
        total["findings"] += 1
        total["blocking"] += row["is_blocking"]
        self.tables.add("findings", row)
        self.summary.add_finding(row)
        self.pages.add_finding(row)

    def add_unread(self, total: Row, row: Row) -> None:
        """Add what could not be read of a unit."""
        row = (self.redactor.unread(row) if self.redactor else row) | {"unit": total["unit"]}
        if row["is_error"]:
            total["outcome"] = "error"
            total["error"] = total["error"] or ": ".join(filter(None, (row["path"], row["reason"])))
        total["unread"] += 1
        self.tables.add("unread", row)
        self.summary.add_unread()
        self.pages.add_unread(row)

    def add_traced(self, total: Row, row: Row) -> None:
        """Add where a part of a unit comes from."""
        self.tables.add("trace", (self.redactor.traced(row) if self.redactor else row) | {"unit": total["unit"]})

    def end_unit(self, total: Row) -> None:
        """Add the row of a unit, all of whose rows have come."""
        self.tables.add("units", total)
        self.summary.add_unit(total)
        self.pages.end_unit(total)


def run_audit(
    units: Sequence[Unit],
    settings: Settings,
    folder: ResultFolder,
    engine: Engine,
    lister: Engine,
    report: Callable[[Progress], None],
    *,
    redactor: Redactor | None = None,
    since: LastAudit | None = None,
) -> Summary:
    """Audit units and write the tables; return what they add up to.

    `engine` judges, and `lister` lists the files of data. With a `redactor` names and paths are shown as ids; after
    another audit, `since`, only what is new is judged.
    """
    settings = replace(settings, known=folder.list_names())
    works, outcomes = list_works(units, settings, lister, since)
    progress = Progress(len(works))
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
    for work, outcome in sorted(outcomes.items(), key=lambda pair: pair[0].number):
        of_units.setdefault(work.unit.name, []).append(outcome)
    summary = Summary()
    pages = Pages(folder.path, read_units(folder.path))
    with Tables(folder.path) as tables:
        sink = _Sink(tables, summary, pages, redactor)
        for unit in units:
            _add_unit(unit, of_units.get(unit.name, []), folder, sink)
    summary.write(folder.path)
    pages.finish(summary)
    folder.write_index({name: [item.name for item in found if item.name] for name, found in of_units.items()})
    return summary


def list_works(
    units: Sequence[Unit], settings: Settings, lister: Engine, since: LastAudit | None
) -> tuple[list[Work], dict[Work, Outcome]]:
    """Return the pieces of work of units, and what came of those that can't be listed."""
    works = [
        Work(
            unit,
            size=0 if unit.is_remote else measure_repository(unit.place),
            known=since.list_refs(unit.name) if since else (),
        )
        for unit in units
        if unit.kind == REPOSITORY
    ]
    failed: dict[Work, Outcome] = {}
    for outcome in lister([Work(unit, LISTING) for unit in units if unit.kind == DATA], settings):
        if outcome.error:
            failed[outcome.work] = outcome
        else:
            shards = pickle.loads(outcome.data)  # noqa: S301 - our own process wrote it
            unit = outcome.work.unit
            works += group_shards(unit, since.filter_shards(unit.name, shards) if since else shards)
    return works, failed


def _add_unit(unit: Unit, outcomes: list[Outcome], folder: ResultFolder, sink: _Sink) -> None:
    """Add the rows of a unit, and then its own."""
    total = sink.start_unit(unit)
    for outcome in outcomes:
        if outcome.error:
            total["seconds"] += outcome.seconds
            sink.add_unread(total, _describe_failure(outcome))
            continue
        about, rows = folder.read(outcome.name)
        _add_counts(total, about)
        for kind, row in rows:
            if kind == FINDING:
                sink.add_finding(total, flatten_finding(row))
            elif kind == UNREAD:
                sink.add_unread(total, row)
            else:
                sink.add_traced(total, row)
    total["tags"] = ", ".join(sorted(total["tags"]))
    sink.end_unit(total)


def _describe_failure(outcome: Outcome) -> Row:
    """Return the row of error for a piece of work that came to nothing."""
    shards = outcome.work.shards
    path = shards[0].path if len(shards) == 1 else ""
    reason = f"{len(shards)} files from {shards[0].path} on: {outcome.error}" if len(shards) > 1 else outcome.error
    return build_error_row(path, reason)


def _add_counts(total: Row, about: Row) -> None:
    total["outcome"] = max(total["outcome"], about["outcome"], key=_WORST.index)
    total["tags"] |= set(about["tags"])
    total["is_tagged"] = about["is_tagged"]
    for name in ("ruleset", "catalogue", "head"):
        total[name] = total[name] or about[name]
    total["state"] = (
        hashlib.sha256(f"{total['state']}{about['state']}".encode()).hexdigest() if total["state"] else about["state"]
    )
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
