"""Phorge and Phabricator: executables in hooks/pre-receive-phabricator.d, after Herald has had its say."""

from __future__ import annotations

from .base import STDIN, Forge, Occasion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def occasion(environ: Mapping[str, str], _: Sequence[str]) -> Occasion:
    """Tell who pushes to which repository."""
    return Occasion(environ.get("PHABRICATOR_USER", ""), environ.get("PHABRICATOR_REPOSITORY", ""))


FORGE = Forge(occasion, files=(("hooks/pre-receive-phabricator.d/ringfence", STDIN),))
