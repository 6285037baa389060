"""What a vendor file may say, and the list of generator fields beside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Self

from pydantic import Field, model_validator

from ..markers.base import Text
from ..markers.kinds import AnyMarker
from ..markers.model_names import ModelEntry
from .table import Name, Table


class Product(Table):
    """A product of a vendor."""

    id: Name = Field(description="What markers call it.")
    name: Text = Field(description="What people call it.")


class Terms(Table):
    """A clause that bars using output for competing models. Facts in our words; no legal advice."""

    document: Text = Field(description="The document's title.")
    clause: Text | None = Field(None, description="Where in it.")
    says: Text = Field(description="What it says, in a sentence of our own.")
    url: Text | None = Field(None, description="Where it can be read.")
    seen: dt.date | None = Field(None, description="The date of the version that was read.")


class FieldsFile(Table):
    """`policy/fields.toml`: in which fields data sets record what made a row."""

    generator: tuple[Text, ...] = Field(min_length=1, description="Names of fields, whatever they lie in.")


class VendorFile(Table):
    """A vendor of `policy/vendors/`; the file's name is the vendor's id."""

    name: Text = Field(description="The vendor's name.")
    seen: dt.date | None = Field(None, description="When its marks were last confirmed, in a tool or in commits.")
    product: tuple[Product, ...] = Field(min_length=1, description="Its products.")
    terms: tuple[Terms, ...] = Field((), description="What its terms say of using output for competing models.")
    model: tuple[ModelEntry, ...] = Field((), description="How its models are called.")
    marker: tuple[AnyMarker, ...] = Field((), description="The marks its products leave.")

    @model_validator(mode="after")
    def _check_products(self) -> Self:
        known = {product.id for product in self.product}
        for item in (*self.marker, *self.model):
            if item.product not in known:
                raise ValueError(f"{item.id}: product {item.product!r} is not a [[product]] of this file")
        return self

    @model_validator(mode="after")
    def _check_not_empty(self) -> Self:
        if not self.marker and not self.model:
            raise ValueError("needs a [[marker]] or a [[model]]")
        return self

    def iter_markers(self) -> Iterator[AnyMarker]:
        """Yield its markers, and those that come of its models."""
        yield from self.marker
        for model in self.model:
            yield from model.build_markers()
