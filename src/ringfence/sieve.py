"""One pass for contents that are surely clean, of which there are many: all markers, and all that calls for a reader.

It may suspect what turns out to be clean; what it doesn't suspect, `contents.read` would find nothing in.
"""

from __future__ import annotations

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
    name = f"{plan.sifted}.sieve"
    kept = cache.read(name) or _compiled(plan, name).__getitem__
    return Scanner("sign", cache.sturdy(kept, lambda: _compiled(plan, name))("find"))


def _compiled(plan: Plan, name: str) -> dict[str, bytes]:
    from .decoders.signs import signs
    from .markers import escapes

    found = [("sign", expression) for expression in (*signs(), *plan.signs())]
    found += [("escape", expression) for expression in escapes.EXPRESSIONS]
    for part in SURFACES:
        scanner = plan.catalogue.group(part).scanner
        found += [(part, expression) for expression in scanner.expressions()] if scanner else []
    sections = {"find": compile_mixed(found)}
    cache.write(name, sections)
    return sections
