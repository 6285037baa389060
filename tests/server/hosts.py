"""Real servers on loopback, each run by a user of its own without asking for another: a folder of repositories, served.

Ports are the system's choice, everything a server writes lies in its own folder, and nothing outlives the session.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import needs

# What each server needs, by the names in needs.py. Root runs Apache as somebody else, and gitolite lies behind an sshd.
NEEDS = {
    "ssh": ("sshd",),
    "nginx": ("nginx",),
    "apache": ("apache", "user-namespaces") if os.getuid() == 0 else ("apache",),
    "gitolite": ("gitolite", "sshd"),
    "gitolite-specific": ("gitolite", "sshd"),
    "gitolite-vref": ("gitolite", "sshd"),
}
_BACKEND = "git-http-backend"
_MODULES = (
    "mpm_prefork", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic", "alias", "cgi", "env",
    "setenvif",
)  # fmt: skip
_GITOLITE = "/usr/share/gitolite3/gitolite-shell"


@dataclass(frozen=True)
class Host:
    """A running server: where its repositories lie, how a client names them, and what the client needs for that."""

    folder: Path
    url: str  # with {} for the repository's name
    env: dict[str, str] = field(default_factory=dict)
    log: Path | None = None


class Yard:
    """A folder for servers, and the environment that they start with."""

    def __init__(self, base: Path, folder: Path) -> None:
        self.base, self.folder = base, folder
        home = base / "home"
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "XDG_CACHE_HOME": str(home / "cache"),
            "XDG_STATE_HOME": str(home / "state"),
            "TMPDIR": str(base),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
        }
        home.mkdir(exist_ok=True)

    def make(self, name: str) -> Path:
        """Make a folder for a server's own files."""
        made = self.folder / name
        made.mkdir(parents=True, exist_ok=True)
        return made

    def run(self, *command: str, **env: str) -> str:
        """Run a command that must succeed, and return what it printed."""
        done = subprocess.run(command, env=self.env | env, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout.strip()


def program(*paths: str) -> str:
    """Return the first program that is here; a test that gets here has said what it needs."""
    found = next(filter(None, (needs.find(path) or needs.find(os.path.basename(path)) for path in paths)), "")
    return found or pytest.fail(f"{paths[0]} isn't here, and the test doesn't say that it needs it: see tests/needs.py")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def started(yard: Yard, command: list[str], log: Path, is_up: Callable[[], bool]) -> Iterator[None]:
    """Run a server until it is no longer wanted."""
    with log.open("wb") as out:
        server = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env=yard.env,
            start_new_session=True,  # Apache's end is that of its whole process group
        )
        try:
            end = time.monotonic() + 20
            while not is_up() and server.poll() is None and time.monotonic() < end:
                time.sleep(0.02)
            if not is_up():
                pytest.fail(f"{command[0]} doesn't listen: {log.read_text(errors='replace')}")
            yield
        finally:
            os.killpg(server.pid, signal.SIGTERM)  # its helpers too
            server.wait(20)


def listens(port: int) -> Callable[[], bool]:
    def is_up() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    return is_up


@contextlib.contextmanager
def path(yard: Yard) -> Iterator[Host]:
    """No server at all: the repository's path."""
    yield Host(yard.make("path"), f"{yard.make('path')}/{{}}")


@contextlib.contextmanager
def daemon(yard: Yard) -> Iterator[Host]:
    """`git daemon`, which accepts pushes without authentication."""
    folder, port = yard.make("daemon"), free_port()
    command = [
        f"{yard.run('git', '--exec-path')}/git-daemon", "--export-all", "--enable=receive-pack", "--reuseaddr",
        f"--base-path={folder}", "--listen=127.0.0.1", f"--port={port}", str(folder),
    ]  # fmt: skip
    with started(yard, command, yard.make("logs") / "daemon.log", listens(port)):
        yield Host(folder, f"git://127.0.0.1:{port}/{{}}")


@contextlib.contextmanager
def sshd(
    yard: Yard, name: str = "ssh", *, keys: str = "", settings: str = "", home: str = "", url: str = ""
) -> Iterator[Host]:
    """An sshd with keys of its own; `settings` are further lines of its configuration."""
    place, port = yard.make(f"{name}.d"), free_port()
    if os.getuid() == 0:
        os.makedirs("/run/sshd", mode=0o755, exist_ok=True)  # where sshd shuts its helper in
    for key in ("host", "alice"):
        if not (place / key).exists():
            yard.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "alice", "-f", str(place / key))
    passed_on = yard.env | ({"HOME": home} if home else {})
    del passed_on["PATH"]
    config = place / "sshd_config"
    config.write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {place}/host\nAuthorizedKeysFile {keys or f'{place}/alice.pub'}\n"
        "PidFile none\nStrictModes no\nUsePAM no\nPermitRootLogin yes\nPasswordAuthentication no\nMaxStartups 200\n"
        f"LogLevel VERBOSE\nSetEnv {' '.join(f'{key}={text}' for key, text in passed_on.items())}\n{settings}"
    )
    client = (
        f"ssh -F none -i {place}/alice -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o LogLevel=ERROR "
        f"-o UserKnownHostsFile={place}/known -o ConnectTimeout=20"
    )
    user, log = yard.run("id", "-un"), yard.make("logs") / f"{name}.log"
    folder = yard.make(name)
    with started(yard, [program("/usr/sbin/sshd"), "-D", "-e", "-f", str(config)], log, listens(port)):
        yield Host(folder, f"ssh://{user}@127.0.0.1:{port}{url or f'{folder}/{{}}'}", {"GIT_SSH_COMMAND": client}, log)


def _gitolite(yard: Yard, name: str, rules: str, settings: str = "") -> tuple[Path, Path]:
    """Set up a gitolite in a home of its own; return that home, and the folder for what is local."""
    home, local = yard.make(f"{name}.home"), yard.make(f"{name}.local")
    keys = yard.make(f"{name}.d")
    for key in ("host", "alice"):
        yard.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "alice", "-f", str(keys / key))
    own = {"HOME": str(home), "USER": "alice", "GIT_AUTHOR_NAME": "Ann", "GIT_AUTHOR_EMAIL": "ann@example.org"}
    own |= {"GIT_COMMITTER_NAME": "Ann", "GIT_COMMITTER_EMAIL": "ann@example.org"}
    yard.run(program("/usr/bin/gitolite"), "setup", "-pk", str(keys / "alice.pub"), **own)
    rc = home / ".gitolite.rc"
    enabled = f"    LOCAL_CODE => '{local}',\n    ENABLE => [\n{settings}"
    rc.write_text(rc.read_text().replace("    ENABLE => [\n", enabled, 1))
    (home / ".gitolite/conf/gitolite.conf").write_text(rules)
    return home, local


@contextlib.contextmanager
def gitolite(yard: Yard, name: str, install: Callable[[Path], None], rules: str, settings: str = "") -> Iterator[Host]:
    """gitolite 3 behind an sshd; a repository is created when alice first accesses it."""
    program(_GITOLITE)
    home, local = _gitolite(yard, name, rules, settings)
    install(local)
    yard.run("gitolite", "compile", HOME=str(home))
    yard.run("gitolite", "setup", "--hooks-only", HOME=str(home))
    keys = f"{home}/.ssh/authorized_keys"
    with sshd(yard, name, keys=keys, home=str(home), url="/{}") as host:
        yield Host(home / "repositories", host.url, host.env, host.log)


@contextlib.contextmanager
def nginx(yard: Yard) -> Iterator[Host]:
    """git's http-backend behind nginx and fcgiwrap; alice's password is `pw-of-alice`."""
    folder, place, port = yard.make("nginx"), yard.make("nginx.d"), free_port()
    (place / "users").write_text("alice:{PLAIN}pw-of-alice\n")
    backend = f"{yard.run('git', '--exec-path')}/{_BACKEND}"
    me = yard.run("id", "-un")
    params = {
        "SCRIPT_FILENAME": backend, "GIT_PROJECT_ROOT": str(folder), "GIT_HTTP_EXPORT_ALL": '""', "PATH_INFO": "$1",
        "REMOTE_USER": "$remote_user", "GIT_PROTOCOL": "$http_git_protocol",
    } | {name: text for name, text in yard.env.items() if name != "PATH"}  # fmt: skip
    temporary = " ".join(f"{kind}_temp_path {place}/{kind};" for kind in ("fastcgi", "proxy", "uwsgi", "scgi"))
    (place / "nginx.conf").write_text(
        f"{f'user {me};' if os.getuid() == 0 else ''} daemon off; worker_processes 2; pid {place}/pid;\n"
        f"error_log {place}/error.log; events {{ worker_connections 128; }}\n"
        f"http {{ access_log off; client_body_temp_path {place}/body; {temporary}\n"
        f" server {{ listen 127.0.0.1:{port}; client_max_body_size 0;\n"
        f"  auth_basic git; auth_basic_user_file {place}/users;\n"
        f"  location ~ ^/git(/.*)$ {{ fastcgi_pass unix:{place}/socket; include /etc/nginx/fastcgi_params;\n"
        + "".join(f"   fastcgi_param {name} {text};\n" for name, text in params.items())
        + " } } }\n"
    )
    wrapper = [program("/usr/sbin/fcgiwrap"), "-f", "-c", "4", "-s", f"unix:{place}/socket"]
    server = [program("/usr/sbin/nginx"), "-e", f"{place}/error.log", "-c", f"{place}/nginx.conf"]
    with (
        started(yard, wrapper, yard.make("logs") / "fcgiwrap.log", (place / "socket").exists),
        started(yard, server, yard.make("logs") / "nginx.log", listens(port)),
    ):
        yield Host(folder, f"http://alice:pw-of-alice@127.0.0.1:{port}/git/{{}}", log=yard.folder / "logs/fcgiwrap.log")


@contextlib.contextmanager
def apache(yard: Yard) -> Iterator[Host]:
    """git's http-backend behind Apache; it refuses to serve as root, so that root is mapped to another user."""
    folder, place, port = yard.make("apache"), yard.make("apache.d"), free_port()
    (place / "users").write_text(f"alice:{yard.run('openssl', 'passwd', '-apr1', 'pw-of-alice')}\n")
    libexec = yard.run("git", "--exec-path")
    env = yard.env | {"GIT_PROJECT_ROOT": str(folder)}
    (place / "httpd.conf").write_text(
        f"ServerRoot /etc/apache2\nListen 127.0.0.1:{port}\nServerName 127.0.0.1\nPidFile {place}/pid\n"
        f"ErrorLog {place}/error.log\nMutex file:{place} default\n"
        + "".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n" for name in _MODULES)
        + "".join(f"SetEnv {name} {text}\n" for name, text in env.items())
        + 'SetEnv GIT_HTTP_EXPORT_ALL\nSetEnvIf Git-Protocol ".*" GIT_PROTOCOL=$0\n'
        + f"ScriptAlias /git/ {libexec}/{_BACKEND}/\n<Directory {libexec}>\n Options +ExecCGI\n AuthType Basic\n"
        + f" AuthName git\n AuthUserFile {place}/users\n Require valid-user\n</Directory>\n"
    )
    other = ["unshare", "--user", "--map-user=33", "--map-group=33"] if os.getuid() == 0 else []
    command = [*other, program("/usr/sbin/apache2"), "-DFOREGROUND", "-f", f"{place}/httpd.conf"]
    with started(yard, command, yard.make("logs") / "apache.log", listens(port)):
        yield Host(folder, f"http://alice:pw-of-alice@127.0.0.1:{port}/git/{{}}", log=place / "error.log")
