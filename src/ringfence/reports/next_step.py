"""What a refusal's reader does next, by the kind of what was found and by the part of the change that it is in."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..model import Finding, ScanCounts, Unread

# Headline, reason and next step, by the finding's kind or marker, for findings that aren't marks of AI tools.
RULES = {
    "account": (
        "the account may not push here",
        "the policy keeps accounts of coding agents out.",
        "have a person review it, and push it from their own account.",
    ),
    "barred-account": (
        "the account may not push here",
        "the policy keeps this account out.",
        "leave it to somebody whom the policy lets work here.",
    ),
    "wall": (
        "a wall keeps the account out for now",
        "who worked on a subject with a rival's tools stays out of its clean rooms for a time.",
        "have somebody else do it, or have two people lift the wall by a waiver.",
    ),
    "address": (
        "{commits} by an account that isn't allowed",
        "work here must be done with the organisation's own accounts.",
        "git config user.email YOU@WORK, then git commit --amend --no-edit --reset-author",
    ),
    "disclosure": (
        "the message doesn't name the agent of this session",
        "commits made with an AI agent must name it.",
        "commit again with the line above as a trailer: git commit --trailer '…'",
    ),
    "retention": (
        "{commits} without a record of prompts and outputs",
        "prompts and outputs of AI tools must be kept on record.",
        "add the session's address as a trailer, or push git-ai's notes too: refs/notes/ai",
    ),
    "declaration": (
        "{commits} without a valid Provenance line",
        "each commit must say where its work comes from.",
        "add a line to each, such as: git commit --amend --trailer 'Provenance: human'",
    ),
    "use": (
        "{files} where a rival's model is called",
        "a rival's model must not make, label or judge what models here learn from.",
        "call a model of our own, or ask for a permission in the organisation's policy.",
    ),
    "extraction": (
        "{files} that get past a vendor's clients and limits",
        "automated extraction breaks the vendor's terms, and what it brings must not be learned from.",
        "remove it from the commit.",
    ),
    "pointer": (
        "{files} with a misleading pointer",
        "the content that is checked must be the one the pointer names.",
        "recreate the pointer with the tool that stores the content.",
    ),
    "generator-not-allowed": (
        "{files} with generators that the zone doesn't allow",
        "the zone allows only rows by the generators that it lists.",
        "remove those rows, or have their generator added to the zone.",
    ),
    "provenance": (
        "{files} without a valid entry in PROVENANCE.toml",
        "each data file must have an entry in PROVENANCE.toml.",
        "add the entry in the same commit: ringfence declare PATH",
    ),
}


def format_next_step(blocking: list[Finding], unread: Sequence[Unread], examined: ScanCounts, occasion: str) -> str:
    """Return what to do next, by the parts of the change that the marks are in."""
    parts = {item.part for item in blocking}
    commits = [item.commit for item in blocking if item.commit]
    if not blocking and (advice := [item.advice for item in unread if item.advice]):
        return advice[0]
    if not blocking and all(item.extra for item in unread):
        extras = ",".join(sorted({item.extra for item in unread}))
        return f"install the reader here: pip install 'ringfence[{extras}]'"
    if not blocking:
        return "commit it in a readable format, or keep it elsewhere."
    path = _quote_path(next((item.path for item in blocking if item.path), "PATH"))
    if rule := find_rule(blocking):
        return rule[2].replace("PATH", path)
    if commits and not examined.commits:
        return "recreate the tag without it: git tag -d NAME, git tag -a NAME"
    if commits:
        return f"redo or drop what a tool wrote: git rebase -i {commits[-1][:12]}^"
    if "environment" in parts:
        return "commit from a terminal of your own, outside the agent's session."
    if parts & {"title", "description"}:
        return "remove the tool's text from the request's title and description."
    if parts & {"author", "committer"}:
        return "if you wrote it, commit in your name: git config user.email YOU"
    if parts == {"ref"}:
        return "rename the branch or tag: git branch -m NAME"
    if "message" in parts:
        location = "; the message is in .git/COMMIT_EDITMSG" if occasion else "."
        return f"remove the tool's lines{location}"
    return f"remove it from the commit: git restore --staged {path}" if occasion else "remove it from the commit."


def _quote_path(path: str) -> str:
    """Return a path as a shell reads it; `shlex` would take milliseconds to import."""
    is_plain = path.replace("/", "").replace(".", "").replace("-", "").replace("_", "").isalnum() and path[0] != "-"
    quoted = path.replace("'", "'\\''")
    return path if is_plain and path.isascii() else f"'{quoted}'"


def find_rule(blocking: list[Finding]) -> tuple[str, str, str] | None:
    """Return headline, reason and next step if all findings fall under one of `RULES`, else None."""
    kinds = {get_rule_key(item) for item in blocking}
    return RULES.get(kinds.pop()) if len(kinds) == 1 else None


def get_rule_key(item: Finding) -> str:
    """Return the key of a finding in `RULES`, if it has one there: its marker or its kind."""
    return item.marker if item.marker in RULES else item.kind
