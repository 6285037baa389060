"""GitLab's Code Quality report, which every edition shows in a merge request.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import json

from .items import index_items

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..model import Verdict
    from .items import Item

_SEVERITY = {"error": "blocker", "warning": "minor", "note": "info"}


def render(verdict: Verdict) -> str:
    """Return a Code Quality report; fingerprints are unique, as GitLab requires."""
    return json.dumps([_build_issue(item, key) for key, item in index_items(verdict).items()], indent=1) + "\n"


def _build_issue(item: Item, key: str) -> dict[str, Any]:
    return {
        "description": item.message,
        "check_name": item.rule,
        "fingerprint": key,
        "severity": _SEVERITY[item.level],
        "location": {"path": item.file, "lines": {"begin": item.line}},
    }
