"""The list of packages to watch, and what was found in them before."""

from __future__ import annotations

import json
import os
from typing import Any, Literal

import tomli
from pydantic import BaseModel, ConfigDict, ValidationError

from ...errors import PolicyError
from ...resources import find_shipped_folder

_LIST, _SEEN = "watch.toml", "watch-seen.json"


class Package(BaseModel):
    """A package of an agent.

    Attributes:
        vendor, product: Whose tool it is, by the ids of the catalogue.
        registry, name: Where the package is.
        words: How the names of its environment variables begin.
        folders: Folders that it keeps its own files in.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    vendor: str
    product: str
    registry: Literal["npm", "pypi"]
    name: str
    words: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    package: tuple[Package, ...]


def read_packages(path: str | None) -> tuple[Package, ...]:
    """Return the packages of a list, or of the shipped one.

    Raises:
        PolicyError: The list can't be read, or isn't one.
    """
    path = path or os.path.join(find_shipped_folder("policy"), _LIST)
    try:
        with open(path, "rb") as file:
            return _File.model_validate(tomli.load(file)).package
    except OSError as error:
        raise PolicyError(f"{path} can't be read: {error.strerror}.") from None
    except (tomli.TOMLDecodeError, ValidationError, UnicodeDecodeError) as error:
        raise PolicyError(f"{path} isn't a list of packages: {str(error).splitlines()[0]}") from None


def find_seen_file(path: str | None) -> str:
    """Return the path of what was found before."""
    return path or os.path.join(find_shipped_folder("policy"), _SEEN)


def read_seen(path: str) -> dict[str, dict[str, Any]]:
    """Return what was found before, by the name of the package; {} where nothing was.

    Raises:
        PolicyError: The file is damaged.
    """
    try:
        with open(path, encoding="utf-8") as file:
            seen: dict[str, dict[str, Any]] = json.load(file)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise PolicyError(f"{path} can't be read: {error}") from None
    return seen


def write_seen(path: str, seen: dict[str, dict[str, Any]]) -> None:
    """Replace what was found before.

    Raises:
        PolicyError: It can't be written.
    """
    temporary = f"{path}.{os.getpid()}.tmp"
    try:
        with open(temporary, "w", encoding="utf-8") as file:
            json.dump(seen, file, indent=1, sort_keys=True, ensure_ascii=False)
            file.write("\n")
        os.replace(temporary, path)
    except OSError as error:
        raise PolicyError(f"{path} can't be written: {error.strerror}.") from None
