"""Phorge and Phabricator: executables in hooks/pre-receive-phabricator.d, run after Herald's rules."""

from __future__ import annotations

from .base import STDIN, Forge, PushContext

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def parse_push_context(environ: Mapping[str, str], _: Sequence[str]) -> PushContext:
    """Return the context of a push."""
    return PushContext(environ.get("PHABRICATOR_USER", ""), environ.get("PHABRICATOR_REPOSITORY", ""))


FORGE = Forge(parse_push_context, files=(("hooks/pre-receive-phabricator.d/ringfence", STDIN),))
