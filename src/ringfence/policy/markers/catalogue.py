"""The catalogue as a hook uses it: facts about markers, and a scanner for each group, each loaded on first use."""

from __future__ import annotations

from ...values import value
from .scanner import Scanner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


SURFACES = ("content", "note")  # groups that are searched for in files
FIRST_OWN = 1 << 24  # the number of the first own marker's expression among those of the prefilter
NAMED = "named"  # `why` of a generator in a list of models, a request or settings, with no answer beside it


@value
class Marker:
    """The facts about a marker that a finding reports.

    Attributes:
        vendor: The vendor's id; `vendor_name` and `product` are names for people.
        weak_in_code: "yes" if the mark is only a mention where it stands in source code, else "".
        instead_of: Ids of markers, separated by commas, that aren't told beside this one.
        models, uses: For the use of models: all of them, and all that they are for, separated by blanks.
        session: "yes" if the mark tells where the session's prompts and outputs are kept, else "".
    """

    id: str
    vendor: str
    vendor_name: str
    product: str
    kind: str
    strength: str
    why: str
    session: str = ""
    weak_in_code: str = ""
    instead_of: str = ""
    models: str = ""
    uses: str = ""


class Catalogue:
    """All markers in force, read from compiled sections; `kept_catalogue.open_catalogue` makes it.

    Attributes:
        is_new: The shipped markers were compiled in this process, which took seconds.
    """

    def __init__(self, section: Callable[[str], bytes], own: Callable[[str], bytes] | None = None) -> None:
        """Take the readers of sections by name, of shipped markers and of own ones; nothing is read yet."""
        self.read_shipped, self.read_own = section, own or _read_nothing
        self.is_new = False
        self._facts: list[Marker] = []
        self._by_id: dict[str, Marker] = {}
        self._groups: dict[str, Group] = {}
        self._model_ends: Scanner | None = None

    @property
    def markers(self) -> list[Marker]:
        """All markers, read on first use: a clean commit doesn't need them."""
        if not self._facts:
            parts = self.read_shipped("markers"), self.read_own("markers")
            self._facts = [Marker(*row) for part in parts for row in _parse_rows(part)]
        return self._facts

    @property
    def markers_by_id(self) -> dict[str, Marker]:
        """All markers by their ids."""
        if not self._by_id:
            self._by_id = {marker.id: marker for marker in self.markers}
        return self._by_id

    def load_group(self, name: str) -> Group:
        """Return a group's scanner and rows; `name` is one of `scanner.GROUPS`."""
        if name not in self._groups:
            self._groups[name] = Group(self, name)
        return self._groups[name]

    def locate_models(self, text: bytes) -> list[tuple[int, int, int]]:
        """Return the matches of models in a long text as (expression, start, end), sorted by start.

        No shipped model is on two lines, and only the lines that name one are searched; for others, all of the text.
        """
        group = self.load_group("model")
        if not group.scanner:
            return []
        if not self._model_ends:
            self._model_ends = Scanner("model", self.read_shipped("model.ends"), own=self.read_own("model.ends"))
        windows = {
            index: [(0, len(text))] if group.load_row(index)[1] else lines
            for index, lines in self._model_ends.find_lines(text).items()
        }
        return group.scanner.locate_in_windows(text, windows)

    def find_models(self, line: bytes) -> list[tuple[str, str]]:
        """Return the models that a line names, as (name as written, vendor's id); of two that overlap, the first.

        An added model counts only where it doesn't overlap a shipped one, so that it can't hide a rival's.
        """
        group = self.load_group("model")
        spans = group.scanner.locate_matches(line) if group.scanner else []
        if any(group.load_row(index)[1] for index, _, _ in spans):
            spans = _remove_overlapped(spans, [bool(group.load_row(index)[1]) for index, _, _ in spans])
        models: list[tuple[str, str]] = []
        covered = 0  # the end of the last model
        for index, start, end in sorted(spans, key=lambda span: (span[1], -span[2], span[0])):
            if start >= covered:
                name = line[start:end].decode("utf-8", "replace").removesuffix("via").rstrip(" \t(")
                if line.startswith(b"=", end) and " " in name:  # `model=gpt-5.5 thinking=high`: a key of its own
                    name = name.rpartition(" ")[0].rstrip()
                models.append((name if name[0].isalnum() else name[1:], group.load_row(index)[0].vendor))
                covered = end
        return models


def _remove_overlapped(spans: list[tuple[int, int, int]], is_added: list[bool]) -> list[tuple[int, int, int]]:
    """Return matches without those of added models that overlap a shipped model's.

    Matches are (expression, start, end), sorted by start; the result is computed in two passes, in linear time.
    """
    remaining: list[tuple[int, int, int]] = []
    covered = 0  # the furthest end of the shipped matches so far
    following = len(spans)
    next_shipped = [len(spans)] * len(spans)  # for each match, the index of the next shipped one
    for place in reversed(range(len(spans))):
        next_shipped[place] = following
        following = following if is_added[place] else place
    for place, span in enumerate(spans):
        if not is_added[place]:
            covered = max(covered, span[2])
        elif span[1] < covered or (next_shipped[place] < len(spans) and spans[next_shipped[place]][1] < span[2]):
            continue
        remaining.append(span)
    return remaining


class Group:
    """The markers of one group; `scanner` is None if the group is empty."""

    def __init__(self, catalogue: Catalogue, name: str) -> None:
        self._catalogue, self._name = catalogue, name
        self._readers = catalogue.read_shipped, catalogue.read_own
        find, added = (read(f"{name}.find") for read in self._readers)
        self.scanner = Scanner(name, find, self._list_expressions, added) if find or added else None
        self._rows: list[tuple[Marker, str]] = []

    def load_row(self, index: int) -> tuple[Marker, str]:
        """Return an expression's marker and the roles it applies to; the rows are read on first use, after a match."""
        if not self._rows:
            markers = self._catalogue.markers
            rows = [row for read in self._readers for row in _parse_rows(read(f"{self._name}.rows"))]
            self._rows = [(markers[int(fact)], roles) for fact, roles in rows]
        return self._rows[index]

    def list_shipped(self) -> list[str]:
        """Return the expressions of shipped markers."""
        return split_patterns(self._readers[0](f"{self._name}.patterns"))

    def list_own(self) -> list[str]:
        """Return the expressions of own markers, whose numbers follow."""
        return split_patterns(self._readers[1](f"{self._name}.patterns"))

    def _list_expressions(self) -> list[str]:
        return [*self.list_shipped(), *self.list_own()]


def _read_nothing(_: str) -> bytes:
    return b""


def _parse_rows(table: bytes) -> list[list[str]]:
    return [line.split("\t") for line in table.decode().split("\n") if line]


def format_rows(rows: Sequence[tuple[str, ...]]) -> bytes:
    """Return rows as text, fields separated by tabs; white space inside a field becomes one space."""
    return "\n".join("\t".join(" ".join(field.split()) for field in row) for row in rows).encode()


def split_patterns(joined: bytes) -> list[str]:
    """Return the expressions that `join_patterns` joined."""
    return joined.decode().split("\0") if joined else []


def join_patterns(expressions: Sequence[str]) -> bytes:
    """Return expressions joined by NUL, which none of them contains."""
    return "\0".join(expressions).encode()
