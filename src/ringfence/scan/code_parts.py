"""Reads code as text for what joins files: what it imports, and which of its names stand for what lies behind them.

Python, notebooks, JavaScript and TypeScript; nothing is parsed or run.
"""

from __future__ import annotations

import re

from ..values import value
from .uses import join_cells, strip_comments

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

CODE = (b".py", b".ipynb", b".js", b".mjs", b".cjs", b".jsx", b".ts", b".mts", b".cts", b".tsx")
_PYTHON = (b".py", b".ipynb")
_MOST_IMPORTS = 200  # in one file
_MOST_NAMES = 50  # in one import
_FROM = re.compile(rb"^[ \t]*from[ \t]+(\.*[\w.]*)[ \t]+import[ \t]+(?:\(([^()]{0,2000})\)|([^\n;#(]*))", re.MULTILINE)
_IMPORT = re.compile(rb"^[ \t]*import[ \t]+([\w., \t]+)", re.MULTILINE)
_IMPORT_JS = re.compile(
    rb"^[ \t]*(?:import|export)[ \t]+([\w$*{},\s]{1,1000}?)[ \t\n]*from[ \t]*[\"']([^\"'\n]{1,200})[\"']", re.MULTILINE
)
_REQUIRE_JS = re.compile(
    rb"^[ \t]*(?:const|let|var)[ \t]+([\w$*{},:\s]{1,1000}?)=\s{0,9}(?:await\s{1,9})?(?:require|import)\("
    rb"\s{0,9}[\"']([^\"'\n]{1,200})",
    re.MULTILINE,
)
_AS = re.compile(rb"\s+as\s+|\s*:\s*")
# What begins at the left margin: names that other files may import, or other parts of this one use; or other code.
_PART = re.compile(
    rb"^(?:(?:export\s{1,8})?(?:default\s{1,8})?(?:async\s{1,8})?(?:def|class|function\*?)\s{1,8}(\w{1,80})"
    rb"|(?:export\s{1,8})?(?:const|let|var)\s{1,8}(\w{1,80})|(?:module\.)?exports\.(\w{1,80})\s{0,8}="
    rb"|(\w{1,80})[ \t]{0,8}(?::[^=\n]{0,80})?=(?!=)|(?=[\w@]))",
    re.MULTILINE,
)

_DOTTED = re.compile(rb"(?<![\w.$])[A-Za-z_$][\w$]{0,80}(?:\s{0,9}\.\s{0,9}[\w$]{1,80}){0,5}")


@value
class Import:
    """What a file imports.

    Attributes:
        module: The module, as it is written.
        names: The names that are taken out of it, there and here; () for the module as a whole.
        alias: What the module is called here; "" where it isn't taken as a whole.
    """

    module: str
    names: tuple[tuple[str, str], ...]
    alias: str


@value
class Code:
    """A file of code.

    Attributes:
        text: It without comments and imports, behind an empty line.
        imports: What it imports.
        parts: Its text by the names at its left margin; "" has what is behind none.
        mentions: The names, and names with dots between them, that each part has.
    """

    text: bytes
    imports: tuple[Import, ...]
    parts: dict[str, bytes]
    mentions: dict[str, frozenset[str]]


def is_code(path: bytes) -> bool:
    """Return whether a path is that of code whose imports are read."""
    return path.endswith(CODE)


def parse_code(data: bytes, path: bytes) -> Code:
    """Return the imports and parts of a file."""
    data = strip_comments(join_cells(data) if path.endswith(b".ipynb") else data)
    is_python = path.endswith(_PYTHON)
    patterns = (_FROM, _IMPORT) if is_python else (_IMPORT_JS, _REQUIRE_JS)
    found = list(_iter_python(data) if is_python else _iter_javascript(data))[:_MOST_IMPORTS]
    for pattern in patterns:
        data = pattern.sub(_keep_lines, data)
    parts = _split_parts(data)
    mentions = {name: frozenset(name for _, name in iter_mentions(part)) for name, part in parts.items()}
    return Code(data, tuple(found), parts, mentions)


def iter_mentions(text: bytes) -> Iterator[tuple[int, str]]:
    """Yield the names in code, each with where it begins: of `a.b.c` also `a` and `a.b`."""
    for found in _DOTTED.finditer(text):
        name = ""
        for part in found[0].decode("utf-8", "replace").split("."):
            name = f"{name}.{part.strip()}" if name else part.strip()
            yield found.start(), name


def _keep_lines(found: re.Match[bytes]) -> bytes:
    return b"\n" * found[0].count(b"\n")


def _iter_python(data: bytes) -> Iterator[Import]:
    for found in _FROM.finditer(data):
        names = tuple(_iter_names(found[2] or found[3] or b""))
        yield Import(found[1].decode(), names, "")
    for found in _IMPORT.finditer(data):
        for name, alias in _iter_names(found[1]):
            yield Import(name, (), alias)


def _iter_javascript(data: bytes) -> Iterator[Import]:
    for pattern in (_IMPORT_JS, _REQUIRE_JS):
        for found in pattern.finditer(data):
            module = found[2].decode("utf-8", "replace")
            before, _, inside = found[1].partition(b"{")
            names = tuple(_iter_names(inside.partition(b"}")[0]))
            alias = before.strip(b" \t\r\n,").rpartition(b"* as ")[2].strip().decode("utf-8", "replace")
            if not alias.isidentifier() and not names:
                continue
            own = ((("default", alias),) if alias.isidentifier() and b"*" not in before else ()) + names
            yield Import(module, own, alias if b"*" in before or pattern is _REQUIRE_JS else "")


def _iter_names(text: bytes) -> Iterator[tuple[str, str]]:
    """Yield the names in a list, as they are called there and here."""
    for item in re.sub(rb"#[^\n]*", b"", text).split(b",")[:_MOST_NAMES]:
        name, *others = _AS.split(item.strip().removeprefix(b"type "), maxsplit=1)
        if name:
            yield name.decode("utf-8", "replace"), (others[0] if others else name).strip().decode("utf-8", "replace")


def _split_parts(data: bytes) -> dict[str, bytes]:
    parts: dict[str, list[bytes]] = {}
    name, at = "", 0
    for found in _PART.finditer(data):
        parts.setdefault(name, []).append(data[at : found.start()])
        name, at = (found[found.lastindex] if found.lastindex else b"").decode("utf-8", "replace"), found.start()
    parts.setdefault(name, []).append(data[at:])
    return {name: b"".join(texts) for name, texts in parts.items()}
