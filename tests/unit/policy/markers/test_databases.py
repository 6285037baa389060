"""Databases that take long to compile are kept by their expressions, and made again where the file is damaged."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ringfence.policy import cache
from ringfence.policy.markers import databases
from ringfence.policy.markers.databases import compile_beside, compile_group, compile_locator
from ringfence.policy.markers.scanner import Scanner


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(databases, "_SLOW", 0)
    return tmp_path / "ringfence"


def test_a_database_is_compiled_once(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = compile_group("content", ["a+b", "c"])
    assert [file.suffix for file in kept.iterdir()] == [".database"]
    monkeypatch.setattr(databases, "_serialise_database", None)
    assert compile_group("content", ["a+b", "c"]) == first


def test_other_expressions_and_other_flags_are_others(kept: Path) -> None:
    compile_group("content", ["a+b", "c"])
    compile_group("content", ["a+b"])
    compile_group("path", ["a+b"])
    assert len(list(kept.iterdir())) == 3


def test_hundreds_of_locators_drive_out_no_group(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(cache._MAX_FILES, ".locator", 3)
    monkeypatch.setitem(cache._MAX_FILES, ".database", 1)
    compile_group("content", ["a+b", "c"])
    for number in range(5):
        compile_locator("content", f"a+b{number}")
    assert sorted(file.suffix for file in kept.iterdir()) == [".database", *[".locator"] * 3]


@pytest.mark.parametrize("damage", [b"", b"\xff" * 500, None], ids=["empty", "garbage", "flipped"])
def test_a_damaged_database_is_made_again(kept: Path, damage: bytes | None) -> None:
    first = compile_group("content", ["a+b", "c"])
    (file,) = kept.iterdir()
    data = file.read_bytes()
    middle = len(data) // 2
    flipped = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
    file.write_bytes(flipped if damage is None else damage)
    assert compile_group("content", ["a+b", "c"]) == first
    assert Scanner("content", first).find_matches(b"xaab") == [0]


def test_what_is_compiled_beside_is_what_is_compiled_in_turn(kept: Path) -> None:
    wait = compile_beside([("content", "a+b")], [("path", "c")])
    assert wait() == [compile_group("content", ["a+b"]), compile_group("path", ["c"])]


def test_a_mistake_that_is_found_beside_is_raised_by_who_waits(kept: Path) -> None:
    with pytest.raises(ValueError, match=r"unmatched|Missing|parenthes"):
        compile_beside([("content", "(a")])()


def test_the_engine_is_loaded_before_another_thread_compiles() -> None:
    """Two threads that load it at once would see half of it."""
    program = (
        "import sys; from ringfence.policy.markers import databases\n"
        "assert 'hyperscan._hs_ext' not in sys.modules\n"
        "databases.compile_beside()\n"
        "assert 'hyperscan._hs_ext' in sys.modules and 'hyperscan' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
