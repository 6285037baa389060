"""Reads policy and vendor files, and tells their author every mistake at once, in the words that they wrote."""

from __future__ import annotations

import difflib
import json
import re
from typing import Any, TypeVar

import tomli
from pydantic import BaseModel, ValidationError

from ...errors import PolicyError

Model = TypeVar("Model", bound=BaseModel)


def parse_toml(model: type[Model], data: bytes, origin: str) -> Model:
    """Read a TOML file into a model.

    Raises:
        PolicyError: With one line for each mistake: file, line where it can be found, key, what is wrong.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise PolicyError(f"{origin}: byte {error.start}: not UTF-8.", "Save the file as UTF-8.") from None
    try:
        table = tomli.loads(text)
    except RecursionError:
        raise PolicyError(f"{origin}: nested too deeply.") from None
    except tomli.TOMLDecodeError as error:
        raise PolicyError(
            f"{origin}: not TOML: {error}.", f"Correct it, then run `{_format_check_command(origin)}`."
        ) from None
    try:
        return model.model_validate(table)
    except ValidationError as error:
        errors = error.errors()
        # A list whose only entry is wrong is also too short, which its author need not hear.
        told = [item for item in errors if item["type"] != "too_short" or not _has_inner_mistake(item["loc"], errors)]
        mistakes = [_format_mistake(model, text, origin, item) for item in told]
        raise PolicyError("\n".join(mistakes), f"Correct it, then run `{_format_check_command(origin)}`.") from None


def suggest_word(wrong: str, known: Any) -> str:
    """Return a hint at the nearest of the known words, or at all of them when they are few."""
    words = sorted(map(str, known))
    if near := difflib.get_close_matches(wrong, words, n=1, cutoff=0.6):
        return f"; did you mean `{near[0]}`?"
    return f"; known: {', '.join(words)}" if len(words) <= 12 else ""  # noqa: PLR2004 - what fits a line or two


def locate_line(text: str, place: tuple[Any, ...]) -> int | None:
    """Find the line, from 1, of a key path such as `("zone", 1, "paths")`; the table's line where the key has none."""
    headers = [str(part) for part in place if isinstance(part, str)]
    index = next((part for part in place if isinstance(part, int)), 0)
    table_line, seen, inside = None, -1, len(headers) == 1
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[+\s*([^]]+?)\s*\]+", line):
            name = re.sub(r"[\s\"']", "", header.group(1))
            inside = False
            if headers and (name == headers[0] or name == ".".join(headers[:2])):
                seen += 1
                inside = name != headers[0] or seen == index
                table_line = number if inside else table_line
        elif inside and headers and re.match(rf"\s*[\"']?{re.escape(headers[-1])}[\"']?\s*[=.]", line):
            return number
    return table_line


def _format_mistake(model: type[BaseModel], text: str, origin: str, item: Any) -> str:
    place = _locate_mistake(item["loc"], item["type"])
    line = locate_line(text, place)
    return f"{origin}:{f'{line}:' if line else ''} {_format_key(place)}: {_format_problem(model, item, place)}"


# What pydantic puts behind a list's index, and the author did not write: the kind of a marker, the branch of a union.
_UNSAID = re.compile(r"marker|identity|trailer|message|ref|content|path|environment|process|note|.*-str|.*\[.*")


def _locate_mistake(loc: tuple[Any, ...], kind: str) -> tuple[Any, ...]:
    """Return the place of a mistake as the author wrote it."""
    place: list[Any] = []
    behind_index = False
    for number, part in enumerate(loc, 1):
        is_key = number == len(loc) and kind in ("extra_forbidden", "missing")
        if behind_index and isinstance(part, str) and not is_key and _UNSAID.fullmatch(part):
            continue
        behind_index = isinstance(part, int)
        place.append(part)
    return tuple(place)


def _has_inner_mistake(place: tuple[Any, ...], errors: Any) -> bool:
    return any(len(item["loc"]) > len(place) and item["loc"][: len(place)] == place for item in errors)


def _format_key(place: tuple[Any, ...]) -> str:
    """Spell a place as a path of keys; places of a list are counted from 1, as people count."""
    spelled = ""
    for part in place:
        spelled += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if spelled else str(part)
    return spelled or "the file"


def _format_problem(model: type[BaseModel], item: Any, place: tuple[Any, ...]) -> str:
    kind, given = item["type"], item.get("input")
    if kind == "extra_forbidden":
        return f"unknown key{suggest_word(str(place[-1]), _list_known_keys(model, item['loc']))}"
    if kind == "missing":
        return "missing; it must be given"
    if kind == "literal_error":
        if item["ctx"]["expected"] == given:
            return f"must be {given}, without quotes"
        expected = re.sub(r"'?([\w*-]+)'?", r"`\1`", item["ctx"]["expected"]).replace("`or`", "or")
        return f"{given!r} is not one of {expected}"
    if kind in _SHAPES:
        return _SHAPES[kind] + _suggest_shape(kind, str(place[-1]), given)
    message = item["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    return f"{message}, got {given!r:.60}" if isinstance(given, (str, int, float, bool)) else message


_SHAPES = {
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "tuple_type": "must be a list",
    "string_type": "must be text, in quotes",
    "string_pattern_mismatch": "must be small letters and digits, with single hyphens between",
}


def _suggest_shape(kind: str, key: str, given: object) -> str:
    """Return what was probably meant by a value of another shape, as it is written."""
    if key == "tag" and isinstance(given, list):
        return ", `[tag.NAME]`; the tags that this repository carries are `tags`"
    if kind == "tuple_type" and isinstance(given, dict):
        return f": `[[{key}]]`"
    if kind == "tuple_type" and isinstance(given, str):
        return f": `[{json.dumps(given)}]`"
    return f", got {given!r:.60}" if kind == "string_pattern_mismatch" else ""


def _list_known_keys(model: Any, loc: tuple[Any, ...]) -> list[str]:
    """Return the keys that are known where an unknown one stands, by walking the models along its place."""
    for part in loc[:-1]:
        models = _find_models(model)
        if isinstance(part, str) and len(models) > 1:  # a kind of a tagged union
            model = next((m for m in models if part in str(m.model_fields.get("kind"))), models[0])
        elif isinstance(part, str) and models and part in models[0].model_fields:
            model = models[0].model_fields[part].annotation
    found = _find_models(model)
    return [key for key in found[0].model_fields if key != "marker" or len(found) > 1] if found else []


def _find_models(annotation: Any) -> list[Any]:
    """Return the models that an annotation is made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _find_models(part)]


def _format_check_command(origin: str) -> str:
    return f"ringfence policy check {origin.partition(' (')[0]}"
