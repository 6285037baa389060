from __future__ import annotations

import pytest

from conftest import Work
from ringfence.errors import UsageError
from ringfence.git.repo import Repo
from ringfence.sources.forges.base import PushContext
from ringfence.sources.forges.gerrit import build_update_line, parse_push_context

OLD, NEW = "1" * 40, "2" * 40


def test_the_context_of_an_update_and_of_a_submit() -> None:
    pushed = parse_push_context({}, ["--project", "a", "--uploader", "Ann (x)", "--uploader-username", "ann"])
    assert pushed == PushContext("ann", "a", limit=30.0)
    submitted = parse_push_context({}, ["--project", "a", "--submitter", "Ann"])
    assert submitted == PushContext("Ann", "a", is_stored=True, limit=30.0)


def test_the_line_of_an_update(clone: Work) -> None:
    arguments = ["--oldrev", OLD, "--newrev", NEW, "--refname", "refs/heads/main"]
    assert build_update_line(Repo(str(clone.path)), arguments) == f"{OLD} {NEW} refs/heads/main\n".encode()


def test_the_line_of_a_submit_begins_at_the_branch(clone: Work) -> None:
    tip = clone.did("rev-parse", "HEAD")
    repo = Repo(str(clone.path))
    submit = ["--submitter", "Ann", "--commit", NEW]
    assert build_update_line(repo, [*submit, "--branch", "main"]) == f"{tip} {NEW} refs/heads/main\n".encode()
    assert build_update_line(repo, [*submit, "--branch", "new"]) == f"{'0' * 40} {NEW} refs/heads/new\n".encode()


def test_a_missing_argument_is_wrong_usage(clone: Work) -> None:
    with pytest.raises(UsageError, match="Gerrit's hook was called without '--newrev'"):
        build_update_line(Repo(str(clone.path)), ["--oldrev", OLD])
