"""A repository as the gate sees it: its objects, its git settings, and the policy files that apply to it."""

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
    """A repository with its objects and settings.

    Args:
        repo: Access to git.
        server: A hook on a server: the environment and the pushed files may be under the pusher's control.
        policies: Policy files (paths) and fetched policies, from the command line.
        tags: Tags from the command line.
        outside: The directory may lie outside any repository: files on disk are checked.
        names: The repository's names at its forge.

    Attributes:
        repo, is_server: As above.
        objects: Reads git objects.
        is_in_git: Whether there is a repository.
        uses_clean_cache: Whether objects that were found clean before are skipped. CI and receipts turn it off.
    """

    def __init__(
        self, repo: Repo, *, server: bool = False, policies: Iterable[str | Layer] = (), tags: Iterable[str] = (),
        outside: bool = False, names: Iterable[str] = (),
    ) -> None:  # fmt: skip
        self.repo, self.is_server, self._names = repo, server, tuple(filter(None, names))
        # Both git processes work while Python imports the modules that use their answers.
        request, self.objects = repo.request_settings(server=server), Objects(repo)
        self.is_in_git = not outside or repo.succeeds("rev-parse", "--git-dir")
        self._request: Child | None = request
        self._settings: list[tuple[str, str, str]] = []
        self._policies, self._tags = tuple(policies), tuple(tags)
        self._has_head: bool | None = None
        self._entries: dict[str, dict[str, str]] = {}  # by state: the object ids of our files, by name
        self.uses_clean_cache = True

    @property
    def settings(self) -> list[tuple[str, str, str]]:
        """Return the git settings that concern ringfence, as (scope, key in lower case, value); later ones win."""
        if self._request:
            self._settings, self._request = read_settings(self._request), None
        return self._settings

    @property
    def ledger(self) -> str:
        """Return the path of the ledger, or "" where none is configured.

        Raises:
            PolicyError: The path isn't absolute.
        """
        path = self._get_setting("ringfence.ledger")
        if path and not os.path.isabs(path):
            raise PolicyError(f"git config ringfence.ledger: {path!r} must be an absolute path.")
        return path

    @property
    def can_store_excerpts(self) -> bool:
        """Say whether the ledger may hold the text around a mark."""
        return self._get_setting("ringfence.ledgerexcerpts").lower() not in ("false", "no", "off", "0")

    def get_local_settings(self, key: str) -> list[str]:
        """Return the values of a key in the repository's own configuration, which a pusher can't override."""
        return [text for scope, name, text in self.settings if name == key and scope == "local"]

    @property
    def web_user(self) -> str:
        """Return the user who runs the web server in front of this repository, or ""."""
        return self._get_setting("ringfence.webuser")

    @property
    def needs_notes(self) -> bool:
        """Say whether accepted commits get a git note with the verdict."""
        return self._get_setting("ringfence.notes").lower() in ("true", "yes", "on", "1")

    def _get_setting(self, key: str) -> str:
        """Return a key's value or ""; on a server without the global scope, since HOME may be the pusher's."""
        values = [
            text for scope, name, text in self.settings if name == key and not (self.is_server and scope == "global")
        ]
        return values[-1] if values else ""

    def read_files(self, states: Iterable[str], name: str = FILE_NAME) -> dict[str, bytes | None]:
        """Return the content of a file at the repository's top in each state; None where the state has no such file.

        A state is any name of a commit or tree.

        Raises:
            GitError: A state can't be read; it must not pass for one without the file, and so for untagged.
            IncompleteError: A state has the file, and its content can't be read.
        """
        states = list(states) if self.is_in_git else []
        trees = {f"{state}^{{tree}}": state for state in states if state not in self._entries}
        for item in self.objects.iter_objects(trees):
            self._entries[trees[item.name]] = _find_own_files(item, trees[item.name])
        wanted = dict.fromkeys(oid for state in states if (oid := self._entries[state][name]))
        contents = {item.name: _read_policy(item, name) for item in self.objects.iter_objects(wanted)}
        return {state: contents.get(self._entries[state][name]) for state in states}

    def build_inputs(self, files: dict[str, bytes | None], base: str = "") -> Inputs:
        """Return the policy layers, tags and names that make up the policy.

        Args:
            files: The repository's `ringfence.toml` by state, as from `read_files`.
            base: The state whose waivers count: one that the author of the change didn't write. "": no waivers.
        """
        organisation = read_organisation_layers(self.settings, dict(os.environ), self._policies, server=self.is_server)
        own = build_repository_layers(
            (f"{FILE_NAME} of {state[:12]}" if state else FILE_NAME, data) for state, data in files.items()
        )
        names = self.list_names() if organisation else self._names
        inputs = Inputs((*organisation, *own), list_tags(self.settings, self._tags), names)
        if not base or not inputs.can_be_tagged:
            return inputs
        return replace(inputs, layers=(*inputs.layers, *self._read_waivers(base)))

    def _read_waivers(self, state: str) -> tuple[Layer, ...]:
        """Return the layer of a state's waivers, or nothing where it has none."""
        data = self.read_files([state], WAIVERS)[state]
        return () if data is None else (Layer(f"{WAIVERS} of {state[:12]}", "waivers", data),)

    def list_names(self) -> tuple[str, ...]:
        """Return the names that a policy's `[[repository]]` is compared with."""
        names = list_names(self.settings, dict(os.environ), self.repo.find_git_directory()) if self.is_in_git else ()
        return (*names, *self._names)

    @property
    def name(self) -> str:
        """Return the repository's name in the ledger: the forge's name or the path on a server, else the remote's."""
        if self._names:
            return self._names[0]
        names = list_names(self.settings, dict(os.environ), self.repo.find_git_directory())
        return names[-1] if self.is_server else names[0]

    def list_stores(self, kind: str) -> list[str]:
        """Return the folders with the content of the repository's pointers of a kind: dvc, lfs, annex or git."""
        if not self.is_in_git:
            return []
        top, folder = self.repo.find_work_tree(), self.repo.find_common_directory()
        if kind == "dvc":
            return [os.path.join(top, ".dvc", "cache")] if top else []
        if kind == "git":  # what `git submodule` cloned, and repositories in the work tree
            return [os.path.join(folder, "modules"), *([top] if top else [])]
        if kind == "lfs":
            return [os.path.join(folder, self._get_setting("lfs.storage") or "lfs", "objects")]
        return [os.path.join(folder, "annex", "objects")]

    def has_head(self) -> bool:
        """Say whether HEAD points to a commit; it doesn't before the first commit of a branch.

        Raises:
            GitError: The commit can't be read.
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
    """Return the compiled policy, or None where no tag applies.

    Raises:
        PolicyError: A policy file can't be used.
    """
    if not inputs.can_be_tagged:
        return None
    from .policy.load import load_plan

    plan = load_plan(inputs)
    return plan if plan.is_tagged else None


def read_local_inputs(place: Repository) -> Inputs:
    """Return the policy's inputs on a laptop: `ringfence.toml` of HEAD and of the work tree, and HEAD's waivers."""
    if not place.is_in_git:
        return place.build_inputs({})
    base = "HEAD" if place.has_head() else ""
    files = place.read_files([base] if base else [])
    if top := place.repo.find_work_tree():
        files[""] = read_own_file(os.path.join(top, FILE_NAME))
    return place.build_inputs(files, base)


def load_local_plan(place: Repository) -> Plan | None:
    """Return the compiled policy on a laptop, or None where no tag applies."""
    return load_tagged_plan(read_local_inputs(place))


def _find_own_files(item: Object | MissingObject, state: str) -> dict[str, str]:
    """Return the object ids of our files in a tree, by name; "" for a file that it doesn't have."""
    if isinstance(item, MissingObject):
        raise GitError(f"{state[:12]} can't be read ({item.reason}).", "See what git fsck says.")
    tree = item.read()
    return {name: find_entry(tree, name.encode(), len(item.oid) // 2) for name in (FILE_NAME, WAIVERS)}


def _read_policy(item: Object | MissingObject, name: str) -> bytes:
    """Return the content of a policy or waiver file."""
    if isinstance(item, MissingObject):
        raise IncompleteError(f"{name} can't be read ({item.reason}).", f"Fetch it: git cat-file -p HEAD:{name}")
    if item.size > _LARGEST_POLICY:
        raise PolicyError(f"{name}: the policy file has {item.size:,} bytes; the limit is 1 MiB.")
    return item.read()


def read_own_file(path: str) -> bytes | None:
    """Return the content of a file on disk, or None where there is none.

    Raises:
        PolicyError: The file can't be read.
    """
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PolicyError(f"{path}: can't be read: {error.strerror}.") from None
