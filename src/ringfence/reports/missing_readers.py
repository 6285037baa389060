"""Files whose reader isn't installed, told once for a run and not once for each: their number, and what to install."""

from __future__ import annotations

from ..values import value
from .wording import format_count

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..model import Unread

_NAMED = 3  # files named of a group


@value
class MissingReader:
    """The unread files of a run that one extra would read, under one action of one tag."""

    extra: str
    action: str
    tag: str
    paths: tuple[str, ...]

    @property
    def install(self) -> str:
        """The command that installs the readers."""
        return f"pip install 'ringfence[{self.extra}]'"

    @property
    def reason(self) -> str:
        """What is wrong, and what to type."""
        verb = "has" if len(self.paths) == 1 else "have"
        return f"{format_count(len(self.paths), 'file')} {verb} no reader here: {self.install}"

    @property
    def examples(self) -> str:
        """The first files by their paths."""
        return ", ".join(self.paths[:_NAMED]) + (", …" if len(self.paths) > _NAMED else "")


def group_missing_readers(unread: Sequence[Unread]) -> list[MissingReader]:
    """Return the files that lack a reader, by extra, action and tag, in their order."""
    groups: dict[tuple[str, str, str], dict[str, None]] = {}
    for item in unread:
        if item.extra:
            groups.setdefault((item.extra, item.action, item.tag), {})[item.path] = None
    return [MissingReader(*key, tuple(paths)) for key, paths in groups.items()]
