"""Compares two versions of a repository's own files: a push may tighten what is protected, never loosen it."""

from __future__ import annotations

from ..errors import PolicyError
from .compile import build_plan_sections
from .effective import build_effective_policy, list_vendors, read_vendors
from .examples import check_own_markers
from .inputs import FILE_NAME, WAIVERS, Inputs, build_repository_layers
from .loosening import find_loosenings
from .schema.parse import parse_toml
from .schema.waiver_file import WaiverFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .schema.waiver_file import Waiver


def find_lost_protection(inputs: Inputs, before: Iterable[bytes | None], after: Iterable[bytes | None]) -> list[str]:
    """Return what versions of `ringfence.toml` protect together and later ones would not, a line of text for each.

    Args:
        inputs: The policy in force; its repository layers are replaced by the versions compared.
        before: The earlier files, None for a state without one.
        after: The later files.

    Raises:
        PolicyError: One of the versions is invalid.
    """
    vendors = list_vendors(inputs)
    base = tuple(layer for layer in inputs.layers if layer.kind != "repository")
    old, new = (
        build_effective_policy(
            Inputs((*base, *build_repository_layers((FILE_NAME, data) for data in files)), inputs.tags, inputs.names),
            vendors,
        )
        for files in (before, after)
    )
    build_plan_sections(new, "", "", "")
    if new.markers:
        check_own_markers(new, read_vendors(inputs))
    return find_loosenings(old, new)


def list_new_approvers(before: bytes | None, after: bytes | None, signers: str = "") -> list[str]:
    """Return the approvers named by waivers that a later version of `waivers.toml` adds, sorted.

    Those are left out whose signature a file of allowed signers bears out.

    Raises:
        PolicyError: One of the versions is invalid.
    """
    old, new = (parse_toml(WaiverFile, data, WAIVERS).waiver if data is not None else () for data in (before, after))
    return sorted({item.approved_by for item in new if item not in old and not _is_signed(item, signers)})


def _is_signed(waiver: Waiver, signers: str) -> bool:
    if not signers:
        return False
    from .signatures import NoVerdictError
    from .signed_waivers import find_signature_fault

    try:
        return not find_signature_fault(waiver, signers, is_own=True)
    except NoVerdictError:
        return False


def check_change(inputs: Inputs, before: Iterable[bytes | None], after: Iterable[bytes | None]) -> None:
    """Refuse new versions of `ringfence.toml` that are invalid or would loosen the earlier versions.

    Raises:
        PolicyError: One line for each mistake, or for each thing that would be loosened.
    """
    if lost := find_lost_protection(inputs, before, after):
        raise PolicyError(
            "\n".join(f"{FILE_NAME}: {line}; a push can only tighten" for line in lost),
            "An administrator can make the change on the server itself, where the hook doesn't run.",
        )
