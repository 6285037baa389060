"""Receipts for files: they vouch for contents by their digests, wherever the files lie, and for nothing else."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from google.protobuf import json_format
from in_toto_attestation.v1 import statement_pb2

from conftest import SHARE_LINK, Said, Work, init
from ringfence.errors import IncompleteError
from ringfence.sources.file_digests import check_unchanged, digest_files

TAG = ("--tag", "training-data")


@pytest.fixture
def work(tmp_path: Path) -> Work:
    """Ten shards in a folder that git doesn't track."""
    made = init(tmp_path / "work")
    for number in range(10):
        made.write(f"shards/{number // 5}/{number}.jsonl", f'{{"text": "row {number}"}}\n')
    return made


def judge(work: Work, *more: str) -> Said:
    return work.ringfence("check", "--files", "shards", *TAG, "--receipt", "shards.receipt.json", *more)


def verify(work: Work, *paths: str) -> Said:
    return work.ringfence("receipt", "verify", "shards.receipt.json", *paths, *TAG)


def test_a_corpus_that_was_judged_is_vouched_for_wherever_it_lies(work: Work) -> None:
    said = judge(work)
    assert said, said.out
    said = verify(work, "shards")
    assert said, said.out
    assert said.out.startswith("ringfence: 10 files were checked: allowed (training-data)")
    (work.path / "shards/0").rename(work.path / "elsewhere")
    assert verify(work, "elsewhere", "shards/1/7.jsonl").out.startswith("ringfence: 6 files were checked: allowed")


def test_subjects_are_the_files_by_their_digests(work: Work) -> None:
    assert judge(work)
    text = (work.path / "shards.receipt.json").read_text()
    statement = json_format.Parse(text, statement_pb2.Statement())
    names = [f"shards/{number // 5}/{number}.jsonl" for number in range(10)]
    told = subprocess.run(["sha256sum", *names], cwd=work.path, capture_output=True, text=True, check=True).stdout
    assert [(item.name, item.digest["sha256"]) for item in statement.subject] == [
        (name, line.split()[0]) for name, line in zip(names, told.splitlines(), strict=True)
    ]
    assert json.loads(text)["predicate"]["resourceUri"] == f"file://{work.path}"


@pytest.mark.parametrize("how", ["a byte", "a file more", "a file for another"])
def test_what_is_not_what_was_judged_is_not_vouched_for(work: Work, how: str) -> None:
    assert judge(work)
    if how == "a byte":
        work.write("shards/0/3.jsonl", '{"text": "row 4"}\n ')
    elif how == "a file more":
        work.write("shards/0/a.jsonl", '{"text": "more"}\n')
    else:
        work.write("shards/0/3.jsonl", "")
    said = verify(work, "shards")
    assert said.status == 7
    assert "the receipt doesn't cover shards/0/" in said.out


def test_the_verdict_is_that_of_all_files(work: Work) -> None:
    work.write("shards/0/3.jsonl", f'{{"text": "See {SHARE_LINK}"}}\n')
    assert judge(work).status == 1
    assert verify(work, "shards").status == 1
    (work.path / "shards/0/3.jsonl").write_bytes(b"7z\xbc\xaf\x27\x1c\0\4" + bytes(range(256)))
    assert judge(work).status == 3
    assert verify(work, "shards").status == 3


def test_a_file_that_changes_meanwhile_is_not_vouched_for(work: Work) -> None:
    files = digest_files([str(work.path / "shards")])
    check_unchanged(files)
    path = work.path / "shards/1/7.jsonl"
    path.write_text(path.read_text())  # the same content, by another write
    with pytest.raises(IncompleteError, match=r"7\.jsonl changed while it was judged"):
        check_unchanged(files)
    path.unlink()
    with pytest.raises(IncompleteError):
        check_unchanged(files)


def test_files_of_different_tags_have_no_receipt_together(work: Work) -> None:
    work.write(
        "ringfence.toml", 'version = 1\ntags = ["eval"]\n[[zone]]\npaths = ["shards/0/**"]\ntag = "training-data"\n'
    )
    command = ("check", "--receipt", "shards.receipt.json", "--files")
    said = work.ringfence(*command, "shards")
    assert said.status == 2
    assert "have different tags" in said.out
    assert work.ringfence(*command, "shards/1")


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (("check", "--files", "-", "--receipt", "r"), "standard input has no receipt"),
        (("check", "--staged", "--receipt", "r"), "--receipt needs --all, --range or --files"),
        (("receipt", "verify", "shards.receipt.json"), "Give --commit or paths."),
        (("receipt", "verify", "shards.receipt.json", "shards", "--commit", "1" * 40), "Give --commit or paths."),
        (("receipt", "verify", "shards.receipt.json", "gone"), "gone: no such file"),
    ],
)
def test_wrong_arguments_are_told(work: Work, command: tuple[str, ...], text: str) -> None:
    assert judge(work)
    said = work.ringfence(*command)
    assert said.status == 2
    assert text in said.out


def test_a_receipt_of_a_commit_covers_no_file(work: Work) -> None:
    work.commit("Rows", files={"a.txt": "a\n"})
    assert work.ringfence("check", "--all", *TAG, "--receipt", "shards.receipt.json")
    assert verify(work, "a.txt").status == 7
