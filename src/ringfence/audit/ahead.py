"""Compiles the policies of a server's repositories ahead of their pushes, and skips those where nothing changed."""

from __future__ import annotations

import marshal  # only ever loads what the cache believes, as the compiled patterns are
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from ..gate.own_files import list_policy_states
from ..git.repo import Repo
from ..policy import cache
from ..policy.inputs import SYSTEM_POLICY
from ..policy.links import find_link
from ..policy.load import load_plan
from ..policy.vendor_files import stamp_folders
from ..repository import Repository
from ..scan.prefilter import load_prefilter
from .stamps import build_stamp, digest_file

if TYPE_CHECKING:
    from ..policy.inputs import Inputs
    from ..policy.plan import Plan

_SUFFIX = ".ahead"
_SECTION = "policies"


@dataclass(frozen=True, slots=True)
class CompiledPolicy:
    """A compiled policy.

    Attributes:
        tags: The tags of the repository and of its zones.
        observed: Those that observe.
        needs_quarantine: A refused push of one of the tags is put aside.
        feeds: A push is recorded into the index of ingredients.
        needs_notes: Accepted commits get notes.
        keeps_out: Whose fetches a tag refuses: agents, barred (and maybe agents), or "" for nobody's.
    """

    tags: tuple[str, ...]
    observed: tuple[str, ...]
    needs_quarantine: bool
    feeds: bool
    needs_notes: bool
    keeps_out: str = ""


class AheadCompiler:
    """Compiles policies below a folder (`root`; "" for any); what it did there is remembered in the user's cache."""

    def __init__(self, root: str) -> None:
        self._name = cache.compute_digest([os.fsencode(os.path.realpath(root))]) + _SUFFIX if root else ""
        self._kept = _load_kept(self._name) if root else {}
        self._new: dict[str, tuple[Any, ...]] = {}
        self._machine = _describe_machine()
        self._digests: dict[str, str] = {}
        self._current: dict[bytes, bool] = {}
        self._prefilters: set[str] = set()  # that were loaded or compiled

    def compile(self, directory: str, name: str = "") -> CompiledPolicy:
        """Compile the policy of a bare repository unless nothing that decides about it has changed.

        `name` is the forge's name of the repository.

        Raises:
            RingfenceError: The policy or the repository can't be used.
        """
        stamp = build_stamp(directory)
        known = self._kept.get(directory)
        if stamp and known and known[:3] == (stamp, self._machine, name) and self._is_there(known):
            self._new[directory] = known
            return CompiledPolicy(*known[-1])
        compiled, inputs, plan_file = self._compile_policy(directory, name)
        policies = tuple((layer.path, self._digest(layer.path)) for layer in inputs.layers if layer.path)
        if stamp:
            row = (compiled.tags, compiled.observed, compiled.needs_quarantine, compiled.feeds, compiled.needs_notes,
                   compiled.keeps_out)  # fmt: skip
            self._new[directory] = (stamp, self._machine, name, policies, stamp_folders(inputs), plan_file, row)
        return compiled

    def _compile_policy(self, directory: str, name: str) -> tuple[CompiledPolicy, Inputs, str]:
        """Compile a policy; return what it says, its inputs, and the name of the compiled plan in the cache."""
        repository = Repository(Repo(directory), server=True, names=[name])
        states = repository.read_files(list_policy_states(repository, []))
        inputs = repository.build_inputs(states, "HEAD" if repository.has_head() else "")
        plan = load_plan(inputs) if inputs.can_be_tagged else None
        link = cache.load_file(find_link(inputs)) if plan else b""
        plan_file = f"{link.decode('ascii', 'replace')}.plan" if plan else ""
        if plan and plan.is_tagged and plan.prefilter_key not in self._prefilters:
            load_prefilter(plan)  # depends on the plan only; otherwise the first push would compile it
            self._prefilters.add(plan.prefilter_key)
        return describe_policy(repository, plan), inputs, plan_file

    def _is_there(self, known: tuple[Any, ...]) -> bool:
        """Return whether the policy files are as they were, and their compiled form is still in the cache."""
        policies, folders, plan_file = known[3:6]
        return (
            all(self._digest(path) == digest for path, digest in policies)
            and self._is_current(folders)
            and (not plan_file or cache.has_file(plan_file))
        )

    def _digest(self, path: str) -> str:
        if path not in self._digests:  # a run goes through many repositories with the same policy
            self._digests[path] = digest_file(path)
        return self._digests[path]

    def _is_current(self, stamp: bytes) -> bool:
        if stamp not in self._current:
            self._current[stamp] = cache.is_current(stamp)
        return self._current[stamp]

    def __enter__(self) -> Self:
        cache.pin_installation(is_on=True)
        return self

    def __exit__(self, *_: object) -> None:
        cache.pin_installation(is_on=False)
        if self._name and self._new != self._kept:
            cache.write_sections(self._name, {_SECTION: marshal.dumps(self._new)})


def _load_kept(name: str) -> dict[str, tuple[Any, ...]]:
    """Return what an earlier run kept; {} where there is nothing, or its checksum says that it is damaged."""
    reader = cache.open_sections(name)
    try:
        kept: dict[str, tuple[Any, ...]] = marshal.loads(reader(_SECTION)) if reader else {}  # noqa: S302 - ours, and whole
    except (LookupError, ValueError, EOFError, TypeError):
        return {}
    return kept


def describe_policy(repository: Repository, plan: Plan | None) -> CompiledPolicy:
    """Return what a plan says; None is a repository that nothing could tag."""
    tags = tuple(dict.fromkeys(plan.list_tags())) if plan else ()
    if plan:
        plan.start_observing()
    return CompiledPolicy(
        tags,
        tuple(tag for tag in tags if plan and tag in plan.actions.observed),
        bool(tags and plan and plan.actions.quarantined),
        bool(plan and not tags and plan.ingredients.feeds),
        repository.needs_notes,
        _find_kept_out(plan, tags) if plan else "",
    )


def _find_kept_out(plan: Plan, tags: tuple[str, ...]) -> str:
    """Return whose fetches are refused where git asks about them, as in `CompiledPolicy.keeps_out`."""
    if not tags or not plan.accounts.keeps_some_out or plan.actions.find_strictest(tags, "reads")[0] != "block":
        return ""
    return "barred" if plan.accounts.has_barred else "agents"


def _describe_machine() -> str:
    """Return a digest of what decides everywhere on this machine: this installation, git's settings, the day."""
    from time import gmtime, strftime

    system = Repo("/").run("config", "--list", "-z", "--show-scope", ok=(0, 1, 128))
    if b"includeif." in system.lower():
        return os.urandom(8).hex()  # what holds where can only be asked in each repository
    variable = os.environ.get("RINGFENCE_POLICY", "")
    return cache.build_key(
        [system, os.fsencode(variable), digest_file(SYSTEM_POLICY).encode(), strftime("%Y-%m-%d", gmtime()).encode()]
    )
