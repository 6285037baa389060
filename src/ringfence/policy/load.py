"""Loads the plan in force from the cache, or compiles it; what compiling needs is imported only then."""

from __future__ import annotations

from . import cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .inputs import Inputs
    from .markers.catalogue import Catalogue
    from .plan import Plan


def load_plan(inputs: Inputs) -> Plan:
    """Return the plan for these inputs, from the cache if it is there and undamaged, or compiled.

    Raises:
        PolicyError: A policy or vendor file is invalid.
    """
    from .markers.catalogue import Catalogue
    from .plan import Plan

    key = cache.build_key(inputs.iter_digest_parts())
    shared = cache.load_file(f"{key}.link").decode("ascii", "replace")
    kept = cache.open_sections(f"{shared}.plan") if shared.isalnum() else None
    try:
        name = kept("catalogue").decode() if kept and cache.is_current(kept("own")) else ""
        catalogue = cache.open_sections(f"{name}.markers") if name else None
        if kept and catalogue:
            return Plan(
                cache.build_repairing_reader(kept, lambda: _compile_plan(inputs, key)[0]),
                Catalogue(cache.build_repairing_reader(catalogue, lambda: _compile_markers(inputs, name))),
            )
    except (LookupError, ValueError):
        pass  # damaged: made anew
    sections, markers = _compile_plan(inputs, key)
    return Plan(sections.__getitem__, markers)


def is_compiled(inputs: Inputs) -> bool:
    """Return whether the plan for these inputs is in the cache; compiling one takes seconds."""
    return cache.has_file(f"{cache.build_key(inputs.iter_digest_parts())}.link")


def _compile_plan(inputs: Inputs, key: str) -> tuple[dict[str, bytes], Catalogue]:
    from .compile import compile_plan

    return compile_plan(inputs, key)


def _compile_markers(inputs: Inputs, name: str) -> dict[str, bytes]:
    from .compile import compile_markers
    from .effective import build_effective_policy, read_vendors

    catalogue = read_vendors(inputs)
    return compile_markers(catalogue, build_effective_policy(inputs, catalogue), name)
