"""Every definitive marker survives everything that leaves it readable to a person.

A table of mutators times every example of the shipped catalogue, in each part of a change that would carry it.
"""

from __future__ import annotations

import base64
import html
import io
import json
import quopri
import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ringfence.check.check import check_changes
from ringfence.model import Change
from ringfence.policy.effective import parse_vendors
from ringfence.policy.markers.base import MarkerEntry
from ringfence.policy.plan import Plan
from ringfence.policy.vendor_files import read_shipped_files
from ringfence.scan import isolation
from ringfence.sources.files import Files

IDENTITY = ("author", "committer", "tagger")
MESSAGE = ("message",)
TEXT = (*IDENTITY, *MESSAGE, "ref")
FILE = ("content", "note")
CYRILLIC = str.maketrans("aceiopsxyABCEHIKMOPSTX", "асеіорѕхуАВСЕНІКМОРЅТХ")
GREEK = str.maketrans("AEHIKMNOPTXYov", "ΑΕΗΙΚΜΝΟΡΤΧΥον")
FULL = {code: code + 0xFEE0 for code in range(ord("!"), ord("~") + 1)}
BOLD = {ord("A") + i: 0x1D400 + i for i in range(26)} | {ord("a") + i: 0x1D41A + i for i in range(26)}
SQUARED = {ord("A") + i: 0x1F170 + i for i in range(26)} | {ord("a") + i: 0x1F170 + i for i in range(26)}
SMALL = str.maketrans("acdejkmoptuvwz", "ᴀᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢ")


class Mutator(NamedTuple):
    """How a marker is dressed up: where that can be done, and what becomes of the text and its declared encoding."""

    name: str
    parts: tuple[str, ...]
    dress: Callable[[str], str | bytes]
    encoding: str = ""


def lines(change: Callable[[str], str]) -> Callable[[str], str]:
    """Change each line that says something."""
    return lambda text: "\n".join(change(line) if line.strip() else line for line in text.split("\n"))


def key(old: str, new: str) -> Callable[[str], str]:
    """Change a sign in a line's key alone."""
    return lines(lambda line: re.sub(r"^[\w -]+(?=:\s)", lambda found: found[0].replace(old, new), line))


def between(sign: str) -> Callable[[str], str]:
    """Put a sign between the letters of each word."""
    return lambda text: re.sub(r"(?<=[A-Za-z])(?=[A-Za-z])", sign, text)


def packed(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


MUTATORS = (
    Mutator("as it is", (*TEXT, *FILE, "path", "environment"), str),
    Mutator("upper case", (*TEXT, *FILE, "path"), str.upper),
    Mutator("lower case", (*TEXT, *FILE, "path"), str.lower),
    Mutator("swapped case", (*TEXT, *FILE, "path"), str.swapcase),
    Mutator("in a folder", ("path",), "deep/in/it/{}".format),
    Mutator("underscores in the key", MESSAGE, key("-", "_")),
    Mutator("blanks in the key", MESSAGE, key("-", " ")),
    Mutator("blank before the colon", MESSAGE, lines(lambda line: re.sub(r"^([\w-]+):(?=\s)", r"\1 :", line))),
    Mutator("equals sign for a colon", MESSAGE, lines(lambda line: re.sub(r"^([\w-]+):(?=\s)", r"\1 =", line))),
    Mutator("blanks behind the colon", MESSAGE, lines(lambda line: re.sub(r"^([\w-]+): ", "\\1:  \t ", line))),
    Mutator("no angle brackets", (*MESSAGE, *IDENTITY), lambda text: re.sub(r"<([^>\n]*@[^>\n]*)>", r"\1", text)),
    Mutator("round brackets", (*MESSAGE, *IDENTITY), lambda text: re.sub(r"<([^>\n]*@[^>\n]*)>", r"(\1)", text)),
    Mutator("square brackets", (*MESSAGE, *IDENTITY), lambda text: re.sub(r"<([^>\n]*@[^>\n]*)>", r"[\1]", text)),
    Mutator("folded at each blank", MESSAGE, lambda text: re.sub(r"(?<=\S) (?=\S)", "\n  ", text)),
    Mutator("folded with tabs", MESSAGE, lambda text: re.sub(r"(?<=\S) (?=\S)", "\r\n\t", text)),
    Mutator("indented", MESSAGE, lines("    {}".format)),
    Mutator("indented by tabs", MESSAGE, lines("\t\t{}".format)),
    Mutator("quoted", MESSAGE, lines("> {}".format)),
    Mutator("quoted twice", MESSAGE, lines("> > {}".format)),
    Mutator("a list's bullet", MESSAGE, lines("* {}".format)),
    Mutator("a list's dash", MESSAGE, lines("  - {}".format)),
    Mutator("a comment's sign", MESSAGE, lines("# {}".format)),
    Mutator("bold in markdown", MESSAGE, lines("**{}**".format)),
    Mutator("key bold in markdown", MESSAGE, lines(lambda line: re.sub(r"^([\w-]+:) ", r"**\1** ", line))),
    Mutator("code in markdown", MESSAGE, lines("`{}`".format)),
    Mutator("CRLF", (*MESSAGE, *FILE), lambda text: text.replace("\n", "\r\n") + "\r\n"),
    Mutator("CR alone", MESSAGE, lambda text: text.replace("\n", "\r")),
    Mutator("line ends spelled out", MESSAGE, lambda text: text.replace("\n", "\\n")),
    Mutator("CRLF spelled out", MESSAGE, lambda text: text.replace("\n", "\\r\\n")),
    Mutator("HTML", TEXT, html.escape),
    Mutator("HTML twice", TEXT, lambda text: html.escape(html.escape(text))),
    Mutator("numbered entities", TEXT, lambda text: "".join(f"&#{ord(c)};" if c != "\n" else c for c in text)),
    Mutator("hexadecimal entities", TEXT, lambda text: re.sub(r"[^\w\s]", lambda c: f"&#x{ord(c[0]):X};", text)),
    Mutator("HTML in a file", FILE, lambda text: html.escape(text, quote=False)),
    Mutator("percent", MESSAGE, lines(quote)),
    Mutator("percent, all of it", TEXT, lambda text: "".join(f"%{byte:02X}" for byte in text.encode())),
    Mutator("percent in a file", FILE, lines(lambda line: quote(line, safe="\"'\\{}[],:. -"))),
    Mutator(r"JSON's \u", TEXT, lambda text: "".join(f"\\u{ord(c):04x}" if ord(c) < 1 << 16 else c for c in text)),
    Mutator(r"JSON's \u in a file", FILE, lambda text: re.sub(r"[A-Za-z@<>&]", lambda c: f"\\u{ord(c[0]):04X}", text)),
    Mutator(r"\x", TEXT, lambda text: re.sub(r"[a-z]", lambda c: f"\\x{ord(c[0]):02x}", text)),
    Mutator("octal in a message", MESSAGE, lines(lambda line: "".join(f"\\{byte:03o}" for byte in line.encode()))),
    Mutator(r"\u{…} in a message", MESSAGE, lines(lambda line: "".join(f"\\u{{{ord(c):x}}}" for c in line))),
    Mutator(r"\U in a message", MESSAGE, lines(lambda line: "".join(f"\\U{ord(c):08x}" for c in line))),
    Mutator("percent twice in a message", MESSAGE, lines(lambda line: quote(quote(line, safe=""), safe=""))),
    Mutator("mail's letters", MESSAGE, lines(lambda line: "".join(f"={byte:02X}" for byte in line.encode()))),
    Mutator("mail's line ends", MESSAGE, lines(lambda line: line.replace(" ", " =\n"))),
    Mutator("mail", MESSAGE, lambda text: quopri.encodestring(text.encode()).decode()),
    Mutator("base64 of each line", MESSAGE, lines(packed)),
    Mutator("base64 of all lines", MESSAGE, packed),
    Mutator("base64 in lines of 76", MESSAGE, lambda text: base64.encodebytes(text.encode()).decode()),
    Mutator("base64 for URLs", MESSAGE, lines(lambda line: packed(line).translate(str.maketrans("+/", "-_")))),
    Mutator("zero-width blanks", TEXT, between("\u200b")),
    Mutator("zero-width joiners", TEXT, between("\u200d")),
    Mutator("byte order marks", TEXT, between("\ufeff")),
    Mutator("soft hyphens", TEXT, between("\u00ad")),
    Mutator("word joiners", TEXT, between("\u2060")),
    Mutator("variation selectors", TEXT, between("\ufe0f")),
    Mutator("tag characters", TEXT, between("\U000e0041")),
    Mutator("Hangul fillers", TEXT, between("\u3164")),
    Mutator("accents", TEXT, between("\u0301")),
    Mutator("enclosing circles", TEXT, between("\u20dd")),
    Mutator("bidi marks", TEXT, between("\u200e\u202c\u2066")),
    Mutator("turned around", MESSAGE, lines(lambda line: f"\u202e{line[::-1]}\u202c")),
    Mutator("hard blanks", TEXT, lambda text: text.replace(" ", "\u00a0")),
    Mutator("wide blanks", TEXT, lambda text: text.replace(" ", "\u3000")),
    Mutator("Ogham blanks", TEXT, lambda text: text.replace(" ", "\u1680")),
    Mutator("Cyrillic letters", TEXT, lambda text: text.translate(CYRILLIC)),
    Mutator("Greek letters", TEXT, lambda text: text.translate(GREEK)),
    Mutator("full-width letters", TEXT, lambda text: text.translate(FULL)),
    Mutator("bold letters", TEXT, lambda text: text.translate(BOLD)),
    Mutator("squared letters", TEXT, lambda text: text.translate(SQUARED)),
    Mutator("small capitals", TEXT, lambda text: text.translate(SMALL)),
    Mutator("long dashes", TEXT, lambda text: text.replace("-", "\u2013")),
    Mutator("NUL between letters", TEXT, between("\0")),
    Mutator("NUL before it", TEXT, "\0{}".format),
    Mutator("terminal colours", MESSAGE, lines("\x1b{}\x1b".format)),
    Mutator("UTF-16", (*MESSAGE, *FILE), lambda text: text.encode("utf-16")),
    Mutator("UTF-16, no mark", (*MESSAGE, *FILE), lambda text: text.encode("utf-16-be")),
    Mutator("UTF-16, labelled", (*MESSAGE, *IDENTITY), lambda text: text.encode("utf-16"), "UTF-16"),
    Mutator("UTF-16, labelled Latin-1", (*MESSAGE, *IDENTITY), lambda text: text.encode("utf-16-le"), "ISO-8859-1"),
    Mutator("UTF-32", (*MESSAGE, *FILE), lambda text: text.encode("utf-32")),
    Mutator("UTF-8 with its mark", (*MESSAGE, *FILE), "\ufeff{}".format),
    Mutator("Latin-1, labelled", MESSAGE, lambda text: f"é\n\n{text}".encode("latin-1", "replace"), "ISO-8859-1"),
    Mutator("Latin-1, no label", MESSAGE, lambda text: f"é\n\n{text}".encode("latin-1", "replace")),
    Mutator("UTF-8, labelled Latin-1", TEXT, between("\u200b"), "ISO-8859-1"),
    Mutator("UTF-8, labelled UTF-16", TEXT, between("\u200b"), "UTF-16"),
    Mutator("UTF-8, label unknown", TEXT, between("\u200b"), "no-such-encoding"),
    Mutator("UTF-7, labelled", MESSAGE, lambda text: text.encode("utf-7"), "UTF-7"),
    Mutator("EBCDIC, labelled", MESSAGE, lambda text: text.encode("cp037", "replace"), "cp037"),
    Mutator("Shift-JIS, labelled", MESSAGE, lambda text: text.encode("shift-jis", "replace"), "Shift_JIS"),
)

# How data has a text: as a string of JSON at the beginning, in the middle, inside another; escaped as C, Python, HTML,
# URLs and mail do. Definitive and strong markers are found in each, in a small file and deep in a large one.
SPELLINGS = (
    Mutator("a string of JSON", FILE, lambda text: json.dumps({"id": 1, "answer": text})),
    Mutator("lines in a string of JSON", FILE, lambda text: json.dumps({"answer": f"Sure.\n{text}\nDone."})),
    Mutator(
        "JSON that keeps letters", FILE, lambda text: json.dumps({"answer": f"Sure.\n{text}\n"}, ensure_ascii=False)
    ),
    Mutator("JSON inside JSON", FILE, lambda text: json.dumps({"row": json.dumps({"answer": f"Sure.\n{text}\n"})})),
    Mutator("Go's JSON", FILE, lambda text: re.sub("[<>&]", lambda c: f"\\u{ord(c[0]):04x}", json.dumps([text]))),
    Mutator("PHP's JSON", FILE, lambda text: json.dumps([f"Sure.\n{text}\n"]).replace("/", "\\/")),
    Mutator("every letter in JSON", FILE, lambda text: f'["{_utf16(text)}"]'),
    Mutator(r"\x of each byte", FILE, lambda text: "".join(f"\\x{byte:02x}" for byte in text.encode())),
    Mutator("octal", FILE, lambda text: "".join(f"\\{byte:03o}" for byte in text.encode())),
    Mutator(r"\u{…}", FILE, lambda text: "".join(f"\\u{{{ord(c):x}}}" for c in text)),
    Mutator(r"\U", FILE, lambda text: "".join(f"\\U{ord(c):08x}" for c in text)),
    Mutator("entities with names", FILE, html.escape),
    Mutator("entities twice", FILE, lambda text: html.escape(html.escape(text))),
    Mutator("decimal entities with zeros", FILE, lambda text: "".join(f"&#000{ord(c)};" for c in text)),
    Mutator("hexadecimal entities in a file", FILE, lambda text: "".join(f"&#x{ord(c):X};" for c in text)),
    Mutator("percent, all signs", FILE, lambda text: quote(text, safe="")),
    Mutator("percent, every byte", FILE, lambda text: "".join(f"%{byte:02X}" for byte in text.encode())),
    Mutator("percent twice", FILE, lambda text: quote(quote(text, safe=""), safe="")),
    Mutator(
        "mail, some letters",
        FILE,
        lambda text: "quoted-printable\n\n" + re.sub(r"[A-Z@]", lambda found: f"={ord(found[0]):02x}", text),
    ),
    Mutator("mail", FILE, lambda text: f"Content-Transfer-Encoding: quoted-printable\n\n{_mail(text)}"),
    Mutator(
        "mail with a line end after each byte",
        FILE,
        lambda text: "quoted-printable\n\n" + "".join(f"={byte:02X}=\r\n" for byte in text.encode()),
    ),
    Mutator("CRLF in a file", FILE, lambda text: f"Sure.\n{text}\nDone.\n".replace("\n", "\r\n")),
    Mutator("CRLF in JSON", FILE, lambda text: json.dumps([f"Sure.\n{text}\nDone.".replace("\n", "\r\n")])),
)


# Text that isn't UTF-8, or is held in a document.
ENCODINGS = (
    Mutator("UTF-16 without a mark, little-endian", FILE, lambda text: f"Row one.\n{text}\n".encode("utf-16-le")),
    Mutator("UTF-16 without a mark, big-endian", FILE, lambda text: f"Row one.\n{text}\n".encode("utf-16-be")),
    Mutator("UTF-16 with its mark", FILE, lambda text: f"Row one.\n{text}\n".encode("utf-16")),
    Mutator("UTF-32 with its mark", FILE, lambda text: f"Row one.\n{text}\n".encode("utf-32")),
    Mutator("UTF-32 without a mark", FILE, lambda text: f"Row one.\n{text}\n".encode("utf-32-be")),
    Mutator("UTF-16 behind bytes", FILE, lambda text: b"\x07\xff\x80" + f"Row one.\n{text}\n".encode("utf-16-le")),
    Mutator("UTF-16 behind CJK", FILE, lambda text: ("\u4eca\u65e5" * 700 + f"\n{text}\n").encode("utf-16-le")),
    Mutator(
        "RTF by bytes",
        FILE,
        lambda text: _rtf(text, lambda char: f"\\u{ord(char)}?" if ord(char) > 255 else f"\\'{ord(char):02x}"),
    ),
    Mutator("RTF by numbers", FILE, lambda text: _rtf(text, _rtf_number)),
    Mutator(
        "RTF as programs write it",
        FILE,
        lambda text: _rtf(
            text,
            lambda char: (
                char
                if char.isascii() and char not in "\\{}"
                else _rtf_number(char)
                if not char.isascii()
                else f"\\{char}"
            ),
        ),
    ),
)


def _rtf(text: str, spell: Callable[[str], str]) -> str:
    lines = "\\par\n".join("".join(map(spell, line)) for line in text.split("\n"))
    return f"{{\\rtf1\\ansi\\deff0{{\\fonttbl{{\\f0 Arial;}}}}\n\\pard\\f0 Sure.\\par {lines}\\par}}"


def _rtf_number(char: str) -> str:
    units = char.encode("utf-16-le")
    return "".join(f"\\u{int.from_bytes(units[at : at + 2], 'little', signed=True)}?" for at in range(0, len(units), 2))


def _utf16(text: str) -> str:
    units = text.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _mail(text: str) -> str:
    return quopri.encodestring(text.encode()).decode()


class Case(NamedTuple):
    """A dressed-up example."""

    marker: MarkerEntry
    example: str
    part: str
    data: bytes


def cases(mutator: Mutator, strengths: tuple[str, ...] = ("definitive",)) -> Iterator[Case]:
    for vendor in parse_vendors(read_shipped_files()).values():
        for marker in vendor.iter_markers():
            if marker.strength not in strengths:
                continue
            for example in marker.caught:
                for part, data in marker.build_surfaces(example):
                    if part in mutator.parts:
                        dressed = mutator.dress(data.decode())
                        yield Case(marker, example, part, dressed if isinstance(dressed, bytes) else dressed.encode())


@pytest.mark.parametrize("mutator", MUTATORS, ids=lambda mutator: mutator.name)
def test_a_definitive_marker_is_found_however_it_is_dressed_up(mutator: Mutator, plan: Plan, tmp_path: Path) -> None:
    tried = list(cases(mutator))
    assert len(tried) > 10
    assert missed(tried, mutator.encoding, plan, tmp_path) == []


@pytest.mark.parametrize("size", [0, pytest.param(300_000, marks=pytest.mark.long)], ids=["small", "large"])
@pytest.mark.parametrize("spelling", SPELLINGS, ids=lambda spelling: spelling.name)
def test_definitive_and_strong_markers_are_found_however_data_spells_them(
    spelling: Mutator, size: int, plan: Plan, tmp_path: Path
) -> None:
    around = (b'{"id": 0, "answer": "a plain answer"}\n' * (size // 37)) if size else b""
    tried = [
        case._replace(data=around + case.data + b"\n" + around)
        for case in cases(spelling, ("definitive", "strong"))
        if case.part == "content" and _is_text(case.example)
    ]
    assert len(tried) > 50
    assert missed(tried, "", plan, tmp_path) == []


def _write_jsonl(data: bytes) -> bytes:
    return b'{"id": 0, "text": "a row"}\n' + json.dumps({"id": 1, "text": data.decode()}).encode() + b"\n"


def _write_parquet(data: bytes) -> bytes:
    file = io.BytesIO()
    kind = pa.string() if _is_utf8(data) else pa.binary()
    pq.write_table(pa.table({"text": pa.array(["a row" if kind == pa.string() else b"a row", data], kind)}), file)
    return file.getvalue()


def _write_sqlite(data: bytes) -> bytes:
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE rows (id INTEGER, text)")
        value = data.decode() if _is_utf8(data) and b"\0" not in data else data
        database.executemany("INSERT INTO rows VALUES (?, ?)", [(1, "a row"), (2, value)])
        return database.serialize()


def _write_zip(data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("rows/1.txt", data)
    return file.getvalue()


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


CONTAINERS: dict[str, Callable[[bytes], bytes]] = {
    "file": bytes, "JSONL": _write_jsonl, "Parquet": _write_parquet, "SQLite": _write_sqlite, "zip": _write_zip,
}  # fmt: skip


@pytest.mark.parametrize(
    "container", ["JSONL", *(pytest.param(name, marks=pytest.mark.long) for name in CONTAINERS if name != "JSONL")]
)
@pytest.mark.parametrize("spelling", [*SPELLINGS, *ENCODINGS], ids=lambda spelling: spelling.name)
def test_definitive_and_strong_markers_are_found_whatever_holds_them(
    spelling: Mutator, container: str, plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readers run in this process: that they may run in another is tested elsewhere, and takes ten times as long."""
    monkeypatch.setattr(isolation, "can_isolate", lambda: False)
    tried = [
        case._replace(data=CONTAINERS[container](case.data))
        for case in cases(spelling, ("definitive", "strong"))
        if case.part == "content"
        and _is_text(case.example)
        and (container != "JSONL" or (_is_utf8(case.data) and b"\0" not in case.data))
    ]
    assert len(tried) > 50 or (container == "JSONL" and spelling in ENCODINGS)
    assert missed(tried, "", plan, tmp_path) == []


def _is_text(example: str) -> bool:
    return "\0" not in example and "tEXt" not in example  # what stands in pictures isn't written as data


def missed(tried: list[Case], encoding: str, plan: Plan, folder: Path) -> list[str]:
    """Judge all cases in one check, and return those whose marker isn't found."""
    changes = []
    for number, case in enumerate(tried):
        if case.part in (*FILE, "path"):
            file = folder / str(number)
            file.write_bytes(b"" if case.part == "path" else case.data)
            path = {"content": b"file.txt", "note": b"ab/" + b"c" * 38, "path": case.data}[case.part]
            changes.append(Change("tree", str(number), paths=[(path, str(file), ())]))
        else:
            changes.append(Change("message", str(number), texts=((case.part, case.data, encoding),)))
    found: dict[str, set[str]] = {}
    for item in check_changes(changes, plan, Files()).findings:
        found.setdefault(item.commit, set()).add(item.marker)
    return [
        f"{case.marker.id} in {case.part}: {case.data.decode('utf-8', 'replace')}"
        for number, case in enumerate(tried)
        if case.marker.id not in found.get(str(number), ())
    ]
