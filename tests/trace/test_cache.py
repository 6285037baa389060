"""A trace goes on from the last one, and says what one from the beginning says."""

from __future__ import annotations

import json
import random
import tempfile
from pathlib import Path

import pytest

from conftest import TRAILER, Work, init, seed_catalogue
from ringfence.audit.trace.collect import trace_revision
from ringfence.git.repo import Repo
from ringfence.policy.load import load_plan
from ringfence.repository import Repository, read_local_inputs
from samples import FUNCTION, HUMAN


def trace(work: Work, revision: str = "HEAD") -> tuple[list[dict], int]:
    """Return the rows of a trace, and how many commits were read for it."""
    repository = Repository(Repo(str(work.path)), outside=True)
    found = trace_revision(repository, load_plan(read_local_inputs(repository)), revision)
    assert found.incomplete == []
    return list(found.iter_rows()), found.commits


def trace_anew(work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, revision: str = "HEAD") -> list[dict]:
    """Return the rows of a trace without what was kept of the last one."""
    folder = Path(tempfile.mkdtemp(dir=tmp_path))
    seed_catalogue(folder / "ringfence")
    with monkeypatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        return trace(work, revision)[0]


@pytest.fixture
def work(tmp_path: Path) -> Work:
    made = init(tmp_path / "work")
    made.commit("Routes", files={"routes.py": HUMAN, "other.py": HUMAN})
    made.commit(f"Settle invoices\n\n{TRAILER}", files={"src/z.py": FUNCTION})
    for number in range(5):
        made.commit("More", files={"more.py": f"x = {number}\n"})
    return made


def test_only_what_came_after_is_read(work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert trace(work)[1] == 7
    text = FUNCTION.replace("open_items = []", "open_items = list(carried_over)")
    work.did("mv", "src/z.py", "billing.py")
    work.commit("Edit", files={"billing.py": text + "more = 1\n"})
    rows, read = trace(work)
    assert read == 1
    assert rows == trace_anew(work, tmp_path, monkeypatch)
    assert {row["edited"] for row in rows} == {True, False}
    assert trace(work) == (rows, 0)


def test_an_edit_that_was_kept_stays_an_edit(work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = FUNCTION.replace("open_items = []", "open_items = list(carried_over)")
    work.commit("Edit", files={"src/z.py": text})
    trace(work)
    work.commit("Edit again", files={"src/z.py": "import os\n" + text.replace("carried_over", "carried_on")})
    rows, read = trace(work)
    assert read == 1
    assert rows == trace_anew(work, tmp_path, monkeypatch)


def test_a_merge_of_a_branch_that_began_before(work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work.did("branch", "side", "HEAD~3")
    trace(work)
    work.did("switch", "-q", "side")
    work.commit(f"Side\n\n{TRAILER}", files={"side.py": FUNCTION, "routes.py": HUMAN + FUNCTION})
    work.did("switch", "-q", "main")
    work.did("merge", "-q", "--no-edit", "side")
    rows, read = trace(work)
    assert read == 2
    assert rows == trace_anew(work, tmp_path, monkeypatch)


def test_a_file_that_changed_since_the_branch_began_is_traced_anew(
    work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work.did("branch", "side", "HEAD~5")
    work.commit("Away", files={"src/z.py": "pass\n"})
    trace(work)
    work.did("switch", "-q", "side")
    work.commit("Side", files={"src/z.py": FUNCTION + "side = 1\n"})
    rows, _ = trace(work)
    assert rows == trace_anew(work, tmp_path, monkeypatch)
    assert [row["path"] for row in rows] == ["src/z.py"]


def test_a_note_that_came_late_counts(work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trace(work)
    body = json.dumps({"sessions": {"s_1": {"agent_id": {"tool": "claude", "model": "claude-opus-4-5"}}}})
    first = work.did("rev-list", "--max-parents=0", "HEAD")
    work.did("notes", "--ref=ai", "add", "-m", f"routes.py\n  s_1 1-3\n---\n{body}", first)
    rows, _ = trace(work)
    assert {row["path"] for row in rows} == {"routes.py", "src/z.py"}
    assert rows == trace_anew(work, tmp_path, monkeypatch)


@pytest.mark.parametrize("damage", [b"", b"x", b"ringfence"])
def test_a_damaged_file_is_made_anew(
    work: Work, damage: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seed_catalogue(tmp_path / "cache" / "ringfence")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    rows, _ = trace(work)
    [kept] = (tmp_path / "cache").rglob("*.trace")
    kept.write_bytes(damage)
    assert trace(work) == (rows, 7)


def test_histories_say_the_same_commit_by_commit(work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = random.Random(7)
    for step in range(12):
        name = chosen.choice(["src/z.py", "routes.py", "other.py"])
        lines = (work.path / name).read_text().splitlines(keepends=True)
        at = chosen.randrange(len(lines))
        lines[at : at + chosen.randrange(3)] = [f"    step_{step}_{number} = {step}\n" for number in range(3)]
        work.commit(f"Step\n\n{TRAILER if step % 2 else ''}", files={name: "".join(lines)})
        rows, _ = trace(work)
        assert rows == trace_anew(work, tmp_path, monkeypatch)
