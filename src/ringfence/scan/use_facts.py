"""What the expressions of facts show, and whether those in a text can come to a use of a model at all."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..policy.plan import Plan

    # Facts by the number of their expression, vendors by client, roles by framework.
    Table = tuple[list[tuple[str, str]], dict[str, str], dict[str, str]]

_PARTNERS = {"load": ("call",), "about": ("set",)}  # which facts of one client or framework are needed together
LARGEST_SETTINGS = 64 << 10  # bytes; what is larger is rows or recorded answers


def load_table(plan: Plan) -> Table:
    """Return what the expressions of facts show, whose the clients are, and what frameworks use models for."""
    if plan.use_table is None:  # once for all contents
        facts: list[tuple[str, str]] = []
        vendors: dict[str, str] = {}
        jobs: dict[str, str] = {}
        for kind, name, other in plan.load_use_rows():
            if kind == "fact":
                facts.append((name, other))
            else:
                (vendors if kind == "client" else jobs)[name] = other
        plan.use_table = facts, vendors, jobs
    table: Table = plan.use_table
    return table


def may_call(window: bytes, found: set[tuple[str, str]], *, is_data: bool, is_whole: bool) -> bool:
    """Return whether a window may come to anything, by the facts in its bytes; most files only name a model.

    Comments aren't left out here, so that this says yes too often, and no only where it is sure.

    Args:
        window: The window.
        found: The facts in it, as (kind, name).
        is_data: Its content begins as JSON or YAML does.
        is_whole: There are no other windows, which could have the rest of the evidence.
    """
    if b'"cell_type"' in window:
        return True  # a notebook's code is escaped
    if is_data and len(window) > LARGEST_SETTINGS and ("code", "") not in found:
        return False  # rows
    kinds = {kind for kind, _ in found}
    return (
        not is_whole
        or not kinds.isdisjoint(("private", "package", "keyed", "kept"))
        or {"host", "posts"} <= kinds
        or {"site", "session"} <= kinds
        or any((other, name) in found for kind, name in found for other in _PARTNERS.get(kind, ()))
    )


def may_loop(window: bytes, found: set[tuple[str, str]]) -> bool:
    """Return whether a window without a sign of a call may be code that keeps rows and says what for."""
    kinds = {kind for kind, _ in found}
    is_code = "code" in kinds or b'"cell_type"' in window  # a notebook's code is escaped
    return is_code and {"kept", "role"} <= kinds and "local" not in kinds
