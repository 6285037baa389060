from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ringfence.sources.ci.github import read_range
from ringfence.sources.ci.run_range import RunRange

DEFAULT = {"repository": {"default_branch": "main"}}
OLD, NEW = "1" * 40, "2" * 40


def read(folder: Path, event: Any, **environ: str) -> RunRange:
    path = folder / "event.json"
    path.write_text(json.dumps(event))
    return read_range({"GITHUB_EVENT_PATH": str(path), "GITHUB_SHA": NEW, **environ})


def test_a_pull_request_ends_at_its_head_and_has_the_texts_of_its_merge(tmp_path: Path) -> None:
    pull = {
        "base": {"sha": OLD, "ref": "main"},
        "head": {"sha": NEW, "ref": "topic"},
        "title": "Title",
        "body": None,
        "commits": 3,
        "auto_merge": {"commit_title": "Merged", "commit_message": "Text"},
    }
    assert read(tmp_path, DEFAULT | {"pull_request": pull}) == RunRange(
        (OLD,),
        NEW,
        "refs/heads/topic",
        (OLD, "refs/remotes/origin/main"),
        "Title\nMerged",
        "Text",
        commits=3,
        target="refs/heads/main",
    )


def test_a_merge_group(tmp_path: Path) -> None:
    group = {"base_sha": OLD, "head_sha": NEW, "base_ref": "refs/heads/main"}
    assert read(tmp_path, DEFAULT | {"merge_group": group}) == RunRange(
        (OLD,), NEW, policies=(OLD, "refs/remotes/origin/main"), target="refs/heads/main"
    )


def test_a_push_and_a_schedule(tmp_path: Path) -> None:
    pushed = read(tmp_path, DEFAULT | {"before": OLD, "after": NEW, "ref": "refs/heads/topic"})
    assert (pushed.bases, pushed.head, pushed.ref) == (("refs/remotes/origin/main",), NEW, "refs/heads/topic")
    assert read(tmp_path, DEFAULT | {"schedule": "0 0 * * *"}) == RunRange(
        (), NEW, policies=("refs/remotes/origin/main",)
    )


@pytest.mark.parametrize(
    ("event", "environ", "ref"),
    [
        ({"ref": "refs/tags/main"}, {}, "refs/tags/main"),
        ({"ref": "refs/heads/refs/heads/main"}, {}, "refs/heads/refs/heads/main"),
        ({}, {"GITHUB_REF": "refs/tags/main", "GITHUB_REF_NAME": "main"}, "refs/tags/main"),
        ({}, {"GITHUB_REF_TYPE": "tag", "GITHUB_REF_NAME": "main"}, "refs/tags/main"),
    ],
)
def test_what_has_the_default_branchs_name_is_not_taken_for_it(
    tmp_path: Path, event: dict[str, str], environ: dict[str, str], ref: str
) -> None:
    pushed = read(tmp_path, DEFAULT | {"before": "0" * 40, "after": NEW} | event, **environ)
    assert (pushed.bases, pushed.ref, pushed.policies) == (
        ("refs/remotes/origin/main",), ref, ("refs/remotes/origin/main",),
    )  # fmt: skip


@pytest.mark.parametrize("event", [{}, {"pull_request": {}}, {"before": OLD}])
def test_an_incomplete_event_is_an_error(tmp_path: Path, event: Any) -> None:
    with pytest.raises((LookupError, ValueError)):
        read(tmp_path, event)
