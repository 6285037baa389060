"""A cache is never a reason to fail or to pass."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ringfence.policy import cache


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "other"))
    return tmp_path / "ringfence"


def test_what_is_written_is_read_back(place: Path) -> None:
    cache.write_sections("x", {"one": b"1\n2", "two": b""})
    section = cache.open_sections("x")
    assert section is not None
    assert (section("one"), section("two")) == (b"1\n2", b"")
    assert (place / "x").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_could_write_is_not_believed(place: Path, mode: int) -> None:
    cache.write_sections("x", {"one": b"1"})
    (place / "x").chmod(mode)
    assert cache.open_sections("x") is None


def test_a_folder_that_others_could_write_is_not_believed(place: Path) -> None:
    cache.write_sections("x", {"one": b"1"})
    place.chmod(0o777)
    assert cache.open_sections("x") is None


@pytest.mark.needs("root")
def test_another_users_file_is_not_believed(place: Path) -> None:
    cache.write_sections("x", {"one": b"1"})
    os.chown(place / "x", 12345, -1)
    assert cache.open_sections("x") is None


def test_a_changed_byte_is_noticed(place: Path) -> None:
    cache.write_sections("x", {"one": b"some text"})
    file = place / "x"
    file.write_bytes(file.read_bytes().replace(b"some", b"same"))
    section = cache.open_sections("x")
    assert section is not None
    with pytest.raises(LookupError):
        section("one")


@pytest.mark.parametrize(
    "content", [b"", b"x", b"ringfence cache 2\n", b"ringfence cache 2\n00000000", b"ringfence cache 2\n00000009abc"]
)
def test_a_file_that_is_no_cache_is_none(place: Path, content: bytes) -> None:
    place.mkdir(mode=0o700)
    (place / "x").write_bytes(content)
    section = cache.open_sections("x")
    if section is not None:
        with pytest.raises(LookupError):
            section("one")


def test_where_nothing_can_be_written_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null")
    monkeypatch.setenv("TMPDIR", "/dev/null")
    cache.write_sections("x", {"one": b"1"})
    assert cache.open_sections("x") is None


def test_the_cache_is_bounded(place: Path) -> None:
    for number in range(9):
        cache.write_sections(f"{number}.markers", {"one": b"1"})
        os.utime(place / f"{number}.markers", (number, number))
    cache.write_sections("last.markers", {"one": b"1"})
    assert sorted(path.name for path in place.iterdir()) == [
        "4.markers", "5.markers", "6.markers", "7.markers", "8.markers", "last.markers",
    ]  # fmt: skip


def test_of_what_every_repository_has_one_write_in_sixteen_looks_whether_it_is_bounded(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = []
    monkeypatch.setattr(os, "scandir", lambda path: looked.append(path) or iter(()))
    for number in range(256):
        cache.store_file(f"{number:02x}.link", b"x")
    assert len(looked) == 16
    cache.store_file("ff.plan", b"x")
    assert len(looked) == 17


def test_an_edit_in_any_folder_of_a_room_makes_another_key(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    for name in ("src", "policy"):
        shutil.copytree(root / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    module = tmp_path / "src/ringfence/policy/folder/below/module.py"
    module.parent.mkdir(parents=True)

    def key() -> str:
        code = f"import sys; sys.path.insert(0, {str(tmp_path / 'src')!r}); from ringfence.policy import cache; "
        done = subprocess.run(
            [sys.executable, "-c", f"{code}print(cache.build_key([]))"], capture_output=True, check=True
        )
        return done.stdout.decode()

    module.write_text("VALUE = 1\n")
    first = key()
    assert key() == first
    module.write_text("VALUE = 22\n")
    assert key() != first
