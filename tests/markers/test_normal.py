"""What a person reads is what is compared."""

from __future__ import annotations

import time

import pytest

from ringfence.policy.markers import normalise


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Сlаudе", "Claude"),  # Cyrillic С, а, е
        ("Ｃｌａｕｄｅ", "Claude"),
        ("Cl\u200baude", "Claude"),
        ("\u2066Claude\u2069", "Claude"),
        ("𝐂𝐥𝐚𝐮𝐝𝐞", "Claude"),
        ("Claudé", "Claude"),
        ("Cl\u00adaude", "Claude"),
        ("Claude &lt;noreply&#64;anthropic.com&gt;", "Claude <noreply@anthropic.com>"),
        ("Cl\0aude\x1b", "Claude"),
        ("Jürgen, 愛", "Jurgen, 愛"),
    ],
)
def test_a_line_is_read_as_a_person_reads_it(written: str, read: str) -> None:
    assert [line for _, line in normalise.normalise_message(written)] == [read]


def test_literal_line_ends_become_lines_and_keep_their_number() -> None:
    assert normalise.normalise_message("one\\n\\ntwo\nthree") == [(1, "one"), (1, ""), (1, "two"), (2, "three")]


def test_a_folded_trailer_is_also_read_as_one_line() -> None:
    assert (1, "Co-authored-by: Claude <x@y>") in normalise.normalise_message("Co-authored-by: Claude\n <x@y>")


def test_lines_of_base64_are_read_one_by_one_and_together() -> None:
    packed = "Q28tYXV0aG9yZWQtYnk6\nIENsYXVkZQ=="
    assert normalise.normalise_message(packed)[2:] == [
        (1, "Co-authored-by:"),
        (2, " Claude"),
        (1, "Co-authored-by: Claude"),
    ]


def test_what_is_shown_from_right_to_left_is_read_as_it_is_shown() -> None:
    assert (1, "by: Claude!") in normalise.normalise_message("by: \u202eedualC\u202c!")


def test_an_encoding_that_is_named_may_be_wrong() -> None:
    assert normalise.decode_variants("Müller".encode(), "ISO-8859-1") == ["MÃ¼ller", "Müller"]
    assert "Claude" in normalise.decode_variants("Claude".encode("utf-16"))


@pytest.mark.parametrize("name", ["iso-8859-1", "UTF-16", "no-such-codec", "zip", "rot13", "punycode", ""])
def test_decoding_never_fails(name: str) -> None:
    assert isinstance(normalise.decode_message(bytes(range(256)), name), str)


def test_the_declared_encoding_is_used() -> None:
    assert normalise.decode_message("Müller".encode("iso-8859-1"), "ISO-8859-1") == "Müller"


def test_a_plain_message_is_scanned_once() -> None:
    assert normalise.is_plain(b"subject\n\nbody: text\n")
    assert not normalise.is_plain(b"subject\\nbody")
    assert not normalise.is_plain("Ｃ".encode())
    assert not normalise.is_plain(b"Q28tYXV0aG9yZWQtYnk6IENsYXVkZQ==\n")


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["a\n b", "\n x", "QUJD" * 8 + "\n", "&amp;", "%41", "\\u0041", "\u202ex", "é", "\0"])
def test_no_text_takes_more_than_linear_time(piece: str) -> None:
    def seconds(size: int) -> float:
        text = piece * (size // len(piece))
        started = time.process_time()
        normalise.normalise_message(text)
        return time.process_time() - started

    seconds(1000)
    assert seconds(400_000) < 4 * (2 * seconds(100_000) + 0.05)  # four times as much; what is quadratic takes sixteen
