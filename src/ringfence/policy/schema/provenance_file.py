"""The model of `PROVENANCE.toml`, which records where data files come from, in the manner of REUSE."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from ...errors import PolicyError
from ...excerpts import sanitise_text
from ..markers.base import Text
from .table import Table

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Source(Table):
    """The provenance of one or more files; also the whole of a sidecar file next to the data."""

    source: Text = Field(description="Where it was taken from: an address, a supplier or a method.")
    generator: Text = Field(
        description="Who or what generated it: `human`, `VENDOR/PRODUCT [MODEL]` of the catalogue, or a name that the "
        "zone's `generators` allow."
    )
    licence: Text = Field(description="The licence it is used under; an SPDX expression where there is one.")
    collected: dt.date = Field(description="The day on which it was collected.")
    by: Text = Field(description="Who collected it.")
    sha256: Sha256 | dict[Text, Sha256] = Field(
        description="The SHA-256 of the file; a table of them by path where `path` matches several files."
    )

    def find_digest(self, path: str) -> str:
        """Return the SHA-256 recorded for a file, or "" if there is none."""
        return self.sha256 if isinstance(self.sha256, str) else self.sha256.get(path, "")


class Data(Source):
    """The entry for one or more files. If several entries match a file, the last one counts."""

    path: Text | tuple[Text, ...] = Field(
        description="One or more paths from the top of the repository; `*` matches within a folder, `**` across "
        "folders."
    )

    @property
    def paths(self) -> tuple[str, ...]:
        """All paths, as a tuple."""
        return (self.path,) if isinstance(self.path, str) else self.path


class ProvenanceFile(Table):
    """`PROVENANCE.toml`, at the top of a repository."""

    version: Literal[1] = Field(description="The format of this file.")
    data: tuple[Data, ...] = Field((), description="The entries of files.")


def flatten_source(path: str, source: Source, origin: str) -> dict[str, str]:
    """Return the provenance of one file as text by key: path, source, generator, licence, by, sha256, collected.

    Raises:
        PolicyError: There is no SHA-256 for the file; `origin` names where it was looked for.
    """
    if not (digest := source.find_digest(path)):
        raise PolicyError(f"{origin}: {sanitise_text(path)}: no SHA-256.")
    fields = source.model_dump(include={"source", "generator", "licence", "by"})
    return {"path": path, **fields, "sha256": digest, "collected": source.collected.isoformat()}
