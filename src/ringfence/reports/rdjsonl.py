"""reviewdog's diagnostics as JSON Lines: github.com/reviewdog/reviewdog, proto/rdf."""

from __future__ import annotations

import json

from .items import build_items

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..model import Verdict
    from .items import Item

_SEVERITY = {"error": "ERROR", "warning": "WARNING", "note": "INFO"}


def render(verdict: Verdict) -> str:
    """Return a line for each finding and each unread item."""
    return "".join(json.dumps(_build_diagnostic(item)) + "\n" for item in build_items(verdict))


def _build_diagnostic(item: Item) -> dict[str, Any]:
    return {
        "message": f"{item.message}. {item.why}",
        "location": {"path": item.file, "range": {"start": {"line": item.line}}},
        "severity": _SEVERITY[item.level],
        "source": {"name": "ringfence"},
        "code": {"value": item.rule},
    }
