"""Types and functions that the formats share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator

# With the keys path, source, generator, licence, by, sha256, collected. A set of files has `includes` and `excludes`,
# patterns one a line, in place of `path` and `sha256`.
File = dict[str, str]
RawFields = dict[str, tuple[str, Any]]  # by the same keys: the format's name of the field, and its unchecked value


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A format for descriptions of data files, as JSON.

    Attributes:
        build_document: Returns the document for files, at a time, for a data set of a name.
        can_parse: Says whether a document is in this format.
        parse_document: Yields the fields of each file that a document describes.
    """

    build_document: Callable[[list[File], dt.datetime, str], dict[str, Any]]
    can_parse: Callable[[dict[str, Any]], bool]
    parse_document: Callable[[dict[str, Any]], Iterator[RawFields]]


def ensure_list(value: Any) -> list[Any]:
    """Return the items of a JSON-LD value, which may be missing, a single item, or a list."""
    return value if isinstance(value, list) else [] if value is None else [value]
