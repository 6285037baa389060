"""The table of export formats, and the validation of imported files."""

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
from . import croissant, cyclonedx, spdx

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .base import ExportFormat, File, RawFields

_LARGEST = 16 << 20  # bytes of an imported file
_NOTHING: tuple[Any, ...] = (None, "", [], {})
_OPTIONS = ("source", "generator", "licence", "by", "collected")  # of `ringfence declare`, by key
_LONGEST = 100  # characters of a wrong value in a message
_EXPECTED = defaultdict(  # by key: what a value must be
    lambda: "text",
    path="a path from the top of the repository",
    collected="a day",
    sha256="a SHA-256 in small letters",
)
FORMATS: dict[str, ExportFormat] = {"croissant": croissant.FORMAT, "spdx": spdx.FORMAT}
_READERS = (
    *((each.can_parse, each.parse_document) for each in FORMATS.values()),
    (cyclonedx.can_parse, cyclonedx.parse_document),
)


def export_files(files: Iterable[File], name: str, how: str) -> str:
    """Return descriptions of files as JSON: a data set of that name in the format `how`, a key of `FORMATS`.

    Raises:
        PolicyError: A file's name isn't UTF-8.
    """
    try:
        document = FORMATS[how].build_document(list(files), dt.datetime.now(dt.UTC), name)
    except UnicodeEncodeError as error:
        raise PolicyError(f"{sanitise_text(error.object)}: the name isn't UTF-8 and can't be exported.") from None
    return json.dumps(document, indent=2) + "\n"


def import_files(data: bytes, origin: str, defaults: Mapping[str, str] | None = None) -> list[File]:
    """Return the files, and sets of files, that a JSON document in one of the formats describes.

    Args:
        data: The document.
        origin: Its name in messages.
        defaults: What holds where it says nothing, by key.

    Raises:
        PolicyError: The document is in no known format, or a field is missing or wrong; the message names the field.
    """
    if len(data) > _LARGEST:
        raise PolicyError(f"{origin}: the file has {len(data):,} bytes; the limit is 16 MiB.")
    try:
        items = list(_parse_files(json.loads(data)))
        files = [_build_file(f"{origin}: file {number}", item, defaults or {}) for number, item in enumerate(items, 1)]
    except RecursionError:
        raise PolicyError(f"{origin}: nested too deeply.") from None
    except ValueError:
        raise PolicyError(f"{origin}: not JSON.") from None
    if not files:
        raise PolicyError(f"{origin}: no file is described in Croissant, CycloneDX or SPDX 3.")
    return files


def _parse_files(document: Any) -> Iterator[RawFields]:
    for can_parse, parse_document in _READERS:
        if isinstance(document, dict) and can_parse(document):
            yield from parse_document(document)
            return


def _build_file(where: str, fields: RawFields, defaults: Mapping[str, str]) -> File:
    """Return the validated description of a file or a set of files.

    Raises:
        PolicyError: A field is missing, has several values, or a wrong one.
    """
    file = {
        key: defaults.get(key, "") if value in _NOTHING else _extract_text(value) for key, (_, value) in fields.items()
    }
    if missing := [key for key in fields if not file[key] and key != "excludes"]:
        advice = f"--{missing[0]} says it for all that the document says nothing of." if missing[0] in _OPTIONS else ""
        raise PolicyError(f"{where}: {fields[missing[0]][0]}: exactly one value is required.", advice)
    path = _parse_path(file["path"]) if "path" in file else "a set"
    digest = file.get("sha256", "0" * 64)
    parsed = file | {"collected": _parse_day(file["collected"])}
    checked = {key: text for key, text in parsed.items() if key not in ("includes", "excludes")}
    try:
        Data.model_validate(checked | {"path": path, "sha256": digest})
    except ValidationError as error:
        key = str(error.errors()[0]["loc"][0])
        excerpt = sanitise_text(file[key])[:_LONGEST]
        raise PolicyError(f"{where}: {fields[key][0]}: {excerpt} isn't {_EXPECTED[key]}.") from None
    return parsed | ({"path": path} if "path" in file else {})


def _parse_path(url: str) -> str:
    """Return the path of a relative URL, or "" if it leads out of the repository."""
    path = urllib.parse.unquote(url, errors="surrogateescape").removeprefix("./")
    is_outside = ":" in url.partition("/")[0] or "?" in url or "#" in url or {"", ".", ".."} & set(path.split("/"))
    return "" if is_outside else path


def _parse_day(time: str) -> str:
    """Return the day of an ISO 8601 date or time, or "" if it isn't one."""
    try:
        return dt.date.fromisoformat(time[:10]).isoformat()
    except ValueError:
        return ""


def _extract_text(value: Any) -> str:
    """Return the text of a JSON-LD value: a text, an object with a name or id, or a list of one; else ""."""
    if isinstance(value, list):
        return _extract_text(value[0]) if len(value) == 1 else ""
    if isinstance(value, dict):
        return _extract_text(
            next((value[key] for key in ("prov:wasAssociatedWith", "name", "@id") if key in value), "")
        )
    return value if isinstance(value, str) else ""
