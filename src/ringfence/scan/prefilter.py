"""Prefilter: one scan that recognises the many contents without any mark or format to decode.

It may suspect a clean content, but never the reverse: for a content that it doesn't suspect, `contents.scan_object`
has no matches and nothing unread.
"""

from __future__ import annotations

from ..policy import cache
from ..policy.markers.scanner import Scanner, compile_mixed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..policy.plan import Plan


SURFACES = ("content", "note")


def load_prefilter(plan: Plan, kind: str = "text") -> Scanner:
    """Return the scanner of a plan, loaded once; `kind` is text or packed.

    The scanner for packed (binary) bytes lacks the patterns of formats to decode, which match there by chance.
    """
    if kind not in plan.prefilters:
        plan.prefilters[kind] = _load_scanner(plan, kind)
    return plan.prefilters[kind]


def _load_scanner(plan: Plan, kind: str) -> Scanner:
    """Return a scanner from the cache; compiling it takes a fifth of a second."""
    name = f"{plan.prefilter_key}.sieve"
    sections = cache.open_sections(name) or _compile_prefilter(plan, name).__getitem__
    return Scanner("sign", cache.build_repairing_reader(sections, lambda: _compile_prefilter(plan, name))(kind))


def _compile_prefilter(plan: Plan, name: str) -> dict[str, bytes]:
    """Compile the scanners of a plan, store them in the cache, and return them by kind."""
    from ..policy.markers import escapes
    from .decoders.prefilter_patterns import list_decoder_patterns

    marks = [("sign", expression) for expression in plan.load_generator_patterns()]
    for part in SURFACES:
        scanner = plan.catalogue.load_group(part).scanner
        marks += [(part, expression) for expression in scanner.expressions()] if scanner else []
    formats = [("sign", expression) for expression in list_decoder_patterns()]
    formats += [("escape", expression) for expression in escapes.EXPRESSIONS]
    sections = {"text": compile_mixed([*formats, *marks]), "packed": compile_mixed(marks)}
    cache.write_sections(name, sections)
    return sections
