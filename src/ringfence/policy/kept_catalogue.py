"""Keeps compiled markers in the cache: the catalogue's in a file that all policies share, own ones in another.

The catalogue takes seconds to compile and some own markers milliseconds, so that they aren't compiled together.
"""

from __future__ import annotations

from . import cache
from .markers.catalogue import Catalogue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Section = Callable[[str], bytes]
    Sections = dict[str, bytes]


def open_catalogue(
    names: str, compile_shipped: Callable[[], Sections], compile_own: Callable[[Section], Sections]
) -> Catalogue:
    """Return the catalogue of these names, each part of it compiled where it isn't in the cache, or is damaged.

    Args:
        names: The cache name of the shipped markers, and behind a blank that of own ones, if there are any.
        compile_shipped: Compiles the shipped markers.
        compile_own: Compiles own markers; it gets the reader of the shipped ones.
    """
    shipped, _, own = names.partition(" ")
    section = _open_part(f"{shipped}.markers", compile_shipped)
    return Catalogue(section, _open_part(f"{own}.own", lambda: compile_own(section)) if own else None)


def _open_part(file: str, compile_part: Callable[[], Sections]) -> Section:
    def compile_and_keep() -> Sections:
        sections = compile_part()
        cache.write_sections(file, sections)
        return sections

    return cache.build_repairing_reader(cache.open_sections(file) or compile_and_keep().__getitem__, compile_and_keep)
