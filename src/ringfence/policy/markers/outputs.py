"""Tells a row or a recorded answer from a file that only names a model: a price list, a preset, a request, a rule.

The object around the field decides, by the fields beside it. What can't be told counts as an output.
"""

from __future__ import annotations

import re

from ...lazy_pattern import compile_lazily
from .measures import is_named_in_row

_LOOKBACK = 8 << 10  # bytes before a field in which its object may begin
_LONGEST = 64 << 10  # bytes of an object that are read
_ESCAPED = compile_lazily(rb'\\+"')
_KEY = compile_lazily(r'"([^"\\\n]{1,60})"\s*:')
_DOTS = r"(?:\.\.\.|…)"  # an example in a document leaves things out
_FILLED = rf'\s*:\s*(?:"(?!"|{_DOTS}")|\[\s*(?!\]|"?{_DOTS}"?\s*\])|\{{\s*(?!\}}|{_DOTS})|-?\d|true|false)'
_ELIDED = compile_lazily(rf'"\s*:\s*(?:"{_DOTS}"|\[\s*"?{_DOTS}"?\s*\]|\{{\s*{_DOTS}|{_DOTS})')
# Fields that hold what a model answered, or what is known of its answer.
_OUTPUT = compile_lazily(
    r'"(?:\w*(?:answers?|completions?|outputs?|responses?|generations?|repl(?:y|ies))'
    r"|candidates|choices|chosen|content|contents|conversations?|critique|explanation|finish_?[rR]eason"
    r"|generated(?:_\w+)?|judge?ment|logprobs|output_text|predictions?|rationale|reasoning(?:_content)?|rejected|score|scores|solution"
    r"|stop_?[rR]eason|summary|text|thinking|transcript|translation|usage|usageMetadata|verdict)\"" + _FILLED
)
_ASSISTANT = compile_lazily(r'"(?:role|from)"\s*:\s*"(?:assistant|model|gpt|chatgpt|bing|bot)"', re.IGNORECASE)
# Fields of settings, prices, requests and detectors' rules.
_SETTINGS = compile_lazily(
    r"(?:max|min)_\w+|\w*(?:cost|price|pricing|rate_limit)\w*|supports_\w+|litellm_\w+|api_(?:base|key|type|version)"
    r"|\$ref|\$schema|additionalProperties|aliases|baseUrl|base_?url|budget|capabilities|class_?name|context_?(?:length"
    r"|size|window)|contextLength|contextWindow|default|defaults|deprecated|deprecation_date|description|detail_?level"
    r"|disabled|enabled|endpoint|engine|env|example|examples|fallbacks?|features|format|headers"
    r"|is_(?:default|generated)"
    r"|mode|modalities|limit|limits|matchers?|maxTokens|method|operationId|options|owned_by|parameters|params|paths"
    r"|patterns?|properties|provider|providers|rate|reasoning_effort|reasoningEffort|regex|release_date|required|retries"
    r"|responses_api|response_format|router|rpm|rule|schema|schemas|seed|service_tier|stop|stream|stream_options"
    r"|temperature|thinking_budget|timeout|tokenizer|tool_choice|tools|top_k|top_p|tpm|weight|weights",
)  # fmt: skip
_NAMING = compile_lazily(
    r"@?id|alias|author|company|display_?[nN]ame|family|generators?|kind|label|link|maker|models?|model_?(?:id|name|info)"
    r"|name|object|organi[sz]ation|owner|publisher|slug|tags?|title|type|url|value|vendor|version"
)


def is_output(data: bytes, start: int) -> bool:
    """Return whether the field that begins at an offset is in an answer or a row of data, not in settings or a list.

    Args:
        data: Text with a field of JSON, possibly inside a string.
        start: Where the field begins, at its quote or at the backslashes before it.
    """
    escape = _ESCAPED.match(data, start)
    begin, is_row = _find_line(data, start)
    if is_row and not escape:  # one object in each line
        return not is_named_in_row(data[begin : data.find(b"\n", start)], _read_key(data, start))
    if escape:
        return _is_output_in_string(data, start, escape[0])
    opening = _find_opening(data, start, max(begin, start - _LOOKBACK) if is_row else max(0, start - _LOOKBACK))
    if opening < 0:
        return True
    return _judge_object(_cut_object(data, opening).decode("utf-8", "replace"), _read_key(data, start))


def _read_key(data: bytes, start: int) -> str:
    found = re.match(rb'[\\"]*([^"\\\n]{1,60})', data[start : start + 80])
    return found[1].decode("utf-8", "replace") if found else ""


def _find_line(data: bytes, start: int) -> tuple[int, bool]:
    """Return where a line begins, and whether it and the one before or after it are objects, as rows are."""
    begin = data.rfind(b"\n", max(0, start - _LONGEST), start) + 1
    end = data.find(b"\n", start, start + _LONGEST)
    if not data.startswith(b"{", begin) or end < 0 or data[end - 1 : end] not in (b"}", b"\r"):
        return begin, False
    before = data.rfind(b"\n", max(0, begin - _LONGEST), max(begin - 1, 0)) + 1
    is_after = data.startswith(b"{", end + 1)
    return begin, is_after or (begin > 0 and data.startswith(b"{", before) and data[begin - 2 : begin - 1] == b"}")


def _find_opening(data: bytes, start: int, earliest: int) -> int:
    """Return where the object around an offset begins, or -1."""
    depth = 0
    for found in reversed(list(re.finditer(rb"[{}]", data[earliest:start]))):
        depth += 1 if found[0] == b"}" else -1
        if depth < 0:
            return earliest + found.start()
    return -1


def _cut_object(data: bytes, opening: int) -> bytes:
    """Return an object from its first brace to its last, or to the limit."""
    depth = 0
    for found in re.finditer(rb'"(?:[^"\\\n]|\\.)*"|[{}]', data[opening : opening + _LONGEST]):
        depth += {b"{": 1, b"}": -1}.get(found[0], 0)
        if not depth:
            return data[opening : opening + found.end()]
    return data[opening : opening + _LONGEST]


def _judge_object(text: str, name: str) -> bool:
    own = _list_own_keys(text)
    if _ASSISTANT.search(text) or any(_OUTPUT.match(text, place) for place in own):
        return True
    if _ELIDED.search(text) or is_named_in_row(text.encode(), name):
        return False
    keys = [_KEY.match(text, place)[1] for place in own]  # type: ignore[index]  # they were found by it
    if any(_SETTINGS.fullmatch(key) for key in keys) or "messages" in keys:
        return False
    return not all(_NAMING.fullmatch(key) for key in keys)


def _list_own_keys(text: str) -> list[int]:
    """Return where the keys of the object itself begin, not those of objects inside it."""
    depth, places = 0, []
    for found in re.finditer(r'"(?:[^"\\\n]|\\.)*"|[{}]', text):
        if found[0] in "{}":
            depth += 1 if found[0] == "{" else -1
        elif depth == 1 and _KEY.match(text, found.start()):
            places.append(found.start())
    return places


def _is_output_in_string(data: bytes, start: int, quote: bytes) -> bool:
    """Judge a field of JSON inside a string: an object among other words only shows what to write."""
    opening = _find_opening(data, start, max(0, start - _LOOKBACK))
    if opening < 0:
        return True
    text = _cut_object(data[opening : opening + _LONGEST].replace(quote, b'"'), 0).decode("utf-8", "replace")
    places = _list_own_keys(text)
    if _ASSISTANT.search(text) or any(_OUTPUT.match(text, place) for place in places):
        return True
    keys = [_KEY.match(text, place)[1] for place in places]  # type: ignore[index]  # as above
    if any(_SETTINGS.fullmatch(key) for key in keys) or "messages" in keys:
        return False
    return data[max(0, opening - 3) : opening].rstrip().endswith((b'"', b"[", b",", b":", b"n"))
