"""One function for each occasion: which policy holds, which changes are new, and what comes of judging them.

A verdict of None means that the repository carries no tag: there was nothing to judge.
"""

from __future__ import annotations

import os
from itertools import chain

from .errors import GitError, IncompleteError, PolicyError
from .git import Repo, is_zero
from .objects import Missing, Objects, entry
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

    def files(self, states: Iterable[str]) -> dict[str, bytes | None]:
        """Return the repository's file as it is in states (commits, by any name), by state; None where there is none.

        Raises:
            GitError: A state can't be read. "Missing" would be no answer: it must not pass for untagged.
            IncompleteError: It has the file, and the file can't be read.
        """
        wanted = {f"{state}^{{tree}}": state for state in states} if self.in_git else {}
        entries = {wanted[item.name]: _entry(item, wanted[item.name]) for item in self.objects.each(wanted)}
        contents = {
            item.name: _content(item) for item in self.objects.each(dict.fromkeys(filter(None, entries.values())))
        }
        return {state: contents.get(oid) for state, oid in entries.items()}

    def inputs(self, files: dict[str, bytes | None]) -> Inputs:
        """Return all that decides, with the repository's file in one or more states."""
        mine = layers.repository(
            (f"{FILE_NAME} of {state[:12]}" if state else FILE_NAME, data) for state, data in files.items()
        )
        is_matched = self._base.layers and self.in_git
        named = layers.names(self.settings, dict(os.environ), self.repo.directory_of_git()) if is_matched else ()
        return Inputs((*self._base.layers, *mine), self._base.tags, named)

    def head(self) -> bool:
        """Say whether HEAD points to a commit, rather than to a branch that is yet to be born.

        Raises:
            GitError: It does, and the commit can't be read.
        """
        is_missing = any(isinstance(item, Missing) for item in self.objects.each(["HEAD"]))
        if is_missing and self.repo.run("rev-parse", "--quiet", "--verify", "HEAD", ok=(0, 1)):
            raise GitError("HEAD points to a commit that can't be read.", "See what git fsck says.")
        return not is_missing


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

    return check(changes, plan, place.objects)


def local_inputs(place: Place) -> Inputs:
    """Return what decides on a laptop: the repository's file as it was committed, and as it lies in the work tree."""
    if not place.in_git:
        return place.inputs({})
    place.has_head = place.head()
    files = place.files(["HEAD"]) if place.has_head else {}
    if top := place.repo.top():
        files[""] = _read(os.path.join(top, FILE_NAME))
    return place.inputs(files)


def local_plan(place: Place) -> Plan | None:
    """Return the plan on a laptop."""
    return plan_for(local_inputs(place))


def staged(place: Place, *, merging: bool = False) -> Verdict | None:
    """Judge what `git commit`, or `git merge`, is about to record."""
    from .sources import staged as source

    plan = local_plan(place)
    return judge(place, plan, source.changes(place.repo, dict(os.environ), has_head=place.has_head, merging=merging))


def message(place: Place, path: str | None, *, edited: bool, alone: bool = False) -> Verdict | None:
    """Judge the message of the commit that is being made.

    Args:
        place: Where.
        path: The message file, or None when a framework dropped its name.
        edited: An editor may have been open, so that comments are taken out.
        alone: No other hook judges identities and session of this commit (a cherry-pick, a rebase, an applied patch).
    """
    from .sources import message as source
    from .sources import picked
    from .sources import staged as index

    plan = local_plan(place)
    if plan is None:
        return None
    data = source.stored(source.read(path or source.default_file(place.repo)), place.settings, edited=edited)
    encoding = next((text for _, key, text in reversed(place.settings) if key == "i18n.commitencoding"), "")
    touched = index.paths(place.repo, has_head=place.has_head) if plan.zoned else ()
    texts = (*index.identities(place.repo), *picked.author(place.repo, place.objects)) if alone else ()
    changes = list(source.changes(data, encoding, touched, texts))
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
    files = place.files(_states_before(place, updates))
    inputs = place.inputs(files)
    plan = plan_for(inputs)
    if not updates and plan:
        raise IncompleteError("pre-receive was told of no ref: nothing was checked.")
    # A branch with a policy of its own: what other branches took in without it is new to this one.
    stricter = [update for update in updates if files.get(update[0]) not in (None, files.get("HEAD"))]
    others = [update for update in updates if update not in stricter]
    verdict = judge(place, plan, source.all_changes(place.repo, place.objects, others, stricter))
    if not verdict or not verdict.exit_code:
        _refuse_bad_file(place, inputs, updates)
    return verdict


def history(place: Place) -> Verdict | None:
    """Judge everything that is there."""
    from .sources import history as source

    return judge(place, local_plan(place), source.everything(place.repo, place.objects))


def between(place: Place, base: str, head: str) -> Verdict | None:
    """Judge a range, by the policy as it was at its base; without a base, everything that head has."""
    from .sources import history as source

    state = [source.wanted(place.repo, base, "^{commit}")] if base else []
    plan = plan_for(place.inputs(place.files(state)))
    return judge(place, plan, source.between(place.repo, place.objects, base, head))


def ci(place: Place, about: Range) -> Verdict | None:
    """Judge what a CI run is about, by the policy of the first of its bases that is here.

    Raises:
        IncompleteError: None of them is here, or the clone hides commits.
    """
    from .sources import history as source
    from .sources.refs import updated

    base = _base(place, about)
    before = about.head if about.policy_from_head else base
    state = source.wanted(place.repo, before, "^{commit}") if before else ""
    plan = plan_for(place.inputs(place.files([state] if state else [])))
    changes = source.between(place.repo, place.objects, base, about.head, may_be_empty=about.is_told)
    named = [updated(about.ref.encode())] if about.ref else []
    return judge(place, plan, chain(changes, named))


def _base(place: Place, about: Range) -> str:
    """Return the first base that is here, as the service names it; "" when it knows of none."""
    from .sources import history as source

    if not about.bases:
        return ""
    found = {base: oid for base in about.bases if (oid := source.resolve(place.repo, base, "^{commit}"))}
    base = next(iter(found), "")
    if not base:
        source.wanted(place.repo, about.bases[0])
    if base != about.bases[0] and found[base] == source.resolve(place.repo, about.head, "^{commit}"):
        raise IncompleteError(
            f"{about.bases[0][:12]}, where this push began, isn't in this clone: what is new can't be known.",
            "Fetch the whole history (fetch-depth: 0, GIT_DEPTH: 0), or give it: ringfence ci --range BASE..HEAD.",
        )
    return base


def files(place: Place, paths: list[str]) -> Verdict | None:
    """Judge files on disk as if they were all new."""
    from .check import check
    from .sources import files as source

    plan = local_plan(place)
    top = (place.repo.top() if place.in_git else None) or os.getcwd()
    return None if plan is None else check(source.changes(paths, top), plan, source.Files())  # type: ignore[arg-type]  # reads like one


def _states_before(place: Place, updates: list[tuple[str, str, bytes]]) -> list[str]:
    """Name the states whose `ringfence.toml` holds: the default branch, and every branch that is updated."""
    states = dict.fromkeys(old for old, _, ref in updates if ref.startswith(b"refs/heads/") and not is_zero(old))
    if place.head():
        return ["HEAD", *states]
    branches = place.repo.run("for-each-ref", "--format=%(objectname)", "refs/heads").decode().split()
    return [*branches, *states]  # HEAD names a branch that isn't there: all of them count


def _refuse_bad_file(place: Place, inputs: Inputs, updates: list[tuple[str, str, bytes]]) -> None:
    """Refuse a pushed `ringfence.toml` that can't be used, or that takes protection away from the default branch.

    The first would have the next push refused, whatever it held. The second would let the next push through: what is
    pushed can only tighten, and whoever keeps the server can do more.
    """
    branches = [update for update in updates if update[2].startswith(b"refs/heads/") and not is_zero(update[1])]
    files = place.files(dict.fromkeys(oid for old, new, _ in branches for oid in (old, new) if not is_zero(oid)))
    changed = [(files.get(old), files[new], ref) for old, new, ref in branches if files.get(old) != files[new]]
    if changed:
        from .policy.compiled import refuse_change

        default = place.repo.run("symbolic-ref", "-q", "HEAD", ok=(0, 1)).strip()
        for before, after, ref in changed:
            try:
                refuse_change(inputs, before if ref == default else None, after)
            except PolicyError as error:
                told = "\n".join(f"the pushed {line}" for line in error.message.splitlines())
                raise PolicyError(told, error.advice) from None


def _entry(item: Object | Missing, state: str) -> str:
    """Return the id of our file in a tree, or ""."""
    if isinstance(item, Missing):
        raise GitError(f"{state[:12]} can't be read ({item.reason}).", "See what git fsck says.")
    return entry(item.read(), FILE_NAME.encode(), len(item.oid) // 2)


def _content(item: Object | Missing) -> bytes:
    """Return a policy's bytes."""
    if isinstance(item, Missing):
        raise IncompleteError(
            f"{FILE_NAME} can't be read ({item.reason}).", "Fetch it: git cat-file -p HEAD:ringfence.toml"
        )
    if item.size > _LARGEST_POLICY:
        raise PolicyError(f"{FILE_NAME}: {item.size} bytes are no policy.")
    return item.read()


def _read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PolicyError(f"{path}: can't be read: {error.strerror}.") from None
