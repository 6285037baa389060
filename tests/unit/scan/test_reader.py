"""Objects larger than a window: a mark across two windows is found, counted once, and has its line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import Work
from ringfence.errors import GitError
from ringfence.git import objects
from ringfence.git.read_ahead import read_ahead
from ringfence.git.repo import Repo
from ringfence.model import ScanCounts
from ringfence.policy.inputs import Inputs
from ringfence.policy.load import load_plan
from ringfence.scan import matches, reader, text
from ringfence.sources import files

LINK = b"https://chatgpt.com/share/0a1b2c3d-0000-4000-8000-000000000000"
WINDOW, OVERLAP = 4096, 512


@pytest.fixture(autouse=True)
def _small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (objects, files, text):
        for name, size in (("WINDOW", WINDOW), ("OVERLAP", OVERLAP)):
            monkeypatch.setattr(module, name, size, raising=False)


def seen(path: Path) -> dict[tuple[str, str], matches.MarkerMatches]:
    plan = load_plan(Inputs(tags=(("eval", "a test"),)))
    known = reader.ObjectReader(files.Files(), plan, ScanCounts())  # type: ignore[arg-type]  # reads like one
    known.read_objects([str(path)])
    return known.get_matches(str(path))


@pytest.mark.parametrize(
    "place", [0, 100, *range(WINDOW - OVERLAP - 100, WINDOW + 20, 7), 3 * WINDOW, 20_000 - len(LINK)]
)
def test_a_mark_is_counted_once_wherever_it_lies(tmp_path: Path, place: int) -> None:
    data = bytearray(b"some plain text \n" * 1177)[:20_000]
    data[place : place + len(LINK) + 1] = LINK + b"\n"
    file = tmp_path / "file"
    file.write_bytes(bytes(data))
    (found,) = seen(file).values()
    assert found.count == 1
    assert found.places[0].line == bytes(data[:place]).count(b"\n") + 1


def test_many_marks_are_counted_and_the_first_places_kept(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes((LINK + b"\n") * 1000)
    (found,) = seen(file).values()
    assert found.count == 1000
    assert [spot.line for spot in found.places] == list(range(1, 21))


def test_two_marks_on_a_line_of_any_length_are_two(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(LINK + b" " * 30_000 + LINK)
    (found,) = seen(file).values()
    assert found.count == 2


def test_wide_text_is_seen_behind_many_windows(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(("text\n" * 5000 + LINK.decode() + "\n").encode("utf-16"))
    (found,) = seen(file).values()
    assert found.count == 1


def test_a_file_that_is_not_there_is_hidden_and_damaged() -> None:
    plan = load_plan(Inputs(tags=(("eval", "a test"),)))
    known = reader.ObjectReader(files.Files(), plan, ScanCounts())  # type: ignore[arg-type]  # reads like one
    known.read_objects(["/no/such/file"])
    (hidden,) = known.get_unread("/no/such/file")
    assert (hidden.reason, hidden.damaged) == ("No such file or directory", True)


def test_an_object_that_is_left_in_the_middle_does_not_spoil_the_next(clone: Work) -> None:
    large = clone.did("hash-object", "-w", "--stdin", stdin=b"0123456789abcdef" * 70_000)
    small = clone.did("hash-object", "-w", "--stdin", stdin=b"small")
    read = []
    for item in objects.Objects(Repo(str(clone.path))).iter_objects([large, small, large, small]):
        assert isinstance(item, objects.Object)
        windows = item.iter_windows()
        read.append(len(next(windows)[1]))
        if item.size > WINDOW:
            next(windows)
    assert read == [WINDOW, 5, WINDOW, 5]


def test_what_was_asked_for_behind_a_damaged_object_still_comes(clone: Work) -> None:
    """Git ends at the first, and several flights of requests were on their way."""
    good, bad = (clone.did("hash-object", "-w", "--stdin", stdin=data) for data in (b"good", b"bad"))
    file = clone.path / ".git/objects" / bad[:2] / bad[2:]
    file.chmod(0o644)
    file.write_bytes(b"no object")
    names = [good] * 500 + [bad] + [good] * 1500
    items = list(objects.Objects(Repo(str(clone.path))).iter_objects(names))
    assert [item.name for item in items] == names
    assert [n for n, item in enumerate(items) if isinstance(item, objects.MissingObject)] == [500]


def test_a_git_that_ends_in_the_middle_of_an_object_is_an_error() -> None:
    def blocks() -> Iterator[bytes]:
        yield b"one"
        raise GitError("git cat-file ended in the middle of an object.")

    read = []
    with pytest.raises(GitError):
        read.extend(read_ahead(blocks()))
    assert read == [b"one"]
