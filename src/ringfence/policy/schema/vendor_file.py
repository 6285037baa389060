"""The models of a vendor file and of `policy/fields.toml`."""

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

    id: Name = Field(description="The id that markers refer to.")
    name: Text = Field(description="The name in reports.")


class Terms(Table):
    """What a vendor's terms say of using output for competing models. A summary; no legal advice."""

    document: Text = Field(description="The document's title.")
    clause: Text | None = Field(None, description="The clause in it.")
    bars: bool = Field(True, description="Whether it bars that use, wholly or in part.")
    says: Text = Field(description="A summary in one sentence of our own.")
    url: Text | None = Field(None, description="The document's address.")
    seen: dt.date | None = Field(None, description="The date of the version that was read.")


class FieldsFile(Table):
    """`policy/fields.toml`: names of the fields in which data sets record what generated a row."""

    generator: tuple[Text, ...] = Field(min_length=1, description="Names of fields, at any depth.")
    product: dict[Text, tuple[Text, ...]] = Field(description="Products that stand for a model, by their vendor's id.")


class VendorFile(Table):
    """A vendor of `policy/vendors/`; the file's name is the vendor's id."""

    name: Text = Field(description="The vendor's name.")
    seen: dt.date | None = Field(None, description="When its marks were last confirmed, in a tool or in commits.")
    product: tuple[Product, ...] = Field(min_length=1, description="Its products.")
    terms: tuple[Terms, ...] = Field((), description="Its terms for using output to build competing models.")
    model: tuple[ModelEntry, ...] = Field((), description="The names of its models.")
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
        """Yield its markers, and those derived from its models."""
        yield from self.marker
        for model in self.model:
            yield from model.build_markers()
