"""What a policy says of a tag: where in a repository its rule holds, and what happens to what is found there."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from ..markers.base import Text
from .table import Action, Name, Table


class Zone(Table):
    """Where in a repository a tag's rule holds."""

    tag: Name = Field(description="The tag whose rule holds here.")
    paths: tuple[Text, ...] = Field(
        (),
        description="Paths as `.gitignore` reads them, later ones first; `!` takes out. Left out: everything.",
    )
    refs: tuple[Text, ...] = Field(
        (),
        description="Branches (`main`, `release/*`; `refs/…` for other refs) where it holds; `*` stands for anything. "
        "What came in by another ref is judged when it reaches one of these. Left out: every ref.",
    )
    generators: tuple[Text, ...] = Field(
        (),
        description='What may have made the rows here, as generator fields say it: `["ours-*", "human"]`. Any other '
        "value, named or empty, is a finding; case doesn't count, `*` stands for anything. Left out: anything but a "
        "rival's.",
    )

    @model_validator(mode="after")
    def _check_paths(self) -> Self:
        if self.paths and all(path.startswith("!") for path in self.paths):
            raise ValueError("paths only takes out; a zone needs a path that isn't behind `!`")
        return self


class Tag(Table):
    """What happens to what is found. What is left out is as the layers before say, or as the defaults of a tag."""

    definitive: Action | None = Field(None, description="For marks that only that tool writes. Default: block.")
    strong: Action | None = Field(None, description="For marks that nearly always are that tool's. Default: block.")
    weak: Action | None = Field(None, description="For signs that a tool was around. Default: warn.")
    unread: Action | None = Field(None, description="For what could not be read. Default: block.")
    undisclosed: Action | None = Field(
        None, description="For a mark of an AI tool that says not whose tool it is. Default: block."
    )
    agents: Action | None = Field(
        None, description="For a commit made inside a rival agent's session, on the laptop. Default: block."
    )
    accounts: Action | None = Field(
        None, description="For a push by an account of `[accounts] agents`. Default: block."
    )
    identities: Action | None = Field(
        None,
        description="For a commit or tag by a consumer account, or by one that isn't approved (`[accounts]`). "
        "Default: block.",
    )
    declaration: Action | None = Field(
        None,
        description="For a commit that doesn't say, rightly, where its work comes from. Left out by all layers: "
        "nobody is asked.",
    )
    provenance: Action | None = Field(
        None,
        description="For a file that `PROVENANCE.toml` doesn't describe, rightly. Left out by all layers: nobody is "
        "asked.",
    )
    on_block: Literal["refuse", "quarantine"] | None = Field(
        None,
        description="What a server does with a push that it refuses: nothing more, or put it aside. Only the "
        "organisation says it. Default: refuse.",
    )
    disclosure: Action | None = Field(
        None,
        description="For a commit made inside a rival agent's session, on the laptop, whose message doesn't name the "
        "agent. Left out by all layers: nobody is asked.",
    )
    retention: Action | None = Field(
        None,
        description="For a marked commit, pushed to a server, whose prompts and outputs nothing keeps. Left out by all "
        "layers: nobody is asked.",
    )
    approvers: tuple[Text, ...] | None = Field(
        None,
        description="Who may approve a waiver, as `approved_by` names them. Only the organisation says it. "
        "Default: nobody.",
    )
