r"""A message or a name as a person reads it, so that dressing a marker up doesn't hide it.

Compared raw *and* in this form: NFKD (full-width and mathematical letters), without accents and invisible characters,
with letters of other alphabets that look like Latin ones mapped to those, `\n` and `&lt;` spelled out, folds joined.
"""

from __future__ import annotations

import unicodedata

# Letters of other scripts whose usual glyph is a Latin letter's (after Unicode TR 39, the ones a name would need).
_LOOKALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХԁԝаеѕіјкорсухһԛмтпгвьԍԌѴѵҮүҺЬ"
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαεικνορτυχγωϲϹϳ"
    "ոսօհցքԱՏՕՍӏӀǀ∣ıɑɡɩʏᴀᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢꜱɪɴʀʟ"
    "—–‐‑‒−＿：﹕։∶꞉ː",
    "ABESIJKMHOPCTYXdwaesijkopcyxhqmtnrbbgGVvYyhb"
    "ABEZHIKMNOPTYXaeiknoptuxywcCj"
    "nsohgpUSOUlllliagiyacdejkmoptuvwzsinrl"
    "------_::::::",
)
_ENTITIES = (
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", '"'),
    ("&#39;", "'"),
    ("&#64;", "@"),
    ("&commat;", "@"),
    ("&amp;", "&"),
)


def readable(text: str) -> str:
    """Return a line of text as a person reads it, without what can't be seen."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(char for char in text if unicodedata.category(char) not in ("Cf", "Mn")).translate(_LOOKALIKES)
    if "&" in text:
        for entity, char in _ENTITIES:
            text = text.replace(entity, char)
    return "".join(char for char in text if char >= " " or char == "\t") if _has_controls(text) else text


def lines(text: str) -> list[tuple[int, str]]:
    """Return a message's lines as (line number from 1, readable text), then each folded trailer as one line."""
    plain: list[tuple[int, str]] = []
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        parts = line.replace("\\r", "").replace("\\n", "\n").split("\n")
        plain += [(number, readable(part)) for part in parts]
    return plain + _unfolded(plain)


def _unfolded(plain: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Join lines that begin with white space to the line above, as git reads a folded trailer."""
    joined: list[tuple[int, str]] = []
    folded = False
    for number, line in plain:
        if line[:1] in (" ", "\t") and line.strip() and joined:
            first, before = joined[-1]
            joined[-1] = (first, f"{before} {line.strip()}")
            folded = True
        else:
            joined.append((number, line))
    return [item for item in joined if item not in set(plain)] if folded else []


def decoded(data: bytes, encoding: str = "") -> str:
    """Decode a message by the encoding its commit names, or as UTF-8, or (never failing) as Latin-1."""
    for name in (encoding, "utf-8"):
        if name and is_known(name):
            try:
                return data.decode(name)
            except UnicodeError:
                continue
    return data.decode("latin-1")


def is_known(encoding: str) -> bool:
    """Say whether text in an encoding can be read: Python has it, and it decodes in linear time."""
    if not encoding:
        return True
    try:
        b"\0\0\0\0".decode(encoding, "replace")  # an empty text would not even be looked up
    except (LookupError, ValueError):
        return False
    return encoding.lower().replace("_", "-") not in _NOT_LINEAR


def is_plain(data: bytes) -> bool:
    """Say whether the readable form of a message can't differ from its bytes, so that one scan does."""
    return data.isascii() and not any(sign in data for sign in (b"\\", b"&", b"\r", b"\n ", b"\n\t", b"\0", b"\x1b"))


def _has_controls(text: str) -> bool:
    return not text.isprintable()


_NOT_LINEAR = ("punycode", "idna")
