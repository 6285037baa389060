"""One pass for contents that are surely clean, of which there are many: all markers, and all that calls for a reader.

It may suspect what turns out to be clean; what it doesn't suspect, `contents.read` would find nothing in.
"""

from __future__ import annotations

from ..policy import cache
from ..policy.markers.scanner import Scanner, compile_mixed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..policy.plan import Plan


SURFACES = ("content", "note")
_made: list[tuple[Plan, dict[str, Scanner]]] = []  # the last ones: a process has one plan


def load_prefilter(plan: Plan, kind: str = "text") -> Scanner:
    """Return the scanner for a plan, loaded once.

    That for `packed` bytes leaves out what calls for a reader: they have one, and are full of it by chance.
    """
    if not _made or _made[0][0] is not plan:
        _made[:] = [(plan, {})]
    scanners = _made[0][1]
    if kind not in scanners:
        scanners[kind] = _load_scanner(plan, kind)
    return scanners[kind]


def _load_scanner(plan: Plan, kind: str) -> Scanner:
    """Return the scanner from the cache, or compiled anew, in a fifth of a second."""
    name = f"{plan.prefilter_key}.sieve"
    kept = cache.open_sections(name) or _compile_prefilter(plan, name).__getitem__
    return Scanner("sign", cache.build_repairing_reader(kept, lambda: _compile_prefilter(plan, name))(kind))


def _compile_prefilter(plan: Plan, name: str) -> dict[str, bytes]:
    from ..policy.markers import escapes
    from .decoders.prefilter_patterns import list_decoder_patterns

    marks = [("sign", expression) for expression in plan.load_generator_patterns()]
    for part in SURFACES:
        scanner = plan.catalogue.load_group(part).scanner
        marks += [(part, expression) for expression in scanner.expressions()] if scanner else []
    calls = [("sign", expression) for expression in list_decoder_patterns()]
    calls += [("escape", expression) for expression in escapes.EXPRESSIONS]
    sections = {"text": compile_mixed([*calls, *marks]), "packed": compile_mixed(marks)}
    cache.write_sections(name, sections)
    return sections
