"""Fetches the newest packages by the registries' own clients. Nothing of a package is unpacked or run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile

from ...values import value
from .archives import read_member

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .packages import Package

_SECONDS = 600
_LARGEST_JSON = 1 << 20  # bytes
_PLATFORM = "linux-x64"  # what a package of npm has in one for each platform


class FetchError(Exception):
    """A package couldn't be fetched; the message says why."""


@value
class Fetched:
    """The files of a package: its version, and the paths of archives, also of those that hold its program.

    `missing` are the names of parts that couldn't be fetched.
    """

    version: str
    paths: tuple[str, ...]
    missing: tuple[str, ...] = ()


def fetch_package(package: Package, folder: str) -> Fetched:
    """Fetch the newest version of a package into an empty folder.

    Raises:
        FetchError: The client isn't installed, or failed.
    """
    if package.registry == "pypi":
        path = _run_pip(package.name, folder)
        return Fetched(os.path.basename(path).split("-")[1], (path,))
    path = _run_npm(f"{package.name}@latest", folder)
    facts = _read_facts(path)
    parts, missing = [path], []
    for name, wanted in (facts.get("optionalDependencies") or {}).items():
        if name.endswith(_PLATFORM) and _is_part(name, package.name):
            # `npm:NAME@VERSION` is another name for a package.
            spec = wanted.removeprefix("npm:") if wanted.startswith("npm:") else f"{name}@{wanted}"
            try:
                parts.append(_run_npm(spec, folder))
            except FetchError:
                missing.append(spec)
    return Fetched(str(facts.get("version", "?")), tuple(parts), tuple(missing))


def _is_part(name: str, of: str) -> bool:
    """Return whether a package for one platform belongs to a package: the same scope, or the same beginning."""
    scope, slash, _ = of.partition("/")
    return name.startswith(f"{scope}/") if slash else name.startswith((f"{of.removesuffix('-ai')}-", f"@{of}/"))


def _run_npm(spec: str, folder: str) -> str:
    npm = shutil.which("npm")
    if npm is None:
        raise FetchError("npm isn't installed")
    before = set(os.listdir(folder))
    _run([npm, "pack", "--ignore-scripts", "--silent", "--pack-destination", folder, spec], spec, folder)
    return _find_new(folder, before, spec)


def _run_pip(name: str, folder: str) -> str:
    before = set(os.listdir(folder))
    options = ("--quiet", "--no-deps", "--only-binary=:all:", "--ignore-requires-python", "--dest", folder)
    _run([sys.executable, "-m", "pip", "download", *options, name], name, folder)
    return _find_new(folder, before, name)


def _find_new(folder: str, before: set[str], spec: str) -> str:
    new = sorted(set(os.listdir(folder)) - before)
    if len(new) != 1:
        raise FetchError(f"{spec}: the client left {len(new)} files")
    return os.path.join(folder, new[0])


def _run(command: list[str], spec: str, folder: str) -> None:
    try:
        done = subprocess.run(
            command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise FetchError(f"{spec}: timed out after {_SECONDS} s") from None
    if done.returncode:
        said = [line for line in done.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
        raise FetchError(f"{spec}: {said[-1].strip() if said else f'the client ended with {done.returncode}'}")


def _read_facts(path: str) -> dict[str, Any]:
    with tarfile.open(path, "r:*") as archive:
        for member in archive:
            if member.name == "package/package.json":
                facts: dict[str, Any] = json.loads(read_member(archive, member, _LARGEST_JSON))
                return facts
    raise FetchError(f"{os.path.basename(path)} holds no package.json")
