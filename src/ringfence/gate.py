"""One function for each occasion: which policy holds, which changes are new, and what comes of judging them.

A verdict of None means that the repository carries no tag: there was nothing to judge.
"""

from __future__ import annotations

import os

from .errors import PolicyError
from .git import Repo, is_zero
from .objects import Missing, Objects
from .policy import layers
from .policy.layers import FILE_NAME, Inputs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .model import Change, Verdict
    from .objects import Object
    from .policy.plan import Plan
    from .sources.ci import Range


_LARGEST_POLICY = 1 << 20  # bytes


class Place:
    """A repository, its objects, and what git's settings say, as every occasion needs them.

    Attributes:
        policies, tags: Paths and tags from the command line.
        server: We are the gate: the environment and what is pushed may belong to the one who pushes.
        outside: There may be no repository at all: files on a disk.
    """

    def __init__(
        self, repo: Repo, *, server: bool = False, policies: Iterable[str] = (), tags: Iterable[str] = (),
        outside: bool = False,
    ) -> None:  # fmt: skip
        self.repo, self.server = repo, server
        self.objects = Objects(repo)
        self.settings = repo.settings(server=server)
        self.in_git = not outside or repo.succeeds("rev-parse", "--git-dir")
        self.has_head = True
        self._base = Inputs(
            layers.organisation(self.settings, dict(os.environ), policies, server=server),
            layers.tags(self.settings, tags),
        )

    def inputs(self, states: Iterable[str], work_tree: str | None = None) -> Inputs:
        """Return all that decides, with the repository's file as it is in `states` and in the work tree."""
        wanted = [f"{state}:{FILE_NAME}" for state in dict.fromkeys(states)] if self.in_git else []
        found = [(item.name, _content(item)) for item in self.objects.each(wanted)]
        if work_tree:
            found.append((FILE_NAME, _read(os.path.join(work_tree, FILE_NAME))))
        mine = layers.repository(found)
        is_matched = self._base.layers and self.in_git
        named = layers.names(self.settings, dict(os.environ), self.repo.directory_of_git()) if is_matched else ()
        return Inputs((*self._base.layers, *mine), self._base.tags, named)

    def head(self) -> bool:
        """Say whether HEAD points to a commit."""
        return not any(isinstance(item, Missing) for item in self.objects.each(["HEAD"]))


def plan_for(inputs: Inputs) -> Plan | None:
    """Return the plan, or None where nothing is tagged.

    Raises:
        PolicyError: A file can't be used.
    """
    if not inputs.may_be_tagged:
        return None
    plan = layers.load(inputs)
    return plan if plan.is_tagged else None


def judge(place: Place, plan: Plan | None, changes: Iterable[Change]) -> Verdict | None:
    """Judge changes; without a plan they aren't even asked for."""
    if plan is None:
        return None
    from .check import check

    verdict = check(changes, plan, place.objects)
    place.objects.close()
    return verdict


def local_inputs(place: Place) -> Inputs:
    """Return what decides on a laptop: the repository's file as it was committed, and as it lies in the work tree."""
    if not place.in_git:
        return place.inputs([])
    place.has_head = place.head()
    return place.inputs(["HEAD"] if place.has_head else [], place.repo.top())


def local_plan(place: Place) -> Plan | None:
    """Return the plan on a laptop."""
    return plan_for(local_inputs(place))


def staged(place: Place) -> Verdict | None:
    """Judge what `git commit` is about to record."""
    from .sources import staged as source

    plan = local_plan(place)
    return judge(place, plan, source.changes(place.repo, dict(os.environ), has_head=place.has_head))


def message(place: Place, path: str | None, *, edited: bool, alone: bool = False) -> Verdict | None:
    """Judge the message of the commit that is being made.

    Args:
        place: Where.
        path: The message file, or None when a framework dropped its name.
        edited: An editor may have been open, so that comments are taken out.
        alone: No other hook judges identities and session of this commit (a cherry-pick, a rebase, an applied patch).
    """
    from .sources import message as source
    from .sources import staged as index

    plan = local_plan(place)
    if plan is None:
        return None
    data = source.read(path or source.default_file(place.repo))
    touched = index.paths(place.repo, has_head=place.has_head) if plan.zoned else ()
    texts = index.identities(place.repo) if alone else ()
    changes = list(source.changes(source.stored(data, place.settings, edited=edited), touched, texts=texts))
    return judge(place, plan, [*changes, *(index.session(dict(os.environ)) if alone else ())])


def push(place: Place, stdin: bytes, remote: str, *, by_framework: bool = False) -> Verdict | None:
    """Judge what `git push` is about to send."""
    from .sources import push as source

    updates = source.of_everything(place.repo) if by_framework else source.parse_lines(stdin)
    if all(is_zero(new) for _, new, _ in updates):
        return None
    plan = local_plan(place)
    return judge(place, plan, source.changes(place.repo, place.objects, updates, remote, place.settings))


def receive(place: Place, stdin: bytes) -> Verdict | None:
    """Judge what a push brings, by the policy as it was before the push."""
    from .sources import receive as source

    updates = source.parse_lines(stdin)
    if updates and all(is_zero(new) for _, new, _ in updates):
        return None
    inputs = place.inputs(_states_before(place, updates))
    plan = plan_for(inputs)
    _refuse_bad_file(place, inputs, updates)
    if not updates and plan:
        from .errors import IncompleteError

        raise IncompleteError("pre-receive was told of no ref: nothing was checked.")
    return judge(place, plan, source.changes(place.repo, place.objects, updates))


def history(place: Place) -> Verdict | None:
    """Judge everything that is there."""
    from .sources import history as source

    return judge(place, local_plan(place), source.everything(place.repo, place.objects))


def between(place: Place, base: str, head: str) -> Verdict | None:
    """Judge a range, by the policy as it was at its base."""
    from .sources import history as source

    start = source.wanted(place.repo, base) if base else ""
    plan = plan_for(place.inputs([start] if start else []))
    return judge(place, plan, source.between(place.repo, place.objects, start, head))


def ci(place: Place, about: Range) -> Verdict | None:
    """Judge what a CI run is about, by the policy of the first of its bases that is here.

    Raises:
        IncompleteError: None of them is here, or the clone hides commits.
    """
    from .sources import history as source
    from .sources.refs import updated

    found = [oid for base in about.bases if base and (oid := source.resolve(place.repo, base))]
    base = found[0] if found else source.wanted(place.repo, about.bases[0]) if about.bases and about.bases[0] else ""
    state = source.wanted(place.repo, about.head) if about.policy_from_head else base
    plan = plan_for(place.inputs([state] if state else []))
    changes = source.between(place.repo, place.objects, base, about.head, may_be_empty=about.is_told)
    named = [updated(about.ref.encode())] if about.ref else []
    return judge(place, plan, (change for group in (changes, named) for change in group))


def files(place: Place, paths: list[str]) -> Verdict | None:
    """Judge files on disk as if they were all new."""
    from .check import check
    from .sources import files as source

    plan = local_plan(place)
    top = (place.repo.top() if place.in_git else None) or os.getcwd()
    return None if plan is None else check(source.changes(paths, top), plan, source.Files())  # type: ignore[arg-type]  # reads like one


def _states_before(place: Place, updates: list[tuple[str, str, bytes]]) -> list[str]:
    """Name the states whose `ringfence.toml` holds: the default branch, and every branch that is updated."""
    states = [old for old, _, _ in updates if not is_zero(old)]
    if place.head():
        return ["HEAD", *states]
    branches = place.repo.run("for-each-ref", "--format=%(objectname)", "refs/heads").decode().split()
    return [*branches, *states]  # HEAD names a branch that isn't there: all of them count


def _refuse_bad_file(place: Place, inputs: Inputs, updates: list[tuple[str, str, bytes]]) -> None:
    """Refuse a pushed `ringfence.toml` that can't be used, or that takes protection away from the default branch.

    The first would have the next push refused, whatever it held. The second would let the next push through: what is
    pushed can only tighten, and whoever keeps the server can do more.
    """
    states = [(old, new, ref) for old, new, ref in updates if not is_zero(new)]
    wanted = [f"{new}:{FILE_NAME}" for _, new, _ in states] + [f"{old}:{FILE_NAME}" for old, _, _ in states]
    files = {item.name: _content(item) for item in place.objects.each(dict.fromkeys(wanted))}
    changed = [
        (files[f"{old}:{FILE_NAME}"], files[f"{new}:{FILE_NAME}"], ref)
        for old, new, ref in states
        if files[f"{old}:{FILE_NAME}"] != files[f"{new}:{FILE_NAME}"]
    ]
    if changed:
        from .policy.compiled import refuse_change

        default = place.repo.run("symbolic-ref", "-q", "HEAD", ok=(0, 1)).strip()
        for before, after, ref in changed:
            refuse_change(inputs, before if ref == default else None, after)


def _content(item: Object | Missing) -> bytes | None:
    if isinstance(item, Missing):
        return None
    if item.size > _LARGEST_POLICY:
        raise PolicyError(f"{item.name}: {item.size} bytes are no policy.")
    return item.read()


def _read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PolicyError(f"{path}: can't be read: {error.strerror}.") from None
