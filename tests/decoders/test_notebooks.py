"""Jupyter notebooks: a mark is reported by its cell, in whichever part of the cell it is."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import nbformat
import pytest
from nbformat import v3, v4

from conftest import Work

from .conftest import LINK, MARKER, Look

TEXT = LINK.decode()
PACKED = base64.b64encode(gzip.compress(LINK)).decode()


def book(*cells: Any, **metadata: Any) -> bytes:
    return nbformat.writes(v4.new_notebook(cells=list(cells), metadata=metadata)).encode()


def code(*outputs: Any, source: str = "1 + 1", **more: Any) -> Any:
    return v4.new_code_cell(source, outputs=list(outputs), **more)


CLEAN = [v4.new_markdown_cell("# Rows"), code(v4.new_output("stream", text="2\n"))]
CASES: dict[str, tuple[Any, str, int]] = {
    "source": (code(source=f"a = 1\n# {TEXT}"), "cell 3", 2),
    "markdown": (v4.new_markdown_cell(f"see\n\n{TEXT}"), "cell 3", 3),
    "stream": (
        code(v4.new_output("stream", text="x"), v4.new_output("stream", text=f"a\n{TEXT}")),
        "cell 3, output 2",
        2,
    ),
    "html": (code(v4.new_output("display_data", {"text/html": f"<a href='{TEXT}'>"})), "cell 3, output 1", 1),
    "json": (
        code(v4.new_output("display_data", {"application/json": {"answer": TEXT}})),
        "cell 3, output 1, field answer",
        0,
    ),
    "packed": (code(v4.new_output("display_data", {"application/gzip": PACKED})), "cell 3, output 1", 1),
    "error": (code(v4.new_output("error", ename="E", evalue="x", traceback=["a\n", TEXT])), "cell 3, output 1", 2),
    "attachment": (
        v4.new_markdown_cell("![x](attachment:x.gz)", attachments={"x.gz": {"application/gzip": PACKED}}),
        "cell 3, attachment x.gz",
        1,
    ),
    "cell's metadata": (code(metadata={"note": TEXT}), "cell 3, metadata, field note", 0),
}


@pytest.mark.parametrize("name", CASES)
def test_a_mark_in_a_notebook_is_told_by_its_cell(look: Look, name: str) -> None:
    cell, place, line = CASES[name]
    found = look(book(*CLEAN, cell))
    assert (found.marks, found.hidden) == ({MARKER: (1, place, line)}, [])


def test_a_notebooks_metadata_is_read_and_a_clean_one_is_clean(look: Look) -> None:
    assert look(book(*CLEAN, answer=TEXT)).marks == {MARKER: (1, "metadata, field answer", 0)}
    assert look(book(*CLEAN)) == look(b"")


@pytest.mark.parametrize("keys", [("nbformat", "metadata", "cells"), ("metadata", "cells", "nbformat")])
def test_the_keys_of_a_notebook_stand_in_any_order(look: Look, keys: tuple[str, ...]) -> None:
    whole = json.loads(book(*CLEAN, code(source=TEXT)))
    assert look(json.dumps({key: whole[key] for key in keys}).encode()).marks == {MARKER: (1, "cell 3", 1)}


def test_a_notebook_of_version_3_is_read(look: Look) -> None:
    cells = [v3.new_code_cell("1"), v3.new_code_cell("1", outputs=[v3.new_output("pyout", output_png=PACKED)])]
    old = v3.new_notebook(worksheets=[v3.new_worksheet(cells=cells)])
    assert look(v3.writes_json(old).encode()).marks == {MARKER: (1, "cell 2, output 1", 1)}


def test_rows_that_look_like_a_notebook_are_rows(look: Look) -> None:
    row = {"cell_type": "code", "answer": TEXT}
    assert look(f"{json.dumps(row)}\n{json.dumps(row)}\n".encode()).marks == {MARKER: (2, "field answer", 1)}
    assert look(b'{"nbformat": 4}\n[1]\n').hidden == []


def test_what_is_damaged_in_a_notebook_is_said(look: Look) -> None:
    data = book(*CLEAN, code(v4.new_output("display_data", {"application/gzip": PACKED[:40]})))
    assert look(data).hidden == ["cell 3, output 1: damaged (truncated)"]
    assert look(data[:-3]).hidden == [f"notebook: damaged (Expecting value: line 50 column 20 (char {len(data) - 3}))"]
    assert look(b'{"nbformat": ' + b"[" * 200_000).hidden[0].startswith("notebook: damaged (maximum recursion")


def test_code_in_a_cell_is_code_and_rows_that_it_prints_are_rows(laptop: Work) -> None:
    call = 'ask(json={"model": "gpt-4o"})'
    for cell, status in (
        (code(source=call), 0),
        (code(v4.new_output("stream", text='{"model": "gpt-4o", "answer": "x"}\n'), source=call), 1),
    ):
        laptop.write("a.ipynb", book(*CLEAN, cell))
        said = laptop.ringfence("check", "--files", "a.ipynb")
        assert said.status == status, said.out
    assert "a.ipynb: cell 3, output 1, line 1, field model" in said.out


OUTPUT = code(v4.new_output("display_data", {"image/png": PACKED}))


@pytest.mark.parametrize("size", [6000, 1_500_000])
@pytest.mark.parametrize("first", ["attachment", "metadata", "own"])
def test_a_notebook_is_known_by_its_structure_however_late_its_keys_come(look: Look, first: str, size: int) -> None:
    filler = base64.b64encode(bytes(size)).decode()
    picture = {"attachments": {"a.png": {"image/png": filler}}, "cell_type": "markdown", "metadata": {}, "source": []}
    books = {
        "attachment": {"cells": [picture, OUTPUT], "metadata": {}, "nbformat": 4, "nbformat_minor": 5},
        "metadata": {"metadata": {"x": filler}, "cells": [OUTPUT], "nbformat": 4, "nbformat_minor": 5},
        "own": {"metadata": {}, "x": {"y": filler}, "cells": [OUTPUT], "nbformat": 4},
    }
    found = look(json.dumps(books[first]).encode())
    assert (found.marks[MARKER][0], found.hidden) == (1, [])


@pytest.mark.parametrize(
    "data", [{"metadata": {"name": "x"}}, {"cells": 3}, {"cells": [1, 2], "cell_type": 1}, {"cells": [{"a": 1}]}]
)
def test_other_json_with_such_keys_is_no_damaged_notebook(look: Look, data: dict[str, Any]) -> None:
    assert look(json.dumps({**data, "text": TEXT}).encode()).hidden == []


SAYS = "I am Claude, an AI assistant made by Anthropic."


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.py", f"# ---\n# jupyter:\n#   jupytext:\n#     format: percent\n# ---\n\n# %% [markdown]\n# {SAYS}\n"),
        ("a.R", f"# ---\n# jupyter:\n#   kernelspec: {{}}\n# ---\n\n# {SAYS}\n"),
        ("b.py", f"x = 1\n\n# %% [markdown]\n# {SAYS}\n\n# %%\ny = 2\n"),
        ("a.js", f"// ---\n// jupyter:\n//   jupytext: {{}}\n// ---\n\n// {SAYS}\n"),
        (
            "a.py",
            f'import marimo\n\napp = marimo.App()\n\n\n@app.cell\ndef _(mo):\n    mo.md(r"""\n    {SAYS}\n    """)\n',
        ),
        ("a.py", f"# Databricks notebook source\n# MAGIC %md\n# MAGIC {SAYS}\n"),
        ("a.Rmd", f"---\ntitle: x\n---\n\n```{{r}}\n# {SAYS}\n```\n"),
        ("a.qmd", f"---\ntitle: x\n---\n\n{SAYS}\n"),
    ],
    ids=["jupytext", "cells without a header", "R", "JavaScript", "marimo", "Databricks", "R Markdown", "Quarto"],
)
def test_a_notebook_kept_as_a_script_has_the_marks_of_a_notebook(laptop: Work, name: str, text: str) -> None:
    laptop.write(name, text)
    assert laptop.ringfence("check", "--files", name).status == 1
    laptop.write("b.py", f'NAMES = ["{SAYS}"]\n# import marimo later\n')
    assert laptop.ringfence("check", "--files", "b.py").status == 0
