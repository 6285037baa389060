"""The tables of a policy about a tag: the zones where its rules apply, and the action for each kind of finding."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from ..markers.base import Text
from .table import Action, Name, Table, UseAction


class Zone(Table):
    """The part of a repository where a tag's rules apply."""

    tag: Name = Field(description="The tag whose rules apply here.")
    paths: tuple[Text, ...] = Field(
        (),
        description="Patterns as in `.gitignore`, where the last match decides; `!` excludes. Default: all paths.",
    )
    refs: tuple[Text, ...] = Field(
        (),
        description="Branches (`main`, `release/*`; `refs/…` for other refs) where the zone applies; `*` matches "
        "anything. What was pushed to another ref is judged when it reaches one of these. Default: every ref.",
    )
    generators: tuple[Text, ...] = Field(
        (),
        description='Allowed values of generator fields in the rows here: `["ours-*", "human"]`. Any other value, '
        "named or empty, is a finding; case is ignored, `*` matches anything. Default: any value that isn't a "
        "rival's.",
    )

    @model_validator(mode="after")
    def _check_paths(self) -> Self:
        if self.paths and all(path.startswith("!") for path in self.paths):
            raise ValueError("paths has only exclusions; a zone needs at least one path without `!`")
        return self


def format_zone(zone: Zone) -> str:
    """Return where a zone applies, for messages and keys: its paths, and its refs if it is bound to some."""
    paths = " ".join(zone.paths) or "everything"
    return f"{paths} on {' '.join(zone.refs)}" if zone.refs else paths


class Tag(Table):
    """The action for each kind of finding; a missing key keeps the value of earlier layers, or the default."""

    definitive: Action | None = Field(None, description="For marks that only that tool writes. Default: block.")
    strong: Action | None = Field(
        None, description="For marks that in nearly all cases come from that tool. Default: block."
    )
    weak: Action | None = Field(None, description="For hints that a tool was in use. Default: warn.")
    unread: Action | None = Field(None, description="For content that could not be read. Default: block.")
    no_reader: Action | None = Field(
        None,
        description="For content whose reader isn't installed: an extra such as `ringfence[data]`. Default: as "
        "`unread`.",
    )
    undisclosed: Action | None = Field(
        None, description="For a mark of an AI tool that doesn't name the tool. Default: block."
    )
    agents: Action | None = Field(
        None, description="For a commit made in a rival agent's session, on a developer's machine. Default: block."
    )
    accounts: Action | None = Field(
        None, description="For a push by an account of `[accounts] agents` or `barred`. Default: block."
    )
    reads: Action | None = Field(
        None,
        description="For a fetch by such an account, or by one that the server can't name, where the server decides "
        "about fetches (docs/reading.md). Default: block.",
    )
    tools: Action | None = Field(
        None,
        description="For work by a tool of `[accounts.tools]` that no managed settings bind to its organisation, on a "
        "developer's machine. Default: warn.",
    )
    walls: Action | None = Field(
        None,
        description="For a push to a server by an account that a `[[wall]]` keeps out. Default: block.",
    )
    identities: Action | None = Field(
        None,
        description="For a commit or tag by a consumer account, or by one that isn't approved (`[accounts]`). "
        "Default: block.",
    )
    ingredient: Action | None = Field(
        None,
        description="For recorded output of a rival's tool that is found again, without its marks (`[ingredients]`). "
        "Default: block.",
    )
    ingredient_weak: Action | None = Field(
        None, description="For a text that is only similar to recorded output, or too short to be sure. Default: warn."
    )
    rival_use: UseAction | None = Field(
        None,
        description="For code or settings that call a rival's model as teacher, judge, labeller or generator; where it "
        "isn't certain, it warns at most. `ignore` switches it off. Default: warn.",
    )
    extraction: UseAction | None = Field(
        None,
        description="For code that asks a rival's models past its clients and limits: private addresses and cookies of "
        "chat sites, unofficial clients, pools of keys behind proxies; where it isn't certain, it warns at most. "
        "`ignore` switches it off. Default: warn.",
    )
    declaration: Action | None = Field(
        None,
        description="For a commit whose message lacks a valid `Provenance:` line. Default: no such line is required.",
    )
    provenance: Action | None = Field(
        None,
        description="For a data file without a valid entry in `PROVENANCE.toml`. Default: no entry is required.",
    )
    on_block: Literal["refuse", "quarantine"] | None = Field(
        None,
        description="Whether a server only refuses a push, or also keeps it in quarantine. Can only be set in the "
        "organisation's policy. Default: refuse.",
    )
    disclosure: Action | None = Field(
        None,
        description="For a commit made in a rival agent's session, on a developer's machine, whose message doesn't "
        "name the agent. Default: no disclosure is required.",
    )
    retention: Action | None = Field(
        None,
        description="For a marked commit, pushed to a server, without a record of its prompts and outputs. Default: "
        "no record is required.",
    )
    approvers: tuple[Text, ...] | None = Field(
        None,
        description="Who may approve a waiver, as `approved_by` names them. Can only be set in the organisation's "
        "policy. Default: nobody.",
    )
