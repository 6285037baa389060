"""What a `PROVENANCE.toml` may say: where data comes from, in the manner of REUSE."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from ...errors import PolicyError
from ...excerpts import sanitise_text
from ..markers.base import Text
from .table import Table

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Source(Table):
    """Where a file comes from."""

    source: Text = Field(description="An address, a supplier, a method: where it was taken from.")
    generator: Text = Field(
        description="Who or what made it: `human`, `VENDOR/PRODUCT [MODEL]` of the catalogue, or a name that the "
        "zone's `generators` allow."
    )
    licence: Text = Field(description="Under what it may be used; an SPDX expression where there is one.")
    collected: dt.date = Field(description="The day on which it was collected.")
    by: Text = Field(description="Who collected it.")
    sha256: Sha256 | dict[Text, Sha256] = Field(
        description="The SHA-256 of the file; where `path` names more than one, a table of them by path."
    )

    def find_digest(self, path: str) -> str:
        """Return the SHA-256 that is told of a file, or ""."""
        return self.sha256 if isinstance(self.sha256, str) else self.sha256.get(path, "")


class Data(Source):
    """What is said of one or more files. The last table that names a file counts."""

    path: Text | tuple[Text, ...] = Field(
        description="A path from the top, or several; `*` stays in a folder, `**` crosses them."
    )

    @property
    def paths(self) -> tuple[str, ...]:
        """Return the path, or the paths."""
        return (self.path,) if isinstance(self.path, str) else self.path


class ProvenanceFile(Table):
    """`PROVENANCE.toml`, at the top of a repository."""

    version: Literal[1] = Field(description="The format of this file.")
    data: tuple[Data, ...] = Field((), description="Files, and where they come from.")


def flatten_source(path: str, said: Source, origin: str) -> dict[str, str]:
    """Return what is said of one file as a table of texts.

    Raises:
        PolicyError: Its hash isn't told.
    """
    if not (digest := said.find_digest(path)):
        raise PolicyError(f"{origin}: {sanitise_text(path)}: its SHA-256 isn't told.")
    told = said.model_dump(include={"source", "generator", "licence", "by"})
    return {"path": path, **told, "sha256": digest, "collected": said.collected.isoformat()}


def format_table(told: dict[str, str]) -> str:
    """Return such a table as a `[[data]]`; its path is no pattern, whatever stands in it."""
    path = re.sub(r"[*?[]", r"[\g<0>]", told["path"])
    said = {key: _format_string(told[key]) for key in ("source", "generator", "licence", "by")}
    digest = _format_string(told["sha256"])
    said["sha256"] = digest if path == told["path"] else f"{{ {_format_string(told['path'])} = {digest} }}"
    lines = [
        f"{key} = {text}"
        for key, text in {"path": _format_string(path), **said, "collected": told["collected"]}.items()
    ]
    return "\n".join(["", "[[data]]", *lines, ""])


def _format_string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
