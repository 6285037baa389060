"""What tests in Go, TypeScript and shell, and lists of rules, hold: read by their shape, which formatters keep."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

_QUOTED = r'"(?:\\.|[^"\\\n])*"|`[^`]*`'
_ENTRY = re.compile(r"^\t\t\{\n(.*?)^\t\t\},", re.MULTILINE | re.DOTALL)
_LITERAL = re.compile(_QUOTED)
_CONSTANT = re.compile(rf"^\s*(?:const\s+)?(\w+)\s*:?=\s*({_QUOTED})", re.MULTILINE)
_SCRIPT_STRING = re.compile(r"""'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`""")


def go_value(literal: str) -> str:
    """Return what a string literal of Go says."""
    return literal[1:-1] if literal[0] == "`" else str(json.loads(literal))


def go_table(source: str, fields: tuple[str, ...], wanted: str) -> Iterator[tuple[str, str, bool]]:
    """Yield name, text and expectation of each entry of the tables of tests in a Go file.

    Args:
        source: The file, as gofmt leaves it.
        fields: The fields that hold the text; two that are given are two paragraphs.
        wanted: The field whose list of strings is empty or nil where nothing should be found.
    """
    constants = {name: go_value(value) for name, value in _CONSTANT.findall(source)}
    for entry in _ENTRY.findall(source):
        expected = re.search(rf"\b{wanted}:\s*(nil|\[\]string\{{(.*?)\}})", entry, re.DOTALL)
        texts = [text for field in fields for text in _field(entry, field, constants)]
        if texts and (expected or wanted not in source):
            name = next(_field(entry, "name", constants), "")
            yield name, "\n\n".join(texts), bool(expected and expected[2])


def _field(entry: str, field: str, constants: dict[str, str]) -> Iterator[str]:
    for value in re.findall(rf"\b{field}:\s*({_QUOTED}|\w+)", entry):
        if value[0] in '"`':
            yield go_value(value)
        elif value in constants:
            yield constants[value]


def go_function(source: str, name: str) -> str:
    """Return a function's body; "" if there is none of the name."""
    found = re.search(rf"^func {name}\(.*?\{{\n(.*?)^\}}", source, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


def go_lists(body: str) -> Iterator[str]:
    """Yield the strings of the list `cases` in a function, the first of each where they are rows."""
    found = re.search(r"cases := \[\](?:string|struct \{.*?\n\t\})\{\n(.*?)^\t\}", body, re.MULTILINE | re.DOTALL)
    for line in found[1].splitlines() if found else ():
        if literal := _LITERAL.search(line.partition("//")[0] if not line.strip().startswith('"') else line):
            yield go_value(literal[0])


def go_map(source: str, name: str) -> dict[str, str]:
    """Return a map of strings that a Go file declares."""
    found = re.search(rf"var {name} = map\[string\]string\{{\n(.*?)^\}}", source, re.MULTILINE | re.DOTALL)
    pairs = re.findall(rf"({_QUOTED}):\s*({_QUOTED})", found[1] if found else "")
    return {go_value(key): go_value(value) for key, value in pairs}


def script_tests(source: str) -> Iterator[tuple[str, str]]:
    """Yield title and body of each `it(…)` of a file of tests in TypeScript."""
    for part in re.split(r"^\s*it\(", source, flags=re.MULTILINE)[1:]:
        title = _SCRIPT_STRING.search(part)
        if title:
            yield title[0][1:-1], part[title.end() :]


def script_strings(text: str) -> list[str]:
    """Return the plain strings of a piece of TypeScript."""
    return [_script_value(literal) for literal in _SCRIPT_STRING.findall(text)]


def _script_value(literal: str) -> str:
    inner = literal[1:-1].replace('\\"', '"').replace("\\'", "'").replace("\\`", "`")
    return str(json.loads('"' + inner.replace('"', '\\"').replace("\n", "\\n") + '"'))


def awk_rules(source: str, variable: str) -> list[str]:
    """Return the expressions and words that an awk program holds a variable against."""
    patterns = re.findall(rf"\b{variable} ~ /(.*?)/\)", source)
    return [*patterns, *map(re.escape, re.findall(rf'\b{variable} == "(.*?)"', source))]


def awk_removed(source: str, variable: str) -> str:
    """Return the expression that an awk program takes off a variable."""
    return "|".join(re.findall(rf'\bsub\(/(.*?)/, "", {variable}\)', source))


def shell_cases(source: str, function: str) -> dict[str, str]:
    """Return what a shell function echoes for each word of its `case`."""
    found = re.search(rf"^{function}\(\) \{{\n(.*?)^\}}", source, re.MULTILINE | re.DOTALL)
    rows = re.findall(r'^\s*"(\w+)"\)\s+echo "(.+?)"', found[1] if found else "", re.MULTILINE)
    return dict(rows)
