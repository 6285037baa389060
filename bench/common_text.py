"""Makes the set of common text that ships: what unrelated packages from before 2021 have in common.

    python bench/common_text.py [--git CLONE...]

Licences, headers of project files, and runs of code that everybody has are in many recorded repositories too; a
fingerprint of the set is never recorded and never looked up. A fingerprint is common if at least `SHARED` of the
packages have it. They are fetched from PyPI and npm by the names in common_text.txt, and read from clones of the
repositories named there (as they were at the end of 2020); nothing of them is executed. Writes policy/common-text.bits.
"""

from __future__ import annotations

import argparse
import io
import re
import subprocess
import sys
import tarfile
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ringfence.scan.ingredients import common_text, vectorised_lookup

SHARED = 4
PACKAGES = Path(__file__).with_suffix(".txt")  # NAME==VERSION of PyPI, NAME@VERSION of npm, OWNER/NAME of GitHub
BEFORE = "2021-01-01"
_LARGEST = 2 << 20  # bytes of a file that is read


def is_package(name: str) -> bool:
    """Return whether a name is a package of PyPI or npm, and not a repository."""
    return "==" in name or "@" in name


def fetch(address: str) -> bytes:
    """Return what an address holds."""
    with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310 - an https address of ours
        content: bytes = answer.read()
    return content


def fetch_pypi(name: str, version: str) -> bytes:
    """Return the source archive of a release."""
    page = fetch(f"https://pypi.org/simple/{name.lower()}/").decode()
    pattern = rf'href="([^"#]*/{re.escape(name)}-{re.escape(version)}\.(?:tar\.gz|zip))[#"]'
    found = re.search(pattern, page, re.IGNORECASE)
    if not found:
        raise LookupError(f"{name} {version} has no source archive")
    return fetch(found[1])


def iter_archive(data: bytes) -> Iterator[bytes]:
    """Yield the files of an archive."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield from (archive.read(entry) for entry in archive.infolist() if entry.file_size < _LARGEST)
        return
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for entry in archive:
            if entry.isfile() and entry.size < _LARGEST and (file := archive.extractfile(entry)):
                yield file.read()


def iter_clone(path: str) -> Iterator[bytes]:
    """Yield the files of a clone as they were before a day."""
    git = ["git", "-C", path]
    shown = subprocess.run([*git, "rev-list", "-1", f"--before={BEFORE}", "HEAD"], capture_output=True, check=True)
    archive = subprocess.run(
        [*git, "archive", "--format=tar", shown.stdout.decode().strip()], capture_output=True, check=False
    )
    if archive.returncode:
        listed = subprocess.run([*git, "ls-tree", "-r", shown.stdout.decode().strip()], capture_output=True, check=True)
        for line in listed.stdout.splitlines():
            oid = line.split(b"\t")[0].split(b" ")[2].decode()
            blob = subprocess.run([*git, "cat-file", "blob", oid], capture_output=True, check=False)
            if not blob.returncode and len(blob.stdout) < _LARGEST:
                yield blob.stdout
        return
    yield from iter_archive(archive.stdout)


def collect_fingerprints(files: Iterator[bytes]) -> np.ndarray:
    """Return the distinct fingerprints of a package's text files."""
    texts = [data for data in files if b"\0" not in data[:8192]]
    parts = [np.zeros(0, np.uint64)]
    for start in range(0, len(texts), 200):
        parts += [values for values, *_ in vectorised_lookup.fingerprint_texts(texts[start : start + 200]).values()]
    return np.unique(np.concatenate(parts))


def main() -> None:
    """Fetch, count, and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--git", nargs="*", default=[], help="clones whose state before 2021 counts as a package")
    given = parser.parse_args()
    packages: list[np.ndarray] = []
    for name in (*filter(is_package, PACKAGES.read_text().split()), *given.git):
        try:
            if "==" in name:
                files = iter_archive(fetch_pypi(*name.split("==")))
            elif "/" not in name:
                base, _, version = name.rpartition("@")
                files = iter_archive(fetch(f"https://registry.npmjs.org/{base}/-/{base}-{version}.tgz"))
            else:
                files = iter_clone(name)
            packages.append(collect_fingerprints(files))
            print(f"{name}: {len(packages[-1]):,}", file=sys.stderr)
        except (OSError, LookupError, tarfile.TarError, zipfile.BadZipFile) as error:
            print(f"{name}: left out: {error}", file=sys.stderr)
    values, counts = np.unique(np.concatenate(packages), return_counts=True)
    common = values[counts >= SHARED]
    print(
        f"{len(packages)} packages, {len(values):,} fingerprints, {len(common):,} in {SHARED} or more", file=sys.stderr
    )
    Path("policy/common-text.bits").write_bytes(common_text.build_set(common.tolist()))


if __name__ == "__main__":
    main()
