"""Adds to a verdict what identifies the run: repository, range, time, and digests of the inputs."""

from __future__ import annotations

import hashlib
import os
import time
from typing import TYPE_CHECKING

from ..excerpts import sanitise_text
from ..model import RunMetadata
from ..policy.load import load_plan
from ..sources.history import read_authors, read_commit_times, resolve_revision
from ..values import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ..git.repo import Repo
    from ..model import Verdict
    from ..policy.inputs import Inputs
    from ..repository import Repository
    from ..sources.file_digests import FileDigest


def add_run_metadata(
    repository: Repository, verdict: Verdict, base: str, head: str, inputs: Inputs, *,
    texts: Mapping[str, str] | None = None, notes: tuple[str, ...] = (),
) -> Verdict:  # fmt: skip
    """Return the verdict with the metadata of its run.

    Args:
        repository: The repository.
        verdict: The verdict.
        base: The revision after which changes were judged; "" for the beginning.
        head: The revision up to which they were judged; "" for none.
        inputs: The policy's inputs.
        texts: Texts that were judged and aren't in git (a request's title), by name.
        notes: Further notes for the report, a line each.
    """
    began = format_now()
    dates = read_commit_times(repository.repo, (finding.commit for finding in verdict.findings if finding.commit))
    named = read_authors(repository.repo, (oid for oid, _ in dates))
    authors = tuple((oid, sanitise_text(name)) for oid, name in named)
    first, last = (_resolve_commit(repository.repo, revision) for revision in (base, head))
    digests = (*_iter_digests(inputs, texts or {}), *_iter_file_digests(inputs))
    told = (*verdict.about.notes, *notes)
    about = RunMetadata(repository.name, first, last, began, dates, told, digests, authors=authors)
    return replace(verdict, about=about)


def add_file_metadata(top: str, verdict: Verdict, files: Iterable[FileDigest], inputs: Inputs, began: str) -> Verdict:
    """Return the verdict on files below `top` with the metadata of its run, which began at `began`."""
    digests = (*_iter_digests(inputs, {}), *_iter_file_digests(inputs))
    judged = tuple((file.path, file.sha256) for file in files)
    about = replace(verdict.about, repository=os.path.realpath(top), began=began, inputs=digests, files=judged)
    return replace(verdict, about=about)


def format_now() -> str:
    """Return the time in UTC, as verdicts have it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())


def _resolve_commit(repo: Repo, revision: str) -> str:
    """Return the id of the commit that a revision peels to, else of the object itself; "" for "" or no object."""
    return revision and (resolve_revision(repo, revision, "^{commit}") or resolve_revision(repo, revision))


def _iter_file_digests(inputs: Inputs) -> Iterator[tuple[str, str]]:
    """Yield the digests of files that a policy names and that decide, too: with others the verdict may differ.

    They are the manifest of the index of ingredients, and the allowed signers where there are waivers.
    """
    plan = load_plan(inputs)
    paths = [os.path.join(plan.ingredients.index, "manifest")] if plan.has_index else []  # it was read by the check
    signers = plan.approvals.get("signers", "") if plan.waivers else ""
    for path in (*paths, signers) if os.access(signers, os.R_OK) else paths:
        with open(path, "rb") as file:
            yield path, hashlib.sha256(file.read()).hexdigest()


def _iter_digests(inputs: Inputs, texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield from ((layer.origin, hashlib.sha256(layer.data).hexdigest()) for layer in inputs.layers)
    yield from ((name, hashlib.sha256(os.fsencode(text)).hexdigest()) for name, text in texts.items() if text)
