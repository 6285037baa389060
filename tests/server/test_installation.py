"""The life of an installation: gone, upgraded by rename, looked after by timers, backed up and restored."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import TRAILER, Work, bare, cloned, init, kept, run
from samples import FUNCTION

ROOT = Path(__file__).parents[2]


# --- gone ---


@pytest.mark.parametrize("name", ["pre-receive", "update"])
@pytest.mark.parametrize("gone", ["python", "package"])
def test_a_server_whose_ringfence_is_gone_refuses_in_two_lines(tmp_path: Path, gone: str, name: str) -> None:
    server = bare(tmp_path / "it's a server.git")
    if name == "update":
        (server.path / "hooks/pre-receive").unlink()
        assert server.ringfence("install", "--server", str(server.path), "--update")
    hook = server.path / "hooks" / name
    text = hook.read_text()
    missing = ("ringfence.hook", "ringfence_gone.hook") if gone == "package" else (sys.executable, "/no/such/python")
    hook.write_text(text.replace(*missing))
    clone = cloned(server, tmp_path / "clone")
    clone.commit()
    said = clone.git("push", "origin", "HEAD:main")
    assert said.status == 1
    told = [line.removeprefix("remote: ").rstrip() for line in said.out.splitlines() if line.startswith("remote: ")]
    first = {
        "python": "ringfence: its Python, /no/such/python, is gone: nothing was checked.",
        "package": f"ringfence: {sys.executable}: No module named 'ringfence_gone'; nothing was checked.",
    }
    remedy = f"  Install ringfence again, then: ringfence install --server {server.path}"
    assert told[:2] == [first[gone], remedy]
    assert told[2:] in ([], ["error: hook declined to update refs/heads/main"])


def test_a_clone_is_told_what_to_type(laptop: Work) -> None:
    for hook in (laptop.path / ".git/hooks").iterdir():
        hook.write_text(hook.read_text().replace("ringfence.hook", "ringfence_gone.hook"))
    said = laptop.git("commit", "--allow-empty", "-m", "x")
    assert said.status == 1
    assert said.out.splitlines()[1:] == ["  Install ringfence again, then: ringfence install"]


def test_hooks_name_a_link_that_an_upgrade_can_rename(tmp_path: Path) -> None:
    """An installation behind a link: the hooks go through it, and it moves from one version to the next at once."""
    old, new, current = tmp_path / "one", tmp_path / "two", tmp_path / "current"
    for folder in (old, new):
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
        [packages] = (folder / "lib").glob("python*/site-packages")
        own = next(Path(path) for path in sys.path if path.endswith("site-packages"))
        for entry in own.iterdir():
            if "ringfence" not in entry.name and not (packages / entry.name).exists():
                (packages / entry.name).symlink_to(entry)
        shutil.copytree(ROOT / "src/ringfence", packages / "ringfence")
        for name in ("hooks", "policy"):
            shutil.copytree(ROOT / name, packages / "ringfence/_shipped" / name)
    current.symlink_to(old)
    server = bare(tmp_path / "server.git")
    (server.path / "hooks/pre-receive").unlink()
    said = run(str(current / "bin/python"), "-m", "ringfence", "install", "--server", str(server.path), cwd=tmp_path)
    assert said, said.out
    text = (server.path / "hooks/pre-receive").read_text()
    assert f"exec {current}/bin/python " in text
    assert str(old) not in text
    (tmp_path / "next").symlink_to(new)
    (tmp_path / "next").replace(current)
    shutil.rmtree(old)
    server.tag("eval")
    clone = cloned(server, tmp_path / "clone")
    clone.commit(f"Add\n\n{TRAILER}")
    clone.git("push", "origin", "HEAD:main").assert_refused("1 mark of rival AI tools (eval)")


# --- looked after ---


def test_timers_are_units_that_systemd_takes_and_commands_that_run(book: Path, server: Work, tmp_path: Path) -> None:
    book.parent.mkdir(exist_ok=True)
    server.ringfence("status")
    root = str(server.path.parent)
    clone = cloned(server, tmp_path / "another")
    clone.commit("First")
    clone.did("push", "-q", "origin", "HEAD:main")
    said = server.ringfence("ops", "--print", "systemd", "--all", root, "--ledger", str(book), "--user", "root")
    files = re.split(r"^# /etc/systemd/system/(\S+)\n", said.out, flags=re.MULTILINE)[1:]
    units = dict(zip(files[::2], files[1::2], strict=True))
    assert len(units) == 8
    for name, text in units.items():
        (tmp_path / name).write_text(text)
    for name in units:
        parsed = configparser.ConfigParser(interpolation=None, strict=False)
        parsed.optionxform = str  # type: ignore[method-assign,assignment]
        parsed.read(tmp_path / name)
        if name.endswith(".service"):
            program, *arguments = shlex.split(parsed["Service"]["ExecStart"])
            done = run(program, *arguments, cwd=tmp_path)
            assert done.status == 0, done.out
    if shutil.which("systemd-analyze"):
        checked = run("systemd-analyze", "verify", *(str(tmp_path / name) for name in units), cwd=tmp_path)
        assert checked.status == 0, checked.out
        assert str(tmp_path) not in checked.out, checked.out


def test_cron_lines_have_a_user_and_the_same_commands(tmp_path: Path) -> None:
    root = tmp_path / "50% of it"
    root.mkdir()
    said = Work(tmp_path).ringfence("ops", "--print", "cron", "--all", str(root), "--user", "git")
    lines = [line for line in said.out.splitlines() if not line.startswith("#")]
    assert len(lines) == 2
    for line in lines:
        assert re.match(r"(\S+ ){5}git /", line)
        assert "50\\% of it" in line
    assert Work(tmp_path).ringfence("ops").status == 2


# --- backed up ---


def test_a_ledger_is_copied_while_it_is_in_use_and_can_take_its_place(book: Path, clone: Work, tmp_path: Path) -> None:
    for number in range(3):
        clone.commit(f"Add {number}")
        clone.did("push", "-q", "origin", "HEAD:main")
    copy = tmp_path / "copy.db"
    writer = sqlite3.connect(book)  # somebody who has it open
    writer.execute("SELECT 1 FROM entries").fetchone()
    said = clone.ringfence("ledger", "backup", str(copy), "--ledger", str(book))
    assert said, said.out
    writer.close()
    assert kept(copy) == kept(book)
    assert copy.stat().st_mode & 0o777 == 0o600
    tip = said.out.split()[-1]
    assert clone.ringfence("ledger", "backup", str(copy), "--ledger", str(book)).status == 2
    for path in book.parent.iterdir():
        path.unlink()
    copy.rename(book)
    clone.commit("After")
    clone.did("push", "-q", "origin", "HEAD:main")
    assert len(kept(book)) == 4
    assert clone.ringfence("ledger", "verify", "--ledger", str(book), "--tip", tip)


def test_a_ledger_that_was_changed_is_not_copied(book: Path, clone: Work, tmp_path: Path) -> None:
    clone.commit("Add")
    clone.did("push", "-q", "origin", "HEAD:main")
    with sqlite3.connect(book) as connection:
        connection.execute("DROP TRIGGER entries_stay_as_they_are")
        connection.execute("UPDATE entries SET who = 'nobody'")
    assert clone.ringfence("ledger", "backup", str(tmp_path / "copy.db"), "--ledger", str(book)).status == 6
    assert clone.ringfence("ledger", "backup", str(tmp_path / "c.db"), "--ledger", str(tmp_path / "no.db")).status == 6
    assert not list(tmp_path.glob("c*.db"))


def test_a_quarantine_is_in_a_bundle_of_all_refs(book: Path, server: Work, clone: Work, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('version = 1\n[tag.training-data]\non_block = "quarantine"\napprovers = ["bob"]\n')
    server.did("config", "ringfence.policy", str(policy))
    assert server.ringfence("install", "--server", str(server.path))
    clone.commit(f"Add\n\n{TRAILER}")
    assert not clone.git("push", "origin", "HEAD:main")
    listed = server.ringfence("quarantine", "list")
    assert listed.out
    server.did("bundle", "create", "-q", str(tmp_path / "all.bundle"), "--all")
    again = bare(tmp_path / "again.git", "training-data")
    again.did("fetch", "-q", str(tmp_path / "all.bundle"), "+refs/*:refs/*")
    assert again.ringfence("quarantine", "list").out == listed.out
    assert json.loads(again.ringfence("quarantine", "show", listed.out.split()[0]).out)["refs"]


def test_an_index_is_restored_from_what_was_published_and_its_key(tmp_path: Path) -> None:
    work = init(tmp_path / "payments")
    index, again, kept_at = tmp_path / "index", tmp_path / "again", tmp_path / "backup"
    work.commit(f"Settle\n\n{TRAILER}", files={"z.py": FUNCTION})
    assert work.ringfence("ingredients", "record", "--all", "--index", str(index))
    assert work.ringfence("ingredients", "publish", str(kept_at), "--index", str(index))
    shutil.copy(index / "key", kept_at / "key")
    shutil.rmtree(index)
    assert work.ringfence("ingredients", "fetch", str(kept_at), "--index", str(again))
    shutil.copy(kept_at / "key", again / "key")
    work.write("copy.py", FUNCTION)
    assert work.ringfence("ingredients", "find", "--index", str(again), "copy.py").status == 1
    work.commit(f"More\n\n{TRAILER}", files={"y.py": FUNCTION.replace("invoice", "receipt")})
    assert "recorded 1 marked commit" in work.ringfence("ingredients", "record", "--all", "--index", str(again)).out
