"""Keeps what a server refused: in refs that nobody is shown, or in a bundle until whoever keeps the server looks.

`refs/quarantine/ID/` holds the refs of one push under their own names, and `record`, a JSON file that says whose push
it was and what was found. The record is written last, so that what has one is whole.
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
DAYS = 14  # within which somebody should decide


@value
class QuarantinedPush:
    """A push that was put aside.

    Attributes:
        id: What it is called.
        record: What was refused, as the ledger has it, with who pushed, when, and by when somebody should decide; empty
            where the server was stopped in the middle.
        asked: Who asked that what is done with it, and why; empty where nobody did.
        refs: All refs that hold it, with their ids.
    """

    id: str
    record: dict[str, Any]
    asked: dict[str, Any]
    refs: dict[bytes, str]

    @property
    def updates(self) -> list[Update]:
        """Return what the push would have done."""
        return [(item["old"], item["new"], _encode_ref(item["ref"])) for item in self.record["refs"]]

    @property
    def is_overdue(self) -> bool:
        """Say whether somebody should have decided before today."""
        return bool(self.record) and str(self.record["due"]) < _format_day(0)


def store_push(
    place: Repository, verdict: Verdict, updates: list[Update], commits: list[str], account: str
) -> tuple[Verdict, str]:
    """Keep a push that is refused; return the verdict, which says so, and what the push is called ("": it wasn't kept).

    Where git lets no ref move yet (pre-receive), or would show the refs, the push goes into a bundle.
    """
    number = f"{time.strftime('%Y%m%d', time.gmtime())}-{os.urandom(4).hex()}"
    kept = build_verdict_body(verdict, (), commits, excerpts=place.can_store_excerpts)
    refs = [{"ref": _decode_ref(ref), "old": old, "new": new} for old, new, ref in updates]
    said = {
        "at": _format_now(),
        "due": _format_day(DAYS),
        "who": account,
        "repository": place.name,
        "outcome": verdict.outcome,
    }
    try:
        refs_held = {_build_ref_name(number, ref): new for _, new, ref in updates if not is_zero(new)}
        refs_held[_build_ref_name(number, b"record")] = _store_json(place.repo, kept | said | {"refs": refs})
        if has_hidden_refs(place) and "GIT_QUARANTINE_PATH" not in os.environ:
            update_refs(place.repo, create=refs_held)
        else:
            bundles.write_bundle(place.repo, number, refs_held)
    except (GitError, OSError) as error:
        return _add_note(verdict, f"it couldn't be put aside: {error}"), ""
    return _add_note(verdict, f"put aside as {number}; whoever keeps the server can release it"), number


def has_hidden_refs(place: Repository) -> bool:
    """Say whether git shows the refs in which pushes are kept to nobody."""
    return HIDDEN in place.get_local_settings("transfer.hiderefs")


def list_pushes(place: Repository) -> list[QuarantinedPush]:
    """Return every push that is put aside, oldest first; what lies in bundles is taken in before.

    Raises:
        UsageError: Git would show it to everybody.
    """
    if waiting := bundles.list_bundles(place.repo):
        if not has_hidden_refs(place):
            raise UsageError(
                f"{len(waiting)} in bundles, and git would show everybody what is in them.",
                f"git config --add transfer.hideRefs {HIDDEN}",
            )
        for path in waiting:
            refs = bundles.import_bundle(place.repo, path)
            update_refs(place.repo, create={ref: oid for ref, oid in refs.items() if ref not in _list_refs(place.repo)})
            os.unlink(path)
    found: dict[str, dict[bytes, str]] = {}
    for ref, oid in _list_refs(place.repo).items():
        found.setdefault(ref.split(b"/")[2].decode(), {})[ref] = oid
    return [
        QuarantinedPush(
            number,
            _read_json(place, refs, _build_ref_name(number, b"record")),
            _read_json(place, refs, _build_ref_name(number, b"asked")),
            refs,
        )
        for number, refs in sorted(found.items())
    ]


def find_push(place: Repository, number: str) -> QuarantinedPush:
    """Return the push that is called so.

    Raises:
        UsageError: There is none.
    """
    for held in list_pushes(place):
        if held.id == number:
            return held
    raise UsageError(f"nothing is put aside as {number}.", "See what is: ringfence quarantine list")


def store_request(place: Repository, held: QuarantinedPush, asked: Mapping[str, Any]) -> None:
    """Write down what is asked for, with the push; a later word takes the place of an earlier one."""
    name = _build_ref_name(held.id, b"asked")
    update_refs(
        place.repo, update={name: (_store_json(place.repo, {"at": _format_now(), **asked}), held.refs.get(name, ""))}
    )


def update_refs(
    repo: Repo,
    update: Mapping[bytes, tuple[str, str]] | None = None,
    create: Mapping[bytes, str] | None = None,
    delete: Iterable[bytes] = (),
) -> None:
    """Move refs in one transaction: `update` by the ids that they get and must have had ("" for none).

    Raises:
        GitError: One has another id by now, or can't be moved; then none was.
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


def _store_json(repo: Repo, told: Mapping[str, Any]) -> str:
    """Store a JSON file in the repository, and return its id."""
    return repo.run("hash-object", "-w", "--stdin", feed=json.dumps(told, indent=1).encode()).decode().strip()


def _read_json(place: Repository, refs: Mapping[bytes, str], name: bytes) -> dict[str, Any]:
    data = place.objects.read_object(refs[name]) if name in refs else None
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
    """Return a day from today, in UTC."""
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + offset * 86400))
