"""Parsing YAML is slow: it is done only where a key of cards may be."""

from __future__ import annotations

import pytest

from ringfence.scan.decoders.dataset_card import _may_have_key, decode_card


@pytest.mark.parametrize(
    "head",
    [
        "configs:\n- a: b\n",
        '"\\x63onfigs": []\n',
        '{"\\x63onfigs": []}\n',
        '{a: 1, "pretty\\u005fname": b}\n',
        '? "\\u0063onfigs"\n: []\n',
        '{a: 1, ? "\\u0063onfigs" : []}\n',
        'a: b\n  \t"\\U00000063onfigs"\t: []\n',
    ],
)
def test_a_key_of_cards_is_seen_however_it_is_written(head: str) -> None:
    assert _may_have_key(f"---\n{head}".encode())


@pytest.mark.parametrize(
    "head",
    [
        "title: a page\n",
        'body: "\\u003cp\\u003e"\n',
        'body: "a\n  \\u003cp\\u003e b\n  \\"c\\u003c: d"\n',
        'body: \'{"a":"\\u003c","b":["\\u003e"]}\'\n',
    ],
)
def test_recorded_answers_are_no_cards(head: str) -> None:
    assert not _may_have_key(f"---\n{head}".encode())


def test_what_follows_the_front_matter_makes_no_card() -> None:
    assert list(decode_card(b"---\ntags: [gpt-4o]\n---\nconfigs: see below\n")) == []
