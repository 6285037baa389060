"""What the tests need from outside Python and how to get it: the one table for `make`, `.ci/run` and pytest.

A test names what it needs with `@pytest.mark.needs("gitolite")`; `leaving_out.py` skips it where that is missing.

    python3 tests/needs.py base   get what everything needs: git, make, and a Python that can make environments
    python3 tests/needs.py test   get what `make test` needs, as far as that is possible here
    python3 tests/needs.py long   get what `make test-slow` needs, likewise

Only the standard library is imported: this runs before there is an environment.
"""

from __future__ import annotations

import ctypes
import functools
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).parents[1]
MODULES = TOP / "tests/tools/node_modules"
DVC = TOP / ".venv/dvc/bin/python"
CROISSANT = TOP / ".venv/croissant/bin/python"
SITE = TOP / ".venv/site/bin/python"
PIPELINES = TOP / ".venv/pipelines/bin/python"
IN_CI = os.environ.get("CI", "").lower() not in ("", "0", "false", "no")  # read before any test pins its environment
_PLACES = ("/usr/local/sbin", "/usr/sbin", "/sbin")  # where servers lie, and an ordinary user's PATH doesn't lead
_PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), *_PLACES))


@dataclass(frozen=True)
class Need:
    """Something from outside Python: it is here when each of its programs and paths is, and its trial succeeds.

    Args:
        parts: Each a program ("chromium|google-chrome" for alternatives), a library or an absolute path, and its Debian
            package.
        trial: A command that must succeed as well.
        target: The target of the Makefile that gets it, once its packages are there.
        advice: What to do where no package and no target helps.
        stage: The first that needs it: "base", "test" for `make test`, "long" for `make test-slow`. Every test that
            needs something of "long" is marked `long`.
        title: How the closing line of a run names it.
    """

    parts: dict[str, str]
    trial: tuple[str, ...] = ()
    target: str = ""
    advice: str = ""
    stage: str = "test"
    title: str = ""


_AS_ROOT = os.name == "posix" and os.geteuid() == 0
_VENV = "python3-venv"  # where Debian keeps what `python3 -m venv` needs
_NODE = {"node": "nodejs", "npm": "npm"}

NEEDS = {
    "git": Need({"git": "git"}, stage="base"),
    "make": Need({"make": "make"}, stage="base"),
    "venv": Need(
        {}, trial=(sys.executable, "-c", "import ensurepip, venv"), advice=f"apt-get install {_VENV}", stage="base"
    ),
    "sshd": Need({"sshd": "openssh-server", "ssh": "openssh-client", "ssh-keygen": "openssh-client"}),
    "ssh-keygen": Need({"ssh-keygen": "openssh-client"}),
    "gitolite": Need({"gitolite": "gitolite3", "/usr/share/gitolite3/gitolite-shell": "gitolite3"}),
    "nginx": Need({"nginx": "nginx-light", "fcgiwrap": "fcgiwrap"}),
    "apache": Need({"apache2": "apache2", "openssl": "openssl"}),
    "busybox": Need({"busybox": "busybox-static"}),
    "zsh": Need({"zsh": "zsh"}),
    "fish": Need({"fish": "fish"}),
    "git-lfs": Need({"git-lfs": "git-lfs"}),
    "git-annex": Need({"git-annex": "git-annex"}),
    "user-namespaces": Need(
        {},
        trial=("unshare", "--user", "--map-root-user", "true"),
        advice="allow user namespaces, which containers, chroots and some systems' sysctl forbid",
        title="user namespaces",
    ),
    "root": Need({}, trial=("sh", "-c", 'test "$(id -u)" = 0'), advice="run them as root", title="other users' files"),
    "history": Need(
        {},
        trial=("git", "-C", str(TOP), "cat-file", "-e", "347c0d86ea5aef1c56afdbd4f7a0fab94ea883f2^{commit}"),
        advice="git fetch --unshallow",
        title="this repository's own history",
    ),
    "chromium": Need(  # Playwright brings a Node.js of its own, which needs the library
        {"chromium|chromium-browser|google-chrome": "chromium", "libatomic.so.1": "libatomic1"}, stage="long"
    ),
    "npm": Need(_NODE, stage="long"),
    "rsync": Need({"rsync": "rsync"}, stage="long"),
    "zstd": Need({"zstdcat": "zstd", "zstd": "zstd"}, stage="long"),
    "openssl": Need({"openssl": "openssl"}, stage="long"),
    "html-validate": Need(
        _NODE | {str(MODULES / "html-validate/bin/html-validate.mjs"): ""}, target=".venv/ready-npm", stage="long"
    ),
    "sarif-multitool": Need(
        _NODE | {str(MODULES / "@microsoft/sarif-multitool-linux/Sarif.Multitool"): ""},
        target=".venv/ready-npm",
        stage="long",
    ),
    "gitlab-ci-local": Need(
        _NODE | {str(MODULES / "gitlab-ci-local/src/index.js"): ""}, target=".venv/ready-npm", stage="long"
    ),
    **{
        name: Need(_NODE | {str(MODULES / file): ""}, target=".venv/ready-npm", stage="long")
        for name, file in {
            "husky": "husky/bin.js",
            "lefthook": "lefthook/bin/index.js",
            "simple-git-hooks": "simple-git-hooks/cli.js",
        }.items()
    },
    "dvc": Need({str(DVC): ""}, target=".venv/ready-dvc", stage="long", title="DVC"),
    "mlcroissant": Need({str(CROISSANT): ""}, target=".venv/ready-croissant", stage="long"),
    "sphinx": Need({str(SITE): ""}, target=".venv/ready-site", stage="long", title="Sphinx"),
    "ray": Need({str(TOP / ".venv/ready-ray"): ""}, target=".venv/ready-ray", stage="long", title="Ray"),
    "lance": Need({str(TOP / ".venv/ready-lance"): ""}, target=".venv/ready-lance", stage="long", title="Lance"),
    "pipelines": Need(
        {str(PIPELINES): ""}, target=".venv/ready-pipelines", stage="long", title="DuckDB, Ray and others"
    ),
}


def find(program: str) -> str | None:
    """Return the path of the first of several programs ("chromium|google-chrome"), or None.

    A library is loaded, and its name returned.
    """
    if ".so." in program:
        try:
            return ctypes.CDLL(program) and program
        except OSError:
            return None
    if os.path.isabs(program):
        return program if os.path.exists(program) else None
    return next(filter(None, (shutil.which(name, path=_PATH) for name in program.split("|"))), None)


@functools.cache
def lacks(name: str) -> str:
    """Return what to type so that a need is met, or "" where it is."""
    need = NEEDS[name]
    missing = [part for part in need.parts if not find(part)]
    packages = {need.parts[part]: None for part in missing if need.parts[part]}
    if packages:
        then = f" && make {need.target}" if need.target else ""
        return f"apt-get install {' '.join(packages)}{then}"
    if missing:
        return f"make {need.target}" if need.target else need.advice
    return "" if not need.trial or _succeeds(*need.trial) else need.advice


def _succeeds(*command: str) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def get_base() -> int:
    """Get what everything needs; return 1, and say what to type, where that isn't possible."""
    if sys.version_info < (3, 11):  # noqa: UP036 - that is what is asked
        version = sys.version.split()[0]
        return _say(f"{sys.executable} is Python {version}, and ringfence needs 3.11 or later: make PYTHON=python3.11")
    base = [name for name, need in NEEDS.items() if need.stage == "base"]
    missing = [lacks(name) for name in base if lacks(name)]
    if missing:
        _install([advice.removeprefix("apt-get install ") for advice in missing])
        lacks.cache_clear()
    return max([_say(f"As root: {lacks(name)}") for name in base if lacks(name)], default=0)


def get(stage: str) -> int:
    """Install what is missing where that is possible; what stays missing is left out by pytest, with its reason."""
    wanted = [need for need in NEEDS.values() if need.stage == stage]
    packages = {package: None for need in wanted for part, package in need.parts.items() if package and not find(part)}
    if packages:
        _install(list(packages))
    for target in dict.fromkeys(need.target for need in wanted if need.target):
        first = next(need for need in wanted if need.target == target)
        if all(find(part) for part, package in first.parts.items() if package):
            subprocess.run(["make", "--no-print-directory", target], cwd=TOP, check=False)
    return 0


def _install(packages: list[str]) -> bool:
    """Install Debian packages, if we may; say whether that worked."""
    if not _AS_ROOT or not find("apt-get"):
        return False
    _say(f"Installing {' '.join(packages)}")
    env = dict(os.environ) | {"DEBIAN_FRONTEND": "noninteractive"}
    # A server that comes with a package need not be started: each test starts its own.
    commands = (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", *packages])
    for command in commands:
        done = subprocess.run(["apt-get", *command], env=env, check=False, capture_output=True, text=True)
        if done.returncode:
            _say(done.stdout + done.stderr)
            return False
    return True


def _say(line: str) -> int:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
    return 1


if __name__ == "__main__":
    if sys.argv[1:] == ["base"]:
        sys.exit(get_base())
    if sys.argv[1:] in (["test"], ["long"]):
        sys.exit(get(sys.argv[1]))
    sys.exit(_say(__doc__ or ""))
