"""What every table of a file has in common, and the words that several of them use."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

Action = Literal["record", "warn", "block"]
ACTIONS: tuple[Action, ...] = ("record", "warn", "block")  # from lenient to strict
DEFAULT_ACTIONS: dict[str, Action] = {
    "definitive": "block",
    "strong": "block",
    "weak": "warn",
    "unread": "block",
    "undisclosed": "block",
    "agents": "block",
    "accounts": "block",
    "identities": "block",
}
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class Table(BaseModel):
    """A table of a TOML file: nothing in it can be changed, and nothing unknown may stand in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
