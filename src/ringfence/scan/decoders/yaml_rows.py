"""Tells a row of YAML that names a generator from settings: an item of a list with a text or an answer beside it."""

from __future__ import annotations

from ...lazy_pattern import compile_lazily

_MAX_ROW = 4096  # bytes of a row on each side of the field
_ROW_END = compile_lazily(rb"\n\s*\n|\n(?=- )|\n---")
_TEXT = compile_lazily(
    rb"(?mi)^[ \t]*(?:- )?['\"]?(?:answer|assistant|choices|completion|content|generated|generation|instruction|input|"
    rb"messages|output|prompt|question|query|reply|response|solution|summary|text|translation)s?['\"]?[ \t]*:"
)
_ANSWER = compile_lazily(
    rb"(?mi)^[ \t]*(?:- )?['\"]?(?:\w+_)?(?:answer|completion|generation|output|reply|response|solution|translation)s?"
    rb"['\"]?[ \t]*:[ \t]*\S"
)
_KEY_START = compile_lazily(rb"[ \t]*(?:- +)?['\"]?(?:[A-Za-z]\w{0,30}[-_])?")  # `llm_engine` ends like `engine`
_DASH = compile_lazily(rb"([ \t]*)- +")


def is_in_yaml_row(data: bytes, start: int, end: int) -> bool:
    """Return whether a line of YAML is in a row with a text, and not in a configuration.

    A row ends where its list's next item begins, or at an empty line.
    """
    line = data.rfind(b"\n", 0, end) + 1
    if start < line or not _KEY_START.fullmatch(data[line:start]):
        return False  # it doesn't begin its line
    before = _ROW_END.split(data[max(0, line - _MAX_ROW) : line])[-1]
    after = _ROW_END.split(data[end : end + _MAX_ROW])[0]
    return bool(_TEXT.search(before + data[line:end] + after))


def is_answered_item(data: bytes, start: int) -> bool:
    """Return whether a line is in an item of an indented list that has an answer; settings have prompts alone."""
    line = data.rfind(b"\n", 0, start) + 1
    before = data[max(0, line - _MAX_ROW) : line].split(b"\n")[:-1]
    own, *after = data[line : line + _MAX_ROW].split(b"\n")
    column = _find_column(own)
    item = [own]
    while not _DASH.match(item[0]) and before and _find_column(before[-1]) >= column:
        item.insert(0, before.pop())
    if not (dash := _DASH.match(item[0])) or dash.end() != column:
        return False
    for text in after:
        if _find_column(text) < column or len(text) - len(text.lstrip()) < column:
            break
        item.append(text)
    return bool(_ANSWER.search(b"\n".join(item)))


def _find_column(line: bytes) -> int:
    """Return where a line's key begins, behind the dash of an item."""
    dash = _DASH.match(line)
    return dash.end() if dash else len(line) - len(line.lstrip())
