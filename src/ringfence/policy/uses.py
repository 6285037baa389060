"""Builds the sections of `policy/uses.toml`: how code and settings call models, and how evidence of that is weighed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .defaults import read_uses_file
from .markers.catalogue import format_rows, join_patterns
from .schema.parse import parse_toml
from .schema.uses_file import UsesFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .schema.uses_file import Client, Endpoint, Extraction, Framework

# A model in an argument, an option or a setting; which models are a rival's is asked later.
_MODELS = (
    r"(gpt-?[345o]|o[134]-|chatgpt|text-davinci|davinci|claude|gemini|deepseek|grok|mistral|qwen|kimi|glm-|command-r"
    r"|(?:meta-)?llama-?[234])"
)
_ROUTES = r"([\w.-]{2,30}[/:]){0,2}"
# Kinds of facts in whose expressions case counts.
_EXACT = (
    "load",
    "call",
    "host",
    "about",
    "set",
    "kept",
    "private",
    "package",
    "site",
    "pool",
    "hiding",
    "session",
    "code",
    "posts",
    "blob",
)
_ROLE = (
    "(?:teacher|judge|grader|evaluator|critic|annotat(?:or|ion)|label(?:l?er|l?ing)|generat(?:or|ion_model)|synthetic)"
)
# Facts of every file, whoever is asked: it is code, sends requests, asks a machine of its own, has a key that gives a
# model a role, holds a long run of base64.
_GENERAL = {
    "code": (r"\n(?:import|from|def|class|const|export|let|var|async)\b",),
    "posts": (
        r"\b(?:requests|httpx|session|client|aiohttp|axios|ses|http)\.post\b", r"\bcurl\b", r"\bfetch\(", r"\.post\(",
        "urlopen", r"https?\.request",
    ),
    "local": (r"base_?url\W{1,6}(?:https?:)?[^\n]{0,40}(?:localhost|127\.0\.0\.1|0\.0\.0\.0)",),
    "keyed": (
        rf"{_ROLE}[\w-]{{0,48}}[\"\']?(?:\s{{0,3}}:\s{{0,3}}(?:str|Optional\[str\]|string))?\s{{0,3}}(?:[=:(,{{]|\bin\b|\|\|)",
        rf"--[\w-]{{0,40}}{_ROLE}[\w-]{{0,40}}[= ]",
    ),
    "blob": ("[A-Za-z0-9+/=]{200}",),
}  # fmt: skip
_KEYS = "(model|engine|deployment|judge|teacher|grader|annotator|generator|llm|\\bLM)"
MODEL_SIGNS = (
    rf"(?i){_KEYS}[^\n]{{0,48}}['\"]{_ROUTES}{_MODELS}",
    rf"(?i){_KEYS}[\w-]{{0,20}} ?[=:] ?{_ROUTES}{_MODELS}",
    rf"(?i)--[\w-]{{0,20}}{_KEYS}[\w-]{{0,20}}[= ]['\"]?{_ROUTES}{_MODELS}",
)


def build_uses() -> dict[str, bytes]:
    """Return the sections: signs that a file has to be looked at, and the facts that it is judged by."""
    file = parse_toml(UsesFile, read_uses_file(), "uses.toml")
    entries: list[Client | Endpoint | Framework | Extraction] = [
        *file.client,
        *file.endpoint,
        *file.framework,
        *file.extraction,
    ]
    signs = [*MODEL_SIGNS, *dict.fromkeys(sign for entry in entries for sign in entry.sign)]
    facts = list(_iter_facts(file))
    rows = [("fact", kind, name) for kind, name, _ in facts]
    rows += [("client", item.name, item.vendor) for item in file.client]
    rows += [("framework", item.name, item.role) for item in file.framework]
    expressions = [expression if kind in _EXACT else f"(?i){expression}" for kind, _, expression in facts]
    return {
        "use.patterns": join_patterns(signs),
        "loop.patterns": join_patterns(file.rows.written),
        "fact.patterns": join_patterns(expressions),
        "use.rows": format_rows(rows),
    }


def _iter_facts(file: UsesFile) -> Iterator[tuple[str, str, str]]:
    """Yield what an expression shows: its kind, what of, and the expression."""
    for client in file.client:
        yield from (("load", client.name, expression) for expression in client.load)
        yield from (("call", client.name, expression) for expression in client.call)
    for endpoint in file.endpoint:
        yield "host", endpoint.vendor, endpoint.host
    for framework in file.framework:
        yield "about", framework.name, framework.is_
        yield from (("set", framework.name, expression) for expression in framework.call)
    for role, words in file.roles.items():
        yield from (("role", role, expression) for expression in words)
    for role, words in file.vague.items():
        yield from (("role", f"{role}?", expression) for expression in words)
    for item in file.extraction:
        yield from (("private", item.vendor, expression) for expression in item.private)
        yield from (("package", item.vendor, expression) for expression in item.package)
        yield from (("site", item.vendor, expression) for expression in item.site)
    yield from (("pool", "", expression) for expression in file.evasion.pool)
    yield from (("hiding", "", expression) for expression in file.evasion.hiding)
    yield from (("session", "", expression) for expression in file.evasion.session)
    yield from (("kept", "", expression) for expression in file.rows.written)
    for kind, expressions in _GENERAL.items():
        yield from ((kind, "", expression) for expression in expressions)
