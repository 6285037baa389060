"""Two versions of ringfence on one server: hooks, compiled policies, ledger and index of both get on together."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from conftest import TRAILER, Work, bare, cloned, init, kept, run
from ringfence import __version__
from samples import FUNCTION

ROOT = Path(__file__).parents[2]


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """The packages of another version: an edit of every file's time, and of what the code calls itself."""
    packages = tmp_path / "other"
    shutil.copytree(ROOT / "src/ringfence", packages / "ringfence", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("hooks", "policy"):
        shutil.copytree(ROOT / name, packages / "ringfence/_shipped" / name)
    init = packages / "ringfence/__init__.py"
    init.write_text(init.read_text().replace(__version__, "0.0.9"))
    return packages


def ask_other(packages: Path, work: Work, *args: str) -> str:
    """Run a command of the other version."""
    code = f"import sys; sys.path.insert(0, {str(packages)!r}); from ringfence.__main__ import main; main()"
    said = run(sys.executable, "-c", code, *args, cwd=work.path)
    assert said, said.out
    return said.out


@pytest.mark.long
def test_two_versions_judge_record_and_look_up_side_by_side(other: Path, tmp_path: Path) -> None:
    root, book, index = tmp_path / "srv", tmp_path / "ledger.db", tmp_path / "index"
    policy = tmp_path / "policy.toml"
    policy.write_text(f'version = 1\n[ingredients]\nindex = "{index}"\n')
    payments = init(tmp_path / "payments")
    payments.commit(f"Settle\n\n{TRAILER}", files={"z.py": FUNCTION})
    ask_other(other, payments, "ingredients", "record", "--all", "--index", str(index))
    servers = [bare(root / f"{name}.git", "eval") for name in ("old", "new")]
    for server in servers:
        server.did("config", "ringfence.policy", str(policy))
        server.did("config", "ringfence.ledger", str(book))
    hook = servers[0].path / "hooks/pre-receive"
    hook.unlink()
    ask_other(other, servers[0], "install", "--server", str(servers[0].path))
    assert str(other) in hook.read_text()
    for number, (server, files) in enumerate(
        (server, files) for files in ({}, {"c.py": FUNCTION}) for server in servers
    ):
        clone = cloned(server, tmp_path / f"clone-{number}")
        clone.commit("Change", files={"a.txt": f"{number}\n", **files})
        said = clone.git("push", "origin", "HEAD:main")
        assert bool(said) != bool(files), said.out
        assert ("[ingredient]" in said.out) == bool(files), said.out
    assert [entry["outcome"] for entry in kept(book)] == ["allowed", "allowed", "blocked", "blocked"]
    here = Work(tmp_path)
    assert "intact" in here.ringfence("ledger", "verify", "--ledger", str(book)).out
    assert "intact" in ask_other(other, here, "ledger", "verify", "--ledger", str(book))
    said = here.ringfence("status", "--all", str(root))
    assert said.out.endswith("2 of 2 repositories have the gate; 2 refusing, 1 with a hook of ringfence 0.0.9\n")
    assert (
        "ok  pre-receive: in place, of ringfence 0.0.9\n"
        in here.ringfence("status", "--server", str(servers[0].path)).out
    )
    assert here.ringfence("install", "--all", str(root))
    said = here.ringfence("status", "--all", str(root))
    assert said.out.endswith("2 of 2 repositories have the gate; 2 refusing\n")
