"""Marks that are known from an earlier check are told again without reading the objects, word for word."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import SHARE_LINK, TRAILER, Work
from ringfence.check import texts
from ringfence.gate import history
from ringfence.git.repo import Repo
from ringfence.model import Verdict
from ringfence.repository import Repository
from ringfence.scan import marks_cache

ROWS = b'{"model": "gpt-4o", "completion": "Because light scatters."}\n{"model": "a person", "completion": "So."}\n'


pytestmark = pytest.mark.usefixtures("kept")


def audit(work: Work, tag: str = "eval") -> Verdict:
    verdict = history.check_history(Repository(Repo(str(work.path)), tags=(tag,)))
    assert verdict is not None
    return verdict


@pytest.fixture
def marked(clone: Work) -> Work:
    """A repository with a mark of the catalogue, one that a row makes, and a file that can't be read."""
    clone.commit("Add a note", files={"note.md": f"See {SHARE_LINK}\n", "rows.jsonl": ROWS})
    clone.commit("Add an archive", files={"rows.7z": b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(range(256)) * 4})
    return clone


def test_a_second_check_reads_no_marked_object_and_says_the_same(marked: Work) -> None:
    first, second = audit(marked), audit(marked)
    assert {item.path for item in first.findings} == {"note.md", "rows.jsonl"}
    assert second.findings == first.findings
    assert second.unread == first.unread
    assert (first.examined.remembered, second.examined.objects) == (0, 3)  # two commits, and what is unread


def test_a_version_with_one_more_mark_is_held_against_the_known_one(marked: Work) -> None:
    audit(marked)
    marked.commit("Add a row", files={"rows.jsonl": ROWS + ROWS.replace(b"So.", b"Thus.")})
    found = [item for item in audit(marked).findings if item.commit == marked.did("rev-parse", "HEAD")]
    assert [item.path for item in found] == ["rows.jsonl"]


def test_another_policy_knows_nothing_of_it(marked: Work) -> None:
    audit(marked)
    assert audit(marked, "training-data").examined.remembered == 0


def test_marks_of_messages_are_found_once(clone: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a commit, whose message names a model, and of a tag on it."""
    clone.commit(f"Add rows with gpt-4o\n\n{TRAILER}", files={"rows.txt": "a person's row\n"})
    clone.did("tag", "-a", "v1", "-m", f"One\n\n{TRAILER}")
    judged: list[str] = []
    find_marks = texts._find_marks
    monkeypatch.setattr(texts, "_find_marks", lambda on, text: judged.append(text[0]) or find_marks(on, text))
    first, parts = audit(clone), set(judged)
    judged.clear()
    assert audit(clone).findings == first.findings
    assert len(first.findings) == 2
    assert ("message" in parts, set(judged)) == (True, {"ref"})


def test_a_commit_that_a_tree_names_as_a_file_is_both(clone: Work) -> None:
    """As nobody but a forger writes it: the marks of its message aren't taken for those of a content."""
    commit = clone.commit(f"See {SHARE_LINK}\n\n{TRAILER}")
    entry = b"100644 rows.txt\0" + bytes.fromhex(commit)
    tree = clone.did("hash-object", "-t", "tree", "-w", "--stdin", "--literally", stdin=entry)
    clone.did("reset", "-q", "--soft", clone.did("commit-tree", tree, "-p", commit, "-m", "Name it"))
    first, second = audit(clone), audit(clone)
    assert second.findings == first.findings != ()
    assert second.unread == first.unread


def test_a_message_in_an_unknown_encoding_is_judged_each_time(clone: Work) -> None:
    clone.did("config", "i18n.commitEncoding", "latin-99")
    clone.commit(f"Add rows\n\n{TRAILER}", files={"rows.txt": "a person's row\n"})
    first, second = audit(clone), audit(clone)
    assert (len(first.findings), len(first.unread)) == (1, 1)
    assert (second.findings, second.unread) == (first.findings, first.unread)


@pytest.mark.parametrize("spoil", [lambda data: data[:-1], lambda data: b"", lambda data: data[:-9] + bytes(9)])
def test_what_is_not_whole_is_read_again(marked: Work, kept: Path, spoil) -> None:
    first = audit(marked)
    (file,) = kept.glob("*.marks")
    file.write_bytes(spoil(file.read_bytes()))
    again = audit(marked)
    assert again.findings == first.findings
    assert again.examined.objects == 5


def test_the_newest_are_kept(marked: Work, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    audit(marked)
    (file,) = kept.glob("*.marks")
    monkeypatch.setattr(marks_cache, "_MAX_BYTES", file.stat().st_size)
    marked.commit("Add notes", files={f"{number}.md": f"{number} {SHARE_LINK}\n" for number in range(9)})
    second = audit(marked)
    assert audit(marked).findings == second.findings
    assert file.stat().st_size < 2 * marks_cache._MAX_BYTES
