"""Writes the pages of an audit while its rows come by, unit by unit."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .overview import SHOWN, build_overview
from .render import Renderer, split_rows

if TYPE_CHECKING:
    from typing import Any

    from ..model import Row
    from ..summary import Summary

KINDS = ("vendor", "product", "model", "tag")
_PAGE = 10_000  # findings of a unit on one page
_UNREAD = 1_000  # rows of what could not be read on a unit's page; ten times as many on the page of all
_PART, _FOLDER = ".pages.part", "pages"


@dataclass(slots=True)
class UnitPage:
    """What the pages say of a unit.

    Attributes:
        row: Its row of the table.
        page: The file of its page, from the overview.
        by: Its findings by vendor, product, model and tag.
        months: Its findings by month.
    """

    row: Row
    page: str = ""
    by: dict[str, Counter[str]] = field(default_factory=lambda: {kind: Counter() for kind in KINDS})
    months: Counter[str] = field(default_factory=Counter)


class Pages:
    """The pages of an audit; they take the place of the last one's when all are written."""

    def __init__(self, folder: str, previous: dict[str, Row] | None) -> None:
        self._folder, self._previous = folder, previous
        self._part = os.path.join(folder, _PART)
        shutil.rmtree(self._part, ignore_errors=True)
        os.makedirs(self._part)
        self._renderer = Renderer()
        self._units: list[UnitPage] = []
        self._reasons: Counter[str] = Counter()
        self._all_unread: list[tuple[str, str, str]] = []
        self._start()

    def _start(self) -> None:
        self._unit = UnitPage({})
        self._first: list[Row] = []
        self._more: list[Row] = []
        self._unread: list[Row] = []
        self._further = 0  # pages of the unit behind the first
        self._key = ""

    def add_finding(self, row: Row) -> None:
        """Add a finding of the unit that comes by."""
        for kind, counts in self._unit.by.items():
            if row[kind]:
                counts[row[kind]] += 1
        if row["date"]:
            self._unit.months[row["date"][:7]] += 1
        if len(self._first) < _PAGE:
            self._first.append(row)
            return
        self._more.append(row)
        if len(self._more) == _PAGE:
            self._write_further(row["unit"])

    def add_unread(self, row: Row) -> None:
        """Add what could not be read of the unit that comes by."""
        self._reasons[row["reason"].rpartition(": ")[2]] += 1
        if len(self._unread) < _UNREAD:
            self._unread.append(row)

    def end_unit(self, row: Row) -> None:
        """Write the pages of a unit, all of whose rows have come."""
        if self._more:
            self._write_further(row["unit"])
        key = self._name(row["unit"])
        self._unit.row, self._unit.page = row, f"{_FOLDER}/{key}.html"
        counts = [(kind.capitalize(), self._unit.by[kind].most_common(SHOWN)) for kind in KINDS]
        self._renderer.write(
            os.path.join(self._part, f"{key}.html"),
            "unit.html.jinja",
            row=row,
            counts=counts,
            months=sorted(self._unit.months.items()),
            pages=self._further + 1,
            size=_PAGE,
            links=[(1, f"{key}.html"), *((n + 1, f"{key}-{n + 1}.html") for n in range(1, self._further + 1))],
            chunks=split_rows(self._first),
            unread=self._unread,
            more_unread=row["unread"] - len(self._unread),
        )
        left = 10 * _UNREAD - len(self._all_unread)
        self._all_unread += [
            (f"{key}.html", row["unit"], ": ".join(filter(None, (item["path"], item["reason"]))))
            for item in self._unread[: max(left, 0)]
        ]
        self._units.append(self._unit)
        self._start()

    def finish(self, summary: Summary) -> None:
        """Write the page of all units, and put the pages in place."""
        overview = build_overview(self._units, summary, self._reasons, self._previous)
        for bar in overview.bars:
            rows = [
                (os.path.basename(unit.page), unit.row["unit"], f"{unit.by[bar.kind][bar.name]:,}")
                for unit in sorted(self._units, key=lambda unit: (-unit.by[bar.kind][bar.name], unit.row["unit"]))
                if unit.by[bar.kind][bar.name]
            ]
            self._write_group(os.path.basename(bar.page), f"{bar.kind.capitalize()} {bar.name}", "Findings", rows)
        self._write_group("unread.html", "What could not be read", "What", self._all_unread)
        self._renderer.write(os.path.join(self._part, "index.html"), "overview.html.jinja", **overview.context)
        self._put_in_place()

    def _put_in_place(self) -> None:
        pages, last = os.path.join(self._folder, _FOLDER), os.path.join(self._folder, ".pages.last")
        os.replace(os.path.join(self._part, "index.html"), os.path.join(self._folder, ".index.part"))
        shutil.rmtree(last, ignore_errors=True)
        if os.path.isdir(pages):
            os.rename(pages, last)
        os.rename(self._part, pages)
        os.replace(os.path.join(self._folder, ".index.part"), os.path.join(self._folder, "index.html"))
        shutil.rmtree(last, ignore_errors=True)

    def _write_further(self, unit: str) -> None:
        self._further += 1
        key, number = self._name(unit), self._further + 1
        path = os.path.join(self._part, f"{key}-{number}.html")
        context: dict[str, Any] = {"row": {"unit": unit}, "number": number, "first": f"{key}.html"}
        self._renderer.write(path, "more.html.jinja", chunks=split_rows(self._more), **context)
        self._more = []

    def _write_group(self, name: str, title: str, column: str, rows: list[tuple[str, str, str]]) -> None:
        self._renderer.write(
            os.path.join(self._part, name),
            "group.html.jinja",
            title=title,
            column=column,
            is_number=column == "Findings",
            chunks=split_rows(rows),
        )

    def _name(self, unit: str) -> str:
        if not self._key:
            self._key = hashlib.sha256(unit.encode("utf-8", "surrogateescape")).hexdigest()[:16]
        return self._key
