"""GitLab's two report formats: Code Quality, which every edition shows in a merge request, and SAST.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format and
https://docs.gitlab.com/development/integrations/secure/#report
"""

from __future__ import annotations

import hashlib
import json
from uuid import UUID

from .. import __version__
from .escape_markdown import escape_text
from .items import build_items
from .wording import format_ruleset

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..model import Verdict
    from .items import Item

_QUALITY = {"error": "blocker", "warning": "minor", "note": "info"}
_SEVERITY = {"error": "Critical", "warning": "Low", "note": "Info"}
_TOOL = {"id": "ringfence", "name": "ringfence", "version": __version__, "vendor": {"name": "ringfence"}}


def render_quality(verdict: Verdict) -> str:
    """Return a Code Quality report; fingerprints are unique, as GitLab requires."""
    return json.dumps([_build_quality_issue(item, key) for key, item in _index_items(verdict).items()], indent=1) + "\n"


def render_sast(verdict: Verdict) -> str:
    """Return a SAST report."""
    vulnerabilities = [_build_vulnerability(item, key) for key, item in _index_items(verdict).items()]
    began = verdict.about.began or "1970-01-01T00:00:00"
    scan = {
        "analyzer": _TOOL,
        "scanner": _TOOL,
        "type": "sast",
        "start_time": began,
        "end_time": began,
        "messages": [{"level": "info", "value": format_ruleset(verdict)}],
        "status": "failure" if verdict.outcome == "incomplete" else "success",
    }
    return json.dumps({"version": "15.0.7", "scan": scan, "vulnerabilities": vulnerabilities}, indent=1) + "\n"


def _index_items(verdict: Verdict) -> dict[str, Item]:
    """Return items by a unique key: the fingerprint, with a number if findings of several commits share it."""
    counts: dict[str, int] = {}
    items: dict[str, Item] = {}
    for item in build_items(verdict):
        number = counts[item.fingerprint] = counts.get(item.fingerprint, 0) + 1
        items[item.fingerprint + (f"-{number}" if number > 1 else "")] = item
    return items


def _build_quality_issue(item: Item, key: str) -> dict[str, Any]:
    return {
        "description": item.message,
        "check_name": item.rule,
        "fingerprint": key,
        "severity": _QUALITY[item.level],
        "location": {"path": item.file, "lines": {"begin": item.line}},
    }


def _build_vulnerability(item: Item, key: str) -> dict[str, Any]:
    rule = {"type": "ringfence_marker", "name": f"ringfence {item.rule}", "value": item.rule}
    return {
        "id": str(UUID(bytes=hashlib.blake2b(key.encode(), digest_size=16).digest())),
        "name": item.title[:255],
        "description": escape_text(f"{item.message}. {item.why}"),
        "severity": _SEVERITY[item.level],
        "identifiers": [rule],
        "location": {"file": item.file, "start_line": item.line},
    }
