"""What a policy file and a vendor file may say. Their field descriptions are the reference pages in docs/."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, StringConstraints, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from ..markers.base import MarkerEntry, MarkerId, Text
from ..markers.kinds import AnyMarker
from ..markers.model import ModelEntry

Action = Literal["record", "warn", "block"]
ACTIONS: tuple[Action, ...] = ("record", "warn", "block")  # from lenient to strict
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class Table(BaseModel):
    """A table of a TOML file: nothing in it can be changed, and nothing unknown may stand in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Organisation(Table):
    """Who we are."""

    name: Text | None = Field(None, description="The organisation's name, for messages.")
    own: tuple[Name, ...] = Field((), description="Vendors that are us: never a rival.")
    contact: Text | None = Field(None, description="Where to ask; shown when something is refused.")


class Vendors(Table):
    """Whose output is a rival's."""

    rivals: tuple[Name | Literal["*"], ...] | None = Field(
        None, description='Vendors whose marks count; `["*"]` is every vendor of the catalogue.'
    )
    approved: tuple[Name, ...] = Field((), description="Vendors that don't count, though `rivals` would name them.")

    @model_validator(mode="after")
    def _not_both(self) -> Self:
        if both := sorted(set(self.approved) & set(self.rivals or ())):
            raise ValueError(f"{', '.join(both)} can't be both a rival and approved")
        return self


class Repository(Table):
    """Which repositories carry which tags."""

    match: tuple[Text, ...] = Field(
        min_length=1,
        description="Remote address (`github.com/acme/evals`), path on the server or the forge's name; "
        "`*` stands for anything, `/` included.",
    )
    tags: tuple[Name, ...] = Field(min_length=1, description="The tags that these repositories carry.")


class Accounts(Table):
    """Who may push to tagged repositories, by the name that the server itself has checked."""

    agents: tuple[Text, ...] = Field(
        (),
        description="Accounts of coding agents (bots, service users), `*` stands for anything; "
        "they are kept out whatever they push.",
    )


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
    def _has_paths(self) -> Self:
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
    declaration: Action | None = Field(
        None,
        description="For a commit that doesn't say, rightly, where its work comes from. Left out by all layers: "
        "nobody is asked.",
    )
    approvers: tuple[Text, ...] | None = Field(
        None,
        description="Who may approve a waiver, as `approved_by` names them. Only the organisation says it. "
        "Default: nobody.",
    )


DEFAULT_ACTIONS: dict[str, Action] = {
    "definitive": "block",
    "strong": "block",
    "weak": "warn",
    "unread": "block",
    "undisclosed": "block",
    "agents": "block",
    "accounts": "block",
}


class Limits(Table):
    """How much of one file may be unpacked; what is beyond stays unread. Only an organisation's policy says it."""

    unpacked: int | None = Field(None, gt=0, description="Bytes that a file may unpack to. Default: 64 GiB.")
    ratio: int | None = Field(
        None, gt=0, description="How many times its own size a file may unpack to, beyond 64 MiB. Default: 200."
    )
    depth: int | None = Field(None, gt=0, description="How many files may lie inside each other. Default: 6.")
    members: int | None = Field(
        None, gt=0, description="Members of an archive, row groups, pages, cells of a file. Default: 100000."
    )
    seconds: int | None = Field(None, gt=0, description="How long unpacking one file may take. Default: 1800.")


class Waivers(Table):
    """Who may let a finding pass, and for how long. Only the organisation says it."""

    days: Annotated[int, Field(ge=1, le=366)] | None = Field(
        None, description="The furthest from today that a waiver's `until` may lie. Default: 90."
    )
    emergency: tuple[Text, ...] | None = Field(
        None,
        description="Accounts, as the server knows them, that may push with `-o ringfence.waive=TICKET`. "
        "Default: nobody.",
    )


class Waiver(Table):
    """A finding, or all findings of a commit, that may pass. In the organisation's policy, or in `waivers.toml`."""

    finding: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{20}$")] | None = Field(
        None, description="A finding's fingerprint, as reports show it. Either this or `commit`."
    )
    commit: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")] | None = Field(
        None, description="A commit's whole id."
    )
    tag: Name = Field(description="The tag whose rule it is waived from; others still hold.")
    reason: Text = Field(description="Why it may pass.")
    ticket: Text = Field(description="Where that was decided; reports show it.")
    requested_by: Text = Field(description="Who asked.")
    approved_by: Text = Field(description="Who agreed: another, from the tag's `approvers`.")
    until: dt.date = Field(description="The last day on which it holds.")

    @model_validator(mode="after")
    def _names_one_thing(self) -> Self:
        if (self.finding is None) is (self.commit is None):
            raise ValueError("a waiver names either a finding or a commit")
        return self


class WaiverFile(Table):
    """A repository's `waivers.toml`."""

    version: Literal[1] = Field(description="The format of this file.")
    waiver: tuple[Waiver, ...] = Field((), description="What may pass.")


class OwnMarker(Table):
    """A marker of the organisation's own: like one in a vendor file, with the vendor's name."""

    vendor: Name = Field(description="A vendor of the catalogue.")
    marker: AnyMarker = Field(description="The marker, as in a vendor file.")

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe it as people write it: `vendor` beside the marker's own keys, for each kind."""
        described = handler.resolve_ref_schema(handler(core))
        properties = described["properties"]
        kinds = [handler.resolve_ref_schema(dict(kind)) for kind in properties["marker"]["oneOf"]]
        return {
            "oneOf": [
                {
                    **kind,
                    "properties": {"vendor": properties["vendor"], **kind["properties"]},
                    "required": ["vendor", *kind["required"]],
                }
                for kind in kinds
            ]
        }

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, table: object) -> object:
        """Read `vendor = …` beside the marker's own keys, as people write it."""
        if isinstance(table, dict) and "marker" not in table:
            return {
                "vendor": table.get("vendor", ""),
                "marker": {k: v for k, v in table.items() if k != "vendor"},
            }
        return table


def _usual() -> Limits:
    return Limits.model_validate({})


def _no_word() -> Waivers:
    return Waivers.model_validate({})


def _nobody() -> Organisation:
    return Organisation.model_validate({})


def _any() -> Accounts:
    return Accounts.model_validate({})


def _unsaid() -> Vendors:
    return Vendors.model_validate({})


class PolicyFile(Table):
    """A policy: an organisation's file, or a repository's `ringfence.toml`."""

    version: Literal[1] = Field(description="The format of this file.")
    tags: tuple[Name, ...] = Field((), description="Tags of the repository that this file lies in.")
    organisation: Organisation = Field(default_factory=_nobody, description="Who we are.")
    vendors: Vendors = Field(default_factory=_unsaid, description="Whose output is a rival's.")
    repository: tuple[Repository, ...] = Field((), description="Which repositories carry which tags.")
    accounts: Accounts = Field(default_factory=_any, description="Who may push to tagged repositories.")
    zone: tuple[Zone, ...] = Field((), description="Where in a repository a tag's rule holds.")
    tag: dict[Name, Tag] = Field(default_factory=dict, description="What happens to what is found.")
    limits: Limits = Field(default_factory=_usual, description="How much of one file may be unpacked.")
    marker: tuple[OwnMarker, ...] = Field((), description="Further markers of vendors in the catalogue.")
    waivers: Waivers = Field(default_factory=_no_word, description="Who may let findings pass.")
    waiver: tuple[Waiver, ...] = Field((), description="Findings that may pass.")


class Product(Table):
    """A product of a vendor."""

    id: Name = Field(description="What markers call it.")
    name: Text = Field(description="What people call it.")


class Terms(Table):
    """A clause that bars using output for competing models. Facts in our words; no legal advice."""

    document: Text = Field(description="The document's title.")
    clause: Text | None = Field(None, description="Where in it.")
    says: Text = Field(description="What it says, in a sentence of our own.")
    url: Text | None = Field(None, description="Where it can be read.")
    seen: dt.date | None = Field(None, description="The date of the version that was read.")


class FieldsFile(Table):
    """`policy/fields.toml`: in which fields data sets record what made a row."""

    generator: tuple[Text, ...] = Field(min_length=1, description="Names of fields, whatever they lie in.")


class VendorFile(Table):
    """A vendor of `policy/vendors/`; the file's name is the vendor's id."""

    name: Text = Field(description="The vendor's name.")
    product: tuple[Product, ...] = Field(min_length=1, description="Its products.")
    terms: tuple[Terms, ...] = Field((), description="What its terms say of using output for competing models.")
    model: tuple[ModelEntry, ...] = Field((), description="How its models are called.")
    marker: tuple[AnyMarker, ...] = Field((), description="The marks its products leave.")

    @model_validator(mode="after")
    def _products_exist(self) -> Self:
        known = {product.id for product in self.product}
        for item in (*self.marker, *self.model):
            if item.product not in known:
                raise ValueError(f"{item.id}: product {item.product!r} is not a [[product]] of this file")
        return self

    @model_validator(mode="after")
    def _finds_something(self) -> Self:
        if not self.marker and not self.model:
            raise ValueError("needs a [[marker]] or a [[model]]")
        return self

    def markers(self) -> Iterator[AnyMarker]:
        """Yield its markers, and those that come of its models."""
        yield from self.marker
        for model in self.model:
            yield from model.markers()


__all__ = ["ACTIONS", "DEFAULT_ACTIONS", "MarkerEntry", "MarkerId", "PolicyFile", "VendorFile", "WaiverFile"]
