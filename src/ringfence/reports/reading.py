"""What is told to whoever fetches: why they may not read, in the lines that git passes on."""

from __future__ import annotations

from .wording import OWNER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model import Verdict


def render_read(verdict: Verdict) -> str:
    """Return the message about a fetch, without a line's end; "" where there is nothing to tell."""
    if {item.action for item in verdict.findings} | {item.action for item in verdict.unread} <= {"record"}:
        return ""
    reason = (
        verdict.unread[0].reason if verdict.unread else f"{verdict.findings[0].excerpt} may not read this repository"
    )
    lines = [f"ringfence upload-pack: {_format_outcome(verdict)}, {reason} ({', '.join(verdict.tags)})"]
    lines += [f"  = {item.product} ({item.strength}, {item.tag}) [{item.marker}]" for item in verdict.findings]
    if verdict.exit_code:
        lines += [f"  Why: {item.why[0].lower()}{item.why[1:]}" for item in verdict.findings]
        lines += [f"  Next: {item.advice}" for item in verdict.unread]
        lines += [f"  If this is wrong or allowed, ask {verdict.contact or OWNER}."]
    return "\n".join(lines)


def _format_outcome(verdict: Verdict) -> str:
    if verdict.exit_code:
        return "refused as incomplete" if verdict.unread else "refused"
    return "observed" if verdict.outcome == "observed" else "allowed, with a warning"
