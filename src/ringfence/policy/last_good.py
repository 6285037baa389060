"""The organisation's policy as it last could be used: it decides where an edit broke the one that is in force."""

from __future__ import annotations

import marshal  # only ever loads what the cache believes, as the compiled patterns are

from ..errors import PolicyError
from ..values import fields, replace
from . import cache
from .inputs import Inputs, Layer

_SUFFIX = ".good"


def remember_policy(inputs: Inputs) -> None:
    """Keep the organisation's layers of a policy that could be used, unless they are kept already."""
    if own := _select_layers(inputs):
        content = marshal.dumps([tuple(fields(layer).values()) for layer in own])
        if cache.load_file(_build_name(own)) != content:
            cache.store_file(_build_name(own), content)


def find_last_good(inputs: Inputs) -> Inputs | None:
    """Return the inputs with the last usable version of the organisation's layers, if they are what is wrong.

    None where the fault is another's, such as a repository's own file, and where no usable version is known.
    """
    own = _select_layers(inputs)
    content = cache.load_file(_build_name(own)) if own and _is_broken(own) else b""
    try:
        kept = tuple(Layer(*row) for row in marshal.loads(content)) if content else ()  # noqa: S302 - see the import
    except (ValueError, EOFError, TypeError):
        return None  # damaged
    return replace(inputs, layers=(*kept, *inputs.layers[len(own) :])) if kept else None


def _is_broken(layers: tuple[Layer, ...]) -> bool:
    from .effective import build_effective_policy, list_vendors

    inputs = Inputs(layers)
    try:
        build_effective_policy(inputs, list_vendors(inputs))
    except PolicyError:
        return True
    return False


def _select_layers(inputs: Inputs) -> tuple[Layer, ...]:
    """Return the organisation's layers, which come first."""
    return tuple(layer for layer in inputs.layers if layer.kind == "organisation")


def _build_name(layers: tuple[Layer, ...]) -> str:
    return cache.compute_digest(layer.path.encode("utf-8", "surrogateescape") for layer in layers) + _SUFFIX
