"""What follows from a finding: the actions of each tag, and the key that a marker falls under."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model import Verdict
    from .markers.catalogue import Marker
    from .zones import Rows

UNDISCLOSED = "undisclosed"  # the vendor of marks that name none, and the action for them
IGNORED = "ignore"  # the action of a rule that is switched off
STRICTNESS = {IGNORED: -1, "record": 0, "warn": 1, "block": 2}
COMMIT_RULES = ("declaration", "provenance")  # actions whose rules judge commits; check/rules/table.py loads them
_RULES = (*COMMIT_RULES, "disclosure", "retention")  # kinds of marker that have an action of their own
USE_RULES = ("rival_use", "extraction")  # kinds of use; a weak one warns at most
_SESSION = ("environment", "process")  # kinds that recognise an agent's session


class Actions:
    """What tags do.

    Attributes:
        by_tag: For each tag, the action (block, warn, record) by strength and by rule.
        quarantined: Tags of which a server keeps a refused push.
        observed: Tags that refuse nothing for now; `policy/rollout.py` finds them for a change.
    """

    def __init__(self, rows: Rows) -> None:
        self.by_tag: dict[str, dict[str, str]] = {}
        for tag, key, action in rows.get("action", []):
            self.by_tag.setdefault(tag, {})[key] = action
        for actions in self.by_tag.values():
            for rule in USE_RULES:
                action = actions.setdefault(rule, "warn")
                actions[f"{rule}_weak"] = "warn" if action == "block" else action
            actions.setdefault("reads", "block")
            actions.setdefault("tools", "warn")
            actions.setdefault("walls", "block")
            if "unread" in actions:
                actions.setdefault("no_reader", actions["unread"])
        self.quarantined = {tag for (tag,) in rows.get("aside", [])}
        self.observed: frozenset[str] = frozenset()

    def find_strictest(self, tags: Iterable[str], key: str) -> tuple[str, str]:
        """Return the strictest action that tags have for a key, and the tag that asks for it.

        Of two tags that ask for the same, it is one that doesn't merely observe.
        """
        return max(
            ((self.by_tag[tag][key], tag) for tag in tags),
            key=lambda pair: (STRICTNESS[pair[0]], pair[1] not in self.observed, pair[1]),
        )

    def filter_demanding(self, tags: Iterable[str], rule: str) -> tuple[str, ...]:
        """Return which of the tags have a rule that holds only where a tag demands it."""
        return tuple(tag for tag in tags if rule in self.by_tag[tag])

    def filter_not_ignoring(self, tags: Iterable[str], rule: str) -> tuple[str, ...]:
        """Return which of the tags don't switch a rule off."""
        return tuple(tag for tag in tags if self.by_tag[tag][rule] != IGNORED)

    def needs_quarantine(self, verdict: Verdict) -> bool:
        """Return whether a server keeps a push that is refused by this verdict."""
        tags = {item.tag for item in verdict.findings if item.is_blocking}
        tags |= {item.tag for item in verdict.unread if item.action == "block"}
        return bool(verdict.exit_code) and not (tags - self.observed).isdisjoint(self.quarantined)


def find_action_key(marker: Marker) -> str:
    """Return the key of the action that a marker falls under: a rule's, or its strength."""
    if marker.kind in _RULES:
        return marker.kind
    if rule := {"use": "rival_use", "extraction": "extraction"}.get(marker.kind):
        return f"{rule}_weak" if marker.strength == "weak" else rule
    if marker.kind == "address":
        return "identities"
    if marker.kind == "ingredient":
        return "ingredient_weak" if marker.strength == "weak" else "ingredient"
    if marker.vendor == UNDISCLOSED and marker.strength != "weak":
        return UNDISCLOSED
    return "agents" if marker.kind in _SESSION and marker.strength != "weak" else marker.strength
