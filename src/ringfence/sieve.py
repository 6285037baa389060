"""One pass for contents that are surely clean, of which there are many: all markers, and all that calls for a reader.

It may suspect what turns out to be clean; what it doesn't suspect, `contents.read` would find nothing in.
"""

from __future__ import annotations

from .decoders.signs import signs
from .markers import escapes
from .markers.scanner import Scanner, compile_mixed
from .policy import cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .policy.plan import Plan


SURFACES = ("content", "note")
_made: list[tuple[Plan, Scanner]] = []  # the last one: a process has one plan


def sieve(plan: Plan) -> Scanner:
    """Return the scanner for a plan, which is loaded once."""
    if not _made or _made[0][0] is not plan:
        _made[:] = [(plan, _loaded(plan))]
    return _made[0][1]


def _loaded(plan: Plan) -> Scanner:
    """Return the scanner from the cache, or compiled anew, in a tenth of a second."""
    found = [("generator", expression) for expression in plan.generators.expressions()]
    found += [("sign", expression) for expression in (*signs(), *plan.headings())]
    found += [("escape", expression) for expression in escapes.EXPRESSIONS]
    for part in SURFACES:
        scanner = plan.catalogue.group(part).scanner
        found += [(part, expression) for expression in scanner.expressions()] if scanner else []
    name = cache.key("\0".join(pair).encode() for pair in found)
    kept = cache.read(f"{name}.sieve") or _compiled(found, name).__getitem__
    return Scanner("sign", cache.sturdy(kept, lambda: _compiled(found, name))("find"))


def _compiled(expressions: list[tuple[str, str]], name: str) -> dict[str, bytes]:
    sections = {"find": compile_mixed(expressions)}
    cache.write(f"{name}.sieve", sections)
    return sections
