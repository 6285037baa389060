"""What is built is what works: the wheel, in an empty environment, with the hooks and the policy it carries."""

from __future__ import annotations

import gzip
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from conftest import TRAILER, Work, run

ROOT = Path(__file__).parents[2]
HOOKS = (
    "applypatch-msg", "commit-msg", "post-merge", "post-receive", "pre-commit", "pre-merge-commit", "pre-push",
    "pre-receive", "prepare-commit-msg", "proc-receive", "update",
)  # fmt: skip

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_carries_hooks_with_run_bits_and_all_of_policy_and_templates(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        shipped = {
            info.filename.partition("_shipped/")[2]: info for info in archive.infolist() if "_shipped" in info.filename
        }
    assert sorted(name for name in shipped if name.startswith("hooks/")) == [f"hooks/{name}" for name in HOOKS]
    assert {shipped[f"hooks/{name}"].external_attr >> 16 & 0o111 for name in HOOKS} == {0o111}
    there = {str(path.relative_to(ROOT)) for path in (ROOT / "policy").rglob("*.*")}
    there |= {str(path.relative_to(ROOT)) for path in (ROOT / "templates").rglob("*") if path.is_file()}
    assert {name for name in shipped if not name.startswith("hooks/")} == there


@pytest.mark.long
@pytest.mark.parametrize("installer", ["pip", "uv"])
def test_the_installed_wheel_guards_a_repository(wheel: Path, tmp_path: Path, installer: str) -> None:
    place = tmp_path / "venv"
    venv.create(place, with_pip=installer == "pip")
    python = place / "bin" / "python"
    tool = [str(python), "-m", "pip"] if installer == "pip" else [str(Path(sys.executable).parent / "uv"), "pip"]
    more = [] if installer == "pip" else ["--python", str(python)]
    subprocess.run([*tool, "install", "--quiet", *more, str(wheel)], check=True)
    work = Work(tmp_path / "work")
    work.path.mkdir()
    work.did("init", "-q", "-b", "main")
    ringfence = str(place / "bin" / "ringfence")
    assert run(ringfence, "install", "--tag", "training-data", cwd=work.path)
    assert str(python) in (work.path / ".git/hooks/pre-commit").read_text()
    said = work.git("commit", "--allow-empty", "-m", f"x\n\n{TRAILER}")
    said.assert_refused("ringfence prepare-commit-msg: refused, 1 mark")
    assert work.git("commit", "--allow-empty", "-m", "x")
    assert run(ringfence, "status", cwd=work.path)
    (work.path / "rows.parquet").write_bytes(b"PAR1\0rows")
    (work.path / "rows.jsonl.gz").write_bytes(gzip.compress(b'{"model": "gpt-4o", "text": "x"}\n'))
    said = run(ringfence, "check", "--files", "rows.parquet", "rows.jsonl.gz", cwd=work.path)
    assert "1 file has no reader here: pip install 'ringfence[data]'" in said.out
    assert "rows.jsonl.gz, line 1, field model" in said.out


FLAT = "347c0d86ea5aef1c56afdbd4f7a0fab94ea883f2"  # the last commit with all modules in one folder


@pytest.mark.long
@pytest.mark.needs("history")
def test_hooks_of_an_older_version_go_on_working_after_an_upgrade_in_place(wheel: Path, tmp_path: Path) -> None:
    """Hooks hold the path of their Python and the name of our module, so both have to outlive an upgrade."""
    (tmp_path / "old").mkdir()
    archive = subprocess.run(["git", "-C", ROOT, "archive", FLAT], capture_output=True, check=True).stdout
    subprocess.run(["tar", "-x", "-C", tmp_path / "old"], input=archive, check=True)
    venv.create(tmp_path / "venv", with_pip=True)
    pip = (str(tmp_path / "venv/bin/python"), "-m", "pip", "install", "--quiet")
    ringfence = str(tmp_path / "venv/bin/ringfence")
    subprocess.run([*pip, str(tmp_path / "old")], check=True)
    server, work = Work(tmp_path / "server.git"), Work(tmp_path / "work")
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(server.path)], check=True)
    subprocess.run(["git", "clone", "-q", str(server.path), str(work.path)], check=True, capture_output=True)
    assert run(ringfence, "install", "--server", str(server.path), "--tag", "training-data", cwd=tmp_path)
    assert run(ringfence, "install", "--tag", "training-data", cwd=work.path)
    before = {path.name: path.read_bytes() for path in (work.path / ".git/hooks").iterdir()}

    subprocess.run([*pip, "--force-reinstall", "--no-deps", str(wheel)], check=True)
    assert {path.name: path.read_bytes() for path in (work.path / ".git/hooks").iterdir()} == before
    assert work.git("commit", "--allow-empty", "-m", "clean")
    said = work.git("commit", "--allow-empty", "-m", f"x\n\n{TRAILER}")
    assert not said
    assert "ringfence prepare-commit-msg: refused" in said.out
    assert work.git("push", "origin", "HEAD:main")
    work.commit(f"x\n\n{TRAILER}")  # past all hooks
    said = work.git("push", "--no-verify", "origin", "HEAD:main")
    assert not said
    assert "ringfence pre-receive: refused" in said.out


def test_the_shipped_folder_can_be_a_hooks_path(laptop: Work) -> None:
    beside = str(Path(sys.executable).parent)
    laptop.did("config", "core.hooksPath", str(ROOT / "hooks"))
    said = laptop.git("commit", "--allow-empty", "-m", f"x\n\n{TRAILER}", PATH=f"{beside}:/usr/bin:/bin")
    said.assert_refused("ringfence prepare-commit-msg: refused, 1 mark")
    assert laptop.git("commit", "--allow-empty", "-m", "clean", PATH=f"{beside}:/usr/bin:/bin")


def test_where_ringfence_is_missing_the_hooks_refuse(laptop: Work) -> None:
    laptop.did("config", "core.hooksPath", str(ROOT / "hooks"))
    said = laptop.git("commit", "--allow-empty", "-m", "clean", PATH="/usr/bin:/bin")
    assert not said
    assert "ringfence: not found" in said.out
