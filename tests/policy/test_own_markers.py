"""An organisation's own markers are held to what those of the catalogue are held to."""

from __future__ import annotations

import pytest

from conftest import Work

OWN = """\
version = 1
[[marker]]
vendor = "openai"
id = "acme-openai-gateway"
product = "codex"
kind = "message"
phrase = 'via acme-gateway/[0-9]+'
strength = "definitive"
why = "Our gateway writes this."
source = "us"
caught = ["via acme-gateway/7"]
passed = ["the acme gateway"]
"""


def test_a_marker_that_does_what_it_says_is_right(laptop: Work) -> None:
    laptop.write("own.toml", OWN)
    said = laptop.ringfence("policy", "check", "own.toml")
    assert said, said.out
    assert "own.toml: OK, " in said.out


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[0-9]+'", "(?=[0-9])'", "marker acme-openai-gateway: invalid pattern: "),
        ('"via acme-gateway/7"', '"via acme"', "marker acme-openai-gateway: misses 'via acme'"),
        ('"the acme gateway"', '"via acme-gateway/8"', "marker acme-openai-gateway: catches 'via acme-gateway/8'"),
        ('"codex"', '"codeks"', "openai has no product `codeks`; did you mean `codex`?"),
    ],
)
def test_what_is_wrong_with_a_marker_is_told(laptop: Work, old: str, new: str, told: str) -> None:
    laptop.write("own.toml", OWN.replace(old, new))
    said = laptop.ringfence("policy", "check", "own.toml")
    assert said.status == 4
    assert told in said.out


def test_it_is_found_where_the_policy_holds(laptop: Work) -> None:
    laptop.write("own.toml", OWN)
    laptop.write("message.txt", "Add rows\n\nvia acme-gateway/12\n")
    assert laptop.ringfence("check", "--message", "message.txt")
    said = laptop.ringfence("check", "--message", "message.txt", "--policy", "own.toml")
    assert said.status == 1
    assert "[acme-openai-gateway]" in said.out
