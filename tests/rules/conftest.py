"""What tests of the rules share: a policy of the server's, days from today, findings as a report shows them."""

from __future__ import annotations

import datetime as dt
import getpass
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from conftest import Work

ME = getpass.getuser()


def day(offset: int) -> str:
    """Return a day from today, as TOML writes it."""
    return (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=offset)).isoformat()


def waiver(**said: str) -> str:
    """Return a valid waiver in TOML with the given keys changed."""
    held = {
        "tag": "training-data", "reason": "Licensed.", "ticket": "LEGAL-7", "requested_by": "ann", "approved_by": "bob",
    }  # fmt: skip
    until = said.pop("until", day(30))
    lines = [f"{key} = {json.dumps(text)}" for key, text in (held | said).items()]
    return "\n".join(["[[waiver]]", *lines, f"until = {until}", ""])


def found(work: Work, *args: str) -> list[dict[str, Any]]:
    """Return what `ringfence check` finds."""
    said = work.ringfence("check", *(args or ("--all",)), "--format", "json")
    report: dict[str, list[dict[str, Any]]] = json.loads(said.out)
    return report["findings"]


@pytest.fixture
def policy(tmp_path: Path, server: Work):
    """Write the organisation's policy, and name it in the server's own configuration."""
    path = tmp_path / "policy.toml"

    def write(text: str) -> Path:
        path.write_text(f"version = 1\n{text}", encoding="utf-8")
        server.did("config", "--replace-all", "ringfence.policy", str(path))
        return path

    return write


@pytest.fixture
def signers(tmp_path: Path) -> Path:
    """A file of allowed signers for ann and bob, whose keys lie beside it."""
    path = tmp_path / "allowed_signers"
    lines = []
    for name in ("ann", "bob", "eve"):
        key = tmp_path / name
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(key)], check=True)
        if name != "eve":
            lines.append(f"{name} {key.with_suffix('.pub').read_text()}")
    path.write_text("".join(lines))
    return path


@pytest.fixture
def shelf(tmp_path: Path) -> Work:
    """A folder without a policy, whose files are named to a check."""
    work = Work(tmp_path / "shelf")
    work.path.mkdir()
    work.did("init", "-q")
    return work
