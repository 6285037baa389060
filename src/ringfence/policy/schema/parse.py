"""Parses TOML files into models; errors list every mistake at once, by file, line and key as the author wrote them."""

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
    """Parse the bytes of a TOML file into a model; `origin` names the file in messages.

    Raises:
        PolicyError: One line for each mistake: file, line number if known, key, and what is wrong.
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
        # Pydantic also reports a list whose only entry is wrong as too short; the wrong entry is enough.
        shown = [item for item in errors if item["type"] != "too_short" or not _has_inner_mistake(item["loc"], errors)]
        mistakes = [_format_mistake(model, text, origin, item) for item in shown]
        raise PolicyError("\n".join(mistakes), f"Correct it, then run `{_format_check_command(origin)}`.") from None


def suggest_word(wrong: str, known: Any) -> str:
    """Return `; did you mean …` with the nearest known word, or all of them if there are at most 12, or ""."""
    words = sorted(map(str, known))
    if nearest := difflib.get_close_matches(wrong, words, n=1, cutoff=0.6):
        return f"; did you mean `{nearest[0]}`?"
    return f"; known: {', '.join(words)}" if len(words) <= 12 else ""  # noqa: PLR2004 - fits on two lines


def locate_line(text: str, place: tuple[Any, ...]) -> int | None:
    """Return the line number, from 1, of a key path such as `("zone", 1, "paths")`.

    Returns the number of the table's header if the key has no line of its own, and None if neither is found.
    """
    headers = [str(part) for part in place if isinstance(part, str)]
    index = next((part for part in place if isinstance(part, int)), 0)
    table_line, count, is_inside = None, -1, len(headers) == 1
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[+\s*([^]]+?)\s*\]+", line):
            name = re.sub(r"[\s\"']", "", header.group(1))
            is_inside = False
            if headers and (name == headers[0] or name == ".".join(headers[:2])):
                count += 1
                is_inside = name != headers[0] or count == index
                table_line = number if is_inside else table_line
        elif is_inside and headers and re.match(rf"\s*[\"']?{re.escape(headers[-1])}[\"']?\s*[=.]", line):
            return number
    return table_line


def _format_mistake(model: type[BaseModel], text: str, origin: str, item: Any) -> str:
    place = _locate_mistake(item["loc"], item["type"])
    line = locate_line(text, place)
    return f"{origin}:{f'{line}:' if line else ''} {_format_key(place)}: {_format_problem(model, item, place)}"


# Parts that pydantic inserts after a list's index, for the kind of a marker or a branch of a union; not in the file.
_INSERTED_PARTS = re.compile(r"marker|identity|trailer|message|ref|content|path|environment|process|note|.*-str|.*\[.*")


def _locate_mistake(loc: tuple[Any, ...], kind: str) -> tuple[Any, ...]:
    """Return the key path of a mistake as it is in the file, from pydantic's `loc` and type of error."""
    place: list[Any] = []
    is_after_index = False
    for number, part in enumerate(loc, 1):
        is_key = number == len(loc) and kind in ("extra_forbidden", "missing")
        if is_after_index and isinstance(part, str) and not is_key and _INSERTED_PARTS.fullmatch(part):
            continue
        is_after_index = isinstance(part, int)
        place.append(part)
    return tuple(place)


def _has_inner_mistake(place: tuple[Any, ...], errors: Any) -> bool:
    return any(len(item["loc"]) > len(place) and item["loc"][: len(place)] == place for item in errors)


def _format_key(place: tuple[Any, ...]) -> str:
    """Return a key path as text, `zone[1].paths`; list positions count from 1."""
    path = ""
    for part in place:
        path += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if path else str(part)
    return path or "the file"


def _format_problem(model: type[BaseModel], item: Any, place: tuple[Any, ...]) -> str:
    kind, value = item["type"], item.get("input")
    if kind == "extra_forbidden":
        return f"unknown key{suggest_word(str(place[-1]), _list_known_keys(model, item['loc']))}"
    if kind == "missing":
        return "missing, but required"
    if kind == "literal_error":
        if item["ctx"]["expected"] == value:
            return f"must be {value}, without quotes"
        expected = re.sub(r"'?([\w*-]+)'?", r"`\1`", item["ctx"]["expected"]).replace("`or`", "or")
        return f"{value!r} is not one of {expected}"
    if kind in _SHAPES:
        return _SHAPES[kind] + _suggest_shape(kind, str(place[-1]), value)
    message = item["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    return f"{message}, got {value!r:.60}" if isinstance(value, (str, int, float, bool)) else message


_SHAPES = {
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "tuple_type": "must be a list",
    "string_type": "must be text, in quotes",
    "string_pattern_mismatch": "must be lower-case letters and digits, with single hyphens between them",
}


def _suggest_shape(kind: str, key: str, value: object) -> str:
    """Return a hint, in TOML, at what was probably meant by a value of the wrong type, or ""."""
    if key == "tag" and isinstance(value, list):
        return ", `[tag.NAME]`; the tags of this repository are set by `tags`"
    if kind == "tuple_type" and isinstance(value, dict):
        return f": `[[{key}]]`"
    if kind == "tuple_type" and isinstance(value, str):
        return f": `[{json.dumps(value)}]`"
    return f", got {value!r:.60}" if kind == "string_pattern_mismatch" else ""


def _list_known_keys(model: Any, loc: tuple[Any, ...]) -> list[str]:
    """Return the valid keys of the table that has an unknown key, found by following its key path down the models."""
    for part in loc[:-1]:
        models = _find_models(model)
        if isinstance(part, str) and len(models) > 1:  # the tag of a tagged union
            model = next((m for m in models if part in str(m.model_fields.get("kind"))), models[0])
        elif isinstance(part, str) and models and part in models[0].model_fields:
            model = models[0].model_fields[part].annotation
    models = _find_models(model)
    return [key for key in models[0].model_fields if key != "marker" or len(models) > 1] if models else []


def _find_models(annotation: Any) -> list[Any]:
    """Return the pydantic models that occur in a type annotation, in order."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _find_models(part)]


def _format_check_command(origin: str) -> str:
    return f"ringfence policy check {origin.partition(' (')[0]}"
