"""The table of the kinds of marker; a new kind is a module here and a row in this table."""

from typing import Annotated, get_args

from pydantic import Field

from .base import MarkerEntry
from .credit import CreditMarker
from .environment import EnvironmentMarker
from .identity import IdentityMarker
from .note import NoteMarker
from .path import PathMarker
from .pattern import ContentMarker, LinkMarker, MessageMarker, RefMarker
from .process import ProcessMarker
from .trailer import TrailerMarker

AnyMarker = Annotated[
    IdentityMarker
    | TrailerMarker
    | MessageMarker
    | CreditMarker
    | LinkMarker
    | RefMarker
    | ContentMarker
    | PathMarker
    | EnvironmentMarker
    | ProcessMarker
    | NoteMarker,
    Field(discriminator="kind"),
]

KINDS: tuple[type[MarkerEntry], ...] = get_args(get_args(AnyMarker)[0])
