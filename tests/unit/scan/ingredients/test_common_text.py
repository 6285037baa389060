"""The shipped set of common text: licences and project files are in it, a tool's or a person's own code isn't."""

from __future__ import annotations

import random

import samples
from ringfence.scan.ingredients import common_text, engine

LICENSE = b"""
Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:
"""
POM = b"""<project xmlns="http://maven.apache.org/POM/4.0.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://maven.apache.org/POM/4.0.0 http://maven.apache.org/xsd/maven-4.0.0.xsd">
"""


def list_values(text: bytes) -> list[int]:
    return [value for _, _, value, _, _ in engine.fingerprint_texts([text])]


def share(text: bytes) -> float:
    values = list_values(text)
    assert values
    return len(common_text.find_common(values)) / len(set(values))


def test_what_everybody_has_is_common() -> None:
    assert share(LICENSE) > 0.9
    assert share(POM) > 0.9


def test_own_code_isnt() -> None:
    assert share(samples.FUNCTION.encode()) < 0.1
    assert share(samples.HUMAN.encode()) < 0.1


def test_few_other_fingerprints_look_common() -> None:
    chosen = random.Random(5)
    values = [chosen.getrandbits(64) for _ in range(50_000)]
    assert len(common_text.find_common(values)) < len(values) / 40


def test_a_set_holds_what_it_was_made_of() -> None:
    values = [random.Random(9).getrandbits(64) for _ in range(1000)]
    layer = bytearray(common_text.build_set(values))
    assert common_text.find_set_bits(layer, (len(layer) * 8).bit_length() - 1, values) == set(values)
