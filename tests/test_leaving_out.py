"""A test whose need isn't here is left out, told in one line with what to type, and in CI a failure."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import needs

TESTS = Path(__file__).parent
SUITE = """
import pytest

@pytest.mark.needs("gitolite")
@pytest.mark.parametrize("number", range(23))
def test_behind_gitolite(number): pass

@pytest.mark.parametrize("name", ["path", pytest.param("nginx", marks=pytest.mark.needs("nginx", "busybox"))])
def test_over(name): pass

@pytest.mark.needs("chromium")
def test_a_page(): pass

def test_of_another_reason(): pytest.skip("the moon is full")
"""


def tell(folder: Path, *arguments: str, **env: str) -> tuple[int, list[str]]:
    """Run the suite where no server can be found; return its exit code and the last lines."""
    (folder / "test_suite.py").write_text(SUITE)
    (folder / "sitecustomize.py").write_text(
        f"import sys; sys.path.append({str(TESTS)!r})\nimport needs; needs.find = lambda _: None\n"
    )
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -q\nmarkers =\n  needs(name)\n  long\n")
    command = [sys.executable, "-m", "pytest", "-p", "leaving_out", "-p", "no:cacheprovider", *arguments]
    done = subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": str(folder)} | env, capture_output=True, text=True, check=False
    )
    return done.returncode, (done.stderr + done.stdout).splitlines()[-6:]


LINES = [
    "1 test of busybox was left out: apt-get install busybox-static",
    "1 test of nginx was left out: apt-get install nginx-light fcgiwrap",
    "23 tests of gitolite were left out: apt-get install gitolite3",
    "1 test was left out: the moon is full",
]


@pytest.mark.parametrize(
    "workers", [(), pytest.param(("-n", "2"), marks=pytest.mark.long)], ids=["alone", "with xdist"]
)
def test_each_need_is_told_in_one_line(tmp_path: Path, workers: tuple[str, ...]) -> None:
    code, said = tell(tmp_path, "-m", "not long", *workers)
    assert code == 0, said
    assert sorted(said[-5:-1]) == sorted(LINES)
    assert said[-1].startswith("1 passed, 25 skipped")


@pytest.mark.parametrize(
    "workers", [(), pytest.param(("-n", "2"), marks=pytest.mark.long)], ids=["alone", "with xdist"]
)
def test_in_ci_leaving_out_is_a_failure(tmp_path: Path, workers: tuple[str, ...]) -> None:
    code, said = tell(tmp_path, "-m", "not long", *workers, CI="true")
    assert code == 1
    assert said[-2] == "In CI no test may be left out: this run fails."


def test_what_needs_much_is_long(tmp_path: Path) -> None:
    code, said = tell(tmp_path, "-m", "long", CI="false")
    assert code == 0, said
    assert said[-2] == "1 test of chromium was left out: apt-get install chromium libatomic1"
    assert said[-1].startswith("1 skipped, 26 deselected")


def test_a_need_that_no_table_lists_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "test_more.py").write_text("import pytest\n\n@pytest.mark.needs('gitolit')\ndef test_x(): pass\n")
    code, said = tell(tmp_path, "test_more.py")
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "test_more.py::test_x needs gitolit, which tests/needs.py doesn't list" in "\n".join(said)


@pytest.mark.parametrize("name", needs.NEEDS)
def test_every_need_says_how_to_get_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs, "find", lambda _: None)
    monkeypatch.setattr(needs, "_succeeds", lambda *_: False)
    assert needs.lacks.__wrapped__(name)


def test_python_without_venv_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setattr(needs, "lacks", lambda name: "apt-get install python3-venv" if name == "venv" else "")
    monkeypatch.setattr(needs.lacks, "cache_clear", lambda: None, raising=False)
    monkeypatch.setattr(needs, "_AS_ROOT", False)
    assert needs.get_base() == 1
    assert capsys.readouterr().err == "As root: apt-get install python3-venv\n"
