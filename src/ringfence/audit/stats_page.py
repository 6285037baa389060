"""The statistics as a page in one file, without scripts or network access."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from .survey.pages.render import Renderer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .metrics import Metric
    from .refusals import Row


def render(metrics: Iterable[Metric], rows: dict[str, Row], since: str) -> str:
    """Return the page."""
    shown = [
        {
            "about": metric.about,
            "labels": [key for key, _ in next(iter(metric.values), ())],
            "rows": [([text for _, text in labels], _format(metric, n)) for labels, n in metric.values.items()],
        }
        for metric in metrics
    ]
    worst = sorted(rows.items(), key=lambda pair: (-pair[1].refused - pair[1].observed, pair[0]))
    now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M")
    return Renderer().render("stats.html.jinja", metrics=shown, repositories=worst, since=since, now=now)


def _format(metric: Metric, number: float) -> str:
    if metric.name.endswith("_time_seconds"):
        return dt.datetime.fromtimestamp(number, dt.UTC).strftime("%Y-%m-%d %H:%M")
    return f"{number:,.0f}"
