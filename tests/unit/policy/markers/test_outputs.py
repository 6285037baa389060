"""Which fields that name a model are in an answer or a row, and what it costs to say so."""

from __future__ import annotations

import json

import pytest

from ringfence.policy.markers import outputs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{\n "model": "gpt-4o", "content": "Because light scatters." }', True),
        ('{\n "model": "gpt-4o", "temperature": 0.2 }', False),
        ('{\n "model": "gpt-4o", "name": "fast" }', False),
        ('{\n "a": {"content": "x", "b": 1}, "model": "gpt-4o", "limit": 3 }', False),
        ('{\n "model": "gpt-4o", "content": "..." }', False),
        ('{"body": "{\\"model\\": \\"gpt-4o\\", \\"choices\\": [1]}"}', True),
        ('{"body": "{\\"model\\": \\"gpt-4o\\", \\"messages\\": []}"}', False),
        ('{\n "request": {"model": "gpt-4o", "messages": []}, "response": {"said": "So."} }', True),
        ('{\n "request": {"model": "gpt-4o", "messages": []}, "response": [] }', False),
        ('{\n "preset": {"model": "gpt-4o", "seed": 1}, "response": {"said": "So."} }', False),
        (' "model": "gpt-4o", ', True),  # the object around it isn't there
    ],
)
def test_fields_beside_a_model_decide(text: str, expected: bool) -> None:
    data = text.encode()
    start = data.index(b'\\"model' if b'\\"model' in data else b'"model')
    assert outputs.Outputs(data).is_output(start) is expected


def test_an_object_is_read_once_for_all_its_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many fields it has, and with objects in it, which end before the next field."""
    row = {f"gpt-{number}": {"model": "gpt-4o", "prices": {"input": 1}, "llm": "gpt-4o"} for number in range(300)}
    data = json.dumps({"settings": row}, indent=1).encode()
    read: list[int] = []
    cut_object = outputs.cut_object
    monkeypatch.setattr(outputs, "cut_object", lambda text: read.append(1) or cut_object(text))
    judged = outputs.Outputs(data)
    starts = [at for at in range(len(data)) if data.startswith((b'"model"', b'"llm"'), at)]
    assert not any(map(judged.is_output, starts))
    assert len(starts) == 600
    assert len(read) == 300


def test_objects_without_an_end_are_read_to_a_bound() -> None:
    data = b'{"model": "gpt-4o", "limit": [\n' * 40_000
    judged = outputs.Outputs(data)
    starts = [at for at in range(len(data)) if data.startswith(b'"model', at)]
    judgements = [judged.is_output(start) for start in starts]
    assert not judgements[0]
    assert judgements[-1]  # what can't be told counts as an output
    assert judgements.index(True) < 100
