"""The gate behind real servers on loopback: what it says reaches the one who pushes, word for word."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import TRAILER, Said, Work, run
from server.conftest import API_ID, marks, refs

pytestmark = pytest.mark.slow

SSHD = "/usr/sbin/sshd"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until_it_listens(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until somebody answers on a port, ten seconds at most."""
    end = time.monotonic() + 10
    while time.monotonic() < end and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    pytest.fail(f"the server doesn't listen: {log.read_text(errors='replace')}")


def started(command: list[str], port: int, log: Path) -> Iterator[None]:
    """Run a server of our own until the test is over."""
    with log.open("wb") as out:
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        try:
            until_it_listens(server, port, log)
            yield
        finally:
            server.terminate()
            server.wait(10)


@pytest.fixture
def daemon(server: Work, tmp_path: Path) -> Iterator[str]:
    """The server behind `git daemon`; gives its address."""
    port = free_port()
    program = f"{run('git', '--exec-path', cwd=tmp_path).out.strip()}/git-daemon"
    command = [program, "--export-all", "--enable=receive-pack", f"--base-path={tmp_path}", "--listen=127.0.0.1"]
    for _ in started([*command, f"--port={port}", "--reuseaddr", str(tmp_path)], port, tmp_path / "daemon.log"):
        yield f"git://127.0.0.1:{port}/{server.path.name}"


@pytest.fixture
def sshd(server: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The server behind an sshd with keys of its own; gives its address."""
    if not os.access(SSHD, os.X_OK) or not shutil.which("ssh-keygen"):
        pytest.fail(f"{SSHD} isn't here: apt-get install openssh-server")
    os.makedirs("/run/sshd", mode=0o755, exist_ok=True)  # where sshd shuts its helper in
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / name)], check=True)
    port = free_port()
    config = tmp_path / "sshd_config"
    passed_on = " ".join(f'{name}="{os.environ[name]}"' for name in ("XDG_CACHE_HOME", "XDG_STATE_HOME"))
    config.write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {tmp_path}/host\nAuthorizedKeysFile {tmp_path}/user.pub\n"
        "PidFile none\nStrictModes no\nUsePAM no\nPermitRootLogin prohibit-password\nPasswordAuthentication no\n"
        f"LogLevel VERBOSE\nSetEnv {passed_on} GIT_CONFIG_GLOBAL=/dev/null\n"
    )
    monkeypatch.setenv(
        "GIT_SSH_COMMAND",
        f"ssh -F none -i {tmp_path}/user -o IdentitiesOnly=yes -o StrictHostKeyChecking=no "
        f"-o UserKnownHostsFile={tmp_path}/known -o LogLevel=ERROR -o ConnectTimeout=10",
    )
    for _ in started([SSHD, "-D", "-e", "-f", str(config)], port, tmp_path / "sshd.log"):
        user = run("id", "-un", cwd=tmp_path).out.strip()
        yield f"ssh://{user}@127.0.0.1:{port}{server.path}"


def spoken(said: Said) -> list[str]:
    """Return what the server said, without git's frame around it."""
    return [line[8:].rstrip() for line in said.out.splitlines() if line.startswith("remote: ")]


@pytest.fixture(params=["daemon", "sshd"])
def address(request: pytest.FixtureRequest, clone: Work) -> str:
    """The server's address, over each transport."""
    url = str(request.getfixturevalue(request.param))
    clone.did("remote", "set-url", "origin", url)
    return url


def test_a_clean_push_passes_and_nothing_is_said(clone: Work, server: Work, address: str) -> None:
    commit = clone.commit("Second", files={"rows.txt": "clean\n"})
    said = clone.git("push", "origin", "main")
    assert said, said.out
    assert spoken(said) == []
    assert refs(server)["refs/heads/main"] == commit


def test_a_marked_push_is_refused_and_every_word_arrives(clone: Work, server: Work, address: str) -> None:
    before = refs(server)
    commit = clone.commit(f"Second\n\n{TRAILER}", files={"rows.txt": API_ID})
    said = clone.git("push", "origin", "main")
    assert not said
    words = spoken(said)
    assert words[0] == "ringfence pre-receive: refused, 2 marks of rival AI tools (training-data)"
    assert f"  commit {commit[:12]}, rows.txt, line 1" in words
    assert f"    {TRAILER}" in words
    assert words[-1] == "  If this is wrong or allowed, ask whoever keeps the policy."
    assert sorted(marks(said)) == ["anthropic-api-message-id", "anthropic-claude-code-address"]
    assert "[remote rejected] main -> main (pre-receive hook declined)" in said.out
    assert refs(server) == before


def test_a_file_without_a_reader_is_refused_as_incomplete(clone: Work, address: str) -> None:
    clone.commit("Second", files={"rows.gz": b"\x1f\x8brest"})
    said = clone.git("push", "origin", "main")
    assert not said
    assert spoken(said)[0] == (
        "ringfence pre-receive: refused as incomplete, 1 thing could not be read (training-data)"
    )


def test_a_fault_gives_no_traceback_away(clone: Work, server: Work, address: str) -> None:
    """T5, T6."""
    gate = server.path / "hooks/pre-receive"
    text = gate.read_text()
    broken = "'import ringfence.gate as it; it.receive = lambda *_: 1 // 0; from ringfence.hook"
    gate.write_text(text.replace("'from ringfence.hook", broken))
    clone.commit("Second")
    said = clone.git("push", "origin", "main")
    assert not said
    assert spoken(said)[0].startswith("ringfence: a fault of ringfence's own.")
    assert "Traceback" not in said.out
