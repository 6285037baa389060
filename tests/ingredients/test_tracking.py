"""Recorded output of a tool, copied into a tagged repository without its marks."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import signal
from pathlib import Path

import jsonschema
import pytest

from conftest import TRAILER, Work, bare, cloned, init
from samples import FUNCTION, HUMAN

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/report.schema.json").read_text())


@pytest.fixture
def payments(tmp_path: Path) -> Work:
    """An ordinary repository: a person's file, and a function that Claude Code wrote."""
    work = init(tmp_path / "payments")
    work.did("remote", "add", "origin", "https://git.lab.example/payments.git")
    work.commit("Routes", files={"routes.py": HUMAN})
    work.commit(f"Settle invoices\n\n{TRAILER}", files={"src/z.py": FUNCTION})
    return work


@pytest.fixture
def index(payments: Work, tmp_path: Path) -> Path:
    folder = tmp_path / "index"
    said = payments.ringfence("ingredients", "record", "--all", "--index", str(folder))
    assert said, said.out
    assert "recorded 1 marked commit of 2, 1 file" in said.out
    return folder


def write_policy(folder: Path, index: Path, *lines: str) -> str:
    path = folder / "policy.toml"
    path.write_text("\n".join(["version = 1", *lines, "[ingredients]", f'index = "{index}"', ""]))
    return str(path)


@pytest.fixture
def rows(index: Path, tmp_path: Path) -> Work:
    """A repository tagged training-data, whose policy names the index."""
    work = init(tmp_path / "rows")
    work.commit("First", files={"README.md": "Rows.\n"})
    work.tag("training-data")
    work.did("config", "ringfence.policy", write_policy(tmp_path, index))
    return work


def check(work: Work, **files: str | bytes) -> list[dict]:
    """Return the findings for files that are staged."""
    for name, content in files.items():
        work.write(name, content)
    work.did("add", "-A")
    said = work.ringfence("check", "--staged", "--format", "json")
    report = json.loads(said.out)
    jsonschema.validate(report, SCHEMA)
    assert (said.status == 1) == (report["verdict"] == "blocked"), said.out
    return report["findings"]


def rename_all(text: str) -> str:
    keywords = "def|for|in|if|return|continue|lambda|class"
    return re.sub(rf"\b(?!(?:{keywords})\b)[a-z_]{{3,}}\b", lambda match: match[0][::-1], text)


def write_parquet(folder: Path) -> bytes:
    parquet, arrow = pytest.importorskip("pyarrow.parquet"), pytest.importorskip("pyarrow")
    path = folder / "rows.parquet"
    parquet.write_table(arrow.table({"prompt": ["hi", "settle"], "completion": ["print()", FUNCTION]}), path)
    return path.read_bytes()


def write_notebook() -> str:
    cell = {"cell_type": "code", "metadata": {}, "source": FUNCTION.splitlines(keepends=True), "outputs": []}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]})


COPIES = {
    "exact": FUNCTION,
    "in other code": HUMAN + "\n\n" + FUNCTION,
    "tabs": FUNCTION.replace("    ", "\t"),
    "crlf": FUNCTION.replace("\n", "\r\n"),
    "utf-16": FUNCTION.encode("utf-16"),
    "half": "\n".join(FUNCTION.splitlines()[:8]),
    "jsonl": json.dumps({"prompt": "hi", "completion": "print()\n"})
    + "\n"
    + json.dumps({"completion": FUNCTION})
    + "\n",
    "notebook": write_notebook(),
    "every third line edited": "\n".join(
        line + "  # see the manual" if number % 3 == 2 else line for number, line in enumerate(FUNCTION.splitlines())
    ),
    "joined to one line": "; ".join(line.strip() for line in FUNCTION.splitlines()),
    "renamed": rename_all(FUNCTION),
}


@pytest.mark.parametrize("how", COPIES)
def test_a_copy_is_refused_with_its_origin(rows: Work, payments: Work, how: str) -> None:
    (finding,) = check(rows, **{"data/file": COPIES[how]})
    origin = finding["origin"]
    assert finding["action"] == "block"
    assert finding["marker"] == "ingredient"
    assert (finding["vendor"], finding["product"], finding["path"]) == ("anthropic", "Claude Code", "data/file")
    assert (origin["repository"], origin["path"]) == ("git.lab.example/payments", "src/z.py")
    assert origin["commit"] == payments.did("rev-parse", "HEAD")
    assert origin["evidence"] == "commit"
    assert ("changed" in finding["why"]) == (how == "renamed")


def test_a_copy_in_a_parquet_column_is_refused(rows: Work, tmp_path: Path) -> None:
    (finding,) = check(rows, **{"data.parquet": write_parquet(tmp_path)})
    assert finding["origin"]["path"] == "src/z.py"
    assert finding["place"] == "row 2, field completion"


def test_a_reader_that_aborts_costs_one_file(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The look-up runs the decoders too, so it must not end with them."""
    from ringfence.model import Limits
    from ringfence.scan.decoders import sqlite
    from ringfence.scan.ingredients.index_key import load_key
    from ringfence.scan.ingredients.lookup import Lookup
    from ringfence.sources.files import Files

    def kill_itself(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGABRT)

    monkeypatch.setattr(sqlite, "decode_sqlite", kill_itself)
    dead, copy = tmp_path / "dead.db", tmp_path / "copy.py"
    dead.write_bytes(b"SQLite format 3\0" + bytes(4096))
    copy.write_text(FUNCTION + "\nx = 1\n")
    names = [str(dead), str(copy)]
    found = dict(Lookup(str(index), load_key(str(index))).find_in_objects(Files(names).iter_objects(names), Limits()))
    assert list(found) == [str(copy)]


def test_a_receipt_says_which_index_was_asked(rows: Work, index: Path, tmp_path: Path) -> None:
    path = tmp_path / "receipt.json"
    assert rows.ringfence("check", "--all", "--receipt", str(path))
    digest = hashlib.sha256((index / "manifest").read_bytes()).hexdigest()
    assert digest in path.read_text()


def test_the_lines_are_named_on_both_sides(rows: Work) -> None:
    (finding,) = check(rows, **{"lib.py": "# one\n# two\n\n" + FUNCTION + "\n\nx = 1\n"})
    assert (finding["line"], finding["origin"]["found_to"]) == (4, 19)
    assert (finding["origin"]["line"], finding["origin"]["last_line"]) == (1, 16)
    assert finding["excerpt"].endswith("src/z.py, lines 1-16 (16 lines)")


def test_a_row_of_jsonl_is_named_with_its_field(rows: Work) -> None:
    (finding,) = check(rows, **{"rows.jsonl": COPIES["jsonl"]})
    assert finding["place"] == "line 2, field completion"


def test_a_persons_text_passes(rows: Work) -> None:
    assert check(rows, **{"routes.py": HUMAN, "other.py": rename_all(HUMAN)}) == []


def test_text_that_a_person_had_first_isnt_the_tools(tmp_path: Path) -> None:
    work = init(tmp_path / "old")
    work.commit("Routes", files={"routes.py": HUMAN})
    work.commit(f"Move routes\n\n{TRAILER}", files={"atlas/routes.py": HUMAN, "atlas/new.py": FUNCTION})
    index = tmp_path / "index"
    assert work.ringfence("ingredients", "record", "--all", "--index", str(index))
    (tmp_path / "a.py").write_text(HUMAN)
    (tmp_path / "b.py").write_text(FUNCTION)
    assert work.ringfence("ingredients", "find", "--index", str(index), str(tmp_path / "a.py")).status == 0
    assert work.ringfence("ingredients", "find", "--index", str(index), str(tmp_path / "b.py")).status == 1


def test_what_was_recorded_before_counts_for_a_later_run(tmp_path: Path) -> None:
    """A person's file of an earlier run isn't the tool's that moves it in a later one."""
    work, index = init(tmp_path / "old"), tmp_path / "index"
    work.commit("Routes", files={"routes.py": HUMAN})
    assert work.ringfence("ingredients", "record", "--all", "--index", str(index))
    work.commit(f"Move routes\n\n{TRAILER}", files={"atlas/routes.py": HUMAN})
    said = work.ringfence("ingredients", "record", "--all", "--index", str(index))
    assert "1 marked commit of 1, 0 files" in said.out
    said = work.ringfence("ingredients", "record", "--all", "--index", str(index))
    assert "0 marked commits of 0" in said.out


def test_lines_that_a_note_attributes_are_the_tools_and_the_others_a_persons(tmp_path: Path) -> None:
    work, index = init(tmp_path / "noted"), tmp_path / "index"
    commit = work.commit("Routes and invoices", files={"a b.py": HUMAN + FUNCTION})
    first = HUMAN.count("\n") + 1
    agent = {"agent_id": {"tool": "cursor", "id": "1", "model": "gpt-5"}}
    facts = {"schema_version": "authorship/3.0.0", "sessions": {"s_0a1b2c3d4e5f60": agent}, "humans": {"h_1": {}}}
    note = f'"a b.py"\n  h_1 1-{first - 1}\n  s_0a1b2c3d4e5f60::t_1 {first}-{first + 15}\n---\n{json.dumps(facts)}'
    work.did("notes", "--ref=ai", "add", "-F", "-", commit, stdin=note.encode())
    said = work.ringfence("ingredients", "record", "--all", "--index", str(index))
    assert "recorded 1 marked commit of 1, 1 file" in said.out
    work.write("copy.py", "\n" + FUNCTION)
    work.write("routes.py", "\n" + HUMAN)
    assert work.ringfence("ingredients", "find", "--index", str(index), "routes.py").status == 0
    said = work.ringfence("ingredients", "find", "--index", str(index), "copy.py")
    assert f"a b.py, lines {first}-{first + 15} (16 lines), Cursor" in said.out


@pytest.mark.parametrize("note", [b"", b"a.py\n", b"a.py\n  s_1 1-9\n---\nno json", b"---\n[]", b"a\n  s_1 x\n---\n{}"])
def test_a_note_that_cant_be_read_attributes_nothing(tmp_path: Path, note: bytes) -> None:
    work, index = init(tmp_path / "noted"), tmp_path / "index"
    commit = work.commit(f"Invoices\n\n{TRAILER}", files={"a.py": FUNCTION})
    work.did("notes", "--ref=ai", "add", "--allow-empty", "-F", "-", commit, stdin=note)
    said = work.ringfence("ingredients", "record", "--all", "--index", str(index))
    assert "recorded 1 marked commit of 1, 1 file" in said.out


def test_an_old_copy_in_the_file_isnt_new(rows: Work) -> None:
    rows.commit("Before the index was there", files={"lib.py": FUNCTION})
    assert check(rows, **{"lib.py": FUNCTION + "\n\nx = 1\n"}) == []


def test_two_lines_are_only_a_hint(rows: Work) -> None:
    (finding,) = check(rows, **{"lib.py": "import os\n\n\n" + "\n".join(FUNCTION.splitlines()[4:6]) + "\n"})
    assert (finding["marker"], finding["action"]) == ("ingredient-similar", "warn")


def test_the_own_vendors_output_passes(rows: Work, index: Path, tmp_path: Path) -> None:
    policy = tmp_path / "own.toml"
    policy.write_text(f'version = 1\n[organisation]\nown = ["anthropic"]\n[ingredients]\nindex = "{index}"\n')
    rows.did("config", "ringfence.policy", str(policy))
    assert check(rows, **{"lib.py": FUNCTION}) == []


@pytest.mark.parametrize("is_earlier", [True, False])
def test_text_that_was_here_before_its_source_is_only_a_hint_in_an_audit(
    index: Path, tmp_path: Path, is_earlier: bool
) -> None:
    work = init(tmp_path / "rows")
    when = "1690000000 +0000" if is_earlier else "1710000000 +0000"  # the source is of 1700000000
    work.commit("First", files={"lib.py": FUNCTION + "x = 1\n"}, GIT_COMMITTER_DATE=when)
    work.tag("training-data")
    work.did("config", "ringfence.policy", write_policy(tmp_path, index))
    said = work.ringfence("check", "--all", "--format", "json")
    (finding,) = json.loads(said.out)["findings"]
    assert finding["origin"]["written"] == "2023-11-14T22:13:20"
    expected = ("ingredient-earlier", "warn") if is_earlier else ("ingredient", "block")
    assert (finding["marker"], finding["action"]) == expected
    assert said.status == (0 if is_earlier else 1)


def test_a_pushed_commit_cant_choose_to_be_earlier(index: Path, tmp_path: Path) -> None:
    server = bare(tmp_path / "server.git", "training-data")
    server.did("config", "ringfence.policy", write_policy(tmp_path, index))
    work = cloned(server, tmp_path / "clone")
    work.commit("Rows", files={"lib.py": FUNCTION + "x = 1\n"}, GIT_COMMITTER_DATE="1690000000 +0000")
    work.git("push", "origin", "main").assert_refused("[ingredient]")


def test_a_push_is_refused_with_the_origin(index: Path, tmp_path: Path) -> None:
    server = bare(tmp_path / "server.git", "training-data")
    server.did("config", "ringfence.policy", write_policy(tmp_path, index))
    work = cloned(server, tmp_path / "clone")
    work.commit("Rows", files={"rows.jsonl": COPIES["jsonl"]})
    work.git("push", "origin", "main").assert_refused(
        "rows.jsonl: line 2, field completion", "git.lab.example/payments", "src/z.py", "[ingredient]"
    )


def test_a_push_to_an_ordinary_repository_feeds_the_index(payments: Work, tmp_path: Path) -> None:
    index = tmp_path / "fed"
    policy = tmp_path / "feeding.toml"
    policy.write_text(f'version = 1\n[ingredients]\nindex = "{index}"\nfeed = true\n')
    server = init(tmp_path / "payments.git", "--bare")
    server.did("config", "ringfence.policy", str(policy))
    said = server.ringfence("install", "--server", ".")
    assert "post-receive" in said.out
    payments.did("push", "-q", str(server.path), "main")
    payments.commit(f"More\n\n{TRAILER}", files={"src/more.py": FUNCTION.replace("invoice", "receipt")})
    payments.did("push", "-q", str(server.path), "main")
    said = server.ringfence("ingredients", "show", "--index", str(index))
    assert "2 revisions, 2 files" in said.out


def test_a_push_to_a_tagged_repository_doesnt_feed(index: Path, tmp_path: Path) -> None:
    policy = tmp_path / "feeding.toml"
    policy.write_text(f'version = 1\n[ingredients]\nindex = "{tmp_path / "fed"}"\nfeed = true\n')
    server = init(tmp_path / "rows.git", "--bare")
    server.did("config", "ringfence.policy", str(policy))
    assert server.ringfence("install", "--server", ".")
    server.tag("training-data")
    work = cloned(server, tmp_path / "clone")
    work.commit("Rows", files={"a.txt": HUMAN})
    work.git("push", "-q", "origin", "main")
    assert not (tmp_path / "fed").exists()


@pytest.mark.parametrize("fault", ["missing", "damaged", "key"])
def test_an_index_that_cant_be_used_refuses(rows: Work, index: Path, fault: str) -> None:
    if fault == "key":
        (index / "key").write_text("0" * 32 + "\n")
    elif fault == "damaged":
        (index / "manifest").write_text("")
    else:
        (index / "manifest").unlink()
    rows.write("x.py", "print()\n")
    rows.did("add", "-A")
    said = rows.ringfence("check", "--staged")
    assert said.status == 3, said.out
    assert "ingredients" in said.out


def test_an_index_older_than_the_policy_allows_makes_a_check_incomplete(
    rows: Work, index: Path, tmp_path: Path
) -> None:
    manifest = index / "manifest"
    manifest.write_text(re.sub(r"updated \S+", "updated 2026-01-31T09:30:00", manifest.read_text()))
    rows.write("x.py", "print()\n")
    rows.did("add", "-A")
    assert rows.ringfence("check", "--staged")
    policy = tmp_path / "aged.toml"
    policy.write_text(f'version = 1\n[ingredients]\nindex = "{index}"\nmax_age_days = 7\n')
    rows.did("config", "ringfence.policy", str(policy))
    said = rows.ringfence("check", "--staged")
    assert said.status == 3
    assert "days old (ingredients.max_age_days = 7)" in said.out


def test_status_says_which_index_is_asked(rows: Work, index: Path) -> None:
    said = rows.ringfence("status")
    assert re.search(rf"ok  ingredients: \d+ fingerprints in {index}, updated 20", said.out), said.out
    (index / "manifest").unlink()
    assert "BAD ingredients: there is no index" in rows.ringfence("status").out
    rows.did("config", "--unset", "ringfence.policy")
    assert "ok  ingredients: no index: recorded output isn't looked up" in rows.ringfence("status").out


@pytest.mark.parametrize("form", ["text", "markdown", "html", "sarif", "github", "junit", "gitlab-sast", "rdjsonl"])
def test_every_report_names_the_origin(rows: Work, form: str) -> None:
    rows.write("lib.py", FUNCTION + "\nx = 1\n")
    rows.did("add", "-A")
    said = rows.ringfence("check", "--staged", "--format", form)
    assert said.status == 1
    assert "git.lab.example/payments" in said.out
    assert "src/z.py" in said.out


def test_a_finding_can_be_waived(rows: Work, index: Path, tmp_path: Path) -> None:
    (finding,) = check(rows, **{"lib.py": FUNCTION + "\nx = 1\n"})
    waiver = f"""
[tag.training-data]
approvers = ["bob"]
[[waiver]]
finding = "{finding["fingerprint"]}"
tag = "training-data"
reason = "Licensed from the vendor"
ticket = "LEGAL-7"
requested_by = "ann"
approved_by = "bob"
until = {dt.datetime.now(dt.UTC).date() + dt.timedelta(days=10)}
"""
    policy = tmp_path / "waived.toml"
    policy.write_text(f'version = 1\n[ingredients]\nindex = "{index}"\n{waiver}')
    rows.did("config", "ringfence.policy", str(policy))
    (finding,) = check(rows, **{"lib.py": FUNCTION + "\nx = 1\n"})
    assert finding["waiver"] == "LEGAL-7"
    found = check(rows, **{"other.py": FUNCTION + "\nx = 1\n"})
    assert [(item["path"], item["waiver"]) for item in found] == [("lib.py", "LEGAL-7"), ("other.py", "")]


def test_a_repositorys_own_policy_cant_name_an_index(rows: Work, index: Path) -> None:
    rows.write("ringfence.toml", f'version = 1\n[ingredients]\nindex = "{index}"\n')
    said = rows.ringfence("check", "--staged")
    assert said.status == 4
    assert "ingredients: only the organisation's policy can set this" in said.out


def test_what_is_never_recorded_isnt(payments: Work, tmp_path: Path) -> None:
    policy = tmp_path / "never.toml"
    policy.write_text('version = 1\n[ingredients]\nnever = ["*/payments"]\n')
    said = payments.ringfence("ingredients", "record", "--all", "--index", str(tmp_path / "i"), "--policy", str(policy))
    assert said.status == 2
    assert "never recorded" in said.out


def test_forgetting_a_repository_lets_its_text_pass(rows: Work, index: Path) -> None:
    said = rows.ringfence("ingredients", "forget", "--repository", "git.lab.example/payments", "--index", str(index))
    assert "forgot 1 source" in said.out
    assert rows.ringfence("ingredients", "verify", "--index", str(index))
    assert check(rows, **{"lib.py": FUNCTION}) == []


def test_find_explains_what_matched(rows: Work, index: Path) -> None:
    rows.write("lib.py", FUNCTION + "\n")
    said = rows.ringfence("ingredients", "find", "--explain", "--index", str(index), "lib.py")
    assert said.status == 1
    assert "lines 1-16" in said.out
    assert "enough to block" in said.out
    rows.write("lib.py", FUNCTION)
    said = rows.ringfence("ingredients", "find", "--explain", "--index", str(index), "lib.py")
    assert "the whole file" in said.out


def test_show_lists_what_is_recorded(rows: Work, index: Path) -> None:
    said = rows.ringfence("ingredients", "show", "--index", str(index))
    assert "git.lab.example/payments: Claude Code (anthropic), 1 revision, 1 file" in said.out
