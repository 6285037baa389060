"""Changes that `git push` is about to send, from pre-push's standard input."""

from __future__ import annotations

from ..errors import GitError
from ..git.objects import MissingObject
from ..git.repo import is_zero
from .receive import iter_new_changes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..git.objects import Objects
    from ..git.repo import Repo
    from ..model import Change
    from .refs import Update


def parse_updates(data: bytes) -> list[Update]:
    """Parse `local-ref SP local-id SP remote-ref SP remote-id` lines; the local ref is what the user typed.

    Raises:
        GitError: A line has another form.
    """
    updates = []
    for line in data.split(b"\n"):
        if not line:
            continue
        fields = line.rsplit(b" ", 3)  # `HEAD@{1 second ago}` has spaces
        if len(fields) != 4:  # noqa: PLR2004 - the four fields
            raise GitError(f"pre-push got a line that is not a ref update: {line[:80]!r}.")
        _, new, ref, old = fields
        updates.append((old.decode(), new.decode(), ref))
    return updates


def iter_changes(
    repo: Repo, objects: Objects, updates: list[Update], remote: str, settings: list[tuple[str, str, str]]
) -> Iterator[Change]:
    """Yield the changes that the remote lacks, judged by its tracking branches and by the old ids of the refs."""
    old_ids = [old for old, _, _ in updates if not is_zero(old)]
    existing = [item.name for item in objects.iter_objects(old_ids) if not isinstance(item, MissingObject)]
    known = ["--not", *existing]
    if name := find_remote_name(remote, settings):
        known.append(f"--remotes={escape_glob(name)}")
    yield from iter_new_changes(repo, objects, updates, tuple(known) if len(known) > 1 else ())


def list_local_refs(repo: Repo) -> list[Update]:
    """Return all branches and tags as new refs, for hook managers that don't say which ones are pushed."""
    listing = repo.run("for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/tags")
    pairs = (line.partition(b" ") for line in listing.splitlines())
    return [("0" * len(oid), oid.decode(), ref) for oid, _, ref in pairs]


def find_remote_name(remote: str, settings: list[tuple[str, str, str]]) -> str:
    """Return the name of the remote with this name or URL, or "" if none is configured."""
    for _, key, url in settings:
        if key.startswith("remote.") and key.endswith(".url"):
            name = key[len("remote.") : -len(".url")]
            if remote in (name, url):
                return name
    return ""


def escape_glob(name: str) -> str:
    """Return a remote's name as a pattern for git that matches nothing else."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in name)
