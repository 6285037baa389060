"""What shows that a file calls a rival's model."""

from __future__ import annotations

from ..values import value

_WAYS = {
    "private": "private addresses or cookies of its site",
    "package": "an unofficial client",
    "pool": "a pool of keys or accounts",
    "hiding": "ways to hide who asks",
}


@value
class Use:
    """What shows that a file calls a rival's model.

    Attributes:
        vendor: The rival's id.
        model: The model, as it is written; "" where none is named.
        client: The client, framework or host that is asked; "" where the file only sets the model.
        models: All models of the vendor that are named, separated by blanks.
        roles: What the model is for.
        words: How many different words of the file say so.
        facts: Which of these are certain, separated by blanks: `called` (a client is loaded and asked, or a host),
            `setting` (a key or a framework says what the model is for), `kept` (the file writes rows).
        line: The line of the call, from 1.
    """

    vendor: str
    model: str
    models: str
    client: str
    roles: tuple[str, ...]
    words: int
    facts: str
    line: int


def describe_ways(facts: str) -> str:
    """Return the ways past a vendor's clients and limits in words."""
    return ", ".join(_WAYS[name] for name in facts.split() if name in _WAYS)
