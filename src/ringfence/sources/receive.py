"""Changes that a push brings to a server: every new commit, tag, tree, blob and ref name."""

from __future__ import annotations

from ..errors import GitError
from ..git.objects import MissingObject
from ..git.raw import parse_raw_object
from ..git.repo import is_zero
from ..model import Change
from . import commits
from .refs import QUARANTINE, build_ref_change

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..git.objects import Objects
    from ..git.repo import Repo
    from .refs import Update

    Zones = frozenset[int]
    RefGroup = tuple[list[Update], tuple[str, ...], Zones]  # refs, what is known to them, their ref-bound zones

# Commits on hidden refs (a forge's pull requests), in quarantine or in alternates were not accepted here.
KNOWN = ("--not", f"--exclude={QUARANTINE.decode()}*", "--exclude-hidden=receive", "--all")


def parse_updates(data: bytes) -> list[Update]:
    """Parse the `old SP new SP ref` lines of pre-receive's stdin; a ref name may contain spaces and any bytes.

    Raises:
        GitError: A line has another form.
    """
    updates = []
    for line in data.split(b"\n"):
        if not line:
            continue
        fields = line.split(b" ", 2)
        if len(fields) != 3 or not all(map(_is_id, fields[:2])):  # noqa: PLR2004 - the three fields
            raise GitError(f"pre-receive got a line that is not a ref update: {line[:80]!r}.")
        updates.append((fields[0].decode(), fields[1].decode(), fields[2]))
    return updates


def iter_group_changes(repo: Repo, objects: Objects, groups: Sequence[RefGroup]) -> Iterator[Change]:
    """Yield the changes that are new to each group of refs.

    A commit comes again only for a group with zones that it was not checked by yet.
    """
    refs_and_tags: list[Change] = []  # last: their zones are those that the commits of the whole push touch
    checked: dict[str, list[Zones]] = {}
    for updates, known, within in groups:
        for change in iter_new_changes(repo, objects, updates, known):
            change.within = within
            if change.kind in ("ref", "tag"):
                refs_and_tags.append(change)
            elif len(groups) == 1 or not any(within <= zones for zones in checked.get(change.commit, ())):
                yield change
                if change.commit and len(groups) > 1:
                    checked.setdefault(change.commit, []).append(within)
    yield from refs_and_tags


def iter_new_changes(
    repo: Repo, objects: Objects, updates: Iterable[Update], known: tuple[str, ...] = KNOWN
) -> Iterator[Change]:
    """Yield the new changes of ref updates: commits first, then tags, trees and blobs, then ref names.

    `known` excludes commits: options of rev-list, and `^commit` for single ones.

    Raises:
        GitError: An object that a ref points to is missing.
    """
    created = [(new, ref) for _, new, ref in updates if not is_zero(new)]
    tips, non_commits = _resolve_refs(objects, created)
    if tips:
        without = [item for item in known if item.startswith("^")]  # by stdin: they may not fit on a command line
        options = [item for item in known if not item.startswith("^")]
        yield from commits.iter_commits(repo, [*tips, *without], options, objects.clean_cache)
    for kind, oid, ref in non_commits:
        if kind == "tag":
            yield Change("tag", oid, raw=True)
        elif kind == "tree":
            yield Change("tree", paths=commits.read_tree(repo, oid))
        else:
            yield Change("tree", paths=[(ref, oid, ())])
    yield from (build_ref_change(ref) for _, ref in created)


def _resolve_refs(objects: Objects, created: list[tuple[str, bytes]]) -> tuple[list[str], list[tuple[str, str, bytes]]]:
    """Follow refs through tags to the objects behind them.

    Return the commits, and the tags, trees and blobs, which rev-list would skip silently, as (type, id, ref).

    Raises:
        GitError: An object is missing.
    """
    tips: list[str] = []
    non_commits: list[tuple[str, str, bytes]] = []
    while created:
        refs = dict(created)
        created = []
        for item in objects.iter_objects(refs):
            if isinstance(item, MissingObject):
                raise GitError(f"{item.name} is pushed to {refs[item.name]!r} but can't be read: {item.reason}.")
            if item.type == "commit":
                tips.append(item.name)
                continue
            non_commits.append((item.type, item.name, refs[item.name]))
            if item.type == "tag":
                headers, _ = parse_raw_object(item.read())
                created += [(value.decode(), refs[item.name]) for key, value in headers[:1] if key == b"object"]
    return tips, non_commits


def _is_id(field: bytes) -> bool:
    return len(field) in (40, 64) and not field.strip(b"0123456789abcdef")
