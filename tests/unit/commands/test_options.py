from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import init
from reports.conftest import finding, verdict
from ringfence.commands import options
from ringfence.errors import PolicyError, UsageError


def test_a_verdict_is_printed_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.json"
    assert options.report_verdict(verdict(finding()), "text", [f"json={file}"]) == 1
    assert capsys.readouterr().out.startswith("ringfence: refused, 1 mark of rival AI tools (eval)\n")
    assert json.loads(file.read_text())["verdict"] == "blocked"


def test_a_report_on_stdout_moves_the_verdict_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert options.report_verdict(verdict(), "text", ["json=-"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["verdict"] == "allowed"
    assert printed.err.startswith("ringfence: allowed (eval)\n")


def test_no_verdict_says_that_nothing_was_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert options.report_verdict(None, "text") == 0
    assert capsys.readouterr().out == "ringfence: this repository has no tag: nothing was checked (see --tag).\n"


def test_a_failed_run_leaves_no_earlier_report(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text("earlier")
    options.report_failure(PolicyError("broken.", "Mend it."), [f"json={file}"])
    assert [item["reason"] for item in json.loads(file.read_text())["unread"]] == ["broken. Mend it."]


def test_an_earlier_receipt_is_deleted_before_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "receipt.json"
    file.write_text("earlier")
    writer = options.ReceiptWriter(str(file), None)
    assert not file.exists()
    writer.write(None)
    assert not file.exists()
    assert capsys.readouterr().err == "ringfence: nothing was checked, so there is no receipt.\n"


def test_a_key_without_a_receipt_is_refused() -> None:
    with pytest.raises(UsageError, match="--receipt-key needs --receipt"):
        options.ReceiptWriter(None, "key.pem")


def test_files_are_written_readable_and_only_in_existing_folders(tmp_path: Path) -> None:
    options.write_file("text", str(tmp_path / "a"))
    assert options.read_file(str(tmp_path / "a")) == b"text"
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o644
    with pytest.raises(UsageError, match="can't be written: No such file or directory"):
        options.write_file("text", str(tmp_path / "none/a"))
    with pytest.raises(UsageError, match="can't be read: No such file or directory"):
        options.read_file(str(tmp_path / "none/a"))


def test_a_folder_outside_of_git_is_refused_unless_allowed(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="isn't in a git repository"):
        options.open_repository(str(tmp_path), None)
    assert not options.open_repository(str(tmp_path), None, outside=True).is_in_git
    init(tmp_path / "a")
    assert options.open_repository(str(tmp_path / "a"), None).is_in_git
