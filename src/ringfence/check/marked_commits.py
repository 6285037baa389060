"""Which commits an AI tool made, by the marks in their texts, whoever's tool it is."""

from __future__ import annotations

from ..git.objects import MissingObject
from ..git.raw import parse_texts
from ..policy.actions import UNDISCLOSED
from ..values import value
from .results import Results
from .texts import judge_texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..git.objects import Objects
    from ..model import Occurrence
    from ..policy.markers.catalogue import Marker
    from ..policy.plan import Plan
    from .results import Tags
    from .rules.base import TaggedText

_GROUP = 500  # commits judged at once
_STRENGTHS = {"definitive": 2, "strong": 1}


@value
class CommitMark:
    """The mark that says most about who made a commit."""

    marker: str
    vendor: str
    product: str
    strength: str
    model: str
    model_vendor: str


class _Collector(Results):
    """Collects marks instead of findings."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self.marks: dict[str, CommitMark] = {}

    def add_mark(self, marker: Marker, tags: Tags, occurrence: Occurrence, model: tuple[str, str] = ("", "")) -> None:
        """Keep a mark if it is better than the commit's so far."""
        del tags
        if marker.strength not in _STRENGTHS:
            return
        mark = CommitMark(marker.id, marker.vendor, marker.product, marker.strength, *model)
        before = self.marks.get(occurrence.commit)
        if before is None or _rank(mark) > _rank(before):
            self.marks[occurrence.commit] = mark

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
        """Ignore a message in an unknown encoding: it is scanned as bytes."""


def _rank(mark: CommitMark) -> tuple[bool, int, bool]:
    return mark.vendor != UNDISCLOSED, _STRENGTHS[mark.strength], bool(mark.model)


def find_note_mark(plan: Plan, agent: str, model: str) -> CommitMark | None:
    """Return the mark of the agent that a git-ai note names, given as JSON; None for one that isn't known."""
    group = plan.catalogue.load_group("note")
    for index in sorted(group.scanner.find_matches(agent.encode())) if group.scanner else ():
        marker, _ = group.load_row(index)
        vendor = next((owner for _, owner in plan.catalogue.find_models(model.encode())), "")
        return CommitMark(marker.id, marker.vendor, marker.product, marker.strength, model, vendor)
    return None


def find_record_mark(plan: Plan, agent: str, model: str) -> CommitMark | None:
    """Return the mark of what wrote the lines of an Agent Trace record: its tool if that is known, else its model."""
    if mark := find_note_mark(plan, agent, model):
        return mark
    vendor = next((owner for _, owner in plan.catalogue.find_models(model.encode())), "")
    return CommitMark("agent-trace-record", vendor, vendor, "strong", model, vendor) if vendor else None


def find_marked_commits(plan: Plan, objects: Objects, commits: Iterable[str]) -> dict[str, CommitMark]:
    """Return the best mark of each commit that has a definitive or strong one, of any vendor."""
    collector = _Collector(plan)
    texts: list[TaggedText] = []
    for number, item in enumerate(objects.iter_objects(commits), 1):
        if not isinstance(item, MissingObject):
            texts += [(item.name, (), text) for text in parse_texts(item.read())]
        if not number % _GROUP:
            judge_texts(collector, texts)
            texts = []
    judge_texts(collector, texts)
    return collector.marks
