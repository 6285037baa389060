from __future__ import annotations

import re

import pytest

from ringfence.scan.decoders.formats import list_magic_prefixes
from ringfence.scan.decoders.prefilter_patterns import list_decoder_patterns


def is_suspect(data: bytes) -> bool:
    return any(re.search(pattern.encode(), data, re.MULTILINE) for pattern in list_decoder_patterns())


@pytest.mark.parametrize("prefix", list_magic_prefixes())
def test_every_magic_prefix_is_matched(prefix: bytes) -> None:
    assert is_suspect(prefix + b"rest")


@pytest.mark.parametrize(
    "data",
    [
        "wide".encode("utf-16-le"),
        b"---\npretty_name: Rows\n---\n",
        b"../.git/annex/objects/aa/bb/KEY",
        b'{"cells": [], "nbformat": 4}',
        b"version https://git-lfs.github.com/spec/v1\n",
    ],
)
def test_contents_that_need_decoding_are_matched(data: bytes) -> None:
    assert is_suspect(data)


def test_plain_text_is_not_matched() -> None:
    assert not is_suspect(b"Some text, and a line.\n\tAnother: 'one'.\r\n")
