"""What a verdict is about, for reports that are read elsewhere and later."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING

from ..model import About
from ..sources.history import resolve, times
from ..values import replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..git.repo import Repo
    from ..model import Verdict
    from ..policy.inputs import Inputs
    from ..repository import Place


def told(
    place: Place, verdict: Verdict, base: str, head: str, inputs: Inputs, *,
    texts: Mapping[str, str] | None = None, notes: tuple[str, ...] = (),
) -> Verdict:  # fmt: skip
    """Return a verdict that says what it is about; `texts` are what was judged beside what git holds, by name."""
    began = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
    made = times(place.repo, (finding.commit for finding in verdict.findings if finding.commit))
    first, last = (_commit(place.repo, revision) for revision in (base, head))
    digests = tuple(_digests(inputs, texts or {}))
    return replace(verdict, about=About(place.name, first, last, began, made, notes, digests))


def _commit(repo: Repo, revision: str) -> str:
    """Return the commit that a revision is in the end, or its own id where it is none; "" for nothing."""
    return revision and (resolve(repo, revision, "^{commit}") or resolve(repo, revision))


def _digests(inputs: Inputs, texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield from ((layer.origin, hashlib.sha256(layer.data).hexdigest()) for layer in inputs.layers)
    yield from ((name, hashlib.sha256(text.encode()).hexdigest()) for name, text in texts.items() if text)
