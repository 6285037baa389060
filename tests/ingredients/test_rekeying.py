"""The key of an index is changed by recording its sources anew; what can't be is said, and nothing is lost by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import TRAILER, Work, init
from samples import FUNCTION

LEDGER_FUNCTION = FUNCTION.replace("open_items", "ledger_rows").replace("invoice", "posting")


@pytest.fixture
def payments(tmp_path: Path) -> Work:
    work = init(tmp_path / "payments")
    work.commit(f"Settle\n\n{TRAILER}", files={"src/z.py": FUNCTION})
    return work


@pytest.fixture
def ledger(tmp_path: Path) -> Work:
    work = init(tmp_path / "ledger")
    work.commit(f"Post\n\n{TRAILER}", files={"src/l.py": LEDGER_FUNCTION})
    return work


@pytest.fixture
def index(payments: Work, ledger: Work, tmp_path: Path) -> Path:
    for work, name in ((payments, "payments"), (ledger, "ledger")):
        assert work.ringfence("ingredients", "record", "--all", "--index", str(tmp_path / "index"), "--name", name)
    return tmp_path / "index"


def rekey(index: Path, *options: str, status: int = 0) -> str:
    said = Work(index.parent).ringfence("ingredients", "rekey", "--index", str(index), *options)
    assert said.status == status, said.out
    return said.out


def find(index: Path, text: str) -> str:
    path = index.parent / "copy.py"
    path.write_text(text)
    return Work(index.parent).ringfence("ingredients", "find", "--index", str(index), str(path)).out


def test_an_index_gets_a_new_key_once_nothing_is_missing(index: Path, payments: Work, ledger: Work) -> None:
    before = (index / "key").read_text()
    said = rekey(index, "--repo", f"payments={payments.path}", status=3)
    assert "1 of 2 files recorded anew" in said
    assert "missing: 1 file of ledger" in said
    assert (index / "key").read_text() == before
    assert "ledger, commit" in find(index, LEDGER_FUNCTION)
    said = rekey(index, "--repo", f"ledger={ledger.path}")
    assert "2 of 2 files recorded anew" in said
    assert (index / "key").read_text() != before
    assert "payments, commit" in find(index, FUNCTION)
    assert "ledger, commit" in find(index, LEDGER_FUNCTION)
    assert (index.parent / "index.before" / "key").read_text() == before
    assert not (index.parent / "index.rekeyed").exists()
    assert Work(index.parent).ringfence("ingredients", "verify", "--index", str(index))


def test_what_is_dropped_is_found_no_more(index: Path, payments: Work) -> None:
    assert "missing: 1 file of ledger" in rekey(index, "--repo", f"payments={payments.path}", "--drop")
    assert "payments, commit" in find(index, FUNCTION)
    assert "ledger, commit" not in find(index, LEDGER_FUNCTION)


def test_a_key_can_be_given_and_must_be_another(index: Path, payments: Work, tmp_path: Path) -> None:
    assert "the key that the index has already" in rekey(index, "--new-key", str(index / "key"), status=3)
    (tmp_path / "new").write_text("0123456789abcdef" * 2 + "\n")
    (tmp_path / "new").chmod(0o600)
    said = rekey(index, "--repo", f"payments={payments.path}", "--new-key", str(tmp_path / "new"), "--drop")
    assert "Until `key_file` in the policy names the new key, checks are incomplete." in said
    found = Work(tmp_path).ringfence("ingredients", "verify", "--index", str(index), "--key", str(tmp_path / "new"))
    assert found, found.out


def test_nothing_is_replaced_by_nothing(index: Path) -> None:
    assert "nothing was recorded anew" in rekey(index, "--drop", status=3)
    assert "payments, commit" in find(index, FUNCTION)


def test_where_there_is_no_index_that_is_said(tmp_path: Path) -> None:
    assert "there is no index of ingredients" in rekey(tmp_path / "none", status=3)
    assert not (tmp_path / "none").exists()
