"""What a policy file may say. The descriptions of its fields are the reference in docs/."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from ..actions import UNDISCLOSED
from ..markers.base import Text
from ..markers.kinds import AnyMarker
from .table import Name, Table
from .tag import Tag, Zone
from .waiver_file import Waiver, Waivers

T = TypeVar("T", bound=Table)


def _check_absolute(path: str) -> str:
    if not path.startswith("/"):
        raise ValueError("a folder is said by its absolute path")
    return path


Folder = Annotated[Text, AfterValidator(_check_absolute)]


def _check_vendor(name: str) -> str:
    """Refuse what would have no effect: whose tool isn't named may be anybody's."""
    if name == UNDISCLOSED:
        raise ValueError(f"`{UNDISCLOSED}` is no vendor; say what holds for it by `tag.*.{UNDISCLOSED}`")
    return name


Vendor = Annotated[Name, AfterValidator(_check_vendor)]


class Organisation(Table):
    """Who we are."""

    name: Text | None = Field(None, description="The organisation's name, for messages.")
    own: tuple[Vendor, ...] = Field((), description="Vendors that are us: never a rival.")
    contact: Text | None = Field(None, description="Where to ask; shown when something is refused.")


class Vendors(Table):
    """Whose output is a rival's."""

    rivals: tuple[Name | Literal["*"], ...] | None = Field(
        None, description='Vendors whose marks count; `["*"]` is every vendor of the catalogue.'
    )
    approved: tuple[Vendor, ...] = Field((), description="Vendors that don't count, though `rivals` would name them.")

    @model_validator(mode="after")
    def _check_disjoint(self) -> Self:
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
    """Whose accounts may be at work in tagged repositories; `*` stands for anything, and case doesn't count."""

    agents: tuple[Text, ...] = Field(
        (),
        description="Accounts of coding agents (bots, service users), by the name that the server itself has checked; "
        "they are kept out whatever they push.",
    )
    consumer: tuple[Text, ...] = Field(
        (), description='Addresses of consumer accounts, `["*@gmail.com"]`, that nobody commits or tags by.'
    )
    approved: tuple[Text, ...] | None = Field(
        None,
        description='The addresses of the organisation\'s own accounts, `["*@lab.example"]`: nobody commits or tags by '
        "any other. A later layer can only take some away. Left out: any that isn't a consumer's.",
    )


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


class Stores(Table):
    """Where on this machine the content of pointers lies. Only an organisation's policy says it."""

    lfs: tuple[Folder, ...] = Field((), description="Folders of Git LFS objects, as git-lfs, GitLab or Gitea lay them.")
    annex: tuple[Folder, ...] = Field((), description="Folders of git-annex objects.")
    dvc: tuple[Folder, ...] = Field((), description="Caches or remotes of DVC.")


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
    def _nest_marker(cls, table: object) -> object:
        """Read `vendor = …` beside the marker's own keys, as people write it."""
        if isinstance(table, dict) and "marker" not in table:
            return {
                "vendor": table.get("vendor", ""),
                "marker": {k: v for k, v in table.items() if k != "vendor"},
            }
        return table


def _build_factory(table: type[T]) -> Callable[[], T]:
    return lambda: table.model_validate({})


class PolicyFile(Table):
    """A policy: an organisation's file, or a repository's `ringfence.toml`."""

    version: Literal[1] = Field(description="The format of this file.")
    tags: tuple[Name, ...] = Field((), description="Tags of the repository that this file lies in.")
    organisation: Organisation = Field(default_factory=_build_factory(Organisation), description="Who we are.")
    vendors: Vendors = Field(default_factory=_build_factory(Vendors), description="Whose output is a rival's.")
    repository: tuple[Repository, ...] = Field((), description="Which repositories carry which tags.")
    accounts: Accounts = Field(default_factory=_build_factory(Accounts), description="Whose accounts may be at work.")
    catalogue: tuple[Text, ...] = Field(
        (),
        description="Folders of further vendor files (`VENDOR.toml`), relative to this file. Only an organisation's "
        "policy can say it.",
    )
    zone: tuple[Zone, ...] = Field((), description="Where in a repository a tag's rule holds.")
    tag: dict[Name, Tag] = Field(default_factory=dict, description="What happens to what is found.")
    limits: Limits = Field(default_factory=_build_factory(Limits), description="How much of one file may be unpacked.")
    stores: Stores = Field(
        default_factory=_build_factory(Stores),
        description="Where what pointers point to lies, beside the repository's own stores.",
    )
    marker: tuple[OwnMarker, ...] = Field((), description="Further markers of vendors in the catalogue.")
    waivers: Waivers = Field(default_factory=_build_factory(Waivers), description="Who may let findings pass.")
    waiver: tuple[Waiver, ...] = Field((), description="Findings that may pass.")
