"""The results of a check so far: findings and unread content, each with the action that its tags ask for."""

from __future__ import annotations

from ..policy.actions import find_action_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model import Finding, Occurrence, Unread
    from ..policy.markers.catalogue import Marker
    from ..policy.plan import Plan
    from .permissions import Permissions
    from .waivers import Waivers

    Tags = tuple[str, ...]

NO_MODEL = ("", "")  # a model's name and its vendor
_CACHED_PATHS = 50_000  # some 10 MB
_CACHED_LINES = 1000


class Results:
    """Findings and unread content; `check.py` sorts the findings of a batch by commit."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.findings: list[Finding] = []
        self.unread: list[Unread] = []
        self._waivers: Waivers | None = None
        self._permissions: Permissions | None = None
        self._models: dict[bytes, tuple[str, str]] = {}  # by line: the same trailers stand in many messages
        self._path_markers: dict[bytes, list[Marker]] = {}  # a history has the same paths again and again

    def find_path_markers(self, path: bytes) -> list[Marker]:
        """Return the markers that recognise a path by its name."""
        if path not in self._path_markers:
            if len(self._path_markers) >= _CACHED_PATHS:
                self._path_markers.clear()
            group = self.plan.catalogue.load_group("path")
            matching = sorted(group.scanner.find_matches(path)) if group.scanner else []
            self._path_markers[path] = [group.load_row(index)[0] for index in matching]
        return self._path_markers[path]

    def add_mark(self, marker: Marker, tags: Tags, occurrence: Occurrence, model: tuple[str, str] = NO_MODEL) -> None:
        """Add a finding if the marker's vendor, or that of the model named beside it, is a rival.

        A generator field or a pointer always counts.
        """
        if occurrence.part in ("generator", "pointer") or self.plan.is_rival(marker.vendor, model[1]):
            self.add_finding(marker, tags, occurrence, model)

    def add_finding(
        self, marker: Marker, tags: Tags, occurrence: Occurrence, model: tuple[str, str] = NO_MODEL
    ) -> None:
        """Add a finding, whoever made the mark."""
        self.findings.append(self.judge_mark(marker, tags, occurrence, model))

    def judge_mark(
        self, marker: Marker, tags: Tags, occurrence: Occurrence, model: tuple[str, str] = NO_MODEL
    ) -> Finding:
        """Return the finding for a mark: the strictest action of its tags, less what is waived."""
        from .findings import build_finding

        key = find_action_key(marker)
        finding = build_finding(marker, *self.plan.actions.find_strictest(tags, key), occurrence, model)
        if self.plan.permissions and marker.uses:
            finding = self.permissions.apply(finding, marker, tags, key)
            if finding.waiver:
                return finding
        return self.waivers.apply(finding, tags, key) if self.plan.waivers else finding

    @property
    def permissions(self) -> Permissions:
        """The plan's permissions, loaded once."""
        if self._permissions is None:
            from .permissions import Permissions

            self._permissions = Permissions(self.plan)
        return self._permissions

    @property
    def waivers(self) -> Waivers:
        """The plan's waivers, loaded once."""
        if self._waivers is None:
            from .waivers import Waivers

            self._waivers = Waivers(self.plan)
        return self._waivers

    def find_model(self, line: bytes) -> tuple[str, str]:
        """Return a model that a line names and its vendor, a rival's before others; NO_MODEL where there is none."""
        if line not in self._models:
            if len(self._models) >= _CACHED_LINES:
                self._models.clear()
            models = self.plan.catalogue.find_models(line) if line else []
            rival = next((model for model in models if self.plan.is_rival(model[1])), None)
            self._models[line] = rival or (models[0] if models else NO_MODEL)
        return self._models[line]

    def add_unread(
        self,
        commit: str,
        path: bytes,
        reason: str,
        tags: Tags,
        *,
        damaged: bool = False,
        advice: str = "",
        extra: str = "",
    ) -> None:
        """Add content that could not be read.

        `damaged` content, which should be readable, always refuses. `extra` is the extra that would bring a reader.
        """
        from ..excerpts import format_path
        from ..model import Unread

        action, tag = self.plan.actions.find_strictest(tags, "no_reader" if extra else "unread")
        action = "block" if damaged else action
        self.unread.append(Unread(commit, format_path(path), reason, action, tag, advice, extra))
