"""What a change of a repository's own files would take away: a push can only tighten."""

from __future__ import annotations

from ..errors import PolicyError
from .compile import build_plan_sections
from .effective import build_effective_policy, read_vendors
from .examples import check_own_markers
from .inputs import FILE_NAME, WAIVERS, Inputs, build_repository_layers
from .merge import find_loosenings
from .schema.parse import parse_toml
from .schema.waiver_file import WaiverFile


def find_lost_protection(inputs: Inputs, before: bytes | None, after: bytes | None) -> list[str]:
    """Name what a repository's `ringfence.toml` protects in one state, and in another state of it would not.

    Raises:
        PolicyError: One of them can't be used.
    """
    vendors = read_vendors(inputs)
    base = tuple(layer for layer in inputs.layers if layer.kind != "repository")
    old, new = (
        build_effective_policy(
            Inputs((*base, *build_repository_layers([(FILE_NAME, data)])), inputs.tags, inputs.names), vendors
        )
        for data in (before, after)
    )
    build_plan_sections(new, "", "", "")
    check_own_markers(new, vendors)
    return find_loosenings(old, new)


def list_new_approvers(before: bytes | None, after: bytes | None) -> list[str]:
    """Return who is said to have approved the waivers that one state of `waivers.toml` has and another hasn't.

    Raises:
        PolicyError: The later state can't be used.
    """
    old, new = (parse_toml(WaiverFile, data, WAIVERS).waiver if data is not None else () for data in (before, after))
    return sorted({item.approved_by for item in new if item not in old})


def check_change(inputs: Inputs, before: bytes | None, after: bytes | None) -> None:
    """Refuse a change of a repository's `ringfence.toml` that can't be used, or that takes away what held before.

    Raises:
        PolicyError: With every mistake, or every attempt to loosen.
    """
    if lost := find_lost_protection(inputs, before, after):
        raise PolicyError(
            "\n".join(f"{FILE_NAME}: {line}; a push can only tighten" for line in lost),
            "Whoever keeps the server can change it there, past the hook.",
        )
