"""Judges files of data: each by its own content, whatever its name, to its last byte."""

from __future__ import annotations

import hashlib
import os
import re
import time
from typing import TYPE_CHECKING

from ...check.check import check_changes
from ...git.objects import SMALL, SmallObject
from ...model import Change
from ...sources.file_store import File, FileStore
from .model import AuditError, build_error_row
from .results import UNREAD, build_name, encode_result

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...git.objects import Object
    from .judge import Plans
    from .model import Row, Settings, Shard, Work

_SHARDS = "Arrow|Avro|GGUF|HDF5|Lance|LitData|MDS|Parquet|SQLite|TFRecord|msgpack|npy|pickle|safetensors|tar|zip"
_DAMAGED = re.compile(rf"(?:(?:{_SHARDS}): )?damaged \(")  # of the file itself, not of one in it
_FAULT, _CUT_TAR = "fault ", "tar: damaged (truncated)"
_TAR_MAGIC, _TAR_MAGIC_AT, _TAR_BLOCK = b"ustar", 257, 512


def judge_shards(work: Work, settings: Settings, plans: Plans) -> tuple[str, bytes]:
    """Return the name of a result and the result; b"" where it is there already."""
    from .judge import build_about, describe_plan, iter_rows

    began = time.monotonic()
    plan, is_tagged = plans.of_data()
    state = _digest_shards(work.shards)
    name = build_name(work.unit.name, state, *describe_plan(plan))
    if name in settings.known:
        return name, b""
    plan.own_stores = lambda _: []
    store = _ShardStore(work, settings.scratch)
    # Fetched and judged one after the other, so that the disk holds one at a time.
    changes = (Change("tree", paths=[(os.fsencode(shard.path), shard.path, ())]) for shard in work.shards)
    verdict = check_changes(changes, plan, store)  # type: ignore[arg-type]  # it has the methods that are used
    rows = [_flag_damage(kind, row) for kind, row in iter_rows(verdict, {})]
    tag, damaged = verdict.tags[0] if verdict.tags else "", {row["path"] for kind, row in rows if kind == UNREAD}
    rows += [(UNREAD, build_error_row(path, _CUT_TAR, tag)) for path in sorted(store.cut - damaged)]
    about = build_about(verdict, is_tagged=is_tagged, state=state, began=began)
    about["shards"] = [(shard.path, shard.state) for shard in work.shards]
    return name, encode_result(about, rows)


def _digest_shards(shards: Iterable[Shard]) -> str:
    text = "\0".join(f"{shard.path}\0{shard.state}" for shard in shards)
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _flag_damage(kind: str, row: Row) -> tuple[str, Row]:
    return (kind, row | {"is_error": bool(_DAMAGED.match(row["reason"]))}) if kind == UNREAD else (kind, row)


class _ShardStore(FileStore):
    """Shards by their paths below the unit."""

    def __init__(self, work: Work, folder: str) -> None:
        self._place, self._folder = work.unit.place, folder
        self._shards = {shard.path: shard for shard in work.shards}
        self._fetched = ""
        self.cut: set[str] = set()

    def size(self, name: str) -> int:
        """Return the bytes of a shard."""
        return self._shards[name].size

    def open_file(self, name: str) -> File | Object:
        """Return a shard."""
        shard = self._shards[name]
        if shard.state.startswith(_FAULT):
            raise OSError(0, shard.state.removeprefix(_FAULT))
        try:
            path = self._locate(shard)
        except AuditError as error:
            raise OSError(0, str(error)) from None
        file = File(name, path)
        if _is_cut_tar(path):
            self.cut.add(name)
        if path == self._fetched and shard.size <= SMALL:  # read again behind others, when its copy is gone
            return SmallObject(name, name, "blob", file.read())
        return file

    def describe_error(self, error: OSError) -> str:
        """Return that a shard is damaged, and why."""
        return f"damaged ({super().describe_error(error)})"

    def _locate(self, shard: Shard) -> str:
        """Return where a shard can be read; one of an address is fetched, in place of the one before."""
        if "://" not in self._place:
            return os.path.join(self._place, shard.path) if os.path.isdir(self._place) else self._place
        from .addresses import fetch_file

        if self._fetched:
            os.unlink(self._fetched)
            self._fetched = ""
        target = os.path.join(self._folder, f"shard-{os.getpid()}")  # each process has its own
        fetch_file(self._place, shard.path, shard.size, target)
        self._fetched = target
        return target


def _is_cut_tar(path: str) -> bool:
    """Return whether a tar lacks the empty block at its end: cut between two members, it looks whole to readers."""
    with open(path, "rb") as file:
        head = file.read(_TAR_BLOCK)
        if head[_TAR_MAGIC_AT:].startswith(_TAR_MAGIC):
            file.seek(max(0, os.fstat(file.fileno()).st_size - _TAR_BLOCK))
            return bool(file.read().strip(b"\0"))
    return False
