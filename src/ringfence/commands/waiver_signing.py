"""Signs drafts of waivers and approves waivers of a file, which takes the approver's signature in place."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from typing import TYPE_CHECKING, Any

import tomli

from ..errors import UsageError
from ..excerpts import sanitise_text
from ..policy.effective import build_effective_policy, list_vendors
from ..policy.inputs import WAIVERS
from ..policy.schema.parse import parse_toml
from ..policy.schema.waiver_file import WaiverFile
from ..policy.signatures import sign_statement, verify_signature
from ..policy.signed_waivers import APPROVE, ASK, build_statement, find_signature_fault
from ..repository import read_local_inputs
from ..values import replace
from .options import read_file, write_file

if TYPE_CHECKING:
    from ..repository import Repository

_HEADER = re.compile(r"\s*\[\[\s*waiver\s*\]\]")
_TABLE = re.compile(r"\s*\[")
_APPROVAL = re.compile(
    r"""^\s*approval_signature\s*=\s*(?:\"{3}.*?\"{3}|"[^"\n]*"|''|'[^'\n]*')[^\n]*\n""", re.MULTILINE | re.DOTALL
)
_APPROVER = re.compile(r"^\s*approved_by\s*=[^\n]*\n", re.MULTILINE)
_COMMON = ("reason", "ticket", "requested_by", "until")


def build_pattern(repository: Repository) -> str:
    """Return the pattern for a repository's names that a clone, its server and a CI service have in common."""
    name = repository.name
    _, _, path = name.partition("/")  # behind the host of a remote's address, or the slash that a path begins with
    return f"*{path or name}"


def sign_draft(repository: Repository, draft: dict[str, str], key: str) -> str:
    """Return the requester's signature of a draft, checked where the policy's signers are known here.

    Raises:
        UsageError: The draft lacks something, or it isn't the requester's signature.
    """
    if missing := [f"--{name.replace('_', '-')}" for name in _COMMON if not draft[name]]:
        raise UsageError(f"a signature covers the whole waiver; give {', '.join(missing)} too.")
    try:
        draft["until"] = dt.date.fromisoformat(draft["until"]).isoformat()
    except ValueError:
        raise UsageError(f"--until {draft['until']} isn't a day.", "Write it as 2026-01-31.") from None
    statement = build_statement(draft, ASK)
    signature = sign_statement(statement, key)
    if signers := find_signers(repository, must_exist=True):
        verify_signature(statement, signature, signers, draft["requested_by"])
    return signature


def find_signers(repository: Repository, *, must_exist: bool = False) -> str:
    """Return the file of allowed signers that the policy names, or ""; `must_exist`: on this machine, too."""
    inputs = read_local_inputs(repository)
    # Without the waivers: one that waits for its approver may be in HEAD, and can't be read.
    inputs = replace(inputs, layers=tuple(layer for layer in inputs.layers if layer.kind != "waivers"))
    signers: str = build_effective_policy(inputs, list_vendors(inputs)).approvals.get("signers", "")
    return signers if os.path.exists(signers) or not must_exist else ""


def format_signature(name: str, signature: str) -> str:
    """Return a signature as a line of several lines of TOML."""
    return f'{name} = """\n{signature.strip()}\n"""'


def approve_waivers(repository: Repository, name: str, person: str, key: str, file: str) -> list[str]:
    """Sign the waivers of a file for a finding or commit as their approver, and write them; return a line for each.

    `file` is "" for `waivers.toml` at the repository's top.

    Raises:
        UsageError: There is none, it names another approver, or the policy's signers say that a signature is wrong.
    """
    path = file or os.path.normpath(os.path.join(repository.repo.find_work_tree() or ".", WAIVERS))
    text = read_file(path).decode("utf-8", "replace")
    try:
        rows = tomli.loads(text).get("waiver", [])
    except tomli.TOMLDecodeError as error:
        raise UsageError(f"{path} isn't TOML: {error}.") from None
    chosen = [number for number, row in enumerate(rows) if name in (row.get("finding"), row.get("commit"))]
    if not chosen:
        raise UsageError(f"{path} has no waiver for {name}.", "Draft one: ringfence waive FINDING --key FILE")
    lines = []
    for number in chosen:
        text, line = _approve_waiver(repository, text, rows[number], number, person, key, path)
        lines.append(line)
    write_file(text, path)
    return lines


def _approve_waiver(
    repository: Repository, text: str, row: dict[str, Any], number: int, person: str, key: str, path: str
) -> tuple[str, str]:
    """Return the file with one waiver approved, and the line that says so."""
    if row.get("approved_by") not in (None, "", person):
        raise UsageError(f"{path} names {row['approved_by']} as the approver.", "Change that first, or let them sign.")
    signature = sign_statement(build_statement(row | {"approved_by": person}, APPROVE), key)
    changes = {"approved_by": person, "approval_signature": f"{signature.strip()}\n"}
    new = _edit_waiver(text, number, changes)
    wanted = tomli.loads(text)
    wanted["waiver"][number] = row | changes
    if _load(new) != wanted:
        raise UsageError(f"{path} can't be edited here; write it by hand:\n{''.join(_format_changes(changes))}")
    dump = json.dumps  # the waiver alone: others of the file may be drafts still
    alone = {key: row[key] for key in row} | changes
    lines = [
        f"{key} = {value.isoformat() if isinstance(value, dt.date) else dump(value)}" for key, value in alone.items()
    ]
    [waiver] = parse_toml(WaiverFile, "\n".join(["version = 1", "[[waiver]]", *lines]).encode(), path).waiver
    signers = find_signers(repository, must_exist=True)
    if signers and (fault := find_signature_fault(waiver, signers, is_own=os.path.basename(path) == WAIVERS)):
        raise UsageError(f"it wouldn't be valid: {fault}.")
    said = f"{waiver.tag}, {waiver.ticket}, until {waiver.until}, asked for by {waiver.requested_by}: {waiver.reason}"
    return new, sanitise_text(f"{path}: {person} approves {waiver.finding or waiver.commit} ({said})")


def _load(text: str) -> dict[str, Any]:
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError:
        return {}


def _edit_waiver(text: str, number: int, changes: dict[str, str]) -> str:
    """Return a TOML file with the approval of one of its waivers, counted from 0, in place of what was there."""
    lines = text.splitlines(keepends=True)
    starts = [index for index, line in enumerate(lines) if _HEADER.match(line)]
    if number >= len(starts):
        return ""
    start = starts[number] + 1
    end = next((index for index in range(start, len(lines)) if _TABLE.match(lines[index])), len(lines))
    while end > start and lines[end - 1].lstrip()[:1] in ("", "#"):
        end -= 1  # what stands before the next table belongs there
    body = "".join(lines[start:end]).rstrip("\n") + "\n"
    approver, signature = _format_changes(changes)
    body, count = _APPROVER.subn(lambda _: approver, _APPROVAL.sub("", body))
    return "".join([*lines[:start], body, "" if count else approver, signature, *lines[end:]])


def _format_changes(changes: dict[str, str]) -> tuple[str, str]:
    """Return the lines of an approval: the approver's name, and their signature."""
    signature = format_signature("approval_signature", changes["approval_signature"])
    return f"approved_by = {json.dumps(changes['approved_by'])}\n", f"{signature}\n"
