"""What a verdict is about, for reports that are read elsewhere and later."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING

from ..model import RunMetadata
from ..sources.history import read_commit_times, resolve_revision
from ..values import replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..git.repo import Repo
    from ..model import Verdict
    from ..policy.inputs import Inputs
    from ..repository import Repository


def add_run_metadata(
    place: Repository, verdict: Verdict, base: str, head: str, inputs: Inputs, *,
    texts: Mapping[str, str] | None = None, notes: tuple[str, ...] = (),
) -> Verdict:  # fmt: skip
    """Return a verdict that says what it is about; `texts` are what was judged beside what git holds, by name."""
    began = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
    made = read_commit_times(place.repo, (finding.commit for finding in verdict.findings if finding.commit))
    first, last = (_resolve_commit(place.repo, revision) for revision in (base, head))
    digests = tuple(_iter_digests(inputs, texts or {}))
    return replace(verdict, about=RunMetadata(place.name, first, last, began, made, notes, digests))


def _resolve_commit(repo: Repo, revision: str) -> str:
    """Return the commit that a revision is in the end, or its own id where it is none; "" for nothing."""
    return revision and (resolve_revision(repo, revision, "^{commit}") or resolve_revision(repo, revision))


def _iter_digests(inputs: Inputs, texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield from ((layer.origin, hashlib.sha256(layer.data).hexdigest()) for layer in inputs.layers)
    yield from ((name, hashlib.sha256(text.encode()).hexdigest()) for name, text in texts.items() if text)
