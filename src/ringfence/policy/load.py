"""Loads the plan in force from the cache, or compiles it; what compiling needs is imported only then."""

from __future__ import annotations

from . import cache
from .kept_catalogue import open_catalogue
from .links import find_link

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .effective_policy import EffectivePolicy
    from .inputs import Inputs
    from .markers.catalogue import Catalogue
    from .plan import Plan
    from .schema.vendor_file import VendorFile


def load_plan(inputs: Inputs) -> Plan:
    """Return the plan for these inputs, from the cache if it is there and undamaged, or compiled.

    Raises:
        PolicyError: A policy or vendor file is invalid.
    """
    from .plan import Plan

    link = find_link(inputs)
    shared = cache.load_file(link).decode("ascii", "replace") if link else ""
    kept = cache.open_sections(f"{shared}.plan") if shared.isalnum() else None
    try:
        if kept and cache.is_current(kept("own")) and _is_current_signers(kept("signers")):
            return Plan(
                cache.build_repairing_reader(kept, lambda: _compile_plan(inputs)[0]),
                open_catalogue(kept("catalogue").decode(), lambda: _build_policy(inputs)),
                inputs.names,
            )
    except (LookupError, ValueError):
        pass  # damaged: made anew
    sections, markers = _compile_plan(inputs)
    return Plan(sections.__getitem__, markers, inputs.names)


def _is_current_signers(stamp: bytes) -> bool:
    """Return whether the signatures of waivers were checked today, by the file of signers as it is."""
    if not stamp:
        return True
    from .signers_stamp import is_current

    return is_current(stamp)


def is_compiled(inputs: Inputs) -> bool:
    """Return whether the plan for these inputs is in the cache; compiling one takes seconds."""
    link = find_link(inputs)
    return bool(link) and cache.has_file(link)


def _compile_plan(inputs: Inputs) -> tuple[dict[str, bytes], Catalogue]:
    from .compile import compile_plan

    return compile_plan(inputs)


def _build_policy(inputs: Inputs) -> tuple[dict[str, VendorFile], EffectivePolicy]:
    from .effective import build_effective_policy, read_vendors

    vendors = read_vendors(inputs)
    return vendors, build_effective_policy(inputs, vendors)
