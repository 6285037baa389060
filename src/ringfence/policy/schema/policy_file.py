"""The model of a policy file. The descriptions of its fields are the reference in docs/policy.md."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from ..actions import UNDISCLOSED
from ..markers.base import Text
from ..markers.kinds import AnyMarker
from ..tools import TOOLS
from .approvals import Approvals
from .permission import Permission
from .rollout import Rollout
from .table import Name, Table
from .tag import Tag, Zone
from .waiver_file import Waiver, Waivers
from .wall import Wall

T = TypeVar("T", bound=Table)
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:\d+)?(/[A-Za-z0-9._~/-]*)?")  # what needs no escape anywhere


def _check_absolute(path: str) -> str:
    if not path.startswith("/"):
        raise ValueError("must be an absolute path")
    return path


Folder = Annotated[Text, AfterValidator(_check_absolute)]


def _check_address(address: str) -> str:
    if not _ADDRESS.fullmatch(address):
        raise ValueError("must be an address such as https://docs.example.org/ringfence")
    return address.rstrip("/")


Address = Annotated[Text, AfterValidator(_check_address)]


def _check_vendor(name: str) -> str:
    """Refuse `undisclosed`, which would have no effect here: a tool that isn't named may be any vendor's."""
    if name == UNDISCLOSED:
        raise ValueError(f"`{UNDISCLOSED}` isn't a vendor; set its action by `tag.*.{UNDISCLOSED}`")
    return name


Vendor = Annotated[Name, AfterValidator(_check_vendor)]


class Organisation(Table):
    """The organisation that the policy belongs to."""

    name: Text | None = Field(None, description="The organisation's name, for messages.")
    own: tuple[Vendor, ...] = Field((), description="Vendors that are the organisation itself: never rivals.")
    contact: Text | None = Field(None, description="Whom to ask; shown when something is refused.")
    docs: Address | None = Field(
        None,
        description="Where your people read these pages, the site that `make site` builds: reports link a marker's "
        "page there. Only the organisation's policy can set it.",
    )


class Vendors(Table):
    """Which vendors are rivals."""

    rivals: tuple[Name | Literal["*"], ...] | None = Field(
        None, description='Vendors whose marks count; `["*"]` is every vendor of the catalogue.'
    )
    approved: tuple[Vendor, ...] = Field((), description="Vendors that don't count, even if `rivals` names them.")

    @model_validator(mode="after")
    def _check_disjoint(self) -> Self:
        if both := sorted(set(self.approved) & set(self.rivals or ())):
            raise ValueError(f"{', '.join(both)} can't be both a rival and approved")
        return self


class Repository(Table):
    """Tags for the repositories whose name matches."""

    match: tuple[Text, ...] = Field(
        min_length=1,
        description="Patterns for the remote address (`github.com/acme/evals`), the path on the server or the forge's "
        "name of a repository; `*` matches anything, `/` included.",
    )
    tags: tuple[Name, ...] = Field(min_length=1, description="The tags of these repositories.")


class Accounts(Table):
    """Which accounts may work in tagged repositories; in the patterns `*` matches anything, and case is ignored."""

    agents: tuple[Text, ...] = Field(
        (),
        description="Accounts of coding agents (bots, service users), by the name that the server has authenticated; "
        "all their pushes are refused, and their fetches where the server decides about fetches (docs/reading.md).",
    )
    barred: tuple[Text, ...] = Field(
        (),
        description="Further accounts, of people or programs, by the name that the server has authenticated: they may "
        "neither push nor, where the server decides about fetches (docs/reading.md), read.",
    )
    consumer: tuple[Text, ...] = Field(
        (), description='Addresses of consumer accounts, `["*@gmail.com"]`; commits and tags by them are refused.'
    )
    approved: tuple[Text, ...] | None = Field(
        None,
        description='Addresses of the organisation\'s own accounts, `["*@lab.example"]`; commits and tags by any other '
        "are refused. A later layer can only remove some. Default: any that isn't a consumer account.",
    )
    tools: dict[Name, tuple[Text, ...]] = Field(
        default_factory=dict,
        description="Organisations that a vendor's tool may be logged in to, by their ids (docs/agents.md): "
        "`claude-code`, `codex`, `copilot` (in VS Code), `cursor`, and `gemini-cli` with the kind of login. A later "
        "layer can only remove some.",
    )

    @model_validator(mode="after")
    def _check_tools(self) -> Self:
        for name in self.tools:
            if name not in TOOLS:
                raise ValueError(f"tools has no `{name}`: known are {', '.join(TOOLS)}")
        return self


class Limits(Table):
    """Limits for unpacking one file; content beyond them is unread. Can only be set in the organisation's policy."""

    unpacked: int | None = Field(None, gt=0, description="Bytes that a file may unpack to. Default: 64 GiB.")
    ratio: int | None = Field(
        None, gt=0, description="Unpacked size as a multiple of the file's size, beyond 64 MiB. Default: 200."
    )
    depth: int | None = Field(None, gt=0, description="How deep files may be nested in each other. Default: 6.")
    members: int | None = Field(
        None, gt=0, description="Members of an archive, row groups, pages, cells of a file. Default: 100000."
    )
    seconds: int | None = Field(None, gt=0, description="Seconds that unpacking one file may take. Default: 1800.")


class Stores(Table):
    """Folders on this machine with the content of pointers. Can only be set in the organisation's policy."""

    lfs: tuple[Folder, ...] = Field(
        (), description="Folders of Git LFS objects, in git-lfs's, GitLab's or Gitea's layout."
    )
    annex: tuple[Folder, ...] = Field((), description="Folders of git-annex objects.")
    dvc: tuple[Folder, ...] = Field((), description="Caches or remotes of DVC.")
    git: tuple[Folder, ...] = Field(
        (), description="Repositories with the commits of submodules, or folders of such repositories."
    )
    elsewhere: tuple[Text, ...] = Field(
        (), description="Paths of submodules that may stay unread, as in `.gitignore`: `third_party/**`."
    )


class Ingredients(Table):
    """Recorded output of AI tools, which is looked up in tagged repositories; see docs/ingredients.md.

    Can only be set in the organisation's policy.
    """

    index: Folder | None = Field(
        None, description="The folder of the index. Default: nothing is looked up. An index that can't be used refuses."
    )
    key_file: Folder | None = Field(
        None, description="The file with the key of the index, readable by its owner only. Default: `key` in the index."
    )
    max_age_days: int | None = Field(
        None, gt=0, description="Days after which an index that wasn't updated makes a check incomplete. Default: none."
    )
    feed: bool | None = Field(
        None,
        description="Whether a server records the marked commits of repositories without a tag when they are pushed. "
        "Default: false.",
    )
    never: tuple[Text, ...] = Field(
        (), description="Names of repositories that are never recorded, with `*`; as in `[[repository]] match`."
    )


class OwnMarker(Table):
    """A marker that the organisation adds: as in a vendor file, with the vendor's id."""

    vendor: Name = Field(description="A vendor of the catalogue.")
    marker: AnyMarker = Field(description="The marker, as in a vendor file.")

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Return the JSON schema of the form used in files: `vendor` next to the marker's keys, for each kind."""
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
        """Accept the form used in files, with `vendor` next to the marker's keys."""
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
    tags: tuple[Name, ...] = Field((), description="Tags of the repository that has this file.")
    organisation: Organisation = Field(
        default_factory=_build_factory(Organisation), description="The organisation that the policy belongs to."
    )
    vendors: Vendors = Field(default_factory=_build_factory(Vendors), description="Which vendors are rivals.")
    repository: tuple[Repository, ...] = Field((), description="Tags for repositories by their names.")
    accounts: Accounts = Field(default_factory=_build_factory(Accounts), description="Which accounts may work here.")
    catalogue: tuple[Text, ...] = Field(
        (),
        description="Folders of further vendor files (`VENDOR.toml`), relative to this file. Can only be set in the "
        "organisation's policy.",
    )
    zone: tuple[Zone, ...] = Field((), description="The parts of a repository where a tag's rules apply.")
    tag: dict[Name, Tag] = Field(default_factory=dict, description="The action for each kind of finding, by tag.")
    limits: Limits = Field(default_factory=_build_factory(Limits), description="Limits for unpacking one file.")
    stores: Stores = Field(
        default_factory=_build_factory(Stores),
        description="Folders with the content of pointers, in addition to the repository's own.",
    )
    ingredients: Ingredients = Field(
        default_factory=_build_factory(Ingredients), description="Recorded output of AI tools, to be found again."
    )
    approvals: Approvals = Field(
        default_factory=_build_factory(Approvals), description="How two people show that they are two."
    )
    rollout: Rollout = Field(
        default_factory=_build_factory(Rollout),
        description="Tags that are judged and recorded, and refuse nothing yet.",
    )
    permission: tuple[Permission, ...] = Field((), description="Uses of rivals' models that pass by contract.")
    wall: tuple[Wall, ...] = Field(
        (), description="Who worked on a subject with rivals' tools stays out of its clean rooms for a time."
    )
    marker: tuple[OwnMarker, ...] = Field((), description="Further markers of vendors in the catalogue.")
    waivers: Waivers = Field(default_factory=_build_factory(Waivers), description="Rules for waivers.")
    waiver: tuple[Waiver, ...] = Field((), description="Findings that may pass.")
