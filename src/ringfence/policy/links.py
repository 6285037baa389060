"""Finds the compiled plan of a repository by what decides about it, without parsing a policy.

A link is a small file of the cache that names a plan. Of a repository's names only the tags count that a policy's
`[[repository]]` gives them, so that the patterns are kept too, and all repositories with the same tags share a link.
"""

from __future__ import annotations

import marshal

from . import cache
from .inputs import is_name_match, may_set

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .inputs import Inputs

    Matches = list[tuple[tuple[str, ...], tuple[str, ...]]]  # (patterns for names, tags) of `[[repository]]` tables

_SECTION = "matches"


def find_link(inputs: Inputs) -> str:
    """Return the name of the link for these inputs, which may not exist; "" if that isn't known yet."""
    key = cache.build_key(inputs.iter_parts())
    matches = _read_matches(inputs, key)
    return "" if matches is None else _name_link(inputs, key, matches)


def write_link(inputs: Inputs, matches: Matches, plan: str) -> None:
    """Store the name of the plan for these inputs, and `matches`, the policy's `[[repository]]` tables."""
    key = cache.build_key(inputs.iter_parts())
    if _read_matches(inputs, key) is None:
        cache.write_sections(f"{key}.names", {_SECTION: marshal.dumps(matches)})
    cache.store_file(_name_link(inputs, key, matches), plan.encode())


def _read_matches(inputs: Inputs, key: str) -> Matches | None:
    """Return the tables that `write_link` kept; None where they aren't known, or a checksum says they are damaged."""
    if not any(may_set(layer, b"repository") for layer in inputs.layers):
        return []
    reader = cache.open_sections(f"{key}.names")
    try:
        matches: Matches | None = marshal.loads(reader(_SECTION)) if reader else None  # noqa: S302 - ours, and whole
    except LookupError:
        return None
    return matches


def _name_link(inputs: Inputs, key: str, matches: Matches) -> str:
    """Return the name of the link for the tags that tables give to the repository by its names."""
    tags = {
        tag
        for patterns, tags in matches
        if any(is_name_match(name, pattern) for name in inputs.names for pattern in patterns)
        for tag in tags
    }
    return f"{cache.compute_digest([key.encode(), *(tag.encode() for tag in sorted(tags))])}.link"
