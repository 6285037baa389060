"""Small members of archives are scanned together; what is found is what each by itself would give."""

from __future__ import annotations

import gzip
import io
import json
import random
import tarfile
import zipfile

import pytest

from conftest import SHARE_LINK
from decoders.conftest import Look
from ringfence.policy.plan import Plan
from ringfence.scan import contents, small_members
from ringfence.scan.prefilter import load_prefilter

CLEAN = "A person wrote this line, and the next one.\n"


def members() -> dict[str, bytes]:
    """Return members of many kinds and sizes, some with marks, some that can't be read."""
    chance = random.Random(5)
    made: dict[str, bytes] = {}
    for number in range(400):
        made[f"{number:04}.txt"] = (CLEAN * chance.randint(0, 60)).encode()
    made["0005.md"] = f"See {SHARE_LINK}\n".encode()
    made["0100.json"] = json.dumps({"text": "x", "model": "gpt-4o"}).encode()
    made["0200.csv"] = b"text,model\nx,gpt-4o\n"
    made["0201.gz"] = gzip.compress(f"See {SHARE_LINK}\n".encode())
    made["0202.gz"] = gzip.compress(CLEAN.encode())[:-9]
    made["0203.txt"] = f"See {SHARE_LINK}\n".encode("utf-16")
    made["0204.txt"] = CLEAN.encode() * 3_000 + f"See {SHARE_LINK}\n".encode()  # larger than a window's overlap
    made["0205.bin"] = chance.randbytes(5_000)
    made["0206.txt"] = b""
    made["0300.lfs"] = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 5\n"
    made[".codex/config.toml"] = b"x\n"
    made["0399.md"] = f"Again {SHARE_LINK}\n".encode()
    return dict(sorted(made.items()))


def tar() -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as file:
        for name, data in members().items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            file.addfile(info, io.BytesIO(data))
    return sink.getvalue()


def packed_zip() -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members().items():
            file.writestr(name, data)
    return sink.getvalue()


@pytest.mark.parametrize("make", [tar, packed_zip, lambda: gzip.compress(tar()), lambda: tar()[:300_000]])
def test_together_they_give_what_each_by_itself_does(
    look: Look, plan: Plan, monkeypatch: pytest.MonkeyPatch, make: object
) -> None:
    load_prefilter(plan)
    data = make()  # type: ignore[operator]
    together = look(data)
    monkeypatch.setattr(small_members.SmallMembers, "add", lambda *_: False)
    alone = look(data)
    assert together == alone
    assert alone.marks
    assert alone.hidden


def test_clean_members_are_not_read_one_by_one(look: Look, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    load_prefilter(plan)
    read: list[str] = []
    whole = contents._Reader.read_content

    def count(self: contents._Reader, content: object, place: str = "", *rest: object, **more: object) -> object:
        read.append(place)
        return whole(self, content, place, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(contents._Reader, "read_content", count)
    look(tar())
    assert len(read) < 2 * 40  # of 411 members, as a stream and as a file
