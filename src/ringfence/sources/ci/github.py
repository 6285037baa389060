"""GitHub Actions: reads the range of a run from the event's JSON file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .run_range import (
    RunRange,
    build_push_range,
    build_whole_range,
    format_branch,
    format_remote_branch,
    format_tag,
    shorten_branch,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


def read_range(environ: Mapping[str, str]) -> RunRange:
    """Return the range of a pull request, a merge group, a push of a branch or tag, a schedule or a dispatch.

    For a pull request it ends at the head of its branch, not at the merge commit that is checked out.

    Raises:
        LookupError, OSError, TypeError, ValueError: The event file is missing or invalid.
    """
    with open(environ["GITHUB_EVENT_PATH"], encoding="utf-8") as file:
        content = json.load(file)
    json.dumps(content, ensure_ascii=False).encode()  # half a pair of surrogates is no text
    event: dict[str, Any] = dict(content)
    if not event:
        raise ValueError("the event is empty")
    default = (event.get("repository") or {}).get("default_branch") or ""
    if "pull_request" in event:
        return _build_pull_range(event["pull_request"], default)
    if "merge_group" in event:
        group = event["merge_group"]
        target = format_branch(shorten_branch(group.get("base_ref") or ""))
        return RunRange(
            (group["base_sha"],),
            group["head_sha"],
            policies=(group["base_sha"], format_remote_branch(default)),
            target=target,
        )
    if "before" in event or "after" in event:
        return build_push_range(event["before"], event["after"], default, event.get("ref") or _find_ref(environ))
    return build_whole_range(environ["GITHUB_SHA"], default)


def _find_ref(environ: Mapping[str, str]) -> str:
    """Return the full name of the branch or tag that started the run; "" if unknown."""
    name = environ.get("GITHUB_REF_NAME", "")
    named = format_tag(name) if environ.get("GITHUB_REF_TYPE") == "tag" else format_branch(name)
    return environ.get("GITHUB_REF") or named


def _build_pull_range(pull: dict[str, Any], default: str) -> RunRange:
    base, head = pull["base"]["sha"], pull["head"]
    merge = pull.get("auto_merge") or {}  # the texts entered for an automatic merge
    title = "\n".join(filter(None, (pull.get("title"), merge.get("commit_title"))))
    description = "\n\n".join(filter(None, (pull.get("body"), merge.get("commit_message"))))
    return RunRange(
        (base,),
        head["sha"],
        format_branch(head.get("ref") or ""),
        (base, format_remote_branch(default)),
        title,
        description,
        commits=int(pull.get("commits") or 0),
        target=format_branch(pull["base"].get("ref") or ""),
    )
