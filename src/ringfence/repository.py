"""Where a question is asked: a repository, its objects, its settings, and the policy that holds there."""

from __future__ import annotations

import os

from .errors import GitError, IncompleteError, PolicyError
from .git.objects import MissingObject, Objects
from .git.raw import find_entry
from .git.repo import read_settings
from .policy.inputs import (
    FILE_NAME,
    WAIVERS,
    Inputs,
    Layer,
    build_repository_layers,
    list_names,
    list_tags,
    read_organisation_layers,
)
from .policy.load import load_plan
from .values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .git.objects import Object
    from .git.process import Child
    from .git.repo import Repo
    from .policy.plan import Plan

_LARGEST_POLICY = 1 << 20  # bytes


class Repository:
    """A repository, its objects, and what git's settings say, as every occasion needs them.

    Attributes:
        policies, tags: Paths, fetched policies and tags from the command line.
        server: We are the gate: the environment and what is pushed may belong to the one who pushes.
        outside: There may be no repository at all: files on a disk.
        names: What a forge calls the repository.
        remembers: What was found clean before isn't judged again. CI starts from nothing that could be brought to it.
    """

    def __init__(
        self, repo: Repo, *, server: bool = False, policies: Iterable[str | Layer] = (), tags: Iterable[str] = (),
        outside: bool = False, names: Iterable[str] = (),
    ) -> None:  # fmt: skip
        self.repo, self.is_server, self._names = repo, server, tuple(filter(None, names))
        # Both work while we go on importing what their answers are for.
        asked, self.objects = repo.request_settings(server=server), Objects(repo)
        self.is_in_git = not outside or repo.succeeds("rev-parse", "--git-dir")
        self._asked: Child | None = asked
        self._settings: list[tuple[str, str, str]] = []
        self._policies, self._tags = tuple(policies), tuple(tags)
        self._has_head: bool | None = None
        self._entries: dict[str, dict[str, str]] = {}  # by state: ids of our files in it
        self.uses_clean_cache = True

    @property
    def settings(self) -> list[tuple[str, str, str]]:
        """Return what git's settings say of us as (scope, key, value)."""
        if self._asked:
            self._settings, self._asked = read_settings(self._asked), None
        return self._settings

    @property
    def ledger(self) -> str:
        """Return where the ledger lies, or "" where none is kept.

        Raises:
            PolicyError: It isn't said by an absolute path.
        """
        path = self._get_setting("ringfence.ledger")
        if path and not os.path.isabs(path):
            raise PolicyError(f"git config ringfence.ledger: {path!r} isn't an absolute path.")
        return path

    @property
    def can_store_excerpts(self) -> bool:
        """Say whether the ledger may hold what people wrote around a mark."""
        return self._get_setting("ringfence.ledgerexcerpts").lower() not in ("false", "no", "off", "0")

    def get_local_settings(self, key: str) -> list[str]:
        """Return what the repository's own configuration says, which nobody who pushes can take away."""
        return [text for scope, name, text in self.settings if name == key and scope == "local"]

    @property
    def needs_notes(self) -> bool:
        """Say whether accepted commits get a note of the verdict."""
        return self._get_setting("ringfence.notes").lower() in ("true", "yes", "on", "1")

    def _get_setting(self, key: str) -> str:
        """Return what git's settings say; on a server not what a pusher's HOME could say."""
        said = [
            text for scope, name, text in self.settings if name == key and not (self.is_server and scope == "global")
        ]
        return said[-1] if said else ""

    def read_files(self, states: Iterable[str], name: str = FILE_NAME) -> dict[str, bytes | None]:
        """Return the repository's file as it is in states (commits, by any name), by state; None where there is none.

        Raises:
            GitError: A state can't be read. "Missing" would be no answer: it must not pass for untagged.
            IncompleteError: It has the file, and the file can't be read.
        """
        states = list(states) if self.is_in_git else []
        trees = {f"{state}^{{tree}}": state for state in states if state not in self._entries}
        for item in self.objects.iter_objects(trees):
            self._entries[trees[item.name]] = _find_own_files(item, trees[item.name])
        wanted = dict.fromkeys(oid for state in states if (oid := self._entries[state][name]))
        contents = {item.name: _read_policy(item, name) for item in self.objects.iter_objects(wanted)}
        return {state: contents.get(self._entries[state][name]) for state in states}

    def build_inputs(self, files: dict[str, bytes | None], base: str = "") -> Inputs:
        """Return all that decides, with the repository's file in one or more states.

        `base` is the state whose waivers count: one that whoever asks didn't bring ("": no waivers).
        """
        general = read_organisation_layers(self.settings, dict(os.environ), self._policies, server=self.is_server)
        mine = build_repository_layers(
            (f"{FILE_NAME} of {state[:12]}" if state else FILE_NAME, data) for state, data in files.items()
        )
        is_matched = general and self.is_in_git
        named = list_names(self.settings, dict(os.environ), self.repo.find_git_directory()) if is_matched else ()
        found = Inputs((*general, *mine), list_tags(self.settings, self._tags), (*named, *self._names))
        return (
            replace(found, layers=(*found.layers, *self._read_waivers(base))) if base and found.can_be_tagged else found
        )

    def _read_waivers(self, state: str) -> tuple[Layer, ...]:
        """Return the layer of waivers, if a state has one."""
        data = self.read_files([state], WAIVERS)[state]
        return () if data is None else (Layer(f"{WAIVERS} of {state[:12]}", "waivers", data),)

    @property
    def name(self) -> str:
        """Return what the ledger calls the repository: by its forge or path on a server, by its remote elsewhere."""
        if self._names:
            return self._names[0]
        names = list_names(self.settings, dict(os.environ), self.repo.find_git_directory())
        return names[-1] if self.is_server else names[0]

    def list_stores(self, kind: str) -> list[str]:
        """Return where the repository itself keeps the content that its pointers of a kind point to."""
        if not self.is_in_git:
            return []
        if kind == "dvc":
            top = self.repo.find_work_tree()
            return [os.path.join(top, ".dvc", "cache")] if top else []
        folder = self.repo.find_common_directory()
        if kind == "lfs":
            return [os.path.join(folder, self._get_setting("lfs.storage") or "lfs", "objects")]
        return [os.path.join(folder, "annex", "objects")]

    def has_head(self) -> bool:
        """Say whether HEAD points to a commit, rather than to a branch that is yet to be born.

        Raises:
            GitError: It does, and the commit can't be read.
        """
        if self._has_head is None:
            self._has_head = self._check_head()
        return self._has_head

    def _check_head(self) -> bool:
        is_missing = any(isinstance(item, MissingObject) for item in self.objects.iter_objects(["HEAD"]))
        if is_missing and self.repo.run("rev-parse", "--quiet", "--verify", "HEAD", ok=(0, 1)):
            raise GitError("HEAD points to a commit that can't be read.", "See what git fsck says.")
        return not is_missing


def load_tagged_plan(inputs: Inputs) -> Plan | None:
    """Return the plan, or None where nothing is tagged.

    Raises:
        PolicyError: A file can't be used.
    """
    if not inputs.can_be_tagged:
        return None
    plan = load_plan(inputs)
    return plan if plan.is_tagged else None


def read_local_inputs(place: Repository) -> Inputs:
    """Return what decides on a laptop: the repository's file as it was committed, and as it lies in the work tree."""
    if not place.is_in_git:
        return place.build_inputs({})
    base = "HEAD" if place.has_head() else ""
    files = place.read_files([base] if base else [])
    if top := place.repo.find_work_tree():
        files[""] = read_own_file(os.path.join(top, FILE_NAME))
    return place.build_inputs(files, base)


def load_local_plan(place: Repository) -> Plan | None:
    """Return the plan on a laptop."""
    return load_tagged_plan(read_local_inputs(place))


def _find_own_files(item: Object | MissingObject, state: str) -> dict[str, str]:
    """Return the ids of our files in a tree, "" for what isn't there."""
    if isinstance(item, MissingObject):
        raise GitError(f"{state[:12]} can't be read ({item.reason}).", "See what git fsck says.")
    tree = item.read()
    return {name: find_entry(tree, name.encode(), len(item.oid) // 2) for name in (FILE_NAME, WAIVERS)}


def _read_policy(item: Object | MissingObject, name: str) -> bytes:
    """Return a policy's bytes."""
    if isinstance(item, MissingObject):
        raise IncompleteError(f"{name} can't be read ({item.reason}).", f"Fetch it: git cat-file -p HEAD:{name}")
    if item.size > _LARGEST_POLICY:
        raise PolicyError(f"{name}: the policy file has {item.size:,} bytes; the limit is 1 MiB.")
    return item.read()


def read_own_file(path: str) -> bytes | None:
    """Return one of our files as it lies on the disk, or None where there is none.

    Raises:
        PolicyError: It can't be read.
    """
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PolicyError(f"{path}: can't be read: {error.strerror}.") from None
