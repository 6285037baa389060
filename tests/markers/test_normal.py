"""What a person reads is what is compared."""

from __future__ import annotations

import pytest

from ringfence.markers import normal


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Сlаudе", "Claude"),  # Cyrillic С, а, е
        ("Ｃｌａｕｄｅ", "Claude"),
        ("Cl\u200baude", "Claude"),
        ("\u202eClaude\u202c", "Claude"),
        ("𝐂𝐥𝐚𝐮𝐝𝐞", "Claude"),
        ("Claudé", "Claude"),
        ("Cl\u00adaude", "Claude"),
        ("Claude &lt;noreply&#64;anthropic.com&gt;", "Claude <noreply@anthropic.com>"),
        ("Cl\0aude\x1b", "Claude"),
        ("Jürgen, 愛", "Jurgen, 愛"),
    ],
)
def test_a_line_is_read_as_a_person_reads_it(written: str, read: str) -> None:
    assert normal.readable(written) == read


def test_literal_line_ends_become_lines_and_keep_their_number() -> None:
    assert normal.lines("one\\n\\ntwo\nthree") == [(1, "one"), (1, ""), (1, "two"), (2, "three")]


def test_a_folded_trailer_is_also_read_as_one_line() -> None:
    assert (1, "Co-authored-by: Claude <x@y>") in normal.lines("Co-authored-by: Claude\n <x@y>")


@pytest.mark.parametrize("name", ["iso-8859-1", "UTF-16", "no-such-codec", "zip", "rot13", "punycode", ""])
def test_decoding_never_fails(name: str) -> None:
    assert isinstance(normal.decoded(bytes(range(256)), name), str)


def test_the_declared_encoding_is_used() -> None:
    assert normal.decoded("Müller".encode("iso-8859-1"), "ISO-8859-1") == "Müller"


def test_a_plain_message_is_scanned_once() -> None:
    assert normal.is_plain(b"subject\n\nbody: text\n")
    assert not normal.is_plain(b"subject\\nbody")
    assert not normal.is_plain("Ｃ".encode())
