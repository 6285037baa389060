"""Keeps the parts of uses of models that a check meets, until all files are read: a use may lie in several."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model import Change, Touched
    from ..scan.reader import ObjectReader
    from .joined_uses import Part
    from .results import Results, Tags


class UseParts:
    """The parts met so far, and the ids of what is judged without a commit, by path."""

    def __init__(self) -> None:
        self._parts: list[Part] = []
        self._own_files: dict[bytes, str] = {}

    def note(self, reader: ObjectReader, change: Change, touched: Touched, tags: Tags) -> None:
        """Note what a file that was read may be for others, or others for it."""
        is_file = change.kind == "tree" and not change.commit
        if not is_file and not reader.has_matches(touched[1]):
            return
        from ..scan.code_parts import is_code
        from .joined_uses import list_parts

        if is_file and touched[1] and is_code(touched[0]):
            self._own_files[touched[0]] = touched[1]
        self._parts += list_parts(reader, change.commit, touched, tags)

    def judge(self, results: Results, reader: ObjectReader) -> None:
        """Add a finding for each use that lies in several files."""
        if not self._parts:
            return
        from .joined_uses import Joiner

        Joiner(results, reader, self._own_files).judge_parts(self._parts)
