"""The base model of all tables in our TOML files, and the types that several of them share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

Action = Literal["record", "warn", "block"]
UseAction = Literal["ignore", "record", "warn", "block"]
ACTIONS: tuple[Action, ...] = ("record", "warn", "block")  # from lenient to strict
DEFAULT_ACTIONS: dict[str, UseAction] = {
    "definitive": "block",
    "strong": "block",
    "weak": "warn",
    "unread": "block",
    "undisclosed": "block",
    "agents": "block",
    "accounts": "block",
    "identities": "block",
    "ingredient": "block",
    "ingredient_weak": "warn",
    "rival_use": "warn",
    "extraction": "warn",
}
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class Table(BaseModel):
    """A table of a TOML file: immutable, and unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


def rank_action(action: str) -> int:
    """Return an action's strictness: -1 for ignore, 0 for record, 1 for warn, 2 for block."""
    return ("ignore", *ACTIONS).index(action) - 1
