"""Compressed files and archives: marks in them are found with their place, and what can't be read is reported."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Work

from .conftest import LINK, MARKER, Look

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ROWS = b'{"text": "a row"}\n' * 3 + LINK + b"\n"
CLEAN = b'{"text": "a row"}\n' * 4
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress, "zstd": zstd.compress,
}  # fmt: skip


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def tarred(members: dict[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=form) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
def test_compressed_rows_are_read(look: Look, pack: Callable[[bytes], bytes]) -> None:
    found = look(pack(ROWS))
    assert (found.marks, found.hidden) == ({MARKER: (1, "", 4)}, [])
    assert look(pack(CLEAN)).marks == {}


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
def test_streams_behind_each_other_are_one(look: Look, pack: Callable[[bytes], bytes]) -> None:
    found = look(pack(CLEAN) + pack(b"") + pack(ROWS))
    assert (found.marks, found.hidden) == ({MARKER: (1, "", 8)}, [])


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
def test_a_stream_that_ends_too_early_is_read_as_far_as_it_goes(look: Look, pack: Callable[[bytes], bytes]) -> None:
    noise = random.Random(1).randbytes(3_000_000)
    found = look(pack(ROWS + noise)[:-1000])
    assert found.hidden == ["damaged (truncated)"]
    assert found.marks == {MARKER: (1, "", 4)}


def test_what_is_no_gzip_behind_a_gzip_is_said_and_scanned(look: Look) -> None:
    found = look(gzip.compress(CLEAN) + ROWS)
    assert [reason[:14] for reason in found.hidden] == ["damaged (Error"]
    assert found.marks[MARKER][0] == 1


def test_gzip_is_read_without_the_faster_library_too(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "isal", None)
    assert look(gzip.compress(CLEAN) + gzip.compress(ROWS)).marks == {MARKER: (1, "", 8)}


@pytest.mark.parametrize("make", [zipped, tarred])
def test_members_of_an_archive_are_places(look: Look, make: Callable[[dict[str, bytes]], bytes]) -> None:
    found = look(make({"a/clean.jsonl": CLEAN, "a/b.jsonl": ROWS, "c.jsonl": ROWS}))
    assert (found.marks, found.hidden) == ({MARKER: (2, "a/b.jsonl", 4)}, [])
    assert look(make({"a": CLEAN})).marks == {}


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_packed_members_of_a_tar_of_any_age_are_read(look: Look, form: int) -> None:
    data = tarred({"b.jsonl.gz": gzip.compress(ROWS)}, form)
    found = look(data)
    assert (found.marks, found.hidden) == ({MARKER: (1, "b.jsonl.gz", 4)}, [])


def test_a_shard_of_a_web_dataset_is_read_sample_by_sample(laptop: Work) -> None:
    sample = {"0001.txt": b"a row", "0001.json": b'{"model": "ours"}', "0002.txt": b"a row"}
    laptop.write("0.tar", tarred(sample | {"0002.json": b'{"model": "gpt-4o", "text": "a row"}'}))
    said = laptop.ringfence("check", "--files", "0.tar")
    assert "0.tar: 0002.json, line 1, field model" in said.out
    laptop.write("0.tar", tarred(sample))
    assert laptop.ringfence("check", "--files", "0.tar")


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_zip_methods(look: Look, method: int) -> None:
    assert look(zipped({"b.jsonl": ROWS}, method)).marks == {MARKER: (1, "b.jsonl", 4)}


def test_archives_in_archives_are_read_to_a_depth(look: Look) -> None:
    data = gzip.compress(tarred({"in.zip": zipped({"b.xz": lzma.compress(ROWS)})}))
    assert look(data).marks == {MARKER: (1, "in.zip, b.xz", 4)}
    shallow = look(data, depth=3)
    assert (shallow.marks, shallow.hidden) == ({}, ["in.zip, b.xz: xz nested in more than 3 others (limits.depth)"])


@pytest.mark.long
def test_a_bomb_is_defused_by_its_ratio_its_size_or_its_time(look: Look) -> None:
    bomb = gzip.compress(ROWS + bytes(100 << 20), 1)
    assert look(bomb).hidden == ["it unpacks to more than 200 times its size (limits.ratio)"]
    assert look(bomb).marks == {MARKER: (1, "", 4)}
    assert look(bomb, unpacked=5_000_000).hidden == ["it unpacks to more than 5000000 bytes (limits.unpacked)"]
    assert look(bomb, seconds=0).hidden == ["it takes more than 0 seconds to read (limits.seconds)"]


def test_members_are_counted(look: Look) -> None:
    data = tarred({f"{number}": b"" for number in range(20)} | {"last": ROWS})
    assert look(data, members=20).hidden == ["tar: it has more than 20 members (limits.members)"]
    data = zipped({f"{number}": b"" for number in range(20)})
    assert look(data, members=2).hidden == ["zip: it has more than 2 members (limits.members)"]


def test_a_header_that_would_fill_the_memory_is_refused(look: Look) -> None:
    data = tarred({"n" * 300: b""})[:512]
    size = data[:124] + b"77777777777\0" + data[136:]
    total = sum(size[:148]) + 8 * ord(" ") + sum(size[156:])
    data = size[:148] + b"%06o\0 " % total + size[156:] + bytes(10_000)
    assert look(data).hidden == ["tar: damaged (a header of 8589934591 bytes)"]


def test_an_encrypted_member_is_unread_and_the_others_are_read(look: Look) -> None:
    data = zipped({"a": CLEAN, "b": ROWS}, zipfile.ZIP_STORED)
    at = data.index(b"PK\x01\x02")
    data = data[: at + 8] + b"\1" + data[at + 9 :]  # the flag in the directory
    found = look(data)
    assert (found.marks, found.hidden) == ({MARKER: (1, "b", 4)}, ["a: encrypted"])


def test_a_damaged_member_is_unread_and_the_others_are_read(look: Look) -> None:
    data = bytearray(zipped({"a": random.Random(1).randbytes(1000), "b": ROWS}))
    data[500] ^= 1
    found = look(bytes(data))
    assert (found.marks, found.hidden) == ({MARKER: (1, "b", 4)}, ["a: damaged (Bad CRC-32 for file 'a')"])


def test_many_reasons_are_counted(look: Look) -> None:
    data = zipped({f"{number}.7z": b"7z\xbc\xaf\x27\x1c" for number in range(30)})
    hidden = look(data).hidden
    assert (hidden[0], hidden[10:]) == ("0.7z: 7z: no decoder for this format", ["and 20 more parts of it"])


def test_text_behind_the_end_of_an_archive_is_read(look: Look) -> None:
    assert look(gzip.compress(tarred({"a": CLEAN}) + ROWS)).marks[MARKER][0] == 1
    assert look(zipped({"a": CLEAN}) + ROWS).marks[MARKER][0] == 1


def test_a_decoder_that_is_not_installed_leaves_a_file_unread(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("backports.zstd", "compression.zstd"):
        monkeypatch.setitem(sys.modules, name, None)
    assert look(zstd.compress(ROWS)).hidden == ["zstd: decoder not installed: pip install 'ringfence[data]'"]


def test_a_push_of_compressed_rows_is_refused_with_the_place(clone: Work) -> None:
    clone.commit("Add data", files={"data.zip": zipped({"a/b.jsonl": ROWS})})
    said = clone.git("push", "-q", "origin", "main")
    said.assert_refused("data.zip: a/b.jsonl, line 4")


def test_only_the_organisation_sets_limits(laptop: Work, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('version = 1\ntags = ["eval"]\n[limits]\nunpacked = 100\n')
    laptop.write("a.gz", gzip.compress(CLEAN * 10))
    said = laptop.ringfence("check", "--files", "a.gz", "--policy", str(policy))
    assert said.status == 3
    assert "a.gz: it unpacks to more than 100 bytes (limits.unpacked)" in said.out
    laptop.write("ringfence.toml", "version = 1\n[limits]\nunpacked = 100\n")
    said = laptop.ringfence("check", "--files", "a.gz")
    assert (said.status, "ringfence.toml: limits: only the organisation's policy can set this" in said.out) == (4, True)


def encrypted(names: list[str]) -> bytes:
    data = bytearray(zipped(dict.fromkeys(names, b"text"), zipfile.ZIP_STORED))
    for magic, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := data.find(magic, at + 1)) >= 0:
            data[at + flags] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("name", "marker"),
    [
        (".aider.chat.history.md", "aider-history-file"),
        ("proj/.aider.chat.history.md", "aider-history-file"),
        (".claude/projects/-home-ann/0b8f.jsonl", ""),
        ("./a/.specstory/history/2025-01-01_a.md", ""),
    ],
)
def test_members_are_judged_by_their_names_too(look: Look, name: str, marker: str) -> None:
    for data in (zipped({"a.txt": b"x", name: b"{}"}), tarred({name: b"{}"}), encrypted([name])):
        found = look(data).marks
        assert any(known.startswith(marker) for known in found)
        assert look(gzip.compress(data)).marks == found
    assert look(zipped({"x\\.specstory\\history\\2025-01-01_a.md": b""})).marks != {}
    assert look(zipped({"history.md": b"x", "claude/projects.txt": b"x"})) == look(b"")


def test_a_log_in_an_archive_is_refused_with_its_name(laptop: Work) -> None:
    laptop.write("logs.zip", zipped({"proj/.aider.chat.history.md": b"# a chat\n"}))
    said = laptop.ringfence("check", "--files", "logs.zip")
    assert said.status == 1
    assert "logs.zip: proj/.aider.chat.history.md" in said.out
