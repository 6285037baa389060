"""A client library for a vendor's API stays usable: the field that names a model counts in data, not in code."""

from __future__ import annotations

import pytest

from conftest import Work

ROW = '{"model": "gpt-4o", "answer": "x"}\n'
CODE = 'import requests\n\nrequests.post(URL, json={"model": "gpt-4o", "messages": []})\n'


@pytest.mark.parametrize("content", [ROW, f"\n  {ROW}", f"[\n  {ROW}]\n", f"\ufeff{ROW}", f"# rows\n{ROW}"])
def test_a_row_that_a_rivals_model_made_is_refused(laptop: Work, content: str) -> None:
    laptop.write("rows.txt", content)
    said = laptop.ringfence("check", "--files", "rows.txt")
    assert said.status == 1
    assert "[generator-of-a-rival]" in said.out


def test_code_that_asks_a_rivals_model_is_warned_of(laptop: Work) -> None:
    laptop.write("client.py", CODE)
    said = laptop.ringfence("check", "--files", "client.py")
    assert said.status == 0
    assert "generator 'gpt-4o', model gpt-4o of openai (weak, training-data) [generator-named]" in said.out


def test_code_may_name_what_a_zone_does_not_list(laptop: Work) -> None:
    zone = 'version = 1\n[[zone]]\ntag = "eval"\npaths = ["*"]\ngenerators = ["human"]\n'
    laptop.commit("Guard", files={"ringfence.toml": zone})
    laptop.write("client.py", CODE.replace("gpt-4o", "ours-7b"))
    assert "generator-not-allowed" not in laptop.ringfence("check", "--files", "client.py").out
