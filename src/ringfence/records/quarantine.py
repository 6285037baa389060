"""Stores refused pushes on the server: in hidden refs, or in a bundle where refs can't be created or hidden.

`refs/quarantine/ID/` holds the refs of one push under their own names, and `record`, a JSON blob with the pusher and
the findings. The record is written last, so a push that has one is complete.
"""

from __future__ import annotations

import json
import os
import time

from ..errors import GitError, UsageError
from ..git.repo import is_zero
from ..sources.refs import QUARANTINE
from ..values import replace, value
from . import bundles
from .recorder import build_verdict_body

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from ..git.repo import Repo
    from ..model import Verdict
    from ..repository import Repository
    from ..sources.refs import Update

HIDDEN = QUARANTINE.decode().rstrip("/")  # in transfer.hideRefs
DAYS = 14  # until a decision is overdue


@value
class QuarantinedPush:
    """A push in quarantine.

    Attributes:
        id: Date and random digits: `20260131-c3bc7988`.
        record: The refused verdict as in the ledger, with `who` pushed, `at`, and the day `due`; empty where the server
            was interrupted before it was complete.
        asked: The pending request, with `act` (release or drop), `by`, `reason` and `at`; empty where there is none.
        refs: All refs that hold the push, as name: object id.
    """

    id: str
    record: dict[str, Any]
    asked: dict[str, Any]
    refs: dict[bytes, str]

    @property
    def updates(self) -> list[Update]:
        """Return the ref updates of the push, as (old id, new id, name)."""
        return [(item["old"], item["new"], _encode_ref(item["ref"])) for item in self.record["refs"]]

    @property
    def is_overdue(self) -> bool:
        """Say whether the day for a decision has passed."""
        return bool(self.record) and str(self.record["due"]) < _format_day(0)


def store_push(
    repository: Repository, verdict: Verdict, updates: list[Update], commits: list[str], account: str
) -> tuple[Verdict, str]:
    """Store a refused push; return the verdict with a note about it, and the push's id ("" where storing failed).

    In pre-receive, where git lets no ref be created, or where the refs would be visible, the push goes into a bundle.
    """
    number = f"{time.strftime('%Y%m%d', time.gmtime())}-{os.urandom(4).hex()}"
    body = build_verdict_body(verdict, (), commits, excerpts=repository.can_store_excerpts)
    refs = [{"ref": _decode_ref(ref), "old": old, "new": new} for old, new, ref in updates]
    header = {
        "at": _format_now(),
        "due": _format_day(DAYS),
        "who": account,
        "repository": repository.name,
        "outcome": verdict.outcome,
    }
    try:
        stored = {_build_ref_name(number, ref): new for _, new, ref in updates if not is_zero(new)}
        stored[_build_ref_name(number, b"record")] = _store_json(repository.repo, body | header | {"refs": refs})
        if has_hidden_refs(repository) and "GIT_QUARANTINE_PATH" not in os.environ:
            update_refs(repository.repo, create=stored)
        else:
            bundles.write_bundle(repository.repo, number, stored)
    except (GitError, OSError) as error:
        return _add_note(verdict, f"couldn't be quarantined: {error}"), ""
    return _add_note(verdict, f"quarantined as {number}; the server's administrator can release it"), number


def has_hidden_refs(repository: Repository) -> bool:
    """Say whether git hides the refs of the quarantine from clients."""
    return HIDDEN in repository.get_local_settings("transfer.hiderefs")


def list_pushes(repository: Repository) -> list[QuarantinedPush]:
    """Return every push in quarantine, oldest first; bundles are imported into hidden refs first.

    Raises:
        UsageError: There are bundles to import, and their refs wouldn't be hidden.
    """
    if waiting := bundles.list_bundles(repository.repo):
        if not has_hidden_refs(repository):
            raise UsageError(
                f"bundles in quarantine: {len(waiting)}; git wouldn't hide their refs from clients.",
                f"git config --add transfer.hideRefs {HIDDEN}",
            )
        for path in waiting:
            refs = bundles.import_bundle(repository.repo, path)
            update_refs(
                repository.repo,
                create={ref: oid for ref, oid in refs.items() if ref not in _list_refs(repository.repo)},
            )
            os.unlink(path)
    found: dict[str, dict[bytes, str]] = {}
    for ref, oid in _list_refs(repository.repo).items():
        found.setdefault(ref.split(b"/")[2].decode(), {})[ref] = oid
    return [
        QuarantinedPush(
            number,
            _read_json(repository, refs, _build_ref_name(number, b"record")),
            _read_json(repository, refs, _build_ref_name(number, b"asked")),
            refs,
        )
        for number, refs in sorted(found.items())
    ]


def find_push(repository: Repository, number: str) -> QuarantinedPush:
    """Return the push with this id.

    Raises:
        UsageError: There is none.
    """
    for push in list_pushes(repository):
        if push.id == number:
            return push
    raise UsageError(f"{number} isn't in quarantine.", "List what is: ringfence quarantine list")


def store_request(repository: Repository, push: QuarantinedPush, request: Mapping[str, Any]) -> None:
    """Store a request to release or drop a push beside it; it replaces an earlier request."""
    name = _build_ref_name(push.id, b"asked")
    oid = _store_json(repository.repo, {"at": _format_now(), **request})
    update_refs(repository.repo, update={name: (oid, push.refs.get(name, ""))})


def update_refs(
    repo: Repo,
    update: Mapping[bytes, tuple[str, str]] | None = None,
    create: Mapping[bytes, str] | None = None,
    delete: Iterable[bytes] = (),
) -> None:
    """Change refs in one transaction.

    Args:
        repo: The repository.
        update: By name: the new id, and the id that the ref must have before ("" for no ref).
        create: By name: the id of a ref that must not exist yet.
        delete: Names.

    Raises:
        GitError: A ref has another id by now, or can't be changed; no ref was changed then.
    """
    zero = "0" * _get_id_length(repo)
    lines = [
        b"update %s\0%s\0%s\0" % (ref, (new or zero).encode(), (old or zero).encode())
        for ref, (new, old) in (update or {}).items()
    ]
    lines += [b"create %s\0%s\0" % (ref, oid.encode()) for ref, oid in (create or {}).items()]
    lines += [b"delete %s\0\0" % ref for ref in delete]
    repo.run("update-ref", "-z", "--stdin", feed=b"".join(lines))


def _list_refs(repo: Repo) -> dict[bytes, str]:
    listing = repo.run("for-each-ref", "--format=%(objectname) %(refname)", HIDDEN).splitlines()
    return {ref: oid.decode() for oid, _, ref in (line.partition(b" ") for line in listing)}


def _build_ref_name(number: str, ref: bytes) -> bytes:
    return QUARANTINE + number.encode() + b"/" + ref


def _store_json(repo: Repo, content: Mapping[str, Any]) -> str:
    """Store a JSON blob in the repository, and return its id."""
    return repo.run("hash-object", "-w", "--stdin", feed=json.dumps(content, indent=1).encode()).decode().strip()


def _read_json(repository: Repository, refs: Mapping[bytes, str], name: bytes) -> dict[str, Any]:
    data = repository.objects.read_object(refs[name]) if name in refs else None
    return dict(json.loads(data)) if data else {}


def _get_id_length(repo: Repo) -> int:
    return 64 if repo.run("rev-parse", "--show-object-format").strip() == b"sha256" else 40


def _add_note(verdict: Verdict, note: str) -> Verdict:
    return replace(verdict, about=replace(verdict.about, notes=(*verdict.about.notes, note)))


def _decode_ref(ref: bytes) -> str:
    return ref.decode("utf-8", "surrogateescape")


def _encode_ref(ref: str) -> bytes:
    return ref.encode("utf-8", "surrogateescape")


def _format_now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _format_day(offset: int) -> str:
    """Return the day that lies `offset` days after today, in UTC."""
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + offset * 86400))
