"""A model that a row or an answer names has made it; one in a price list, a request, settings or code is only named."""

from __future__ import annotations

import json

import pytest

from conftest import Work

OUTPUTS: dict[str, object] = {
    "answer of an API": {"model": "gpt-4o", "choices": [{"message": {"role": "assistant", "content": "x"}}]},
    "answer, flat": {"id": 1, "model": "gpt-4o", "completion": "x"},
    "usage": {"model": "gpt-4o", "usage": {"total_tokens": 5}},
    "conversation": {"model": "gpt-4o", "messages": [{"role": "user"}, {"role": "assistant", "content": "b"}]},
    "settings beside an answer": {"model": "gpt-4o", "temperature": 0.2, "response": "x"},
    "scored": {"model": "gpt-4o", "question": "a", "score": 0.8},
    "scored by a model": {"judge_model": "gpt-4o", "score": 0.8},
    "a row with columns of its own": {"model": "gpt-4o", "question": "a", "gold": "b"},
    "rows in a list": [{"model": "gpt-4o", "output": "x"}, {"model": "gpt-4o", "output": "y"}],
    "who generated it": {"dataset": "x", "rows": 5, "generated_by": "gpt-4o"},
    "in a string": {"raw": json.dumps({"model": "gpt-4o", "content": "x"})},
    "judge": {"id": 5, "judge_model": "gpt-4o", "verdict": "A"},
    "in a string, nested": {"raw": json.dumps({"meta": {"model": "gpt-4o", "step": 2}})},
    "in a list of a string": {"raw": json.dumps([{"model": "gpt-4o", "step": 1}, {"model": "gpt-4o", "step": 2}])},
    "results by model": {"models": [{"id": "a", "model": "gpt-4o", "answer": "x"}]},
    "key of a vendor": {"id": 1, "chatgpt_answers": {"q1": "Paris", "q2": "Rome"}},
    "key of a vendor, label": {"id": 1, "gpt4_output": "positive"},
    "a model in settings, with an answer beside them": {"llm": {"model": "gpt-4o"}, "question": "a", "answer": "x"},
    "logged": {"model": "gpt-4o", "log_id": 5, "completion": "x"},
    "answer in an example": {"example": {"model": "gpt-4o", "choices": [{"message": {"content": "x"}}]}},
}  # fmt: skip
NAMED: dict[str, object] = {
    "price list": {"gpt-4o": {"model": "gpt-4o", "input_cost_per_token": 1e-6, "max_tokens": 4096}},
    "preset": {"router": {"models": ["gpt-4o", "claude-opus-4-7"], "fallback": True, "timeout": 5}},
    "request": {"model": "gpt-4o", "messages": [{"role": "user", "content": "a question"}], "temperature": 0},
    "list of models": {"data": [{"id": 1, "model": "gpt-4o", "provider": "openai"}]},
    "settings": {"model": "gpt-4o", "temperature": 0.2, "max_tokens": 100},
    "documentation": {"post": {"description": 'Send `{"model": "gpt-4o"}` in the body'}},
    "example": {"example": {"model": "gpt-4o", "messages": []}},
    "schema": {"properties": {"model": {"type": "string", "default": "gpt-4o"}}},
    "list of models with words about them": {
        "models": [{"id": "a", "label": "A", "model": "gpt-4o", "text": "For hard tasks", "sources": ["https://x.y"]}],
        "harnesses": [{"id": "b", "text": "One of them"}],
    },
    "leaderboard": [{"model": "gpt-4o", "score": 0.3}, {"model": "claude-3-opus", "score": 0.4}],
    "configuration": {"classifier_config": {"model": "gpt-4o", "rubric": "agentic"}},
    "upgrade": {"slug": "x", "upgrade": {"model": "gpt-4o", "markdown": "Meet it"}},
    "example of a request": {"requestBody": {"example": {"model": "gpt-4o", "session": {"a": 1}}}},
    "request with an input": {"input": "Hello world", "model": "gpt-4o"},
    "documentation, nested": {"post": {"description": 'Send `{"completion": {"model": "gpt-4o"}}`\n\nThen wait'}},
    "documentation, fenced": {"description": 'Body:\n```json\n{\n "key": "x",\n "model": "gpt-4o"\n}\n```\n'},
    "documentation, curl": {"description": "curl -d '" + json.dumps({"id": "x", "agent": {"model": "gpt-4o"}}) + "'"},
    "schema named after a vendor": {"schemas": {"OpenAIBoxAnswer": {"properties": {}, "type": "object"}}},
    "prices named after a vendor": {"gemini-2.0-flash-exp-image-generation": {"input_cost_per_token": 0, "mode": "x"}},
    "provider": {"anthropic_text": {"display_name": "Anthropic", "endpoints": {"chat": False}}},
    "table of functions": {"_acompletion": "chat", "anthropic_messages": "messages"},
    "variables": {"mcpServers": {"x": {"env": {"MODEL": "gpt-4o", "OPENAI_API_KEY": "x", "TEMPERATURE": 0.2}}}},
    "releases": [{"releasedOn": "2026-04-23", "model": "gpt-5.5"}, {"releasedOn": "2026-03-05", "model": "gpt-5.4"}],
    "profile": {"model": "gpt-5.5", "num_retries": 5, "log_completions": False, "temperature": 0.0},
    "hook": {"session_id": "x", "transcript_path": "t.jsonl", "model": {"id": "gpt-4o", "display_name": "4o"}},
    "call of a tool": {"method": "call", "params": {"name": "register", "arguments": {"model": "gpt-4o", "who": "x"}}},
    "rule": {"matchers": [{"pattern": "DALL-E 3", "generator": "DALL-E 3", "is_generated": True}]},
}  # fmt: skip


def judge(laptop: Work, name: str, text: str) -> tuple[int, str]:
    laptop.write(name, text)
    said = laptop.ringfence("check", "--files", name, "--tag", "training-data")
    return said.status, said.out


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("value", OUTPUTS.values(), ids=OUTPUTS)
def test_what_a_model_made_is_refused(laptop: Work, value: object, indent: int | None) -> None:
    status, out = judge(laptop, "rows.json", json.dumps(value, indent=indent) + "\n")
    assert status == 1, out
    assert "generator-of-a-rival" in out


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("value", NAMED.values(), ids=NAMED)
def test_a_model_that_is_only_named_warns(laptop: Work, value: object, indent: int | None) -> None:
    status, out = judge(laptop, "models.json", json.dumps(value, indent=indent) + "\n")
    assert status == 0, out


def test_rows_of_a_model_alone_are_rows(laptop: Work) -> None:
    assert judge(laptop, "rows.jsonl", '{"model": "gpt-4o"}\n' * 3)[0] == 1


CODE = {
    "header": 'response = {"headers": {"openai-version": "2020-10-01"}}\n',
    "answer": '"""{"candidates": [...], "modelVersion": "gemini-2.5-flash", ...}"""\n',
    "usage": 'USAGE = {"promptTokenCount": 0}\n',
    "phrases": 'TELLS = ["I do not have access to real-time", "as of my last update"]\n',
    "citation": 'RULES = [":contentReference[oaicite:0]"]\n',
}


@pytest.mark.parametrize("text", CODE.values(), ids=CODE)
def test_a_form_in_code_is_a_mention_and_in_data_a_mark(laptop: Work, text: str) -> None:
    assert judge(laptop, "rules.py", text)[0] == 0
    assert judge(laptop, "rules.ts", text)[0] == 0
    assert judge(laptop, "rows.txt", text)[0] == 1


def test_a_recorded_id_counts_in_code_too(laptop: Work) -> None:
    assert judge(laptop, "test_x.py", 'REPLY = {"id": "msg_01AbCdEfGhIjKlMnOpQrStUv"}\n')[0] == 1


MEASURES = {
    "board.csv": "model,mmlu,date\ngpt-4o,88.7,2024-05\nclaude-3-opus,86.8,n/a\n",
    "board.tsv": "rank\tmodel\tscore\n1\tgpt-4o\t88.7 %\n2\tours\t70 %\n",
    "board.md": "# Results\n\n| model | score |\n|---|---:|\n| gpt-4o | 88.1 |\n| claude-3-opus | 86.8 ± 0.3 |\n",
    "board.jsonl": '{"model": "gpt-4o", "mmlu": 88.7}\n{"model": "ours", "mmlu": 70}\n',
    "session.md": '{"role": "user"}\n{"content": "Hi!", "model": "gpt-4o", "usage": {...}}\n{"role": "tool"}\n',
    "prices.csv": "model,input,output\ngpt-4o,$2.50,$10\n",
    "models.md": "| Model | ID | Aliases | Default |\n|---|---|---|---|\n| GPT-5.2 | openai:gpt-5.2 | `gpt` | ✓ |\n",
    "union.ts": 'export type Command =\n  | "model"\n  | "help";\nexport type Id =\n  | "gpt-4o"\n  | "openai";\n',
    "cars.csv": "make,model,doors\nOpel,Gemini,two\nKia,Soul,four\n",
    "phones.jsonl": '{"brand": "x", "model": "o1", "colour": "red"}\n{"brand": "y", "model": "4o"}\n',
    "api.md": '# Answers\n\n{"id": "x", "model": "gpt-4o", "choices": [...]}\n',
}
ROWS = {
    "rows.csv": "model,mmlu,note\ngpt-4o,88.7,\nours,70,an answer\n",
    "choice.csv": "model,item,answer\ngpt-4o,1,A\ngpt-4o,2,B\n",
    "sums.csv": "model,item,answer\ngpt-4o,1,42\ngpt-4o,2,7\n",
    "labels.csv": "id,model,label\n1,gpt-4o,0\n2,gpt-4o,1\n",
    "sums.jsonl": '{"model": "gpt-4o", "item": 1, "answer": 42}\n' * 2,
    "choice.md": "| Model | Aliases | Answer |\n|---|---|---|\n| GPT-5.2 | `gpt` | Paris |\n",
    "dots.jsonl": '{"model": "gpt-4o", "content": "...", "text": "x"}\n{"model": "gpt-4o", "content": "{...}"}\n',
    "quoted.jsonl": r'{"model": "gpt-4o", "response": "say {\"a\": ...}"}' + "\n",
    "python.txt": """{"model": "gpt-4o", "response": '{"a": ...}', "n": 1}\n""",
    "late.csv": "model,a\n" + "gpt-4o,1\n" * 30 + "gpt-4o,a text\n",
    "alone.csv": "model\tid\ngpt-4o\t1\n",
    "judge.csv": "judge_model,score\ngpt-4o,4\n",
    "wide.csv": "model,a\ngpt-4o,1,2,a text behind\n",
    "advert.jsonl": '{"brand": "x", "model": "gpt-4o", "response": "Buy it"}\n' * 2,
    "said.jsonl": '{"model": "gpt-4o", "n": 1, "answer": "B"}\n' * 2,
}


@pytest.mark.parametrize("name", MEASURES)
def test_measures_and_lists_of_things_only_name_a_model(laptop: Work, name: str) -> None:
    status, out = judge(laptop, name, MEASURES[name])
    assert status == 0, out


@pytest.mark.parametrize("name", ROWS)
def test_rows_with_more_than_measures_are_refused(laptop: Work, name: str) -> None:
    status, out = judge(laptop, name, ROWS[name])
    assert status == 1, out
