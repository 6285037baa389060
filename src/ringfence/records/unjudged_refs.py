"""Refs that moved without a verdict: libraries such as pygit2 and dulwich push by a path and run no hook."""

from __future__ import annotations

import json
import os

from ..excerpts import format_path
from ..git.repo import is_zero
from ..values import value
from .ledger import run_query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..git.repo import Repo
    from ..repository import Repository

ACTIONS = ("record", "warn", "block")
_SETTING = "ringfence.unjudgedrefs"
_JUDGED = """
    SELECT r.ref, r.old, r.new, e.kind = 'check' FROM entries e JOIN refs r ON r.id = e.id
    WHERE e.repository = ? AND e.outcome NOT IN ('blocked', 'error') AND NOT EXISTS (
        SELECT 1 FROM json_each(e.body, '$.unread') u
        WHERE e.outcome = 'incomplete' AND json_extract(u.value, '$.action') = 'block')
    ORDER BY e.id
"""
# The refs that were there when the record of a repository began. Other text in an entry has its quotes escaped.
_THERE = """
    SELECT json_extract(body, '$.there') FROM entries
    WHERE repository = ? AND instr(body, '"there":') ORDER BY id DESC LIMIT 1
"""
_MAX_THERE = 20_000  # refs; some megabytes of an entry


@value
class UnjudgedRef:
    """A branch or tag that isn't where a verdict let it go; `now` is "" if it is gone, `before` "" if it is new."""

    name: bytes
    before: str
    now: str

    @property
    def reason(self) -> str:
        """What happened to it, in words."""
        name = format_path(self.name)
        if not self.now:
            return f"{name} was deleted without a verdict"
        moved = f"moved from {self.before[:12]} to" if self.before else "came in at"
        return f"{name} {moved} {self.now[:12]} without a verdict"


class _Places:
    """Where a ref may be by its records: each was made before the push moved it, and the push may have failed then.

    Attributes:
        possible: The ids.
    """

    def __init__(self) -> None:
        self.possible: set[str] = set()
        self._old = ""

    def add(self, old: str, new: str, *, is_check: bool) -> None:
        """Take the next record; one from the same commit as the last may have run beside it."""
        beside = self.possible if old == self._old and not is_check else set()
        self.possible = {new} if is_check else {old, new} | beside
        self._old = "" if is_check else old


def get_unjudged_action(repository: Repository) -> str:
    """Return what a push does about such refs, by `git config ringfence.unjudgedRefs`: block, warn (default), record.

    The global scope doesn't count, since HOME may be the pusher's.
    """
    texts = [text.lower() for scope, name, text in repository.settings if name == _SETTING and scope != "global"]
    return texts[-1] if texts and texts[-1] in ACTIONS else "block" if texts else "warn"


def find_unjudged_refs(repository: Repository, name: str = "") -> list[UnjudgedRef]:
    """Return the branches and tags that moved since the ledger's last record of them.

    A ref that the ledger has never named counts where it is known which refs are older than the ledger: a check of the
    whole repository was recorded, or the first push with a ledger noted what was there.

    Raises:
        LedgerError: The ledger can't be read.
    """
    now = _list_refs(repository.repo)  # before the ledger is read: a push is recorded, and then its refs move
    judged: set[str] = set()
    last: dict[bytes, str] = {}
    places: dict[bytes, _Places] = {}
    created: set[bytes] = (
        set()
    )  # by their last record; a ref that isn't there yet, or whose push failed, wasn't deleted
    has_check = False
    for ref, old, new, is_check in run_query(repository.ledger, _JUDGED, (name or repository.name,))[1]:
        key = ref.encode("utf-8", "backslashreplace")
        if key not in last:
            judged.add(old)
        judged.add(new)
        last[key] = new
        places.setdefault(key, _Places()).add(old, new, is_check=bool(is_check))
        (created.add if is_zero(old) and not is_check else created.discard)(key)
        has_check |= bool(is_check)
    there = _load_refs_at_start(repository, name)
    older = (there or {}) | last
    moved = [
        UnjudgedRef(ref, "" if is_zero(older.get(ref, "0")) else older[ref], oid)
        for ref, oid in now.items()
        if (oid not in judged or (ref in places and oid not in places[ref].possible))
        and older.get(ref) != oid
        and (ref in last or has_check or there is not None)
    ]
    moved = [ref for ref in moved if ref.name in last or not _is_contained(repository.repo, ref, now, judged)]
    missing = [ref for ref in older if ref not in now and ref not in created and _is_counted(ref)]
    gone = [UnjudgedRef(ref, older[ref], "") for ref in missing]
    return moved + [ref for ref in gone if not is_zero(ref.before)]


def build_refs_at_start(repository: Repository) -> dict[str, dict[str, str]]:
    """Return the refs of a repository as a field of its first entry; none where an entry has it, or of too many refs.

    Raises:
        LedgerError: The ledger can't be read.
    """
    if os.path.exists(repository.ledger) and _load_refs_at_start(repository) is not None:
        return {}
    refs = {ref.decode("utf-8", "backslashreplace"): oid for ref, oid in _list_refs(repository.repo).items()}
    return {"there": refs} if len(refs) <= _MAX_THERE else {}


def _load_refs_at_start(repository: Repository, name: str = "") -> dict[bytes, str] | None:
    """Return the refs that were there when the record began, with their ids; None where nothing says so."""
    for (text,) in run_query(repository.ledger, _THERE, (name or repository.name,))[1]:
        return {ref.encode("utf-8", "backslashreplace"): oid for ref, oid in json.loads(text or "{}").items()}
    return None


def _is_contained(repo: Repo, new: UnjudgedRef, now: dict[bytes, str], judged: set[str]) -> bool:
    """Return whether a new ref only names history of another that was judged."""
    listing = repo.run("for-each-ref", "--format=%(refname)", f"--contains={new.now}", "refs/heads", "refs/tags")
    return any(now.get(ref) in judged for ref in listing.splitlines())


def _list_refs(repo: Repo) -> dict[bytes, str]:
    """Return the branches and tags, which a hook of ours always sees; forges write other refs themselves."""
    listing = repo.run("for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/tags")
    return {ref: oid.decode() for oid, _, ref in (line.partition(b" ") for line in listing.splitlines())}


def _is_counted(ref: bytes) -> bool:
    return ref.startswith((b"refs/heads/", b"refs/tags/"))
