"""Judges one piece of work: a repository's whole history, or files of data."""

from __future__ import annotations

import hashlib
import os
import pickle
import re
import time
from dataclasses import replace
from importlib import import_module
from itertools import chain
from typing import TYPE_CHECKING, Any

from ...errors import RingfenceError
from ...gate.history import judge_refs
from ...git.objects import MissingObject
from ...git.repo import Repo
from ...policy.load import load_plan
from ...repository import Repository, read_local_inputs
from ...sources.history import list_all_refs, read_commit_times, resolve_revision
from ...values import fields
from ...values import replace as replace_fields
from .clone import fetch_repository, read_remote_state
from .data import judge_shards
from .further import feed_index, iter_traced
from .listing import list_shards
from .model import LISTING, REPOSITORY, AuditError
from .results import FINDING, UNREAD, build_name, encode_result

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ...model import Verdict
    from ...policy.inputs import Inputs
    from ...policy.plan import Plan
    from ...sources.refs import Update
    from .model import Row, Settings, Work

DEFAULT_TAG = "training-data"  # what a unit without a tag is judged by
_DECODERS = ("archive", "compressed", "delimited", "json_rows", "parquet_arrow")
_MISSING = re.compile(r"the object is |git can't read it \(")  # what git should have
_ORIGIN = "ringfence audit"  # where that tag was set


class Plans:
    """The plans that a process has at hand, by their ruleset; processes forked from it share their scanners."""

    def __init__(self) -> None:
        self._known: dict[str, Plan] = {}
        self._of_data: tuple[Plan, bool]

    def load(self, inputs: Inputs) -> Plan:
        """Return the plan for a policy's inputs."""
        plan = load_plan(inputs)
        return self._known.get(plan.ruleset, plan)

    def of_data(self) -> tuple[Plan, bool]:
        """Return the plan of a unit without a policy of its own, and whether a tag was asked for."""
        return self._of_data

    def prepare(self, plan: Plan, is_tagged: bool) -> None:
        """Load all that the plan of units without a policy of their own needs, and keep it."""
        from ...policy.markers.databases import GROUPS
        from ...scan.prefilter import load_prefilter

        for name in _DECODERS:
            import_module(f"ringfence.scan.decoders.{name}")
        for kind in ("text", "header", "packed", "embedded"):
            load_prefilter(plan, kind)
        for group in GROUPS:
            plan.catalogue.load_group(group)
        if plan.has_index:
            from ...scan.ingredients.open_index import load_lookup

            load_lookup(plan)
        self._known[plan.ruleset] = plan
        self._of_data = plan, is_tagged


def prepare_plans(settings: Settings) -> Plans:
    """Return the plan of a unit without a policy of its own, loaded before processes are forked."""
    plans = Plans()
    place = Repository(Repo("/"), policies=settings.policies, tags=settings.tags, outside=True)
    plans.prepare(*_load_tagged(plans, place.build_inputs({})))
    return plans


def judge_work(work: Work, settings: Settings, plans: Plans) -> tuple[str, bytes]:
    """Return the name of a result and the result; b"" where it is there already.

    Raises:
        AuditError: The unit can't be audited.
    """
    try:
        if work.unit.kind == REPOSITORY:
            if work.unit.is_remote:
                return _fetch_and_judge(work, settings, plans)
            return _judge_repository(work, work.unit.place, settings, plans)
        if work.number == LISTING:
            return "", pickle.dumps(list_shards(work.unit))
        return judge_shards(work, settings, plans)
    except RingfenceError as error:
        raise AuditError(" ".join(f"{error.message} {error.advice}".split())) from None
    except OSError as error:
        raise AuditError(f"{error.strerror or error}: {error.filename or work.unit.name}") from None


def _fetch_and_judge(work: Work, settings: Settings, plans: Plans) -> tuple[str, bytes]:
    """Judge a repository at an address, unless its refs are as they were when it was judged last."""
    address = work.unit.place
    # Its own policy is a file of its default branch, and so a part of this state.
    name = build_name(
        work.unit.name, read_remote_state(address), _digest_lines(work.known), *_describe(plans.of_data()[0], settings)
    )
    if name in settings.known:
        return name, b""
    path = fetch_repository(address, settings.scratch, settings.disk)
    return name, _judge_repository(work, path, replace(settings, known=frozenset()), plans)[1]


def _judge_repository(work: Work, place: str, settings: Settings, plans: Plans) -> tuple[str, bytes]:
    began, path = time.monotonic(), os.path.realpath(place)
    if not os.path.isdir(path):
        raise AuditError("there is no such folder" if not os.path.lexists(path) else "it isn't a folder")
    os.environ["GIT_CEILING_DIRECTORIES"] = os.path.dirname(path)  # a damaged one must not pass for that around it
    repository = Repository(Repo(path), policies=settings.policies, tags=settings.tags)
    repository.uses_clean_cache = False  # a result says what its own run has read
    plan, is_tagged = _load_tagged(plans, read_local_inputs(repository))
    refs = list_all_refs(repository.repo, may_be_empty=True)
    if not refs and _has_objects(repository.repo.find_common_directory()):
        raise AuditError("it has objects, and no ref that leads to them")
    listed = [f"{oid} {os.fsdecode(ref)}" for _, oid, ref in refs]
    new, known = _list_new(repository, refs, work.known)
    name = build_name(work.unit.name, _digest_refs(refs), _digest_lines(work.known), *_describe(plan, settings))
    if settings.feed and not is_tagged:
        feed_index(repository, plan, *settings.feed)
    if name in settings.known:
        return name, b""
    verdict = judge_refs(repository, plan, new, known)
    commits = (finding.commit for finding in verdict.findings if finding.commit)
    dates = dict(read_commit_times(repository.repo, commits))
    head = resolve_revision(repository.repo, "HEAD")
    about = build_about(verdict, is_tagged=is_tagged, state=_digest_refs(refs), head=head, began=began)
    about["refs"] = listed
    traced = iter_traced(repository, plan) if settings.has_trace and head else ()
    return name, encode_result(about, chain(iter_rows(verdict, dates), traced))


def _load_tagged(plans: Plans, inputs: Inputs) -> tuple[Plan, bool]:
    """Return the plan for a policy's inputs, by the default tag where there is none, and whether there was one."""
    if inputs.can_be_tagged:
        plan = plans.load(inputs)
        if plan.is_tagged:
            return plan, True
    return plans.load(replace_fields(inputs, tags=(*inputs.tags, (DEFAULT_TAG, _ORIGIN)))), False


def describe_plan(plan: Plan) -> Iterator[str]:
    """Yield all of a plan that decides what is found, for a result's name."""
    yield plan.ruleset
    yield plan.edition
    if plan.waivers:
        yield time.strftime("%Y-%m-%d", time.gmtime())  # they end
    if plan.has_index:
        with open(os.path.join(plan.ingredients.index, "manifest"), "rb") as file:
            yield hashlib.sha256(file.read()).hexdigest()
    yield from _list_readers()


def _list_readers() -> Iterator[str]:
    """Yield the libraries that are there to read formats: with another one, more can be read."""
    from importlib.util import find_spec

    yield from (
        name for name in ("pyarrow", "fastavro", "msgpack", "h5py", "lance", "pypdf", "c2pa") if find_spec(name)
    )


def _describe(plan: Plan, settings: Settings) -> Iterator[str]:
    yield from describe_plan(plan)
    yield "traced" if settings.has_trace else ""


def _list_new(
    repository: Repository, refs: list[Update], before: tuple[str, ...]
) -> tuple[list[Update], tuple[str, ...]]:
    """Return the refs that weren't there before or have moved, and the commits that were, for rev-list."""
    known = set(before)
    new = [ref for ref in refs if f"{ref[1]} {os.fsdecode(ref[2])}" not in known]
    ids = sorted({line.partition(" ")[0] for line in known}) if new else []
    there = [item for item in repository.objects.iter_objects(ids) if not isinstance(item, MissingObject)]
    return new, tuple(f"^{item.oid}" for item in there if item.type in ("commit", "tag"))


def _digest_lines(lines: tuple[str, ...]) -> str:
    return hashlib.sha256("\0".join(sorted(lines)).encode("utf-8", "surrogateescape")).hexdigest() if lines else ""


def _digest_refs(refs: list[Update]) -> str:
    text = b"\0".join(b"%b %b" % (oid.encode(), ref) for _, oid, ref in sorted(refs))
    return hashlib.sha256(text).hexdigest()


def _has_objects(folder: str) -> bool:
    packs, objects = os.path.join(folder, "objects", "pack"), os.path.join(folder, "objects")
    named = [*os.listdir(objects), *(os.listdir(packs) if os.path.isdir(packs) else ())]
    return any(len(name) == 2 or name.endswith(".pack") for name in named)  # noqa: PLR2004 - `objects/0a`


def build_about(verdict: Verdict, *, is_tagged: bool, state: str, began: float, head: str = "") -> Row:
    """Return what a result says of its work."""
    return {
        **verdict.examined.collect_counts(),
        "state": state,
        "head": head,
        "ruleset": verdict.ruleset,
        "catalogue": verdict.catalogue,
        "tags": list(verdict.tags),
        "is_tagged": is_tagged,
        "outcome": verdict.outcome,
        "audited": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()),
        "seconds": round(time.monotonic() - began, 3),
    }


def iter_rows(verdict: Verdict, dates: Mapping[str, int]) -> Iterator[tuple[str, Row]]:
    """Yield the rows of a verdict: findings with the dates of their commits, then what could not be read."""
    for finding in verdict.findings:
        row: dict[str, Any] = fields(finding) | {"is_blocking": finding.is_blocking}
        row["date"] = dates.get(finding.commit)
        row["also"] = len(finding.also)
        row["origin"] = fields(finding.origin) if finding.origin else None
        yield FINDING, row
    for item in verdict.unread:
        yield UNREAD, fields(item) | {"is_error": bool(_MISSING.match(item.reason))}
