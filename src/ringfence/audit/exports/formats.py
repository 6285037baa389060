"""The table of formats, and what is checked of a file in either of them."""

from __future__ import annotations

import datetime as dt
import json
import urllib.parse
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from ...errors import PolicyError
from ...excerpts import sanitise_text
from ...policy.schema.provenance_file import Data
from . import croissant, spdx

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType

    from .base import File, RawFields

_LARGEST = 16 << 20  # bytes of a file that is read
_LONGEST = 100  # characters that are shown
_IS = defaultdict(  # what a value has to be
    lambda: "text",
    path="a path from the top of the repository",
    collected="a day",
    sha256="a SHA-256 in small letters",
)
FORMATS: dict[str, ModuleType] = {"croissant": croissant, "spdx": spdx}


def export_files(files: Iterable[File], name: str, how: str) -> str:
    """Return described files as a data set of that name, in one of the formats.

    Raises:
        PolicyError: A file's name isn't UTF-8.
    """
    try:
        held = FORMATS[how].build_document(list(files), dt.datetime.now(dt.UTC), name)
    except UnicodeEncodeError as error:
        raise PolicyError(f"{sanitise_text(error.object)}: a name that isn't UTF-8 can't be told.") from None
    return json.dumps(held, indent=2) + "\n"


def import_files(data: bytes, origin: str) -> list[File]:
    """Return the files that a text in one of the formats describes.

    Raises:
        PolicyError: It is in none of them, or lacks what a description needs; the field is named.
    """
    if len(data) > _LARGEST:
        raise PolicyError(f"{origin}: {len(data)} bytes are no description.")
    try:
        told = list(_parse_files(json.loads(data)))
        files = [_build_file(f"{origin}: file {number}", item) for number, item in enumerate(told, 1)]
    except RecursionError:
        raise PolicyError(f"{origin}: nested too deeply.") from None
    except ValueError:
        raise PolicyError(f"{origin}: not JSON.") from None
    if not files:
        raise PolicyError(f"{origin}: it describes no file, as Croissant or as SPDX 3.")
    return files


def _parse_files(held: Any) -> Iterator[RawFields]:
    for each in FORMATS.values():
        if isinstance(held, dict) and each.can_parse(held):
            yield from each.parse_document(held)
            return


def _build_file(where: str, told: RawFields) -> File:
    """Return what is told of a file.

    Raises:
        PolicyError: Something lacks, is told twice, or can't be used.
    """
    file = {key: _extract_text(value) for key, (_, value) in told.items()}
    if lacking := [name for key, (name, _) in told.items() if not file[key]]:
        raise PolicyError(f"{where}: {lacking[0]}: it must be given, as one text.")
    plain = file | {"path": _parse_path(file["path"]), "collected": _parse_day(file["collected"])}
    try:
        Data.model_validate(plain)
    except ValidationError as error:
        key = str(error.errors()[0]["loc"][0])
        shown = sanitise_text(file[key])[:_LONGEST]
        raise PolicyError(f"{where}: {told[key][0]}: {shown} isn't {_IS[key]}.") from None
    return plain


def _parse_path(url: str) -> str:
    """Return the path that a relative address names, or "" where it leads out of the repository."""
    path = urllib.parse.unquote(url, errors="surrogateescape").removeprefix("./")
    is_outside = ":" in url.partition("/")[0] or "?" in url or "#" in url or {"", ".", ".."} & set(path.split("/"))
    return "" if is_outside else path


def _parse_day(time: str) -> str:
    """Return the day of a time, or "" where it isn't one."""
    try:
        return dt.date.fromisoformat(time[:10]).isoformat()
    except ValueError:
        return ""


def _extract_text(value: Any) -> str:
    """Return the one text that a value holds, by itself or as the name of a thing; "" for none or several."""
    if isinstance(value, list):
        return _extract_text(value[0]) if len(value) == 1 else ""
    if isinstance(value, dict):
        return _extract_text(
            next((value[key] for key in ("prov:wasAssociatedWith", "name", "@id") if key in value), "")
        )
    return value if isinstance(value, str) else ""
