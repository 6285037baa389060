"""A call of a rival's model in one file, and what keeps its answers in another that imports it."""

from __future__ import annotations

import json
import time

import pytest

from conftest import Work
from ringfence.check.call_names import CodeFile, NameFinder
from ringfence.policy.inputs import Inputs
from ringfence.policy.load import load_plan
from ringfence.scan.code_parts import parse_code
from ringfence.scan.use import Use

from .test_uses import uses

HELPER = """from openai import OpenAI

client = OpenAI()

def chat(asked):
    return client.chat.completions.create(model="gpt-4o", messages=asked)

def read_lines(path):
    return open(path).read().split("\\n")
"""
LOOP = """import json

for seed in open("seed_tasks.jsonl"):
    rows.write(json.dumps({{"instruction": seed, "output": {call}}}) + "\\n")
"""
MAKER = "from utils.openai_api import chat\n" + LOOP.format(call="chat(seed)")
CLASS = """import anthropic

class Claude:
    def ask(self, asked):
        return anthropic.Anthropic().messages.create(model="claude-opus-4", messages=asked)
"""
TS = """import OpenAI from "openai";
const client = new OpenAI();
export async function ask(m) {
  return client.chat.completions.create({ model: "gpt-5-mini", messages: m });
}
"""
TS_MAKER = """import { ask } from "./llm";
const rows = [];
// synthetic training data
for (const seed of seeds) appendFileSync("rows.jsonl", JSON.stringify({ instruction: await ask(seed) }));
"""
CHOICE = """from models.claude import Claude

KNOWN = {'claude': Claude}

def choose(name):
    return KNOWN[name]()
"""
TWO = {"utils/openai_api.py": HELPER, "make.py": MAKER}
JOINED = {
    "a function": TWO,
    "a module": {**TWO, "make.py": "import utils.openai_api as oa\n" + LOOP.format(call="oa.chat(seed)")},
    "a module out of a package": {
        **TWO,
        "make.py": "from utils import openai_api\n" + LOOP.format(call="openai_api.chat(seed)"),
    },
    "all names": {**TWO, "make.py": "from utils.openai_api import *\n" + LOOP.format(call="chat(seed)")},
    "another name, in brackets": {
        **TWO,
        "make.py": "from utils.openai_api import (\n    read_lines,\n    chat as ask,  # why\n)\n"
        + LOOP.format(call="ask(seed)"),
    },
    "a folder above": {"utils/openai_api.py": HELPER, "steps/a/make.py": MAKER},
    "beside it": {"steps/llm.py": HELPER, "steps/make.py": "from .llm import chat\n" + LOOP.format(call="chat(seed)")},
    "a package that hands it on": {
        "models/claude.py": CLASS,
        "models/__init__.py": "from .claude import Claude\n",
        "make.py": "from models import Claude\n" + LOOP.format(call="Claude().ask(seed)"),
    },
    "a function that chooses": {
        "models/claude.py": CLASS,
        "models/choose.py": CHOICE,
        "make.py": "from models.choose import choose\n" + LOOP.format(call="choose('claude').ask(seed)"),
    },
    "a notebook": {
        "utils/openai_api.py": HELPER,
        "make.ipynb": json.dumps(
            {"cells": [{"cell_type": "code", "source": MAKER.splitlines(keepends=True)}], "nbformat": 4}
        ),
    },
    "TypeScript": {"src/llm.ts": TS, "src/make.ts": TS_MAKER},
    "CommonJS": {
        "llm.js": TS.replace("export async", "async") + "module.exports = { ask };\n",
        "make.js": TS_MAKER.replace('import { ask } from "./llm"', 'const { ask } = require("./llm.js")'),
    },
}
CLIENT = "OpenAI's client"
USE = (Use("openai", 6, ("called",), "gpt-4o", client=CLIENT),)
SAVED = """import json
from utils.openai_api import chat

# a judge on a scale of ten
json.dump(chat(1).chat_history, out)
"""
ALONE = {
    "another function of the file": {
        **TWO,
        "make.py": "from utils.openai_api import read_lines\n" + LOOP.format(call="read_lines(seed)"),
    },
    "imported and not used": {**TWO, "make.py": "from utils.openai_api import chat\n" + LOOP.format(call="seed")},
    "used in a comment": {**TWO, "make.py": MAKER.replace("chat(seed)", "seed") + "# chat\n"},
    "another file of that name": {"other/openai_api.py": HELPER, "make.py": MAKER},
    "rows of no such kind": {**TWO, "make.py": MAKER.replace("instruction", "a").replace("seed_tasks", "b")},
    "a conversation that is saved": {
        **TWO,
        "make.py": SAVED,
    },
    "one word of that kind": {**TWO, "make.py": MAKER.replace("seed_tasks", "b")},
    "nothing kept": {**TWO, "make.py": MAKER.replace("rows.write(json.dumps(", "print((").replace(".jsonl", "")},
    "a test": {"utils/openai_api.py": HELPER, "tests/make.py": MAKER},
    "an example": {"examples/utils/openai_api.py": HELPER, "make.py": MAKER.replace("utils", "examples.utils")},
    "a model of one's own": {
        **TWO,
        "utils/openai_api.py": HELPER.replace("gpt-4o", "ours-70b").replace("OpenAI()", 'OpenAI(base_url="http://localhost:1")'),
    },
}  # fmt: skip


def put(work: Work, files: dict[str, str]) -> None:
    for name, text in files.items():
        work.write(name, text)


@pytest.mark.parametrize("name", JOINED)
def test_a_call_and_a_loop_in_two_files_are_a_use(shelf: Work, name: str) -> None:
    put(shelf, JOINED[name])
    [found] = [item for item in uses(shelf, ".") if item["action"] == "block"]
    helper, maker = next(iter(JOINED[name])), list(JOINED[name])[-1]
    model = next(model for model in ("gpt-4o", "claude-opus-4", "gpt-5-mini") if model in JOINED[name][helper])
    assert (found["path"], found["product"]) == (maker, f"{model} as generator")
    [other] = found["also"]
    assert other["place"] == helper
    assert model in JOINED[name][helper].split("\n")[other["line"] - 1]


@pytest.mark.parametrize("name", ALONE)
def test_a_helper_and_a_loop_that_dont_meet_warn_at_most(shelf: Work, name: str) -> None:
    put(shelf, ALONE[name])
    assert [item for item in uses(shelf, ".") if item["action"] == "block"] == []


def test_a_finding_names_both_places(shelf: Work) -> None:
    put(shelf, TWO)
    said = shelf.ringfence("check", "--files", ".", "--tag", "training-pipeline")
    assert said.status == 1
    assert (
        "  make.py, line 5\n"
        "    OpenAI's client with gpt-4o, by utils/openai_api.py\n"
        "    = gpt-4o as generator, model gpt-4o of openai (strong, training-pipeline) [rival-use]\n"
        "      also utils/openai_api.py, line 6: OpenAI's client with gpt-4o\n"
    ) in said.out


def test_one_file_alone_is_judged_by_itself(shelf: Work) -> None:
    put(shelf, TWO)
    assert uses(shelf, "make.py") == []
    assert [item["action"] for item in uses(shelf, "utils/openai_api.py")] == ["warn"]


@pytest.mark.parametrize("first", ["utils/openai_api.py", "make.py"])
def test_a_commit_completes_what_stands_in_the_tree(laptop: Work, first: str) -> None:
    """Whichever comes first; and what stood there is not said again."""
    laptop.did("config", "ringfence.tag", "training-pipeline")
    last = next(name for name in TWO if name != first)
    laptop.write(first, TWO[first])
    laptop.did("add", ".")
    assert laptop.git("commit", "-m", "First").status == 0
    laptop.write(last, TWO[last])
    laptop.did("add", ".")
    laptop.git("commit", "-m", "Last").assert_refused("gpt-4o as generator", "make.py", "utils/openai_api.py")
    laptop.did("commit", "-q", "--no-verify", "-m", "Last")
    laptop.write("make.py", f"{MAKER}x = 1\n")
    laptop.did("add", ".")
    assert laptop.git("commit", "-m", "Edit").status == 0


@pytest.mark.parametrize("first", ["utils/openai_api.py", "make.py"])
def test_a_push_completes_what_the_server_has(clone: Work, server: Work, first: str) -> None:
    server.did("config", "ringfence.tag", "training-pipeline")
    last = next(name for name in TWO if name != first)
    clone.commit("First", files={first: TWO[first]})
    assert clone.git("push", "origin", "HEAD:main").status == 0
    clone.commit("Last", files={last: TWO[last]})
    clone.git("push", "origin", "HEAD:main").assert_refused("gpt-4o as generator", "make.py")
    all_found = json.loads(clone.ringfence("check", "--all", "--tag", "training-pipeline", "--format", "json").out)
    blocked = [item for item in all_found["findings"] if item["action"] == "block"]
    assert [(item["path"], item["commit"]) for item in blocked] == [("make.py", clone.did("rev-parse", "HEAD").strip())]


def test_a_large_file_that_is_imported_is_left_and_what_follows_is_read(clone: Work) -> None:
    files = {**TWO, "big.py": "x = 1\n" * 200_000, "make.py": f"from big import x\n{MAKER}"}
    clone.commit("Add them", files=files)
    said = clone.ringfence("check", "--all", "--tag", "training-pipeline", "--format", "json")
    assert [item["path"] for item in json.loads(said.out)["findings"] if item["action"] == "block"] == ["make.py"]


def test_files_that_import_each_other_end(shelf: Work) -> None:
    put(
        shelf,
        {**TWO, "a.py": "from b import *\nfrom c import *\n", "b.py": "from a import *\n", "c.py": "from a import *\n"},
    )
    put(shelf, {"make.py": "from a import ask\n" + LOOP.format(call="ask(seed)")})
    assert [item["action"] for item in uses(shelf, ".")] == ["warn"]


@pytest.mark.parametrize(
    "part",
    [b"from a import (\n", b"import {a,\n", b"const {a:\n", b"import a as b, c\n", b"x = \n", b"export default "],
)
@pytest.mark.parametrize("path", [b"a.py", b"a.ts"])
def test_imports_take_linear_time(part: bytes, path: bytes) -> None:
    def measure(size: int) -> float:
        began = time.process_time()
        parse_code(part * (size // len(part)), path)
        return time.process_time() - began

    # The best of three: what other tests left behind may be collected in one of them.
    times = [min(measure(size) for _ in range(3)) for size in (1 << 15, 1 << 17)]
    assert times[1] < 16 * max(times[0], 0.01)


def test_many_names_take_linear_time() -> None:
    """A chain of parts, each of which uses the one before, through a module that offers all of them."""
    times = []
    for size in (1_000, 4_000):
        text = HELPER + "".join(
            f"def chat{number}(x):\n    return chat{number - 1 or ''}(x)\n" for number in range(1, size)
        )
        files = {b"a.py": "a", b"make.py": "make"}
        maker = "from a import *\n" + "x = chat\n" * size
        read = {
            name: CodeFile(parse_code(part.encode(), b"a.py"), USE * (name == "a.py"), (), frozenset({CLIENT}))
            for name, part in (("a.py", text), ("make.py", maker))
        }
        plan = load_plan(Inputs(tags=(("training-pipeline", "test"),)))
        began = time.process_time()
        names = NameFinder(plan, files, read.get).find_names("make.py", read["make.py"])
        times.append(time.process_time() - began)
        assert len(names) == size + 1
    assert times[1] < 16 * max(times[0], 0.02)
