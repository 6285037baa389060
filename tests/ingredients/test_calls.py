"""Logs of calls: each form is read, answers are found again as rows, and what a person asked or wrote isn't."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from conftest import Work
from ringfence.scan.ingredients.sessions.base import UnreadTranscriptError
from ringfence.scan.ingredients.sessions.calls import Call, read_calls

ANSWER = (
    "Rayleigh scattering favours short wavelengths, so the sunlight that reaches us sideways has lost little of its "
    "blue while the direct beam near the horizon, after a long way through the air, keeps mostly orange and red."
)
CHINESE = (
    "短波长的光比长波长的光更容易被空气中的分子散射，因此我们从侧面看到的阳光主要是蓝色，而在日落时分，光线穿过厚厚的大气层，"
    "蓝色几乎全部散去，只剩下橙色和红色。如果空气里有很多灰尘或者水滴，各种颜色被散射的程度就差不多，天空看起来便是白色或灰色。"
    "在没有空气的月球上，即使是白天，天空也是黑的，星星和太阳可以同时看见。火星上的情形正好相反，细小的尘土让白天发红，"
    "而落日周围却有一圈淡淡的蓝光，宇航员将来会看到与地球完全不同的黄昏。"
)
PROMPT = "Why is the sky blue at noon, and why is it red when the sun goes down behind the hills in the evening?"
HUMAN = (
    "Because air bends the short waves more than the long ones, my grandmother said, and she had taught it for years."
)
ASKED = [{"role": "user", "content": PROMPT}]


def chat(answer: str, model: str = "gpt-4o-2024-08-06") -> dict:
    return {"model": model, "choices": [{"index": 0, "message": {"role": "assistant", "content": answer}}]}


def otlp(answer: str) -> dict:
    attributes = {
        "gen_ai.request.model": "claude-sonnet-4-5",
        "gen_ai.input.messages": json.dumps([{"role": "user", "parts": [{"type": "text", "content": PROMPT}]}]),
        "gen_ai.output.messages": json.dumps([{"role": "assistant", "parts": [{"type": "text", "content": answer}]}]),
    }
    listed = [{"key": key, "value": {"stringValue": text}} for key, text in attributes.items()]
    return {"resourceSpans": [{"scopeSpans": [{"spans": [{"spanId": "s1", "attributes": listed}]}]}]}


def make_logs(answer: str) -> dict[str, tuple[object, str]]:
    """Return a log in each form, and the model that it names."""
    said = {"role": "assistant", "content": answer}
    block = [{"type": "text", "text": answer}]
    return {
        "otlp": (otlp(answer), "claude-sonnet-4-5"),
        "span": (
            {
                "span_id": "s1",
                "attributes": {"gen_ai.response.model": "gpt-4o", "gen_ai.prompt.0.content": PROMPT}
                | {"gen_ai.completion.0.role": "assistant", "gen_ai.completion.0.content": answer},
            },
            "gpt-4o",
        ),
        "events": (
            {
                "spanId": "s1",
                "attributes": {"gen_ai.request.model": "gemini-2.5-pro"},
                "events": [{"name": "gen_ai.content.completion", "attributes": {"gen_ai.completion": answer}}],
            },
            "gemini-2.5-pro",
        ),
        "litellm": ({"id": "c1", "model": "gpt-4o", "messages": ASKED, "response": chat(answer)}, "gpt-4o-2024-08-06"),
        "openai batch": (
            {"custom_id": "r1", "response": {"status_code": 200, "body": chat(answer)}, "error": None},
            "gpt-4o-2024-08-06",
        ),
        "responses batch": (
            {
                "custom_id": "r1",
                "response": {
                    "body": {"model": "gpt-5", "output": [{"type": "message", "role": "assistant", "content": block}]}
                },
            },
            "gpt-5",
        ),
        "anthropic batch": (
            {
                "custom_id": "r1",
                "result": {
                    "type": "succeeded",
                    "message": {"model": "claude-opus-4-1", "role": "assistant", "content": block},
                },
            },
            "claude-opus-4-1",
        ),
        "langfuse": (
            {"id": "o1", "type": "GENERATION", "model": "deepseek-chat", "input": ASKED, "output": said},
            "deepseek-chat",
        ),
        "langfuse text": ({"id": "o1", "model": "gpt-4o", "input": json.dumps(ASKED), "output": answer}, "gpt-4o"),
        "helicone": (
            {"request_id": "h1", "request_body": {"model": "gpt-4o", "messages": ASKED}, "response_body": chat(answer)},
            "gpt-4o-2024-08-06",
        ),
        "helicone text": (
            {
                "request_id": "h1",
                "request_body": json.dumps({"messages": ASKED}),
                "response_body": json.dumps(chat(answer)),
            },
            "gpt-4o-2024-08-06",
        ),
    }


LOGS = make_logs(ANSWER)


def read(path: Path) -> list[Call]:
    return list(read_calls(str(path)))


@pytest.mark.parametrize("form", LOGS)
@pytest.mark.parametrize("indent", [None, 2])
def test_each_form_of_log_is_read(tmp_path: Path, form: str, indent: int | None) -> None:
    log, model = LOGS[form]
    path = tmp_path / "log.json"
    path.write_text(json.dumps([log] if indent and form != "otlp" else log, indent=indent), "utf-8")
    [call] = read(path)
    assert (call.model, call.answers) == (model, (ANSWER,))
    assert call.prompts in ((PROMPT,), ())


@pytest.mark.parametrize(
    "row",
    [
        {"custom_id": "r1", "result": {"type": "errored", "error": {"type": "error", "message": "overloaded"}}},
        {"custom_id": "r1", "body": {"model": "gpt-4o", "messages": ASKED}},
        {"model": "gpt-4o", "messages": ASKED},
        {"text": ANSWER},
    ],
)
def test_what_has_no_answer_is_said(clone: Work, tmp_path: Path, row: dict) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(json.dumps(row) + "\n", "utf-8")
    said = clone.ringfence("ingredients", "record", "--calls", str(path), "--index", str(tmp_path / "index"))
    assert said.status == 3
    assert "no call with an answer was found in it" in said.out


def write_row(kind: str, answer: str) -> tuple[str, bytes]:
    row = {"question": PROMPT, "reply": answer}
    if kind == "csv":
        text = io.StringIO()
        csv.writer(text).writerows([row.keys(), row.values()])
        return "rows.csv", text.getvalue().encode()
    if kind == "parquet":
        pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
        data = io.BytesIO()
        pq.write_table(pa.table({key: [text] for key, text in row.items()}), data)
        return "rows.parquet", data.getvalue()
    return "rows.jsonl", (json.dumps(row, ensure_ascii=kind == "escaped") + "\n").encode()


@pytest.fixture
def lab(laptop: Work, tmp_path: Path) -> Work:
    """A laptop whose policy looks up an index with one call in English and one in Chinese."""
    logs = tmp_path / "batch.jsonl"
    rows = [make_logs(answer)["litellm"][0] for answer in (ANSWER, CHINESE)]
    logs.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    index = tmp_path / "index"
    said = laptop.ringfence("ingredients", "record", "--calls", str(logs), "--index", str(index))
    assert "recorded 2 calls" in said.out
    policy = tmp_path / "policy.toml"
    policy.write_text(f"version = 1\n[ingredients]\nindex = {json.dumps(str(index))}\n", "utf-8")
    laptop.did("config", "ringfence.policy", str(policy))
    return laptop


@pytest.mark.parametrize("answer", [ANSWER, CHINESE], ids=["english", "chinese"])
@pytest.mark.parametrize("kind", ["jsonl", "escaped", "csv", "parquet"])
def test_an_answer_of_a_log_is_refused_as_a_row(lab: Work, kind: str, answer: str) -> None:
    name, data = write_row(kind, answer)
    lab.write(name, data)
    said = lab.ringfence("check", "--files", name)
    assert said.status == 1, said.out
    assert "calls, batch.jsonl, call c1" in said.out


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet"])
def test_what_a_person_answered_to_the_same_prompt_passes(lab: Work, kind: str) -> None:
    name, data = write_row(kind, HUMAN)
    lab.write(name, data)
    said = lab.ringfence("check", "--files", name)
    assert (said.status, "[ingredient]" in said.out) == (0, False)


LABEL = "Is this review of the kettle positive or negative? It boils, but the lid never closes."


@pytest.fixture
def judged(laptop: Work, tmp_path: Path) -> Work:
    """A laptop whose index has labels that a rival's model gave."""
    logs = tmp_path / "labels.jsonl"
    rows = [
        {
            "id": f"c{number}",
            "messages": [{"role": "user", "content": f"{LABEL} ({number})"}],
            "response": chat("negative"),
        }
        for number in range(20)
    ]
    logs.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    index = tmp_path / "index"
    laptop.ringfence("ingredients", "record", "--calls", str(logs), "--index", str(index))
    policy = tmp_path / "policy.toml"
    policy.write_text(f"version = 1\n[ingredients]\nindex = {json.dumps(str(index))}\n", "utf-8")
    laptop.did("config", "ringfence.policy", str(policy))
    return laptop


def label_rows(kind: str, label: str) -> tuple[str, str | bytes]:
    rows = [(f"{LABEL}  ({number})", label) for number in range(20)]
    if kind == "csv":
        text = io.StringIO()
        csv.writer(text).writerows([("text", "label"), *rows])
        return "rows.csv", text.getvalue()
    if kind == "parquet":
        pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
        data = io.BytesIO()
        pq.write_table(pa.table({"text": [text for text, _ in rows], "label": [said for _, said in rows]}), data)
        return "rows.parquet", data.getvalue()
    return "rows.jsonl", "".join(json.dumps({"text": text, "label": said}) + "\n" for text, said in rows)


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet"])
def test_each_label_is_linked_to_its_call(judged: Work, kind: str) -> None:
    name, text = label_rows(kind, "Negative")
    judged.write(name, text)
    said = judged.ringfence("check", "--files", name, "--format", "json")
    found = [item for item in json.loads(said.out)["findings"] if item["part"] == "ingredient"]
    assert said.status == 1
    assert sorted(item["origin"]["commit"] for item in found) == sorted(f"c{number}" for number in range(20))
    assert {item["action"] for item in found} == {"block"}


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet"])
def test_a_persons_label_on_the_same_prompt_only_warns(judged: Work, kind: str) -> None:
    name, text = label_rows(kind, "positive")
    judged.write(name, text)
    said = judged.ringfence("check", "--files", name, "--format", "json")
    found = [item for item in json.loads(said.out)["findings"] if item["part"] == "ingredient"]
    assert (said.status, [item["action"] for item in found]) == (0, ["warn"])


def test_a_call_that_two_logs_have_is_recorded_once(clone: Work, tmp_path: Path) -> None:
    paths = []
    for form in ("litellm", "helicone"):
        path = tmp_path / f"{form}.jsonl"
        path.write_text(json.dumps(LOGS[form][0]) + "\n", "utf-8")
        paths += ["--calls", str(path)]
    index = ("--index", str(tmp_path / "index"))
    assert "recorded 1 call," in clone.ringfence("ingredients", "record", *paths, *index).out
    assert "recorded 0 calls," in clone.ringfence("ingredients", "record", *paths, *index).out


def test_calls_of_ones_own_model_are_left_out_and_counted(clone: Work, tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(
        json.dumps({"id": "a", "model": "house-70b", "response": chat(ANSWER, "house-70b")}) + "\n", "utf-8"
    )
    said = clone.ringfence("ingredients", "record", "--calls", str(path), "--index", str(tmp_path / "index"))
    assert "left out: 1 call of models that the catalogue doesn't know" in said.out


def test_a_hostile_log_is_read_in_its_bounds(tmp_path: Path) -> None:
    nested = '{"content": [' * 200 + json.dumps(ANSWER) + "]}" * 200
    path = tmp_path / "log.jsonl"
    path.write_text('{{"model": "gpt-4o", "output": {}}}\n{}\n'.format(nested, "[" * 100_000), "utf-8")
    with pytest.raises(UnreadTranscriptError):
        read(path)
