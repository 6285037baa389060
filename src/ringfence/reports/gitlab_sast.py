"""GitLab's SAST report: https://docs.gitlab.com/development/integrations/secure/#report."""

from __future__ import annotations

import hashlib
import json
from uuid import UUID

from .. import __version__
from .escape_markdown import escape_text
from .items import index_items
from .wording import format_ruleset

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..model import Verdict
    from .items import Item

_SEVERITY = {"error": "Critical", "warning": "Low", "note": "Info"}
_TOOL = {"id": "ringfence", "name": "ringfence", "version": __version__, "vendor": {"name": "ringfence"}}


def render(verdict: Verdict) -> str:
    """Return a SAST report."""
    vulnerabilities = [_build_vulnerability(item, key) for key, item in index_items(verdict).items()]
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
