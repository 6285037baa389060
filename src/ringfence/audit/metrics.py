"""Numbers for monitors: of ledgers, audits and a server's repositories, and as OpenMetrics text."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from ..check.waivers import load_waivers
from ..errors import RingfenceError, UsageError
from ..git.repo import Repo
from ..policy.effective import compute_edition
from ..records.ledger import iter_entries
from ..records.quarantine import list_pushes
from ..repository import Repository, load_local_plan
from .many import list_repositories
from .refusals import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ..policy.plan import Plan

_SOON = 14  # days before its end from which on a waiver ends soon
_DAYS = 30  # of which pushes are counted by day
_BAD = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class Metric(NamedTuple):
    """A gauge: its name without `ringfence_`, what it says, and its values by labels."""

    name: str
    about: str
    values: dict[tuple[tuple[str, str], ...], float]


def count_pushes(ledgers: Iterable[str], since: str) -> Iterator[Metric]:
    """Yield the pushes of ledgers: by outcome, by day, and those that were refused by vendor and tag.

    Raises:
        LedgerError: A ledger can't be read.
    """
    outcomes: Counter[tuple[str, ...]] = Counter()
    days: Counter[tuple[str, ...]] = Counter()
    refused: Counter[tuple[str, ...]] = Counter()
    marks = ", ".join("?" * len(KINDS))
    first = (dt.datetime.now(dt.UTC) - dt.timedelta(days=_DAYS)).strftime("%Y-%m-%d")
    for path in ledgers:
        for entry in iter_entries(path, f"kind IN ({marks}) AND at >= ?", (*KINDS, since)):
            outcomes[entry.outcome,] += 1
            if entry.at >= first:
                days[entry.at[:10], entry.outcome] += 1
            found = json.loads(entry.body).get("findings", ())
            blocking = {(item["vendor"], item["tag"]) for item in found if _is_blocking(item)}
            refused.update(blocking if entry.outcome in ("blocked", "observed") else ())
    yield _build("pushes", "Pushes that were judged, by outcome", ("outcome",), outcomes)
    yield _build("pushes_by_day", f"Pushes of the last {_DAYS} days", ("day", "outcome"), days)
    yield _build("refused_pushes", "Pushes refused, or observed, for marks of a vendor", ("vendor", "tag"), refused)


def _is_blocking(item: Mapping[str, object]) -> bool:
    return item["action"] == "block" and not item.get("known") and not item.get("waiver")


def read_audits(folders: Iterable[str]) -> Iterator[Metric]:
    """Yield what audits came to.

    Raises:
        UsageError: A folder holds no audit.
    """
    counts: dict[str, Counter[tuple[str, ...]]] = {name: Counter() for name in ("units", "findings", "rows", "times")}
    for folder in folders:
        path = os.path.join(folder, "summary.json")
        try:
            with open(path, "rb") as file:
                report = json.load(file)
            counts["times"][folder,] = int(os.path.getmtime(path))
        except (OSError, ValueError):
            raise UsageError(f"{folder} holds no audit.", f"Make one: ringfence audit UNIT... --out {folder}") from None
        counts["units"].update({(folder, name): number for name, number in report["units"].items() if name != "all"})
        counts["findings"].update({(folder, name): number for name, number in report["by_vendor"].items()})
        counts["rows"].update({(folder, name): report[name] for name in ("findings", "blocking", "unread")})
    yield _build("audit_units", "Units of an audit, by outcome", ("audit", "outcome"), counts["units"])
    yield _build("audit_findings", "Findings of an audit, by vendor", ("audit", "vendor"), counts["findings"])
    yield _build("audit_rows", "Findings, those that refuse, and what was unread", ("audit", "kind"), counts["rows"])
    yield _build("audit_time_seconds", "When an audit was finished", ("audit",), counts["times"])


def survey_server(root: str) -> Iterator[Metric]:
    """Yield what waits in the repositories below a folder: waivers that end, quarantined pushes; and what grows old.

    Raises:
        UsageError: The folder has no repository.
    """
    waivers: dict[tuple[str, ...], str] = {}
    pushes: Counter[tuple[str, ...]] = Counter({("waiting",): 0, ("overdue",): 0})
    indexes: dict[str, int] = {}
    failed = 0
    for directory in list_repositories(root):
        try:
            repository = Repository(Repo(directory), server=True)
            plan = load_local_plan(repository)
            for item in load_waivers(plan) if plan else ():
                own = directory if item.origin.startswith("waivers.toml") else ""
                waivers[own, item.finding, item.commit, item.tag, item.origin] = _name_state(item.until, item.fault)
            for push in list_pushes(repository):
                pushes["overdue" if push.is_overdue else "waiting",] += 1
            if plan and plan.has_index and plan.ingredients.index not in indexes:
                indexes[plan.ingredients.index] = _read_index_age(plan)
        except (RingfenceError, OSError):
            failed += 1
    states: Counter[tuple[str, ...]] = Counter((state,) for state in waivers.values())
    yield _build("waivers", f"Waivers; `ending` within {_SOON} days", ("state",), states)
    yield _build("quarantined_pushes", "Pushes in quarantine that wait for a decision", ("state",), pushes)
    yield _build("index_age_days", "Days since an index of ingredients changed", ("index",), _as_rows(indexes))
    yield Metric("unusable_repositories", "Repositories whose policy or refs can't be read", {(): failed})


def measure_catalogue() -> Metric:
    """Return the age of the shipped catalogue."""
    day = dt.datetime.strptime(compute_edition().partition("+")[0], "%Y.%m.%d").replace(tzinfo=dt.UTC)
    return Metric(
        "catalogue_age_days", "Days since the catalogue of markers changed", {(): (dt.datetime.now(dt.UTC) - day).days}
    )


def _name_state(until: str, fault: str) -> str:
    if fault:
        return "ended" if fault.startswith("it ended") else "invalid"
    soon = (dt.datetime.now(dt.UTC) + dt.timedelta(days=_SOON)).strftime("%Y-%m-%d")
    return "ending" if until <= soon else "valid"


def _read_index_age(plan: Plan) -> int:
    from ..scan.ingredients.open_index import compute_age_days, load_lookup

    return compute_age_days(load_lookup(plan).manifest)


def _as_rows(values: Mapping[str, int]) -> dict[tuple[str, ...], int]:
    return {(name,): number for name, number in values.items()}


def _build(name: str, about: str, labels: tuple[str, ...], counts: Mapping[tuple[str, ...], int]) -> Metric:
    rows = {tuple(zip(labels, key, strict=True)): float(number) for key, number in sorted(counts.items())}
    return Metric(name, about, rows)


def format_openmetrics(metrics: Iterable[Metric]) -> str:
    """Return metrics as OpenMetrics text, which a node exporter's folder for text files takes as well."""
    lines = []
    for metric in metrics:
        lines += [f"# TYPE ringfence_{metric.name} gauge", f"# HELP ringfence_{metric.name} {metric.about}."]
        for labels, number in metric.values.items():
            inside = ",".join(f'{key}="{_escape(text)}"' for key, text in labels)
            lines.append(f"ringfence_{metric.name}{f'{{{inside}}}' if inside else ''} {number:.15g}")
    return "\n".join([*lines, "# EOF"]) + "\n"


def _escape(text: str) -> str:
    text = _BAD.sub("\N{REPLACEMENT CHARACTER}", text)
    return text.replace("\\", "\\\\").replace('"', '\\"')


def build_metrics_report(metrics: Iterable[Metric]) -> dict[str, list[dict[str, object]]]:
    """Return metrics as part of the object that `ringfence stats --format json` prints."""
    return {
        metric.name: [{**dict(labels), "value": number} for labels, number in metric.values.items()]
        for metric in metrics
    }
