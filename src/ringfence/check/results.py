"""What judging has come to so far: what was found and what wasn't read, each with what its tags say to do."""

from __future__ import annotations

from .. import excerpts
from ..policy.plan import find_action_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model import Finding, Location, Unread
    from ..policy.markers.catalogue import Marker
    from ..policy.plan import Plan

    Tags = tuple[str, ...]


_PATHS = 50_000  # that are known at a time: some 10 MB


class Results:
    """Findings and unread, in the order in which they were noted."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.findings: list[Finding] = []
        self.unread: list[Unread] = []
        self._named: dict[bytes, list[Marker]] = {}  # a history comes by the same paths again and again

    def find_path_markers(self, path: bytes) -> list[Marker]:
        """Return the markers that a path itself is known by."""
        if path not in self._named:
            if len(self._named) >= _PATHS:
                self._named.clear()
            group = self.plan.catalogue.load_group("path")
            matching = sorted(group.scanner.find_matches(path)) if group.scanner else []
            self._named[path] = [group.load_row(index)[0] for index in matching]
        return self._named[path]

    def add_finding(
        self, marker: Marker, model: tuple[str, str], tags: Tags, commit: str, part: str, path: bytes, line: int,
        count: int, excerpt: str, context: bytes = b"", place: str = "",
        also: tuple[Location, ...] = (),
    ) -> None:  # fmt: skip
        """Note what was found, if its vendor counts here, or that of the model named beside it."""
        if part in ("generator", "pointer") or self.plan.is_rival(marker.vendor, model[1]):
            self.findings.append(
                self.judge_marker(marker, model, tags, commit, part, path, line, count, excerpt, context, place, also)
            )

    def judge_marker(
        self, marker: Marker, model: tuple[str, str], tags: Tags, commit: str, part: str, path: bytes, line: int,
        count: int, excerpt: str, context: bytes = b"", place: str = "",
        also: tuple[Location, ...] = (),
    ) -> Finding:  # fmt: skip
        """Return a finding, waived where a waiver names it."""
        from .findings import build_finding

        judged = find_action_key(marker)
        action, tag = self.plan.find_strictest_action(tags, judged)
        where = (commit, part, path, line, count, excerpt)
        made = build_finding(marker, action, tag, *where, context, model, place, also)
        if not self.plan.waivers:
            return made
        from .waivers import apply_waivers

        return apply_waivers(made, tags, judged, self.plan)

    def find_model(self, line: bytes) -> tuple[str, str]:
        """Return the model that a line names, with its vendor; a rival's before others, ("", "") for none."""
        named = self.plan.catalogue.find_models(line) if line else []
        return next((model for model in named if self.plan.is_rival(model[1])), named[0] if named else ("", ""))

    def add_unread(self, commit: str, path: bytes, reason: str, tags: Tags, *, damaged: bool = False) -> None:
        """Note what could not be read; what should have been there and isn't, refuses whatever the tag says."""
        from ..model import Unread

        action, tag = self.plan.find_strictest_action(tags, "unread")
        self.unread.append(Unread(commit, excerpts.format_path(path), reason, "block" if damaged else action, tag))
