"""`ringfence stats` of audits, ledgers and a server's repositories: as a table, a page, and text for a monitor."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from prometheus_client.parser import text_string_to_metric_families as parse_plain

from audit.conftest import Audit
from conftest import TRAILER, Work, cloned, init
from rules.conftest import day, waiver


def parse(text: str) -> dict[str, dict[tuple[str, ...], float]]:
    """Return OpenMetrics text as values by name and the values of labels; another parser must agree."""
    found = {
        family.name: {tuple(sample.labels.values()): sample.value for sample in family.samples}
        for family in text_string_to_metric_families(text)
    }
    plain = {
        family.name: {tuple(sample.labels.values()): sample.value for sample in family.samples}
        for family in parse_plain(text)
    }
    assert found == plain
    return found


@pytest.fixture
def ledger(server: Work, clone: Work, tmp_path: Path) -> str:
    """A ledger with an accepted and a refused push."""
    path = tmp_path / "kept" / "ledger.db"
    server.did("config", "ringfence.ledger", str(path))
    clone.commit("Fine", files={"a.txt": "x\n"})
    clone.did("push", "-q", "origin", "main")
    clone.commit(f"Add\n\n{TRAILER}")
    assert not clone.git("push", "-q", "origin", "main")
    return str(path)


def test_an_audit_is_counted(audit: Audit, repos: Path) -> None:
    audit.run(repos, repos / "missing")
    out = audit.work.ringfence("stats", "--audit", str(audit.out), "--format", "openmetrics").out
    found = parse(out)
    name = str(audit.out)
    assert found["ringfence_audit_units"] == {(name, "allowed"): 2, (name, "blocked"): 1, (name, "error"): 1}
    assert found["ringfence_audit_findings"] == {(name, "anthropic"): 1}
    assert found["ringfence_audit_rows"][name, "blocking"] == 1
    assert found["ringfence_catalogue_age_days"][()] >= 0
    assert "ringfence_pushes" not in found
    assert "audit_units" in audit.work.ringfence("stats", "--audit", str(audit.out)).out
    assert audit.work.ringfence("stats", "--audit", str(repos)).status == 2


def test_pushes_are_counted_by_outcome_day_vendor_and_tag(ledger: str, tmp_path: Path) -> None:
    found = parse(Work(tmp_path).ringfence("stats", "--ledger", ledger, "--format", "openmetrics").out)
    assert found["ringfence_pushes"] == {("allowed",): 1, ("blocked",): 1}
    assert sum(found["ringfence_pushes_by_day"].values()) == 2
    assert found["ringfence_refused_pushes"] == {("anthropic", "training-data"): 1}


def test_what_waits_in_repositories_is_counted(tmp_path: Path) -> None:
    root = tmp_path / "git"
    for number, offset in enumerate((5, 40, -3)):
        server = init(root / f"{number}.git", "--bare")
        server.tag("training-data")
        clone = cloned(server, tmp_path / f"clone{number}")
        text = 'version = 1\n[tag.training-data]\napprovers = ["bob"]\n'
        entry = waiver(finding="0a" * 10, until=day(offset))
        clone.commit("First", files={"waivers.toml": f"version = 1\n{entry}", "ringfence.toml": "version = 1\n"})
        clone.did("push", "-q", "origin", "main")
        (tmp_path / "policy.toml").write_text(text)
        server.did("config", "ringfence.policy", str(tmp_path / "policy.toml"))
    said = Work(tmp_path).ringfence("stats", "--all", str(root), "--format", "openmetrics")
    found = parse(said.out)
    assert found["ringfence_waivers"] == {("ending",): 1, ("valid",): 1, ("ended",): 1}
    assert found["ringfence_quarantined_pushes"] == {("overdue",): 0, ("waiting",): 0}
    assert found["ringfence_unusable_repositories"] == {(): 0}


def test_odd_names_keep_the_text_valid(audit: Audit, tmp_path: Path) -> None:
    odd = tmp_path / 'a"b\\c\nd'
    odd.mkdir()
    audit.out = odd / "out"
    (tmp_path / "rows.jsonl").write_text("{}\n")
    audit.run(tmp_path / "rows.jsonl")
    found = parse(audit.work.ringfence("stats", "--audit", str(audit.out), "--format", "openmetrics").out)
    [(name, _)] = found["ringfence_audit_units"]
    assert 'a"b\\c' in name


def test_the_page_and_json_say_the_same(ledger: str, audit: Audit, repos: Path, tmp_path: Path) -> None:
    audit.run(repos)
    options = ("--ledger", ledger, "--audit", str(audit.out))
    page = tmp_path / "stats.html"
    assert audit.work.ringfence("stats", *options, "--format", "html", "--output", str(page))
    text = page.read_text()
    assert "<td>anthropic</td><td>training-data</td>" in text
    assert "<script" not in text
    report = json.loads(audit.work.ringfence("stats", *options, "--format", "json").out)
    assert report["total"]["refused"] == 1
    assert {"audit": str(audit.out), "outcome": "blocked", "value": 1} in report["audit_units"]
    assert audit.work.ringfence("stats", *options, "--output", str(page)).status == 2
