"""Fingerprints: the same by pure Python and numpy, and the same for a text that was only dressed differently."""

from __future__ import annotations

import re
import sys
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import samples
from ringfence.scan.ingredients import fingerprint, keyed_hash, scheme

FUNCTION = samples.FUNCTION.encode()
_WORDS = st.sampled_from(
    [b"alpha", b"beta_2", b"x", b"=", b"(", b'"', b"'", b"\n", b"\n", b" ", b"\t", b"\r\n", b"\xc3\xa9", b"0x1f", b"{}"]
)
TEXTS = st.one_of(st.binary(max_size=600), st.lists(_WORDS, max_size=800).map(b"".join))


def compute_all(text: bytes) -> dict[int, list[tuple[int, int, int]]]:
    return {**fingerprint.fingerprint_lines(text), scheme.LETTERS: fingerprint.fingerprint_letters(text)}


def list_values(text: bytes, kind: int) -> set[int]:
    return {value for value, _, _ in compute_all(text)[kind]}


LARGE = b"".join(FUNCTION.replace(b"open_items", b"items_%d" % number) for number in range(900))


def assert_same(module: ModuleType, texts: list[bytes]) -> None:
    """Assert that a module gives what pure Python gives, of each text by itself."""
    found = module.fingerprint_texts(texts)
    expected: dict[int, list[tuple[int, ...]]] = {kind: [] for kind in scheme.KINDS}
    for number, text in enumerate(texts):
        for kind, rows in compute_all(text).items():
            expected[kind] += [(value, number, first, last) for value, first, last in rows]
    for kind, rows in expected.items():
        assert [tuple(map(int, row)) for row in zip(*found[kind], strict=True)] == rows


@settings(deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_numpy_gives_the_fingerprints_of_pure_python(texts: list[bytes]) -> None:
    assert_same(pytest.importorskip("ringfence.scan.ingredients.vectorised_lookup"), texts)


def test_numpy_gives_the_same_for_a_text_larger_than_its_batches() -> None:
    assert_same(pytest.importorskip("ringfence.scan.ingredients.vectorised_lookup"), [LARGE, b"", LARGE])


@pytest.mark.long
@settings(deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_numba_gives_the_fingerprints_of_pure_python(texts: list[bytes]) -> None:
    assert_same(pytest.importorskip("ringfence.scan.ingredients.compiled"), texts)


@pytest.mark.long
def test_numba_gives_the_same_for_a_text_of_letters_alone() -> None:
    """Of which every sixteenth begins a fingerprint, whatever room there was for them."""
    assert_same(pytest.importorskip("ringfence.scan.ingredients.compiled"), [LARGE, b"zq" * 5000, b"ab\ncd" * 3000])


@settings(deadline=None)
@given(st.lists(st.integers(0, scheme.MASK), max_size=40), st.binary(min_size=16, max_size=16))
def test_the_keyed_hash_is_siphash_1_3(values: list[int], key: bytes) -> None:
    expected = [_hash_one(value, key) for value in values]
    assert keyed_hash.hash_values(values, key) == expected
    vectorised = pytest.importorskip("ringfence.scan.ingredients.vectorised_lookup")
    numpy = pytest.importorskip("numpy")
    assert vectorised.hash_values(numpy.array(values, numpy.uint64), key).tolist() == expected
    if compiled := sys.modules.get("ringfence.scan.ingredients.compiled"):
        assert compiled.hash_values(numpy.array(values, numpy.uint64), key).tolist() == expected


def _hash_one(value: int, key: bytes) -> int:
    """SipHash-1-3 of eight bytes, written plainly from its paper."""
    v = list(keyed_hash.split_key(key))

    def rotate(number: int, count: int) -> int:
        return (number << count | number >> 64 - count) & scheme.MASK

    def run_round() -> None:
        v[0] = v[0] + v[1] & scheme.MASK
        v[1] = rotate(v[1], 13) ^ v[0]
        v[0] = rotate(v[0], 32)
        v[2] = v[2] + v[3] & scheme.MASK
        v[3] = rotate(v[3], 16) ^ v[2]
        v[0] = v[0] + v[3] & scheme.MASK
        v[3] = rotate(v[3], 21) ^ v[0]
        v[2] = v[2] + v[1] & scheme.MASK
        v[1] = rotate(v[1], 17) ^ v[2]
        v[2] = rotate(v[2], 32)

    for block in (value, 8 << 56):
        v[3] ^= block
        run_round()
        v[0] ^= block
    v[2] ^= 0xFF
    for _ in range(3):
        run_round()
    return v[0] ^ v[1] ^ v[2] ^ v[3]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b"    ", b"\t"),
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: b"\n".join(b"        " + line for line in text.split(b"\n")),
        lambda text: text.replace(b"\n", b"\n\n"),
    ],
    ids=["tabs", "crlf", "deeper", "blank lines"],
)
@pytest.mark.parametrize("kind", scheme.KINDS)
def test_white_space_changes_nothing(kind: int, change) -> None:
    assert list_values(change(FUNCTION), kind) == list_values(FUNCTION, kind) != set()


def test_letters_survive_joined_lines_and_other_quotes() -> None:
    changed = FUNCTION.replace(b"\n", b" ").replace(b'"', b"'")
    assert list_values(changed, scheme.LETTERS) == list_values(FUNCTION, scheme.LETTERS) != set()


def test_skeletons_survive_renaming_everything() -> None:
    renamed = re.sub(rb"\b(?!def|for|in|if|return|continue|lambda)[a-z_]+\b", lambda m: m[0][::-1], FUNCTION)
    assert list_values(renamed, scheme.SKELETON) == list_values(FUNCTION, scheme.SKELETON) != set()
    assert not list_values(renamed, scheme.LINES) & list_values(FUNCTION, scheme.LINES)


def test_tables_of_numbers_and_rulers_have_no_fingerprints_of_letters() -> None:
    table = b"\n".join(b"0x%08x, 0x%08x, 0x%08x," % (n * 7919, n * 104729, n * 1299709) for n in range(200))
    assert not list_values(table, scheme.LETTERS)
    assert not list_values(b"=" * 5000 + b"-" * 5000, scheme.LETTERS)


def test_lines_are_numbered_from_the_first() -> None:
    text = b"\n\n\n" + FUNCTION
    for kind in scheme.KINDS:
        own, shifted = compute_all(FUNCTION)[kind], compute_all(text)[kind]
        assert [(value, first + 3, last + 3) for value, first, last in own] == shifted
