"""Builds the expressions of fields that record what generated a row, and lists the products that are named there."""

from __future__ import annotations

import re

from .defaults import read_fields_file
from .markers.catalogue import format_rows, join_patterns
from .schema.parse import parse_toml
from .schema.vendor_file import FieldsFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_QUOTE = r'(\\{0,7}"|"")'  # inside a string of JSON, or a cell of CSV
_OTHER = r"-?\d|-?Infinity|NaN|true|false"  # no name: nothing that a list of generators could allow
_OUTPUTS = (
    "answers?|responses?|outputs?|completions?|generations?|generated|repl(y|ies)|texts?|results?|summar(y|ies)"
    "|captions?|translations?|messages?|content|solutions?|explanations?|rationales?"
)
_WORDS = ("model", "llm", "generator")
_MODELS = r"gpt-?[345o]|chatgpt|claude|gemini|deepseek|grok|mistral|mixtral|qwen|llama|kimi|glm|command-r|o[134]-"

# What a model's name begins with where products are looked for as well: the rest of `_MODELS` are products.
_OTHERS = r"gpt-?[345o]|mixtral|glm|command-r|o[134]-"


def build_generator_fields() -> dict[str, bytes]:
    """Return the sections of expressions.

    The expressions are of fields, of keys that name a vendor's output (`chatgpt_answers`), of keys that are models, of
    fields as YAML and Python write them, and of values that begin with a product.
    """
    file = parse_toml(FieldsFile, read_fields_file(), "fields.toml")
    fields = "|".join(map(_spell_name, file.generator))
    products = {name: vendor for vendor, names in file.product.items() for name in names}
    spelled = "|".join(map(_spell_name, _drop_longer_names(products)))
    keys = f"({spelled}|{_OTHERS})[\\w. :-]{{0,20}}?[-_. ]?({_OUTPUTS})"
    # What is looked for is less than what is found: with the signs in front and behind, it takes five times as long.
    looked_for = [
        rf'"({fields})[\\"]',
        rf'"{keys}[\\"]',
        rf'"({_MODELS})[\w.: -]{{0,40}}[\\"]{{1,8}}\s{{0,8}}:',
        rf"({fields})'?: ?['\"]?({spelled}|{_OTHERS})",
        rf"\"[\w ']{{0,12}}({spelled})",
    ]
    named = [
        rf"{_QUOTE}({fields}){_QUOTE}\s{{0,8}}:\s{{0,8}}(\\{{0,7}}\"|\[|\{{|null|{_OTHER})",
        rf"{_QUOTE}{keys}{_QUOTE}\s{{0,8}}:",
        rf"{_QUOTE}({_MODELS})[\w.: -]{{0,40}}{_QUOTE}\s{{0,8}}:\s{{0,8}}(\\{{0,7}}\"|\[|\{{)",
        *looked_for[3:],
    ]
    # The prefilter may suspect too much, but is slower with each alternative: ends of names do.
    short = "|".join(map(_spell_name, dict.fromkeys(map(_shorten_name, file.generator))))
    signs = [
        rf'(?i)({short})[\\"]{{1,8}}\s{{0,8}}:',
        rf'(?i)"({spelled}|{_OTHERS})[\w.: -]{{0,40}}[\\"]{{1,8}}\s{{0,8}}:',
        rf"(?i)({short})'?: ?['\"]?({spelled}|{_OTHERS})",
    ]
    # A column named by a model alone (`gpt4o`) is found as a key of JSON is.
    cell = rf'"{{0,3}}({fields}|{keys}|({_MODELS})[\w.: -]{{0,40}})"{{0,3}}'
    header = [
        rf"(?i)(^|\r|^\xef\xbb\xbf|[,;|\t]) {{0,3}}{cell} {{0,3}}[,;|\t]",
        rf"(?i)[,;|\t] {{0,3}}{cell} {{0,3}}(\r|$)",
    ]
    rows = [("".join(filter(str.isalnum, name.lower())), vendor) for name, vendor in products.items()]
    return {
        "broad.patterns": join_patterns(looked_for),
        "generator.patterns": join_patterns(named),
        "sign.patterns": join_patterns(signs),
        "header.patterns": join_patterns(header),
        "products": format_rows(rows),
    }


def _drop_longer_names(names: Iterable[str]) -> list[str]:
    """Return names less those that begin with another: the other finds them, and Hyperscan bounds an expression."""
    kept: list[str] = []
    for name in sorted(names, key=lambda name: (name.lower(), len(name))):
        if not (kept and name.lower().startswith(kept[-1].lower())):
            kept.append(name)
    return kept


def _shorten_name(name: str) -> str:
    """Return the end of a name from its last telling word on."""
    start = max(name.rfind(word) for word in _WORDS)
    return name[max(start, 0) :]


def _spell_name(name: str) -> str:
    """Return an expression for a name, whatever separates its words."""
    return "[-_. ]?".join(map(re.escape, re.split("[-_. ]", name)))
