"""`--trace` and `--feed`: who wrote what is there today, and an index of what tools wrote, in the same pass."""

from __future__ import annotations

from pathlib import Path

from audit.conftest import Audit
from conftest import TRAILER, Work
from samples import FUNCTION, HUMAN


def test_what_is_there_is_traced_on_request(audit: Audit, repos: Path) -> None:
    work = Work(repos / "deep" / "marked")
    work.commit("Mine", files={"mine.py": HUMAN})
    work.commit(f"Add\n\n{TRAILER}", files={"z.py": FUNCTION})
    audit.run(repos)
    assert audit.table("trace") == []
    audit.run(repos, "--trace")
    rows = {(row["path"], row["vendor"], row["evidence"]) for row in audit.table("trace")}
    assert ("z.py", "anthropic", "blame") in rows
    assert not [row for row in rows if row[0] == "mine.py"]
    assert {Path(row["unit"]).name for row in audit.table("trace")} == {"marked"}
    audit.run(repos, "--trace", "--redact")
    assert all(row["path"].startswith("path-") for row in audit.table("trace"))


def test_nothing_is_written_into_what_is_audited(audit: Audit, repos: Path) -> None:
    def look() -> dict[Path, tuple[int, int]]:
        return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in repos.rglob("*")}

    before = look()
    audit.run(repos, "--trace", "--feed", audit.out / "index")
    assert look() == before


def test_an_audit_fills_an_index_with_what_tools_wrote_in_ordinary_repositories(
    audit: Audit, repos: Path, tmp_path: Path
) -> None:
    index = tmp_path / "index"
    work = Work(repos / "deep" / "marked")
    work.commit(f"Add\n\n{TRAILER}", files={"z.py": FUNCTION})
    tagged = Work(repos / "clean")
    tagged.tag("eval")
    other = FUNCTION.replace("open_items", "waiting_ones")
    tagged.commit(f"Add\n\n{TRAILER}", files={"other.py": other})
    assert audit.run(repos, "--feed", index).status == 0
    (tmp_path / "copy.py").write_text(FUNCTION)
    found = audit.work.ringfence("ingredients", "find", "copy.py", "--index", str(index))
    assert found.status == 1, found.out
    assert "z.py" in found.out
    assert "other.py" not in found.out
    said = audit.work.ringfence("ingredients", "show", "--index", str(index))
    before = sorted(path.stat().st_mtime_ns for path in index.rglob("*.segment"))
    assert audit.run(repos, "--feed", index).status == 0
    assert audit.work.ringfence("ingredients", "show", "--index", str(index)).out == said.out
    assert sorted(path.stat().st_mtime_ns for path in index.rglob("*.segment")) == before


def test_only_this_machine_feeds(audit: Audit, repos: Path) -> None:
    assert audit.run(repos, "--feed", "index", "--engine", "ray").status == 2
    assert audit.run(repos, "--key", "key").status == 2
