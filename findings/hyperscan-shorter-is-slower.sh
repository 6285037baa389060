#!/bin/sh
# Hyperscan: an expression that is shorter and matches more, or less, scans several times slower.
#
# Versions: Hyperscan 5.4.12 as hyperscan 0.9.1 builds it for PyPI.
#
# Behaviour, for 40 phrases of five words each, compiled into one database, without regard to case:
#   The blank between the words in four exact spellings, (?: |\\u0020|%20|&#(?:32|x20);): the database is forty times as
#   large as with a plain blank, and scans letters at random more than twice as fast.
#   The last spelling as a class, &[#\w]+;, which is shorter and takes any entity: the database is half as large, and
#   scans text made of such words at less than half the speed.
#
# Why a good guess is wrong:
#   Widening an expression for the sake of a smaller automaton is what helps in most engines. Here exact alternatives are
#   turned into many long literals, which are searched for first; a loop in each of them leaves single words as literals,
#   and each of those starts the automaton.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check hyperscan==0.9.1
cat >show.py <<'PYTHON'
import random
import time

import hyperscan

WORDS = (
    "amber birch cedar delta ember fjord grove heron islet joust knoll lemon maple noble ocean prism quartz raven slate"
    " thorn umber viola wheat xenon yacht zebra"
).split()
CASELESS = 1
SEPARATORS = {
    "a plain blank": " ",
    "four exact spellings": r"(?: |\\u0020|%20|&#(?:32|x20);)",
    "one of them as a class": r"(?: |\\u0020|%20|&[#\w]+;)",
}
chosen = random.Random(1)
phrases = [[chosen.choice(WORDS) for _ in range(5)] for _ in range(40)]
letters = "".join(chosen.choice("    eeettaoinshrdlucmfwypvbgkqjxz\\&%;\n") for _ in range(1 << 20)).encode()
words = " ".join(chosen.choice([*WORDS, "the", "and", "code", "value"]) for _ in range(200_000)).encode()


def measure(database, text):
    """Return megabytes a second of processor time, the best of seven."""
    taken = []
    for _ in range(7):
        begun = time.process_time()
        for _ in range(10):
            database.scan(text, match_event_handler=lambda *_: None)
        taken.append(time.process_time() - begun)
    return 10 * len(text) / min(taken) / 1e6


sizes, by_letters, by_words = [], [], []
for name, separator in SEPARATORS.items():
    database = hyperscan.Database()
    expressions = [separator.join(phrase).encode() for phrase in phrases]
    database.compile(expressions=expressions, ids=list(range(40)), flags=[CASELESS] * 40)
    sizes.append(len(hyperscan.dumpb(database)))
    by_letters.append(measure(database, letters))
    by_words.append(measure(database, words))
    print(f"{name}: {sizes[-1]:,} bytes; {by_letters[-1]:,.0f} MB/s of letters, {by_words[-1]:,.0f} MB/s of words")
plain, exact, loose = range(3)
assert sizes[exact] > 20 * sizes[plain] and by_letters[exact] > 2 * by_letters[plain], "changed"
assert sizes[loose] < 0.7 * sizes[exact] and by_words[loose] < 0.5 * by_words[exact], "changed"
PYTHON
venv/bin/python show.py
