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


@pytest.mark.parametrize("begin", ["rows\n", "# rows\n\n", "(\n"])
def test_indented_rows_are_rows_whatever_stands_before_them(laptop: Work, begin: str) -> None:
    laptop.write("rows.jsonl", begin + f"  {ROW}" * 3)
    said = laptop.ringfence("check", "--files", "rows.jsonl")
    assert said.status == 1
    assert "[generator-of-a-rival]" in said.out


def test_rows_between_commas_are_rows_where_the_name_says_data(laptop: Work) -> None:
    rows = "rows = [\n" + '  {"model": "gpt-4o", "answer": "x"},\n' * 3 + "]\n"
    for name, status in (("rows.json", 1), ("rows.JSONL", 1), ("rows.py", 0)):
        laptop.write(name, rows)
        assert laptop.ringfence("check", "--files", name).status == status


@pytest.mark.parametrize("line", ['{"model": "gpt-4o"},', '{"model": "gpt-4o", **more}', 'ask({"model": "gpt-4o"})'])
def test_lines_of_code_are_no_rows(laptop: Work, line: str) -> None:
    laptop.write("client.py", f"ask(\n    {line}\n)\n")
    assert laptop.ringfence("check", "--files", "client.py").status == 0
