"""`--since`, which audits only what is new, and `--redact`, which shows names as ids."""

from __future__ import annotations

import json
from pathlib import Path

from audit.conftest import Audit
from conftest import TRAILER, Work

ROW = '{"model": "gpt-4o", "text": "x"}\n'


def test_only_new_commits_and_refs_are_judged(audit: Audit, repos: Path, tmp_path: Path) -> None:
    audit.run(repos)
    first, audit.out = audit.out, tmp_path / "night"
    audit.run(repos, "--since", first)
    assert [row["commits"] for row in audit.table("units")] == [0, 0, 0]
    assert audit.table("findings") == []
    work = Work(repos / "deep" / "marked")
    work.commit(f"Second\n\n{TRAILER}")
    work.did("branch", "codex/x")
    audit.run(repos, "--since", first)
    assert {(row["part"], Path(row["unit"]).name) for row in audit.table("findings")} == {
        ("message", "marked"),
        ("ref", "marked"),
    }
    assert audit.units()["marked"]["commits"] == 1


def test_a_history_written_anew_and_a_unit_that_was_an_error_are_judged(
    audit: Audit, repos: Path, tmp_path: Path
) -> None:
    late = repos / "late"
    audit.run(repos, late)
    first, audit.out = audit.out, tmp_path / "night"
    Work(repos / "clean").did("clone", "-q", str(repos / "deep" / "marked"), str(late))
    work = Work(repos / "clean")
    work.did("-c", "core.hooksPath=/dev/null", "commit", "-q", "--amend", "-m", f"Anew\n\n{TRAILER}")
    work.did("reflog", "expire", "--expire=now", "--all")
    work.did("gc", "-q", "--prune=now")
    audit.run(repos, "--since", first)
    assert {Path(row["unit"]).name for row in audit.table("findings")} == {"clean", "late"}


def test_only_new_and_changed_files_are_judged(audit: Audit, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    for number in range(50):
        (folder / f"{number}.jsonl").write_text(ROW)
    audit.run(folder)
    first, audit.out = audit.out, tmp_path / "night"
    (folder / "7.jsonl").write_text(ROW + ROW)
    (folder / "new.jsonl").write_text(ROW)
    audit.run(folder, "--since", first)
    assert {row["path"] for row in audit.table("findings")} == {"7.jsonl", "new.jsonl"}
    assert audit.units()["data"]["objects"] == 2


def test_since_needs_an_audit(audit: Audit, repos: Path, tmp_path: Path) -> None:
    said = audit.run(repos, "--since", tmp_path / "nothing")
    assert said.status == 2
    assert "holds no audit" in said.out


def test_nothing_that_is_handed_on_names_anything(audit: Audit, repos: Path, tmp_path: Path) -> None:
    work = Work(repos / "deep" / "marked")
    secret = "acme-secret"
    work.commit(f"{secret}\n\n{TRAILER}", files={f"{secret}/{secret}.jsonl": ROW, f"{secret}.gz": b"\x1f\x8b\x08"})
    data = tmp_path / f"{secret}-data"
    data.mkdir()
    (data / f"{secret}.tar").write_bytes(b"PK\x03\x04 no zip")
    said = audit.run(repos, data, repos / f"{secret}.git", "--redact")
    handed = [audit.out / "index.html", audit.out / "summary.json", *(audit.out / "pages").iterdir()]
    tables = [json.dumps(audit.table(name)) for name in ("units", "findings", "unread")]
    for text in (said.out, *tables, *(path.read_text() for path in handed)):
        assert secret not in text
        assert "deep" not in text
        assert "Co-authored" not in text
    first = {row["unit"] for row in audit.table("units")}
    assert all(name.startswith("unit-") for name in first)
    assert {row["path"][:5] for row in audit.table("findings")} == {"", "path-"}
    audit.run(repos, data, repos / f"{secret}.git", "--redact")
    assert {row["unit"] for row in audit.table("units")} == first
    assert ((audit.out / ".redact.key").stat().st_mode & 0o777) == 0o600
