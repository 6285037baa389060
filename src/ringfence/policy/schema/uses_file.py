"""The model of `policy/uses.toml`: how code and settings call models, and what the answers are taken for."""

from __future__ import annotations

from pydantic import Field

from ..markers.base import Text
from .table import Table


class Client(Table):
    """A library that asks a vendor's models."""

    vendor: str = Field(description='The vendor\'s id; "" where only the model says whose it is.')
    name: Text = Field(description="Its name in findings.")
    load: tuple[Text, ...] = Field(min_length=1, description="Expressions of code that loads it.")
    call: tuple[Text, ...] = Field(min_length=1, description="Expressions of code that asks it.")
    sign: tuple[Text, ...] = Field(min_length=1, description="Expressions for the prefilter: one is in every use.")


class Endpoint(Table):
    """A host that answers without a client."""

    vendor: str = Field(description='The vendor\'s id; "" where only the model says whose it is.')
    host: Text = Field(description="An expression of its address.")
    sign: tuple[Text, ...] = Field(min_length=1, description="Expressions for the prefilter.")


class Framework(Table):
    """A framework that makes, labels or judges data."""

    name: Text = Field(description="Its name in findings.")
    role: Text = Field(description="What a model is for in it.")
    is_: Text = Field(alias="is", description="An expression that shows that a file is about it.")
    call: tuple[Text, ...] = Field(min_length=1, description="Expressions that set a model to work.")
    sign: tuple[Text, ...] = Field(min_length=1, description="Expressions for the prefilter.")


class Rows(Table):
    """How answers are kept."""

    written: tuple[Text, ...] = Field(min_length=1, description="Expressions of code that writes rows.")


class Extraction(Table):
    """How a vendor's models are asked without a client that the vendor offers."""

    vendor: Text = Field(description="The vendor's id.")
    private: tuple[Text, ...] = Field(min_length=1, description="Expressions of addresses and cookies of its site.")
    package: tuple[Text, ...] = Field(description="Expressions of code that loads an unofficial client.")
    site: tuple[Text, ...] = Field(
        (), description="Expressions of the address of its chat site, as a value of its own."
    )
    sign: tuple[Text, ...] = Field(min_length=1, description="Expressions for the prefilter.")


class Evasion(Table):
    """What shows that a limit is to be got around."""

    pool: tuple[Text, ...] = Field(min_length=1, description="Expressions of pools of keys or accounts.")
    hiding: tuple[Text, ...] = Field(min_length=1, description="Expressions of code that hides who asks.")
    session: tuple[Text, ...] = Field(
        min_length=1, description="Expressions of code that drives a browser or its session."
    )


class UsesFile(Table):
    """`policy/uses.toml`."""

    client: tuple[Client, ...] = Field(min_length=1, description="Clients.")
    endpoint: tuple[Endpoint, ...] = Field(min_length=1, description="Hosts.")
    framework: tuple[Framework, ...] = Field(min_length=1, description="Frameworks.")
    roles: dict[Text, tuple[Text, ...]] = Field(
        description="What a model is for, and the words that say so; each that is found counts once."
    )
    vague: dict[Text, tuple[Text, ...]] = Field(
        description="Words that say so too, and are said of many other things; one alone isn't enough."
    )
    rows: Rows = Field(description="How answers are kept.")
    extraction: tuple[Extraction, ...] = Field(min_length=1, description="Ways past the vendors' clients.")
    evasion: Evasion = Field(description="Ways past the vendors' limits.")
