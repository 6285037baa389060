"""Marks in the texts of commits and tags that are known from earlier checks: a history's messages are judged once."""

from __future__ import annotations

from ..policy.markers import normalise
from ..policy.markers.catalogue import Marker
from ..scan.packed_marks import pack_marker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from ..git.clean_cache import MarksCache
    from ..model import Text
    from ..policy.plan import Plan
    from .results import Tags
    from .rules.base import TaggedText
    from .texts import TextMark


class KeptTexts:
    """The marks in the texts of commits and tags, which depend on the plan alone; one for each check.

    Attributes:
        known: Those of earlier checks, as JSON, by the id of the commit or tag.
    """

    def __init__(self, plan: Plan, cache: MarksCache) -> None:
        self._markers: Mapping[str, Marker] = plan.catalogue.markers_by_id
        self._cache = cache
        self.known: dict[str, bytes] = {}
        self._new: dict[str, list[list[object]]] = {}
        self._counts: dict[str, int] = {}  # texts of a commit so far
        self._incomplete: set[str] = set()

    def look_up(self, commits: Collection[str]) -> None:
        """Look up the commits of a batch."""
        found = self._cache.find_marks(map(_build_key, commits))
        self.known = {commit: found[key] for commit in commits if (key := _build_key(commit)) in found}

    def note_marks(self, commit: str, text: Text, marks: list[TextMark]) -> None:
        """Take the marks that were found in the next text of a commit."""
        if not normalise.is_known_encoding(text[2]):
            self._incomplete.add(commit)  # that is told by judging it
        number = self._counts[commit] = self._counts.get(commit, -1) + 1
        rows = self._new.setdefault(commit, [])
        rows += [[number, pack_marker(marker, self._markers), *rest] for marker, *rest in marks]

    def iter_known(self, texts: list[TaggedText]) -> Iterator[tuple[str, Tags, Text, list[TextMark]]]:
        """Yield those of the texts that have known marks, with these."""
        if not self.known:
            return
        import json  # 3 ms, which a hook that knows of no marks does without

        numbers: dict[str, int] = {}
        for commit, tags, text in texts:
            if commit not in self.known:
                continue
            number = numbers[commit] = numbers.get(commit, -1) + 1
            marks: list[TextMark] = [
                (self._markers[packed] if isinstance(packed, str) else Marker(*packed), excerpt, line, tuple(model))
                for at, packed, excerpt, line, model in json.loads(self.known[commit])
                if at == number
            ]
            if marks:
                yield commit, tags, text, marks

    def pack_new(self, clean: Collection[str]) -> dict[str, bytes]:
        """Return what is to be kept, packed: nothing of commits that are known to be clean."""
        new = self._new.keys() - self._incomplete - set(clean)
        if not new:
            return {}
        import json

        return {_build_key(commit): json.dumps(self._new[commit]).encode() for commit in sorted(new)}


def _build_key(commit: str) -> str:
    """Return the key in the cache: a forged tree can name a commit as a file, whose marks have the id alone."""
    return f"{commit}.texts"
