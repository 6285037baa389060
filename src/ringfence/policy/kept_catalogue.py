"""Keeps compiled markers in the cache: the catalogue's in a file that all policies share, own ones in another.

The catalogue takes seconds to compile and some own markers milliseconds, so that they aren't compiled together.
"""

from __future__ import annotations

from . import cache
from .markers.catalogue import Catalogue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .effective_policy import EffectivePolicy
    from .schema.vendor_file import VendorFile

    Section = Callable[[str], bytes]
    Sections = dict[str, bytes]
    Vendors = dict[str, VendorFile]


def open_catalogue(names: str, build_policy: Callable[[], tuple[Vendors, EffectivePolicy]]) -> Catalogue:
    """Return the catalogue of these names, each part of it compiled where it isn't in the cache, or is damaged.

    Args:
        names: The cache name of the shipped markers, and behind a blank that of own ones, if there are any.
        build_policy: Returns all vendors by their ids, and the policy; called only to compile own markers.
    """
    shipped, _, own = names.partition(" ")
    compiled: list[Sections] = []

    def compile_shipped_part() -> Sections:
        from .compile_markers import compile_shipped

        compiled.append(compile_shipped())
        return compiled[-1]

    section = _open_part(f"{shipped}.markers", compile_shipped_part)
    own_section = _open_part(f"{own}.own", lambda: _compile_own(section, *build_policy())) if own else None
    catalogue = Catalogue(section, own_section)
    catalogue.is_new = bool(compiled)
    return catalogue


def _compile_own(shipped: Section, vendors: Vendors, policy: EffectivePolicy) -> Sections:
    from .compile_markers import compile_own

    return compile_own(vendors, policy, shipped)


def _open_part(file: str, compile_part: Callable[[], Sections]) -> Section:
    def compile_and_keep() -> Sections:
        sections = compile_part()
        cache.write_sections(file, sections)
        return sections

    return cache.build_repairing_reader(cache.open_sections(file) or compile_and_keep().__getitem__, compile_and_keep)
