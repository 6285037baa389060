"""Tells a row or a recorded answer from a file that only names a model: a price list, a preset, a request, a rule.

The object around the field decides, by the fields beside it. What can't be told counts as an output.
"""

from __future__ import annotations

import re
from functools import cached_property

from ...lazy_pattern import compile_lazily
from .json_object import LONGEST, cut_object, find_opening, list_own_keys, match_key
from .measures import is_named_in_row
from .parents import describes_model, find_parent, is_request, is_settings, is_whole

_LOOKBACK = 8 << 10  # bytes before a field in which its object may begin
_MOST_READ = 4 << 20  # bytes of objects that are read in one text, so that objects without an end stay cheap
_ESCAPED = compile_lazily(rb'\\+"')
_DOTS = r"(?:\.\.\.|…)"  # an example in a document leaves things out
_FILLED = rf'\s*:\s*(?:"(?!"|{_DOTS}")|\[\s*(?!\]|"?{_DOTS}"?\s*\])|\{{\s*(?!\}}|{_DOTS})|-?\d|true|false)'
_ELIDED = compile_lazily(rf'"\s*:\s*(?:"{_DOTS}"|\[\s*"?{_DOTS}"?\s*\]|\{{\s*{_DOTS}|{_DOTS})')
# Left out without quotes, which no program reads: `"usage": {...}`; in a string, quotes are escaped.
_CUT = compile_lazily(rf'(?<!\\)"\s*:\s*[\[{{]?\s*{_DOTS}'.encode())
# Fields that hold what a model answered, or what is known of its answer.
_OUTPUT = compile_lazily(
    r'"(?:(?!(?:disable|enable|include|log|return|save|show|store|stream|use)_)\w*(?:answers?|completions?|outputs?|responses?|generations?|repl(?:y|ies))'
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
    r"|disabled|enabled|endpoints?|engine|env|example|examples|fallbacks?|features|format|headers"
    r"|is_(?:default|generated)"
    r"|mode|modalities|limit|limits|matchers?|maxTokens|method|operationId|options|owned_by|parameters|params|paths"
    r"|patterns?|properties|provider|providers|rate|reasoning_effort|reasoningEffort|regex|release_date|required|retries"
    r"|responses_api|response_format|router|rpm|rule|schema|schemas|seed|service_tier|stop|stream|stream_options"
    r"|released_?(?:[aA]t|[oO]n)|temperature|thinking_budget|timeout|transcript_path|hook_event_name|tokenizer|tool_choice|tools|top_k|top_p|tpm|weight|weights"
    r"|[A-Z]+(?:_[A-Z]+)*_(?:HOST|KEY|LEVEL|MODEL|PATH|PORT|REGION|TOKENS?|URL)",  # variables
)  # fmt: skip
_NAMING = compile_lazily(
    r"@?id|alias|author|company|display_?[nN]ame|family|generators?|input|kind|label|link|maker|models?|model_?(?:id|name|info)"
    r"|name|object|organi[sz]ation|owner|publisher|slug|tags?|title|type|url|value|vendor|version"
)
_MODELS = compile_lazily(rb'"models"\s*:\s*\[\s*\{')
# What a table of fields or functions has: `"claude_messages": "messages"`.
_WORD = compile_lazily(rb'\s*"([a-z]+)"\s*[,}]')


class _Object:
    """An object, and what the fields of its own say; `text` is its JSON, without the escapes of a string around it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.raw = text.encode()

    @cached_property
    def has_answer(self) -> bool:
        """Whether it holds what a model answered, or a conversation with one."""
        return self._has_assistant or bool(self._answers)

    @cached_property
    def is_scored(self) -> bool:
        """Whether scores are all that is known of an answer."""
        return not self._has_assistant and not {"score", "scores"}.isdisjoint(self._answers)

    @cached_property
    def may_describe(self) -> bool:
        """Whether its answers may as well be words about the model."""
        return bool(self._answers) and not self._has_assistant and describes_model(self._keys, self._answers)

    @cached_property
    def is_elided(self) -> bool:
        """Whether it leaves values out, as an example in a document does."""
        found = _ELIDED.search(self._text)
        return found is not None and not self._text.count("'", 0, found.start()) % 2  # not in a string of Python

    @cached_property
    def has_settings(self) -> bool:
        """Whether it has fields of settings, prices, requests or rules."""
        return any(_SETTINGS.fullmatch(key) for key in self._keys) or "messages" in self._keys

    @cached_property
    def is_naming(self) -> bool:
        """Whether all its fields name something."""
        return all(_NAMING.fullmatch(key) for key in self._keys)

    @cached_property
    def _has_assistant(self) -> bool:
        return bool(_ASSISTANT.search(self._text))

    @cached_property
    def _answers(self) -> list[str]:
        return [match_key(self._text, place) for place in self._places if _OUTPUT.match(self._text, place)]

    @cached_property
    def _places(self) -> list[int]:
        return list_own_keys(self._text)

    @cached_property
    def _keys(self) -> list[str]:
        return [match_key(self._text, place) for place in self._places]


def _is_cut(text: bytes) -> bool:
    """Return whether an object leaves something out, as only a document does; not one that has dots in a string."""
    found = _CUT.search(text)
    return found is not None and not text.count(b"'", 0, found.start()) % 2  # a string of Python, or an apostrophe


class Outputs:
    """Judges fields of one text; an object is read once, however many of its fields are judged."""

    def __init__(self, data: bytes) -> None:
        """Take a text with fields of JSON, possibly inside strings."""
        self._data = data
        self._objects: dict[tuple[int, bytes], _Object] = {}
        self._read = 0

    def is_output(self, start: int) -> bool:
        """Return whether the field that begins at an offset is in an answer or a row, not in settings or a list.

        `start` is at the field's quote, or at the backslashes before it.
        """
        data = self._data
        escape = _ESCAPED.match(data, start)
        begin, is_row = _find_line(data, start)
        if is_row and not escape:  # one object in each line
            row = data[begin : data.find(b"\n", start)]
            return not (_is_cut(row) or is_named_in_row(row, _read_key(data, start)))
        earliest = max(0, start - _LOOKBACK)
        opening = find_opening(data, start, max(begin, earliest) if is_row and not escape else earliest)
        if opening < 0 or self._read > _MOST_READ:
            return True
        item = self._read_object(opening, escape[0] if escape else b"")
        if item.is_scored and is_named_in_row(item.raw, _read_key(data, start)):
            return False  # a leaderboard
        if _is_cut(item.raw):
            return False
        if item.has_answer:
            return not (item.may_describe and find_parent(data, opening) == "models")
        if escape:
            return not item.has_settings and is_whole(data, opening)
        if not item.is_elided and self._is_answered_request(opening):
            return True
        if item.is_elided or is_settings(find_parent(data, opening)) or self._lists_descriptions(start):
            return False
        if is_named_in_row(item.raw, _read_key(data, start)):
            return False
        return not (item.has_settings or item.is_naming)

    def _is_answered_request(self, opening: int) -> bool:
        """Return whether an object is a request with its answer beside it, as a log of calls has them."""
        if not is_request(find_parent(self._data, opening)):
            return False
        outer = find_opening(self._data, opening, max(0, opening - _LOOKBACK))
        return outer >= 0 and self._read_object(outer, b"").has_answer

    def holds_output(self, start: int, end: int) -> bool:
        """Return whether a key that names a vendor's output may hold one: neither settings, a schema nor its own name.

        The key is between the offsets, with its colon.
        """
        behind = self._data[end : end + _LOOKBACK]
        opening = end + len(behind) - len(behind.lstrip())
        if not self._data.startswith(b"{", opening) or self._read > _MOST_READ:
            word = _WORD.match(behind)
            return not (word and word[1] in re.split(rb"[\W_]+", self._data[start:end]))
        item = self._read_object(opening, b"")
        return item.has_answer or not (item.is_elided or item.has_settings or item.is_naming)

    def _lists_descriptions(self, start: int) -> bool:
        """Return whether a field is a list of models with words about each."""
        found = _MODELS.match(self._data, start)
        return found is not None and self._read_object(found.end() - 1, b"").may_describe

    def _read_object(self, opening: int, quote: bytes) -> _Object:
        """Return the object that begins at an offset; `quote` is how quotes are written in the string around it."""
        if (opening, quote) not in self._objects:
            data = self._data[opening : opening + LONGEST]
            found = cut_object(data.replace(quote, b'"') if quote else data)
            self._read += len(found)
            self._objects[opening, quote] = _Object(found.decode("utf-8", "replace"))
        return self._objects[opening, quote]


def _read_key(data: bytes, start: int) -> str:
    found = re.match(rb'[\\"]*([^"\\\n]{1,60})', data[start : start + 80])
    return found[1].decode("utf-8", "replace") if found else ""


def _find_line(data: bytes, start: int) -> tuple[int, bool]:
    """Return where a line begins, and whether it and the one before or after it are objects, as rows are."""
    begin = data.rfind(b"\n", max(0, start - LONGEST), start) + 1
    end = data.find(b"\n", start, start + LONGEST)
    if not data.startswith(b"{", begin) or end < 0 or data[end - 1 : end] not in (b"}", b"\r"):
        return begin, False
    before = data.rfind(b"\n", max(0, begin - LONGEST), max(begin - 1, 0)) + 1
    is_after = data.startswith(b"{", end + 1)
    return begin, is_after or (begin > 0 and data.startswith(b"{", before) and data[begin - 2 : begin - 1] == b"}")
