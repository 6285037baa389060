"""Submodules: their content is kept in another repository, and read where that lies here."""

from __future__ import annotations

import os

from ..errors import GitError
from ..git.objects import Objects
from ..git.repo import Repo
from ..model import SUBMODULE
from ..policy.markers.databases import compile_group
from ..policy.markers.globs import translate_glob
from ..policy.markers.scanner import Scanner
from ..scan.reader import ObjectReader
from ..sources.commits import diff_commits, read_tree
from .paths import judge_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..model import ScanCounts, Touched
    from ..policy.plan import Plan
    from .results import Results, Tags

_UNREAD = "submodule: its commit {} is in no repository here"
_ADVICE = "name its repository by `git` in [stores] of the organisation's policy, or let its path be by `elsewhere`."
_MOST_FOLDERS = 200  # that are looked into for a repository with a commit; the one with the submodule's name is first
_MOST_LEVELS = 8  # of submodules in submodules


def judge_submodule(
    results: Results, counts: ScanCounts, commit: str, touched: Touched, tags: Tags, level: int = 0
) -> None:
    """Judge what a submodule's new commit brings against the one before; unread where no repository has it."""
    path, oid, parents = touched
    new = oid.removeprefix(SUBMODULE)
    if _is_elsewhere(results.plan, path):
        return
    folder = next(_iter_repositories(results.plan, path, new), "") if level < _MOST_LEVELS else ""
    if not folder:
        results.add_unread(commit, path, _UNREAD.format(new[:12]), tags, advice=_ADVICE)
        return
    repo = Repo(folder)
    old = next((parent for parent in parents if parent and _has_commit(repo, parent)), "")
    changed = diff_commits(repo, old, new) if old else read_tree(repo, new)
    reader = ObjectReader(Objects(repo), results.plan, counts)
    reader.read_objects(content for _, content, _ in changed if content and not content.startswith(SUBMODULE))
    marked = [before for _, content, before in changed if reader.has_matches(content)]
    reader.read_objects(content for before in marked for content in before if content)
    for name, content, before in changed:
        inner = path + b"/" + name
        if content.startswith(SUBMODULE):
            judge_submodule(results, counts, commit, (inner, content, before), tags, level + 1)
        else:
            judge_path(results, reader, counts, commit, (inner, content, before), tags)


def list_unread_submodules(repo: Repo, plan: Plan, state: str) -> list[bytes]:
    """Return the paths of the submodules in zones of a state that are unread here."""
    return [
        path
        for path, oid, _ in read_tree(repo, state)
        if oid.startswith(SUBMODULE)
        and plan.zones.find_tags(path)
        and not _is_elsewhere(plan, path)
        and not next(_iter_repositories(plan, path, oid.removeprefix(SUBMODULE)), "")
    ]


def _is_elsewhere(plan: Plan, path: bytes) -> bool:
    globs = [translate_glob(glob) for glob in plan.paths_elsewhere]
    return bool(globs) and bool(Scanner("zone", compile_group("zone", globs)).find_matches(path))


def _iter_repositories(plan: Plan, path: bytes, commit: str) -> Iterator[str]:
    """Yield the folders of repositories that have a commit."""
    for folder in _iter_candidates(plan.list_stores("git"), os.fsdecode(path)):
        if _is_repository(folder) and _has_commit(Repo(folder), commit):
            yield folder


def _iter_candidates(stores: Iterable[str], path: str) -> Iterator[str]:
    """Yield folders that may be the repository of a submodule, the likeliest first."""
    stores = list(stores)
    yield from (os.path.join(store, path) for store in stores)
    name = os.path.basename(path)
    for store in stores:
        if _is_repository(store):
            yield store
            continue
        try:
            inside = sorted(entry.path for entry in os.scandir(store) if entry.is_dir())
        except OSError:
            continue
        inside.sort(key=lambda folder: os.path.basename(folder).removesuffix(".git") != name)
        for folder in inside[:_MOST_FOLDERS]:
            yield folder
            if not _is_repository(folder):  # a group or an owner, as forges lay them
                yield from (os.path.join(folder, each) for each in (name, f"{name}.git"))


def _is_repository(folder: str) -> bool:
    if os.path.lexists(os.path.join(folder, ".git")):
        return True
    return os.path.isfile(os.path.join(folder, "HEAD")) and os.path.isdir(os.path.join(folder, "objects"))


def _has_commit(repo: Repo, commit: str) -> bool:
    try:
        return repo.succeeds("cat-file", "-e", f"{commit}^{{commit}}")
    except GitError:
        return False
