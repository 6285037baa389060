"""What judging has come to so far: what was found and what wasn't read, each with what its tags say to do."""

from __future__ import annotations

from .. import excerpts
from ..policy.plan import judged_as

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model import Finding, Spot, Unread
    from ..policy.markers.catalogue import Marker
    from ..policy.plan import Plan

    Tags = tuple[str, ...]


_PATHS = 50_000  # that are known at a time: some 10 MB


class Judged:
    """Findings and unread, in the order in which they were noted."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.findings: list[Finding] = []
        self.unread: list[Unread] = []
        self._named: dict[bytes, list[Marker]] = {}  # a history comes by the same paths again and again

    def named(self, path: bytes) -> list[Marker]:
        """Return the markers that a path itself is known by."""
        if path not in self._named:
            if len(self._named) >= _PATHS:
                self._named.clear()
            group = self.plan.catalogue.group("path")
            matching = sorted(group.scanner.which(path)) if group.scanner else []
            self._named[path] = [group.row(index)[0] for index in matching]
        return self._named[path]

    def found(
        self, marker: Marker, model: tuple[str, str], tags: Tags, commit: str, part: str, path: bytes, line: int,
        count: int, excerpt: str, context: bytes = b"", place: str = "",
        also: tuple[Spot, ...] = (),
    ) -> None:  # fmt: skip
        """Note what was found, if its vendor counts here, or that of the model named beside it."""
        if part in ("generator", "pointer") or self.plan.is_rival(marker.vendor, model[1]):
            self.findings.append(
                self.made(marker, model, tags, commit, part, path, line, count, excerpt, context, place, also)
            )

    def made(
        self, marker: Marker, model: tuple[str, str], tags: Tags, commit: str, part: str, path: bytes, line: int,
        count: int, excerpt: str, context: bytes = b"", place: str = "",
        also: tuple[Spot, ...] = (),
    ) -> Finding:  # fmt: skip
        """Return a finding, waived where a waiver names it."""
        from .findings import finding

        judged = judged_as(marker)
        action, tag = self.plan.action(tags, judged)
        where = (commit, part, path, line, count, excerpt)
        made = finding(marker, action, tag, *where, context, model, place, also)
        if not self.plan.waivers:
            return made
        from .waivers import weighed

        return weighed(made, tags, judged, self.plan)

    def model(self, line: bytes) -> tuple[str, str]:
        """Return the model that a line names, with its vendor; a rival's before others, ("", "") for none."""
        named = self.plan.catalogue.models(line) if line else []
        return next((model for model in named if self.plan.is_rival(model[1])), named[0] if named else ("", ""))

    def not_read(self, commit: str, path: bytes, reason: str, tags: Tags, *, damaged: bool = False) -> None:
        """Note what could not be read; what should have been there and isn't, refuses whatever the tag says."""
        from ..model import Unread

        action, tag = self.plan.action(tags, "unread")
        self.unread.append(Unread(commit, excerpts.path(path), reason, "block" if damaged else action, tag))
