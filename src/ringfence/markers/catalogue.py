"""The catalogue as a hook uses it: the markers' facts, and a scanner for each group, loaded when it is needed."""

from __future__ import annotations

from ..values import value
from .scanner import Scanner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@value
class Marker:
    """What a finding says of its marker. `vendor` is the id, the other names are for people."""

    id: str
    vendor: str
    vendor_name: str
    product: str
    kind: str
    strength: str
    why: str


class Catalogue:
    """All markers in force, read from compiled sections (see `policy/compiled.py` for who writes them)."""

    def __init__(self, section: Callable[[str], bytes]) -> None:
        self._section = section
        self.markers = tuple(Marker(*row) for row in _rows(section("markers")))
        self._groups: dict[str, tuple[Scanner | None, list[tuple[Marker, str]]]] = {}

    def group(self, name: str) -> tuple[Scanner | None, list[tuple[Marker, str]]]:
        """Return a group's scanner (None: no markers) and, by expression, its marker and the roles it holds for."""
        if name not in self._groups:
            rows = [(self.markers[int(index)], roles) for index, roles in _rows(self._section(f"{name}.rows"))]
            scanner = Scanner(self._section(f"{name}.find"), lambda: self._section(f"{name}.locate")) if rows else None
            self._groups[name] = scanner, rows
        return self._groups[name]


def _rows(table: bytes) -> list[list[str]]:
    return [line.split("\t") for line in table.decode().split("\n") if line]


def table(rows: Sequence[tuple[str, ...]]) -> bytes:
    """Write rows as `_rows` reads them; white space inside a field becomes a blank."""
    return "\n".join("\t".join(" ".join(field.split()) for field in row) for row in rows).encode()
