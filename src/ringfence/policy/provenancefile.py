"""What a `PROVENANCE.toml` may say: where data comes from, in the manner of REUSE."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from ..markers.base import Text
from .tables import Table

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
