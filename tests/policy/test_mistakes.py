"""All mistakes of a file are reported at once: file, line, key, what is wrong and what is valid."""

from __future__ import annotations

import pytest

from ringfence.errors import PolicyError
from ringfence.policy.schema.parse import locate_line, parse_toml
from ringfence.policy.schema.policy_file import PolicyFile
from ringfence.policy.schema.vendor_file import VendorFile

POLICY = """\
version = 1
tgas = ["eval"]

[organisation]
name = "Acme"
owns = ["meta"]

[[zone]]
tag = "eval"
paths = ["evals/**"]

[[zone]]
tag = "eval"
path = ["more/**"]

[tag.eval]
weak = "loud"
"""


def mistakes(text: str, model: type = PolicyFile) -> list[str]:
    with pytest.raises(PolicyError) as refused:
        parse_toml(model, text.encode(), "policy.toml")
    return sorted(refused.value.message.splitlines())


def test_every_mistake_is_told_at_once_with_its_line_and_a_suggestion() -> None:
    assert mistakes(POLICY) == [
        "policy.toml:14: zone[2].path: unknown key; did you mean `paths`?",
        "policy.toml:17: tag.eval.weak: 'loud' is not one of `record`, `warn` or `block`",
        "policy.toml:2: tgas: unknown key; did you mean `tags`?",
        "policy.toml:6: organisation.owns: unknown key; did you mean `own`?",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('tags = "eval"', '2: tags: must be a list: `["eval"]`'),
        ('tag = ["eval"]', "2: tag: must be a table, `[tag.NAME]`; the tags of this repository are set by `tags`"),
        ('[zone]\ntag = "eval"', "2: zone: must be a list: `[[zone]]`"),
        ('vendors = "openai"', "2: vendors: must be a table"),
        ("[[repository]]\nmatch = [1]\ntags = ['eval']", "3: repository[1].match[1]: must be text, in quotes"),
        (
            'tags = ["a b"]',
            "2: tags[1]: must be lower-case letters and digits, with single hyphens between them, got 'a b'",
        ),
        ("[limits]\ndepth = -1", "3: limits.depth: must be greater than 0, got -1"),
    ],
)
def test_a_value_of_another_shape_is_told_as_it_is_written(text: str, told: str) -> None:
    assert mistakes(f"version = 1\n{text}") == [f"policy.toml:{told}"]


def test_a_version_in_quotes_is_told() -> None:
    assert mistakes('version = "1"') == ["policy.toml:1: version: must be 1, without quotes"]


def test_a_syntax_error_names_its_place() -> None:
    assert mistakes("version = 1\ntags = [") == ["policy.toml: not TOML: Invalid value (at end of document)."]


def test_a_file_that_is_not_utf8_is_named() -> None:
    with pytest.raises(PolicyError, match=r"policy.toml: byte 8: not UTF-8"):
        parse_toml(PolicyFile, b"name = '\xff'", "policy.toml")


def test_a_missing_key_is_named() -> None:
    assert mistakes("tags = ['eval']") == ["policy.toml: version: missing, but required"]


def test_a_zone_that_only_takes_out_is_no_zone() -> None:
    assert mistakes("version = 1\n[[zone]]\ntag = 'eval'\npaths = ['!docs/**']") == [
        "policy.toml:2: zone[1]: paths has only exclusions; a zone needs at least one path without `!`"
    ]


def test_a_vendor_that_is_rival_and_approved_is_a_contradiction() -> None:
    (said,) = mistakes("version = 1\n[vendors]\nrivals = ['openai']\napproved = ['openai']")
    assert said == "policy.toml:2: vendors: openai can't be both a rival and approved"


VENDOR = """\
name = "Acme AI"
[[product]]
id = "acme-code"
name = "Acme Code"
[[marker]]
id = "acme-code-address"
product = "acme-kode"
kind = "identity"
adress = ["bot@acme.example"]
strength = "certain"
why = "It signs so."
source = "its documentation"
caught = ["Acme <bot@acme.example>"]
passed = ["Ann <ann@acme.example>"]
"""


def test_a_markers_mistakes_are_told_without_pydantics_words() -> None:
    assert mistakes(VENDOR, VendorFile) == [
        "policy.toml:10: marker[1].strength: 'certain' is not one of `definitive`, `strong` or `weak`",
        "policy.toml:9: marker[1].adress: unknown key; did you mean `address`?",
    ]


def test_a_product_that_is_not_listed_is_named() -> None:
    text = VENDOR.replace("adress", "address").replace("certain", "definitive")
    assert mistakes(text, VendorFile) == [
        "policy.toml: the file: acme-code-address: product 'acme-kode' is not a [[product]] of this file"
    ]


def test_an_unknown_kind_is_told_with_the_known_ones() -> None:
    text = VENDOR.replace('"identity"', '"identitee"').replace("adress", "address")
    said = mistakes(text, VendorFile)
    assert said[0].startswith("policy.toml:5: marker[1]: ")
    assert "'identity'" in said[0]


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("version",), 1),
        (("zone", 0, "paths"), 10),
        (("zone", 1, "path"), 14),
        (("zone", 1), 12),
        (("tag", "eval", "weak"), 17),
    ],
)
def test_the_line_of_a_key_is_found(place: tuple[str | int, ...], line: int) -> None:
    assert locate_line(POLICY, place) == line
