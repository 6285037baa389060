from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Work, kept
from ringfence.errors import PolicyError
from ringfence.gate.receive import handle_push
from ringfence.git.repo import Repo
from ringfence.repository import Repository
from ringfence.sources.forges.base import PushContext


@pytest.mark.parametrize(("is_dry_run", "kind"), [(False, "push"), (True, "trial")])
def test_a_failure_is_recorded_as_what_was_tried(server: Work, tmp_path: Path, is_dry_run: bool, kind: str) -> None:
    server.did("config", "ringfence.ledger", str(tmp_path / "ledger.db"))
    update = ("0" * 40, "1" * 40, b"refs/quarantine/1")
    repository = Repository(Repo(str(server.path)), server=True)
    with pytest.raises(PolicyError, match="nobody can push there"):
        handle_push(repository, [update], PushContext("ann", is_dry_run=is_dry_run))
    [entry] = kept(tmp_path / "ledger.db")
    assert (entry["kind"], entry["outcome"], entry["who"]) == (kind, "error", "ann")
