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
        self._facts = _rows(section("markers"))
        self._groups: dict[str, Group] = {}

    @property
    def markers(self) -> tuple[Marker, ...]:
        """Return all markers."""
        return tuple(Marker(*row) for row in self._facts)

    def group(self, name: str) -> Group:
        """Return a group's scanner and rows."""
        if name not in self._groups:
            rows = _rows(self._section(f"{name}.rows"))
            scanner = Scanner(self._section(f"{name}.find"), lambda: self._section(f"{name}.locate")) if rows else None
            self._groups[name] = Group(scanner, rows, self._facts)
        return self._groups[name]


class Group:
    """The markers of one group; `scanner` is None where there are none."""

    def __init__(self, scanner: Scanner | None, rows: list[list[str]], facts: list[list[str]]) -> None:
        self.scanner, self._rows, self._facts = scanner, rows, facts

    def row(self, index: int) -> tuple[Marker, str]:
        """Return an expression's marker and the roles it holds for, made when something was found."""
        fact, roles = self._rows[index]
        return Marker(*self._facts[int(fact)]), roles


def _rows(table: bytes) -> list[list[str]]:
    return [line.split("\t") for line in table.decode().split("\n") if line]


def table(rows: Sequence[tuple[str, ...]]) -> bytes:
    """Write rows as `_rows` reads them; white space inside a field becomes a blank."""
    return "\n".join("\t".join(" ".join(field.split()) for field in row) for row in rows).encode()
