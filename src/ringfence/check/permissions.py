"""Lets pass what a permission of the organisation's policy names, and nothing else; loaded only where there is one."""

from __future__ import annotations

import time
from fnmatch import fnmatchcase

from ..values import replace, value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model import Finding
    from ..policy.markers.catalogue import Marker
    from ..policy.plan import Plan


@value
class Permission:
    """A row of the plan; lists are words separated by blanks, "" for any."""

    id: str
    vendor: str
    models: str
    accounts: str
    tags: str
    uses: str
    contract: str
    until: str

    @property
    def has_ended(self) -> bool:
        """Whether its last day is over, in UTC."""
        return time.strftime("%Y-%m-%d", time.gmtime()) > self.until

    def is_for(self, vendor: str, models: list[str], uses: list[str], account: str) -> bool:
        """Return whether all that was found is what it names, and who acts may do it."""
        return (
            vendor == self.vendor
            and (not self.models or (bool(models) and all(_is_match(self.models, model) for model in models)))
            and bool(uses)  # a call that nothing says the use of may be for any
            and set(uses) <= set(self.uses.split())
            and (not self.accounts or (bool(account) and _is_match(self.accounts, account)))
        )


class Permissions:
    """The permissions of a plan that hold today."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._usable = [item for item in load_permissions(plan) if not item.has_ended]

    def apply(self, finding: Finding, marker: Marker, tags: Iterable[str], key: str) -> Finding:
        """Return a finding less what is permitted: a permission lifts the rule of its tags, and others still hold.

        Args:
            finding: Judged by the strictest of the tags.
            marker: What was found, with all its models and uses.
            tags: All tags that hold for it.
            key: The action that it falls under.
        """
        models, uses = marker.models.split(), marker.uses.split()
        by_tag = {
            tag: item.id
            for item in self._usable
            if item.is_for(marker.vendor, models, uses, self._plan.account)
            for tag in item.tags.split()
        }
        left = [tag for tag in tags if tag not in by_tag]
        if len(left) == len(tuple(tags)):
            return finding
        if not left:
            return replace(finding, waiver=f"permission {by_tag[finding.tag]}")
        action, tag = self._plan.actions.find_strictest(left, key)
        return replace(finding, action=action, tag=tag)


def load_permissions(plan: Plan) -> list[Permission]:
    """Return a plan's permissions, also those that have ended."""
    return [Permission(*row) for row in plan.permissions]


def _is_match(patterns: str, name: str) -> bool:
    return any(fnmatchcase(name.lower(), _escape(pattern.lower())) for pattern in patterns.split())


def _escape(pattern: str) -> str:
    """Return a pattern in which only `*` is special."""
    return pattern.replace("[", "[[]").replace("?", "[?]")
