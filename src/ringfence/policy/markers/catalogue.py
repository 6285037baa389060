"""The catalogue as a hook uses it: the markers' facts, and a scanner for each group, loaded when it is needed."""

from __future__ import annotations

from ...values import value
from .scanner import Scanner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@value
class Marker:
    """What a finding says of its marker. `vendor` is the id, the other names are for people.

    `session`: "yes" where it says where prompts and outputs are kept.
    """

    id: str
    vendor: str
    vendor_name: str
    product: str
    kind: str
    strength: str
    why: str
    session: str = ""


class Catalogue:
    """All markers in force, read from compiled sections (see `policy/compiled.py` for who writes them)."""

    def __init__(self, section: Callable[[str], bytes]) -> None:
        self._section = section
        self._facts: list[Marker] = []
        self._groups: dict[str, Group] = {}

    @property
    def markers(self) -> list[Marker]:
        """Return all markers; a clean commit needs none of them."""
        if not self._facts:
            self._facts = [Marker(*row) for row in _parse_rows(self._section("markers"))]
        return self._facts

    def load_group(self, name: str) -> Group:
        """Return a group's scanner and rows."""
        if name not in self._groups:
            self._groups[name] = Group(self, name, self._section)
        return self._groups[name]

    def find_models(self, line: bytes) -> list[tuple[str, str]]:
        """Return the models that a line names, as written, with their vendors' ids; where two overlap, the first.

        An organisation's own names count where none of the shipped ones does, so that they hide no rival.
        """
        group = self.load_group("model")
        spans = group.scanner.locate_matches(line) if group.scanner else []
        if any(group.load_row(index)[1] for index, _, _ in spans):
            spans = _remove_overlapped(spans, [bool(group.load_row(index)[1]) for index, _, _ in spans])
        found: list[tuple[str, str]] = []
        behind = 0
        for index, start, end in sorted(spans, key=lambda span: (span[1], -span[2], span[0])):
            if start >= behind:
                name = line[start:end].decode("utf-8", "replace").removesuffix("via").rstrip(" \t(")
                found.append((name if name[0].isalnum() else name[1:], group.load_row(index)[0].vendor))
                behind = end
        return found


def _remove_overlapped(spans: list[tuple[int, int, int]], added: list[bool]) -> list[tuple[int, int, int]]:
    """Return matches without those that were added and overlap one that is shipped; they are sorted by place."""
    kept: list[tuple[int, int, int]] = []
    behind = 0  # where the shipped ones so far end
    ahead = len(spans)
    starts = [len(spans)] * len(spans)  # for each, the next shipped one
    for place in reversed(range(len(spans))):
        starts[place] = ahead
        ahead = ahead if added[place] else place
    for place, span in enumerate(spans):
        if not added[place]:
            behind = max(behind, span[2])
        elif span[1] < behind or (starts[place] < len(spans) and spans[starts[place]][1] < span[2]):
            continue
        kept.append(span)
    return kept


class Group:
    """The markers of one group; `scanner` is None where there are none."""

    def __init__(self, catalogue: Catalogue, name: str, section: Callable[[str], bytes]) -> None:
        find = section(f"{name}.find")
        self.scanner = Scanner(name, find, lambda: split_patterns(section(f"{name}.patterns"))) if find else None
        self._catalogue, self._name, self._section = catalogue, name, section
        self._rows: list[tuple[Marker, str]] = []

    def load_row(self, index: int) -> tuple[Marker, str]:
        """Return an expression's marker and the roles it holds for, read when something was found."""
        if not self._rows:
            markers = self._catalogue.markers
            self._rows = [
                (markers[int(fact)], roles) for fact, roles in _parse_rows(self._section(f"{self._name}.rows"))
            ]
        return self._rows[index]


def _parse_rows(table: bytes) -> list[list[str]]:
    return [line.split("\t") for line in table.decode().split("\n") if line]


def format_rows(rows: Sequence[tuple[str, ...]]) -> bytes:
    """Write rows as `_rows` reads them; white space inside a field becomes a blank."""
    return "\n".join("\t".join(" ".join(field.split()) for field in row) for row in rows).encode()


def split_patterns(joined: bytes) -> list[str]:
    """Return expressions as `joined` put them together."""
    return joined.decode().split("\0")


def join_patterns(expressions: Sequence[str]) -> bytes:
    """Put expressions together; none of them holds a NUL."""
    return "\0".join(expressions).encode()
