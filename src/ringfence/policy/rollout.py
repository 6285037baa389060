"""Which tags observe for now: they are judged and recorded, and refuse nothing until a day of the policy."""

from __future__ import annotations

import time

from .accounts import is_account_match

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .zones import Rows

_NOTICE = 7  # days before the end in which pushers are told
_DAY = 86400  # seconds


class Rollout:
    """What a policy's `[rollout]` says.

    Attributes:
        until: The last day on which the tags observe: `2026-01-31`; "" where none does.
    """

    def __init__(self, rows: Rows, section: Callable[[str], bytes]) -> None:
        self._tags = frozenset(tag for tag, _ in rows["observe"])
        self.until = rows["observe"][0][1]
        self._observed, self._enforced = section("observe_for.find"), section("enforce_for.find")

    def find_observed(self, account: str = "") -> frozenset[str]:
        """Return the tags that observe today what an account does; "" is an account that isn't known."""
        is_chosen = not self._observed or is_account_match(self._observed, account)
        if format_day(0) > self.until or not is_chosen or is_account_match(self._enforced, account):
            return frozenset()
        return self._tags

    @property
    def enforced_from(self) -> str:
        """The first day on which the tags refuse."""
        year, month, day = map(int, self.until.split("-"))
        noon = time.mktime((year, month, day + 1, 12, 0, 0, 0, 0, -1))
        return time.strftime("%Y-%m-%d", time.localtime(noon))

    @property
    def notice(self) -> str:
        """What pushers are told where the end is near, else ""."""
        return f"refused from {self.enforced_from} on" if format_day(_NOTICE) > self.until else ""


def format_day(offset: int) -> str:
    """Return the day that lies `offset` days after today, in UTC."""
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + offset * _DAY))
