"""Counts over ledgers: what was refused, and what would have been where tags observe, by repository and vendor."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from ..records.ledger import iter_entries

if TYPE_CHECKING:
    from collections.abc import Iterable

KINDS = ("push", "override", "update", "release")  # what stands for a push


@dataclass(slots=True)
class Row:
    """What happened in one repository, or in all.

    Attributes:
        pushes: Pushes that were judged.
        refused: Those that were refused, for marks or for unread content.
        observed: Those that would have been, were their tags not observing.
        errors: Those that an error ended.
        vendors: How many pushes of those refused or observed hold a blocking mark of each vendor.
        unread: How many of them hold unread content that refuses.
        last: When one was last refused or observed; "" for never.
    """

    pushes: int = 0
    refused: int = 0
    observed: int = 0
    errors: int = 0
    vendors: Counter[str] = field(default_factory=Counter)
    unread: int = 0
    last: str = ""


def count_refusals(ledgers: Iterable[str], since: str = "") -> dict[str, Row]:
    """Return a row for each repository in some ledgers, from a day on (`2026-01-31`; "" for all).

    Raises:
        LedgerError: A ledger can't be read.
    """
    rows: dict[str, Row] = {}
    marks = ", ".join("?" * len(KINDS))
    for path in ledgers:
        for entry in iter_entries(path, f"kind IN ({marks}) AND at >= ?", (*KINDS, since)):
            _add_entry(rows.setdefault(entry.repository, Row()), entry.outcome, entry.at, json.loads(entry.body))
    return rows


def _add_entry(row: Row, outcome: str, at: str, body: dict[str, Any]) -> None:
    blocking = {
        item["vendor"]
        for item in body.get("findings", ())
        if item["action"] == "block" and not item.get("known") and not item.get("waiver")
    }
    gaps = any(item["action"] == "block" for item in body.get("unread", ()))
    row.pushes += 1
    row.errors += outcome == "error"
    is_observed = outcome == "observed"
    is_refused = outcome == "blocked" or (outcome == "incomplete" and gaps)
    row.observed += is_observed
    row.refused += is_refused
    if is_observed or is_refused:
        row.vendors.update(blocking)
        row.unread += gaps
        row.last = max(row.last, at)


def sum_rows(rows: Iterable[Row]) -> Row:
    """Return the sum of rows."""
    total = Row()
    for row in rows:
        total.pushes += row.pushes
        total.refused += row.refused
        total.observed += row.observed
        total.errors += row.errors
        total.vendors += row.vendors
        total.unread += row.unread
        total.last = max(total.last, row.last)
    return total


def build_report(rows: dict[str, Row]) -> dict[str, Any]:
    """Return the counts as the object that `ringfence stats --format json` prints."""
    return {
        "schema": 1,
        "total": _build_row(sum_rows(rows.values())),
        "repositories": [{"repository": name, **_build_row(row)} for name, row in sorted(rows.items())],
    }


def _build_row(row: Row) -> dict[str, Any]:
    return {item.name: getattr(row, item.name) for item in fields(row)}
