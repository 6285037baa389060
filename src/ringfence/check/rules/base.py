"""What a rule beside marks is."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...model import Change, Text, Touched
    from ..results import Tags

    TaggedText = tuple[str, Tags, Text]  # a commit, the tags that hold for it, and one of its texts
    LocatedChange = tuple[Change, Tags, list[tuple[Touched, Tags]]]  # its tags, and its paths in zones with theirs


class Rule:
    """Judges commits by something beside marks; adds findings to the results of the check."""

    def judge_texts(self, texts: list[TaggedText]) -> None:
        """Judge texts of changes, or keep them until the batch is judged."""

    def judge_batch(self, batch: list[LocatedChange]) -> None:
        """Judge a batch of changes, whose texts and paths have been judged for marks."""
