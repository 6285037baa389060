"""Commands called as functions, in a real repository: what they print, and their exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import Work, init
from ringfence.commands import declare, guard, install, ledger, quarantine, receipt, status, uninstall, vendors, waive
from ringfence.errors import IncompleteError, UsageError


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    made = init(tmp_path / "work")
    monkeypatch.chdir(made.path)
    return made


def test_guard_prints_the_configuration_of_an_agent(capsys: pytest.CaptureFixture[str]) -> None:
    name = next(iter(guard.AGENTS))
    assert guard.guard(name, print_config=True) == 0
    printed = capsys.readouterr()
    assert f"ringfence guard {name}" in json.dumps(json.loads(printed.out))
    assert printed.err.endswith(":\n")


def test_uninstall_without_hooks_says_so(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    assert uninstall.uninstall(repo=str(work.path)) == 0
    assert capsys.readouterr().out == "ringfence: nothing was installed here\n"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"forge": "gitlab"}, "--forge needs --server DIR or --all ROOT."),
        ({"server": "a.git", "pre_commit": True}, "--server and --pre-commit can't be combined."),
        ({"server": "a.git", "deadline": 0}, "--deadline needs --server or --all, and a positive number of seconds."),
    ],
)
def test_install_refuses_options_that_do_not_go_together(options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError) as refused:
        install.install(**options)  # type: ignore[arg-type]
    assert refused.value.message == message


def test_status_of_everything_takes_no_repository() -> None:
    with pytest.raises(UsageError, match="can't be combined"):
        status.status(repo="a", everything="b")


def test_a_ledger_has_to_be_configured_or_given(work: Work) -> None:
    with pytest.raises(UsageError, match="no ledger is configured here"):
        ledger.find_ledger_path(None)
    work.did("config", "ringfence.ledger", "/srv/ledger.db")
    assert ledger.find_ledger_path(None) == "/srv/ledger.db"
    assert ledger.find_ledger_path("other.db") == "other.db"


def test_a_tip_has_a_number(work: Work) -> None:
    with pytest.raises(UsageError, match="'abc' isn't a tip"):
        ledger.verify(tip="abc", ledger="none.db")


def test_an_empty_quarantine_lists_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bare = init(tmp_path / "a.git", "--bare")
    assert quarantine.list_(repo=str(bare.path)) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("commit", ["main", "abc123"])
def test_a_receipt_is_for_a_full_commit_id(commit: str) -> None:
    with pytest.raises(UsageError, match="isn't a full commit id"):
        receipt.verify("none.json", commit)


def test_vendors_show_lists_products_and_markers(capsys: pytest.CaptureFixture[str]) -> None:
    assert vendors.show("anthropic") == 0
    printed = capsys.readouterr().out
    assert printed.startswith("Anthropic (anthropic), confirmed 20")
    assert "\n  caught: " in printed


def test_propose_drafts_a_table_for_a_known_vendor(capsys: pytest.CaptureFixture[str]) -> None:
    assert vendors.propose_(author="Bot <bot@charm.example>", vendor="charm", product="") == 0
    printed = capsys.readouterr().out
    assert printed.startswith("# add to charm.toml; then fill in the source, and review each line\n\n[[marker]]\n")
    assert '\naddress = ["bot@charm.example"]\n' in printed


def test_waive_takes_findings_or_check() -> None:
    for arguments in ({"findings": []}, {"findings": ["a"], "check": True}):
        with pytest.raises(UsageError, match="give either findings or --check"):
            waive.waive(**arguments)  # type: ignore[arg-type]


def test_declare_writes_an_entry_whose_path_is_no_pattern(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    work.write("a [1].txt", "rows\n")
    source = {"source": "https://x.example", "generator": "human", "licence": "CC0-1.0", "by": "Ann"}
    with pytest.raises(IncompleteError):
        declare.declare(export="spdx")
    assert declare.declare(["a [1].txt"], **source, collected="2026-01-31") == 0
    assert (work.path / "PROVENANCE.toml").read_text().startswith('version = 1\n\n[[data]]\npath = "a [[]1].txt"\n')
    assert capsys.readouterr().out == "ringfence: a [1].txt is described in PROVENANCE.toml.\n"
