"""What shows that a file calls a rival's model."""

from __future__ import annotations

import json

from ..values import value

_WAYS = {
    "private": "private addresses or cookies of its site",
    "package": "an unofficial client",
    "session": "a browser or a session at its site",
    "pool": "a pool of keys or accounts",
    "hiding": "ways to hide who asks",
}


@value
class Use:
    """What shows that a file calls a rival's model.

    Attributes:
        vendor: The rival's id.
        line: The line of the call, from 1.
        facts: What is certain: `called` (a client is loaded and asked, or a host), `setting` (a key or a framework
            says what the model is for), `kept` (the file writes rows), `vague`
            (no word says for certain what the model is for), `unnamed` (a framework takes a model that the
            file doesn't name); of an extraction its ways, as in `_WAYS`.
        model: The model, as it is written; "" where none is named.
        models: All models of the vendor that are named, separated by blanks.
        client: The client, framework or host that is asked; "" where the file only sets the model.
        roles: What the model is for.
        words: How many different words of the file say so.
    """

    vendor: str
    line: int
    facts: tuple[str, ...]
    model: str = ""
    models: str = ""
    client: str = ""
    roles: tuple[str, ...] = ()
    words: int = 0


def describe_use(use: Use) -> str:
    """Return what is called, in words."""
    ways = ", ".join(_WAYS[name] for name in use.facts if name in _WAYS)
    return " with ".join(filter(None, (use.client, use.model))) or ways


def write_use(use: Use) -> str:
    """Return what the path of a file is weighed with, as a text that a marker can carry between processes."""
    return json.dumps([use.client, use.facts, use.roles, use.words])


def read_use(text: str) -> tuple[str, frozenset[str], list[str], int]:
    """Return the client, facts, roles and number of words that `write_use` has written."""
    client, facts, roles, words = json.loads(text)
    return client, frozenset(facts), roles, words
