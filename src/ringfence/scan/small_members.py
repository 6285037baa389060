"""Scans small members of archives together: most are clean, and each scan by itself costs more than its bytes."""

from __future__ import annotations

from ..git.objects import OVERLAP
from .prefilter import find_suspects, is_compiled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..policy.plan import Plan
    from .decoders import Member

_LARGEST = OVERLAP - 1  # bytes of a member that is scanned in one window
_BATCH_BYTES, _BATCH_MEMBERS = 256 << 10, 1_000  # as of objects


class SmallMembers:
    """Members that wait to be scanned, in order."""

    def __init__(self, plan: Plan) -> None:
        self._plan, self._is_used = plan, is_compiled(plan)
        self._waiting: list[tuple[Member, bytes]] = []
        self._size = 0

    def add(self, member: Member) -> bool:
        """Keep a member if it is small; False where it has to be read at once."""
        if not self._is_used or (data := member.stream.peek_whole(_LARGEST)) is None:
            return False
        self._waiting.append((member, data))
        self._size += len(data)
        return True

    @property
    def is_full(self) -> bool:
        """Whether there is enough to scan."""
        return self._size >= _BATCH_BYTES or len(self._waiting) >= _BATCH_MEMBERS

    def take_suspects(self) -> list[Member]:
        """Return those of the waiting members that aren't surely clean; none waits any more."""
        waiting, self._waiting, self._size = self._waiting, [], 0
        if not waiting:
            return []  # nothing was asked of the prefilter, which may have to be compiled first
        if len(waiting) == 1:
            return [waiting[0][0]]
        return [waiting[number][0] for number, _ in find_suspects(self._plan, [data for _, data in waiting])]
