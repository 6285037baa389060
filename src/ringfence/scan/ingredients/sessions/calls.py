"""Reads logs of calls of models: prompts and answers, whatever writes the log.

Known forms: OpenTelemetry's `gen_ai` spans (OTLP as JSON, and one span in a line), LiteLLM's logs, the batch files of
OpenAI and Anthropic, exports of Langfuse and Helicone, and whatever holds an answer in one of their shapes.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from ....values import value
from .base import UnreadTranscriptError, find_first, get_path, iter_dicts, parse_json

if TYPE_CHECKING:
    from collections.abc import Iterator

_LARGEST = 4 << 30  # bytes of a log
_MOST_NESTED = 12
_IDS = ("custom_id", "id", "request_id", "litellm_call_id", "spanId", "span_id", "traceId", "trace_id")
_MODELS = (
    ("response", "body", "model"), ("result", "message", "model"), ("response", "model"), ("response_body", "model"),
    ("gen_ai.response.model",), ("gen_ai.request.model",), ("model",), ("request", "model"), ("request_body", "model"),
    ("body", "model"), ("providedModelName",), ("modelName",), ("gen_ai.system",), ("gen_ai.provider.name",),
)  # fmt: skip
_ANSWERS = (
    "gen_ai.output.messages",
    "gen_ai.completion",
    "response",
    "response_body",
    "result",
    "output",
    "completion",
)
_PROMPTS = (
    "gen_ai.input.messages", "gen_ai.prompt", "messages", "input", "prompt", "request", "request_body", "body",
    "params",
)  # fmt: skip
_SAID = ("content", "text", "completion", "output_text", "arguments")
_INNER = (
    "choices", "message", "content", "parts", "output", "body", "messages", "candidates", "response", "completion",
    "result", "tool_calls", "function", "input", "choice", "delta",
)  # fmt: skip
_OTHERS = ("user", "system", "developer", "tool", "human")  # roles that aren't the model's


@value
class Call:
    """A call of a model.

    Attributes:
        id: What the log names it by, else its number.
        model: The model that answered, else the one that was asked; "" if none is named.
        prompts: The texts that were asked, the last one last.
        answers: The texts that were answered.
    """

    id: str
    model: str
    prompts: tuple[str, ...]
    answers: tuple[str, ...]


def read_calls(path: str) -> Iterator[Call]:
    """Yield the calls in a log: JSON Lines, or one JSON document.

    Raises:
        UnreadTranscriptError: It can't be read, or holds no answer at all.
    """
    found = False
    for number, row in enumerate(_iter_records(path), 1):
        for record in _iter_spans(row):
            if call := _read_call(record, f"{number}"):
                found = True
                yield call
    if not found:
        raise UnreadTranscriptError("no call with an answer was found in it")


def _iter_records(path: str) -> Iterator[dict[str, Any]]:
    try:
        if os.path.getsize(path) > _LARGEST:
            raise UnreadTranscriptError(f"it has more than {_LARGEST >> 30} GiB")
        with open(path, "rb") as file:
            head = file.read(1 << 16).lstrip()
            file.seek(0)
            if isinstance(parse_json(head.partition(b"\n")[0]), dict):
                yield from (row for line in file if isinstance(row := parse_json(line), dict))
                return
            document = parse_json(file.read())
    except OSError as error:
        raise UnreadTranscriptError(error.strerror or "it can't be read") from None
    if isinstance(document, dict):
        listed = next((document[key] for key in ("data", "observations", "spans") if key in document), None)
        document = listed if isinstance(listed, list) else [document]
    yield from iter_dicts(document)


def _iter_spans(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the spans of an OTLP document with their attributes as keys; any other record as it is."""
    if "resourceSpans" not in row:
        yield _flatten_span(row)
        return
    for resource in iter_dicts(row["resourceSpans"]):
        for scope in iter_dicts(resource.get("scopeSpans")):
            for span in iter_dicts(scope.get("spans")):
                yield _flatten_span(span)


def _flatten_span(span: dict[str, Any]) -> dict[str, Any]:
    """Return a span with the attributes of itself and its events as keys, those with numbers put together."""
    flat = dict(span)
    for holder in (span, *iter_dicts(span.get("events"))):
        attributes = holder.get("attributes")
        if isinstance(attributes, list):
            attributes = {
                str(item.get("key")): next(iter(dict(item.get("value") or {}).values()), None)
                for item in iter_dicts(attributes)
                if isinstance(item.get("value"), dict)
            }
        if isinstance(attributes, dict):
            flat |= attributes
    for key, text in list(flat.items()):
        for name in ("gen_ai.completion", "gen_ai.prompt"):
            if key.startswith(f"{name}.") and key.endswith(".content") and isinstance(text, str):
                known = flat.get(name)
                flat[name] = [*(known if isinstance(known, list) else []), text]
    return flat


def _read_call(record: dict[str, Any], number: str) -> Call | None:
    answers = [text for key in _ANSWERS for text in _iter_texts(record.get(key), is_answer=True)]
    if not answers:
        return None
    prompts = [text for key in _PROMPTS for text in _iter_texts(record.get(key), is_answer=False)]
    model = next((name for keys in _MODELS if (name := _get_name(record, keys))), "")
    call = find_first([record], *_IDS[:1]) or next(
        (name for key in _IDS if (name := _get_name(record, (key,)))), number
    )
    return Call(call, model, tuple(dict.fromkeys(prompts)), tuple(dict.fromkeys(answers)))


def _get_name(record: dict[str, Any], keys: tuple[str, ...]) -> str:
    holder: Any = record
    for key in keys[:-1]:
        holder = get_path(holder, key)
        holder = parse_json(holder) if isinstance(holder, str) else holder
    found = get_path(holder, keys[-1])
    return found if isinstance(found, str) else ""


def _iter_texts(item: object, *, is_answer: bool, depth: int = 0) -> Iterator[str]:
    """Yield the texts of an answer, or of a prompt, in any of the known shapes."""
    if depth > _MOST_NESTED:
        return
    if isinstance(item, str):
        parsed = parse_json(item) if item[:1] in ("{", "[") else None
        if isinstance(parsed, dict | list) and any(
            True for _ in _iter_texts(parsed, is_answer=is_answer, depth=depth + 1)
        ):
            yield from _iter_texts(parsed, is_answer=is_answer, depth=depth + 1)
        elif item.strip():
            yield item
    elif isinstance(item, list):
        for part in item:
            yield from _iter_texts(part, is_answer=is_answer, depth=depth + 1)
    elif isinstance(item, dict):
        if is_answer and (item.get("role") in _OTHERS or item.get("type") == "errored"):
            return
        if not is_answer and item.get("role") in ("assistant", "model"):
            return
        for key in dict.fromkeys((*_SAID, *_INNER)):
            if key in item and not (key == "messages" and is_answer and depth == 0 and "choices" in item):
                yield from _iter_texts(item[key], is_answer=is_answer, depth=depth + 1)
