"""The constants of the fingerprints. Changing one makes every index useless: raise `VERSION` with it.

Three kinds of fingerprint of a text, all 64 bits, without a parser:

lines      Four consecutive significant lines without their white space. Exact runs of lines, in any indentation.
letters    48 consecutive letters and digits, all else dropped, where they begin with an anchor: a pair of letters, 1 in
           16. Survives edited lines, joined lines, other quotes, and some renamed words.
skeleton   Eight consecutive lines in which every word has become one letter. Survives renaming everything.

A line is significant if it has four bytes and a word in it besides white space.
"""

from __future__ import annotations

VERSION = 1
LINES, LETTERS, SKELETON, OBJECT = range(4)  # kinds; `OBJECT` is the id of a whole git object
CALLS = int.from_bytes(b"any call", "big")  # an index that has this has calls of models
KINDS = (LINES, LETTERS, SKELETON)

MASK = (1 << 64) - 1
PRIME = 1_073_741_789  # the largest prime below 2**30; a line's bytes, little-endian, modulo it are its residue
POWERS = tuple(pow(0x9E3779B97F4A7C15, power, 1 << 64) for power in range(8))  # weights of the lines of a window
SEEDS = (0xD6E8FEB86659FD93, 0xA0761D6478BD642F, 0xE7037ED1A0B428DB, 0x8EBC6AF09C88C6E3)  # odd; one for each kind

SHORTEST_LINE = 4  # bytes without white space
SHORTEST_WINDOW = 60  # bytes of all lines of a window together
LINES_WINDOW, LINES_DISTINCT = 4, 3  # lines, and how many of them must differ
SKELETON_WINDOW, SKELETON_DISTINCT = 8, 7

LETTERS_WINDOW = 48  # bytes: six words of eight
LETTERS_WORDS = POWERS[1:7]  # weights of the words
# Anchors are pairs for which (first * 173 + second * 139) % 256 // 16 is 2. Of 1,500 such rules this one spreads them
# most evenly over source code in six languages: of 260 letters in a row hardly any have fewer than three.
ANCHOR_FIRST, ANCHOR_SECOND, ANCHOR = 173, 139, 2
LETTERS_NUMERIC = 29  # digits and letters of hexadecimal numbers in a window that make it a table of numbers

BLANKS = b" \t\r\f\v"
_WORD = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") | frozenset(range(128, 256))
WORD_TABLE = bytes(ord("i") if byte in _WORD else ord("'") if byte == ord('"') else byte for byte in range(256))
LETTER_TABLE = bytes(range(256)).lower()  # of ASCII only
LETTERS_DROPPED = bytes(byte for byte in range(256) if byte == ord("_") or byte not in _WORD)
_IS_ANCHOR = bytes(number // 16 == ANCHOR for number in range(256)) * 2
_FIRST = bytes(first * ANCHOR_FIRST % 256 for first in range(256))
# By first byte + 256 * second byte: whether the pair is an anchor.
ANCHORS = b"".join(_FIRST.translate(_IS_ANCHOR[second * ANCHOR_SECOND % 256 :][:256]) for second in range(256))
NUMERIC = b"0123456789abcdefx"
