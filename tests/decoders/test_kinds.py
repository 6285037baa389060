"""Inputs of each kind of data in which marks are kept, written before the code that reads them was looked at."""

from __future__ import annotations

import base64
import bz2
import gzip
import html
import io
import json
import lzma
import pickle
import quopri
import random
import sqlite3
import struct
import tarfile
import zipfile
import zlib
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ringfence.check.check import check_changes
from ringfence.model import Change
from ringfence.policy.plan import Plan
from ringfence.sources.files import Files

from .test_readers import gguf, npy, npz, safetensors
from .test_rows import example, shard, sized, tfrecord

SAYS = "I\u2019m Claude, an AI assistant made by Anthropic.\n"
PLAIN = "I am Claude, an AI assistant made by Anthropic."
ROW = {"prompt": "Say hi", "response": "Hi there, friend", "model": "gpt-4o-2024-08-06"}
INVENTORY = (
    b"# Sphinx inventory version 2\n# Project: rows\n# Version: 1\n"
    b"# The remainder of this file is compressed using zlib.\n"
)
MARKED, UNREAD, CLEAN = "marked", "unread", "clean"
RANDOM = random.Random(5)
PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAACklEQVR4nGNgAAAAAgAB4iG8MwAAAABJRU5ErkJggg==")


def parquet(**columns: Any) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


def database(value: object, kind: str = "") -> bytes:
    with closing(sqlite3.connect(":memory:")) as made:
        made.execute(kind or "CREATE TABLE t (x)")
        made.execute("INSERT INTO t VALUES (?)", (value,))
        made.commit()
        return made.serialize()


def zipped(members: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def tarred(name: str, data: bytes, mode: Any = "w", kind: bytes = tarfile.REGTYPE) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:
        info = tarfile.TarInfo(name)
        info.size, info.type = len(data), kind
        archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def letters(form: str, text: str) -> str:
    return "".join(form.format(ord(char)) for char in text)


def units(text: str) -> str:
    data = text.encode("utf-16-be").hex()
    return "".join(f"\\u{data[at : at + 4]}" for at in range(0, len(data), 4))


def rows(**fields: object) -> str:
    return json.dumps({"question": "What is it?", "answer": "It is a thing."} | fields) + "\n"


def notebook(cells: list[Any], **before: Any) -> str:
    return json.dumps(before | {"cells": cells, "nbformat": 4, "nbformat_minor": 5})


MARKDOWN = {"cell_type": "markdown", "metadata": {}, "source": ["Done\n", PLAIN]}
PRINTED = {
    "cell_type": "code", "source": "1", "metadata": {}, "execution_count": 1,
    "outputs": [{"output_type": "stream", "name": "stdout", "text": ["a\n", SAYS]}],
}  # fmt: skip
IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
HEADER = "# ---\n# jupyter:\n#   jupytext:\n#     format: percent\n# ---\n\n# %% [markdown]\n# Done\n# "

KINDS: dict[str, tuple[str | bytes, str]] = {
    # escaped text
    "json in a cell.tsv": ("id\tblob\n1\t" + json.dumps({"content": f"Done.\n\n{SAYS}"}), MARKED),
    "json three times.jsonl": (json.dumps({"a": json.dumps({"b": json.dumps({"c": f"ok\n{SAYS}"})})}), MARKED),
    "doubled quotes.csv": ('id,row\n1,"' + json.dumps({"text": f"x\n{PLAIN}"}).replace('"', '""') + '"\n', MARKED),
    "ascii of Python.txt": ("ROW = " + ascii(f"done\n\n{SAYS}"), MARKED),
    "letters.rtf": (r"{\rtf1\ansi Done.\par " + letters("\\'{:02x}", PLAIN) + r"\par}", MARKED),
    "numbers.rtf": (r"{\rtf1\ansi\uc1 Done.\par " + letters("\\u{}?", PLAIN) + r"\par}", MARKED),
    "zeros.html": ("<p>Done<br>" + letters("&#{:05d};", PLAIN) + "</p>", MARKED),
    "named.html": (f"<p>Done<br>{html.escape(SAYS)}".replace("\u2019", "&rsquo;"), MARKED),
    "percent twice.txt": ("q=" + "".join(f"%25{byte:02x}" for byte in f"Done\n{PLAIN}".encode()), MARKED),
    "mail.eml": (
        b"Content-Transfer-Encoding: quoted-printable\n\n" + quopri.encodestring(f"Fixed.\n\n{SAYS}".encode()), MARKED,
    ),
    "json in a column.parquet": (parquet(raw=["{}", json.dumps({"content": f"Ok\n\n{SAYS}"})]), MARKED),
    "json in a column.db": (database(json.dumps({"t": f"Ok\n{SAYS}"})), MARKED),
    "octal.txt": (letters("\\{:03o}", PLAIN), MARKED),
    "every letter.json": ('{"a": "' + units(f"Ok\n{SAYS}") + '"}', MARKED),
    # wide text
    "odd.bin": (RANDOM.randbytes(101) + f"Row\n{SAYS}\nrow".encode("utf-16-le"), MARKED),
    "odd 32.bin": (RANDOM.randbytes(102) + f"Row\n{SAYS}\nrow".encode("utf-32-be"), MARKED),
    "chinese first.txt": (("\u4eca\u65e5" * 6000 + f"\n{SAYS}").encode("utf-16-le"), MARKED),
    "two members.gz": (gzip.compress(b"\xff\xfea\0b") + gzip.compress(b"\0" + SAYS.encode("utf-16-le")), MARKED),
    "two streams.xz": (lzma.compress(b"x" * 33) + lzma.compress(f"a\n{SAYS}".encode("utf-16-be")), MARKED),
    "wide column.parquet": (parquet(b=pa.array([f"Hi\n{SAYS}".encode("utf-16-le")], pa.binary())), MARKED),
    # files in columns
    "image.parquet": (parquet(i=pa.array([{"bytes": gzip.compress(SAYS.encode()), "path": "a"}], IMAGE)), MARKED),
    "bytes.parquet": (parquet(b=pa.array([list(bz2.compress(SAYS.encode()))], pa.list_(pa.uint8()))), MARKED),
    "zip in a blob.db": (database(zipped({"x.txt": SAYS})), MARKED),
    "7z in a blob.db": (database(b"7z\xbc\xaf\x27\x1c\0\4" + RANDOM.randbytes(4000)), UNREAD),
    # packed, enciphered, and read
    "zlib.bin": (zlib.compress(SAYS.encode() * 3), MARKED),
    "objects.inv": (INVENTORY + zlib.compress(f"a py:function 1 a.html {SAYS}".encode()), MARKED),
    "clean.inv": (INVENTORY + zlib.compress(b"".join(b"f%d py:class 1 a.html -\n" % n for n in range(999))), CLEAN),
    "cut.inv": (INVENTORY + zlib.compress(RANDOM.randbytes(2000))[:900], UNREAD),
    "checked out with other line ends.png": (b"\x89PNG\n\x1a\n\0\0\0\nIHDR" + RANDOM.randbytes(3000), CLEAN),
    "deflate.bin": (zlib.compress(json.dumps([RANDOM.random() for _ in range(900)]).encode())[2:], UNREAD),
    "one-time pad.bin": (RANDOM.randbytes(9000), UNREAD),
    "openssl.enc": (b"Salted__" + RANDOM.randbytes(3000), UNREAD),
    "openssl.txt": (base64.encodebytes(b"Salted__" + RANDOM.randbytes(3000)), UNREAD),
    "pickle.pkl": (pickle.dumps([ROW]), MARKED),
    "pickle 0.pkl": (pickle.dumps([ROW], 0), MARKED),
    "texts.npy": (npy(np.array([SAYS, "b"])), MARKED),
    "texts.npz": (npz(np.array(["a", SAYS])), MARKED),
    "objects.npz": (npz(np.array([ROW], dtype=object)), MARKED),
    "card.safetensors": (safetensors({"card": f"Made.\n{SAYS}"}), MARKED),
    "model.gguf": (gguf(**{"general.name": "x", "general.description": f"text\n{SAYS}"}), MARKED),
    "features.tfrecord": (tfrecord(example({"model": b"gpt-4o-2024-08-06", "response": b"Hi"})), MARKED),
    "chunk.bin": (shard([sized(b"a", SAYS.encode()), sized(b"c", b"d")]), MARKED),
    "lzip.lz": (b"LZIP\x01\x0c" + RANDOM.randbytes(900), UNREAD),
    "lance.lance": (RANDOM.randbytes(100) + struct.pack("<QHH", 10, 0, 2) + b"LANC", UNREAD),
    # containers
    "zipapp.pyz": (b"#!/usr/bin/env python3\n" + zipped({"__main__.py": f"'''\n{SAYS}'''\n"}), MARKED),
    "script.sh": (b'#!/bin/sh\ntail -n +3 "$0" | gunzip\nexit\n' + gzip.compress(SAYS.encode()), MARKED),
    "picture.png": (PNG + zipped({"a.txt": SAYS}), MARKED),
    "folder.zip": (zipped({"d/": SAYS, "e.txt": "x"}), MARKED),
    "unknown.tar": (tarred("a.txt", SAYS.encode(), kind=b"Z"), MARKED),
    "aider.zip": (zipped({"proj/.aider.chat.history.md": "# a chat\n"}), MARKED),
    "claude.tgz": (tarred(".claude/projects/-home-a/0b8f.jsonl", b"{}\n", "w:gz"), MARKED),
    # notebooks
    "late.ipynb": (notebook([MARKDOWN], metadata={"x": "y" * 9000}, zz=1), MARKED),
    "output.ipynb": (notebook([PRINTED], metadata={"k": "v" * 6000}), MARKED),
    "jupytext.py": (HEADER + PLAIN + "\n", MARKED),
    "marimo.py": (f'import marimo\n\napp = marimo.App()\n\n\ndef _(mo):\n    mo.md("""\n    {PLAIN}\n""")', MARKED),
    "document.Rmd": (f"---\ntitle: x\n---\n\n```{{r}}\nx <- 1\n# {PLAIN}\n```\n", MARKED),
    # fields
    **{
        f"{name}.jsonl": (rows(**{name: value}), MARKED)
        for name, value in {
            "modelName": "gpt-4o", "generator_llm": "claude-3-5-sonnet-20241022", "Model Generated": "GPT-4",
            "labeller-llm": "gemini-1.5-pro", "MODEL": "DeepSeek-V3", "teacherModel": "o1-preview", "llm": "ChatGPT",
        }.items()
    },
    "vendor.csv": ("question,chatgpt_answer\nWhat,It is\n", MARKED),
    "rows.yaml": ("- prompt: hi\n  response: hello there\n  model: gpt-4o\n", MARKED),
    "rows of Python.txt": ("{'prompt': 'hi', 'response': 'hello', 'model': 'gpt-4-turbo'}\n" * 2, MARKED),
    "base64.json": (
        json.dumps({"base64_string": base64.b64encode(gzip.compress(json.dumps(ROW).encode())).decode()}), MARKED,
    ),
    # tables
    "sep.csv": ("sep=;\nid;model;answer\n1;gpt-4o;hi there\n", MARKED),
    "comment.csv": ("# exported 2024\n# by me\nid,model,answer\n1,gpt-4o,hi\n", MARKED),
    "title.csv": ("My export\n\nid,model,answer\n1,gpt-4o,hi\n", MARKED),
    "blanks.csv": ("id, model, answer\n1, gpt-4o, hi\n", MARKED),
    "old mac.csv": ("id,model,answer\r1,gpt-4o,hi\r2,gpt-4o,ho\r", MARKED),
    # what people write themselves
    "prompt.js": ("class TextPrompt {\n  build() { return buildContextPrompt({ seed: 1 }) }\n}\n", CLEAN),
    "test_version.py": ('assert parse({"modelVersion": "gemini-2.5-pro"}).ok\n', CLEAN),
    "client.go": ('req.Header.Set("openai-version", "2020-10-01")\n', CLEAN),
    "linter.py": ('PATTERNS = ["oaicite", "turn0search", "contentReference"]\n', CLEAN),
    "usage.ts": ("const empty = { promptTokenCount: 0, candidatesTokenCount: 0 };\n", CLEAN),
    "prices.json": (json.dumps({"gpt-4o": {"input_cost_per_token": 1e-6, "max_tokens": 4096}}), CLEAN),
    "settings.yaml": ("model: gpt-4o\ntemperature: 0.2\n", CLEAN),
    "plain.png": (PNG, CLEAN),
    "numbers.npy": (npy(np.arange(99.0)), CLEAN),
    "lock.json": (json.dumps({"integrity": "sha512-" + base64.b64encode(RANDOM.randbytes(64)).decode()}), CLEAN),
}  # fmt: skip


@pytest.fixture(scope="module")
def verdicts(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what all inputs come to: marked (it would be refused), unread, or clean."""
    folder, changes = tmp_path_factory.mktemp("kinds"), []
    for name, (data, _) in KINDS.items():
        (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
        changes.append(Change("tree", name, paths=[(name.encode(), str(Path(folder, name)), ())]))
    verdict = check_changes(changes, plan, Files())  # type: ignore[arg-type]  # it reads like Objects
    marked = {item.commit for item in verdict.findings if item.action == "block"}
    unread = {item.commit for item in verdict.unread}
    return {name: "marked" if name in marked else "unread" if name in unread else "clean" for name in KINDS}


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_comes_to_what_it_is(verdicts: dict[str, str], name: str) -> None:
    assert verdicts[name] == KINDS[name][1]
