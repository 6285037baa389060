"""What a verdict says about its run."""

from __future__ import annotations

import hashlib
from pathlib import Path

from conftest import init
from reports.conftest import finding, verdict
from ringfence.gate.run_metadata import add_run_metadata
from ringfence.git.repo import Repo
from ringfence.policy.inputs import Inputs, Layer
from ringfence.repository import Repository


def test_a_run_is_named_by_its_commits_its_inputs_and_the_dates_of_its_findings(tmp_path: Path) -> None:
    work = init(tmp_path / "work")
    first, second = work.commit("One"), work.commit("Two")
    place = Repository(Repo(str(work.path)), names=["lab/rows"])
    inputs = Inputs((Layer("policy.toml", "organisation", b"version = 1\n"),))
    reached = verdict(finding(commit=first), finding(commit=""))
    texts = {"title": "Add rows", "description": ""}

    about = add_run_metadata(place, reached, "HEAD~1", "HEAD", inputs, texts=texts, notes=("a note",)).about

    assert (about.repository, about.base, about.head, about.notes) == ("lab/rows", first, second, ("a note",))
    assert about.dates == ((first, 1_700_000_000),)
    assert about.inputs == (
        ("policy.toml", hashlib.sha256(b"version = 1\n").hexdigest()),
        ("title", hashlib.sha256(b"Add rows").hexdigest()),
    )


def test_revisions_that_name_no_commit(tmp_path: Path) -> None:
    work = init(tmp_path / "work")
    work.commit("One", files={"a.txt": "a\n"})
    tree = work.did("rev-parse", "HEAD^{tree}")
    place = Repository(Repo(str(work.path)), names=["lab/rows"])
    about = add_run_metadata(place, verdict(), "", "HEAD^{tree}", Inputs()).about
    assert (about.base, about.head, about.dates, about.inputs) == ("", tree, (), ())
