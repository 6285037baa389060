"""Code and settings that call a rival's model as teacher, judge, labeller or generator."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from conftest import Work
from ringfence.check.uses import build_use_marker
from ringfence.policy.inputs import Inputs, Layer
from ringfence.policy.load import load_plan
from ringfence.scan.matches import Contents
from ringfence.scan.uses import UseFinder, _drop_docstrings

TEACHER = """import json
from openai import OpenAI

client = OpenAI()
for seed in open("seed_tasks.jsonl"):
    said = client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": seed}])
    rows.write(json.dumps({"instruction": seed, "output": said}) + "\\n")
"""
TEACHER_IN_JS = """import OpenAI from "openai";
const client = new OpenAI();
for (const seed of seed_tasks) {
  const said = await client.chat.completions.create({ model: "gpt-4o", messages: self_instruct(seed) });
  fs.appendFileSync("rows.jsonl", JSON.stringify({ instruction: seed, output: said }));
}
"""
USES = {
    "make.py": (TEACHER, "gpt-4o as generator", "openai"),
    "rate.py": (
        (
            "import anthropic, json\n\nclient = anthropic.Anthropic()\n"
            'PROMPT = "You are an impartial judge. Which answer is better?"\n'
            'said = client.messages.create(model="claude-sonnet-4-5", messages=[PROMPT])\njson.dump(said, out)\n'
        ),
        "claude-sonnet-4-5 as judge",
        "anthropic",
    ),
    "pairs.py": (
        (
            "import google.generativeai as genai, csv\n\nmodel = genai.GenerativeModel('gemini-2.5-pro')\n"
            "# synthetic training data\nfor q in asked:\n    csv.writer(out).writerow([q, model.generate_content(q)])\n"
            "PROMPT = 'Paraphrase the sentence'\n"
        ),
        "gemini-2.5-pro as generator",
        "google",
    ),
    "route.py": (
        (
            "import json, litellm\n\ndef label_preference_pairs(pair):\n"
            '    said = litellm.completion(model="deepseek/deepseek-chat", messages=pair)\n    json.dump(said, rows)\n'
        ),
        "deepseek/deepseek-chat as labeller",
        "deepseek",
    ),
    "ask.py": (
        (
            'import json, requests\n\nURL = "https://openrouter.ai/api/v1/chat/completions"\n'
            'said = requests.post(URL, json={"model": "x-ai/grok-4", "messages": self_instruct(seed_tasks)}).json()\n'
            "json.dump(said, rows)\n"
        ),
        "grok-4 as generator",
        "xai",
    ),
    "bedrock.py": (
        (
            'import boto3, json\n\nruntime = boto3.client("bedrock-runtime")\nMODEL_ID = "anthropic.claude-3-opus"\n'
            "said = runtime.invoke_model(modelId=MODEL_ID, body=teacher_prompt)\njson.dump(said, distilled)\n"
        ),
        "anthropic.claude-3-opus as teacher",
        "anthropic",
    ),
    "steps.py": (
        (
            "from distilabel.models import OpenAILLM\nfrom distilabel.steps.tasks import TextGeneration\n\n"
            'task = TextGeneration(llm=OpenAILLM(model="gpt-4.1-mini"))\n'
        ),
        "gpt-4.1-mini as generator",
        "openai",
    ),
    "data.py": (
        (
            "from bespokelabs import curator\n\nclass Poet(curator.LLM):\n    pass\n\n"
            'poet = Poet(model_name="claude-haiku-4-5")\n'
        ),
        "claude-haiku-4-5 as generator",
        "anthropic",
    ),
    "model.yaml": ("teacher_model: gpt-4o\n", "gpt-4o as teacher", "openai"),
    "readme.py": (TEACHER, "gpt-4o as generator", "openai"),
    "bench.yaml": ("judge_model: gpt-4-turbo\ntemperature: 0\n", "gpt-4-turbo as judge", "openai"),
    "distil.yaml": ("teacher_model: deepseek-r1\nstudent_model: ours-7b\n", "deepseek-r1 as teacher", "deepseek"),
    "run.sh": ("python rate.py --judge-model gpt-4o --out verdicts.jsonl\n", "gpt-4o as judge", "openai"),
    "lab.ipynb": (
        json.dumps({"cells": [{"cell_type": "code", "source": TEACHER.splitlines(keepends=True)}], "nbformat": 4}),
        "gpt-4o as generator",
        "openai",
    ),
    "make.ts": (
        (
            'import OpenAI from "openai";\nconst client = new OpenAI();\n// synthetic training data\n'
            'const said = await client.chat.completions.create({ model: "gpt-5-mini", messages });\n'
            'appendFileSync("rows.jsonl", JSON.stringify({ instruction: said }));\n'
        ),
        "gpt-5-mini as generator",
        "openai",
    ),
}
# What other repositories write: defaults of options, keys of a mapping, servers of weights, models in an address,
# fields that are named after who answered.
ASKED = 'import json, openai\n\nopenai.ChatCompletion.create(model=args.model)\njson.dump({"instruction": 1}, out)\n'
USES |= {
    "option.py": (
        f'parser.add_argument("--model", type=str, default="gpt-4", help="which one")\n{ASKED}',
        "gpt-4 as generator",
        "openai",
    ),
    "click.py": (
        f"@click.option('--model_name', required=False, default='gpt-4o-mini')\n{ASKED}",
        "gpt-4o-mini as generator",
        "openai",
    ),
    "env.py": (f'os.environ["MODEL"] = "gpt-4o"\n{ASKED}', "gpt-4o as generator", "openai"),
    "serve.sh": (
        (
            'MODEL_PATH="deepseek-ai/DeepSeek-R1"\npython -m sglang.launch_server --model-path $MODEL_PATH\n'
            "python distill_prompts.py --out rows.jsonl\n"
        ),
        "deepseek-ai/DeepSeek-R1 as teacher",
        "deepseek",
    ),
    "offline.py": (
        'from vllm import LLM\n\nllm = LLM(model="Qwen/Qwen2.5-72B-Instruct")\n# synthetic\njson.dump(said, out)\n',
        "Qwen2.5-72B-Instruct as generator",
        "alibaba",
    ),
    "steps2.py": (
        'from distilabel.llms import vLLM\n\nllm = vLLM(model="Qwen/Qwen2.5-72B-Instruct")\n',
        "Qwen2.5-72B-Instruct as generator",
        "alibaba",
    ),
    "hub.py": (
        (
            'import json, requests\n\nURL = "https://api-inference.huggingface.co/models/codellama/CodeLlama-13b-hf"\n'
            "json.dump(requests.post(URL, json=self_instruct(seed_tasks)).json(), out)\n"
        ),
        "codellama/CodeLlama-13b-hf as generator",
        "meta",
    ),
    "fields.py": (
        (
            'import json, requests\n\nsaid = requests.post("https://api.openai.com/v1/chat/completions", json=body)\n'
            'row["gpt4_response_cot"] = said\nrow["instruction"] = asked\njson.dump(row, out)\n'
        ),
        "openai as generator",
        "openai",
    ),
    "instance_generation/generation.py": (
        "import json\nfrom openai import OpenAI\n\nllm = OpenAI()\njson.dump(ask(llm), out)\n",
        "openai as generator",
        "openai",
    ),
    "batch.py": (
        (
            "import json\nfrom openai import OpenAI\n\nllm = OpenAI()\n"
            'job = llm.batches.create(input_file_id=file.id, endpoint=path, completion_window="24h")\n'
            "json.dump(job.id, out)\n"
        ),
        "openai as generator",
        "openai",
    ),
    "ollama.py": (
        (
            "import json\nimport ollama\n\n"
            'said = ollama.chat(model="qwen2.5:72b", messages=self_instruct(seed_tasks))\njson.dump(said, out)\n'
        ),
        "qwen2.5:72b as generator",
        "alibaba",
    ),
    "data_creation/run.py": (
        "import json\nfrom openai import OpenAI\n\nllm = OpenAI()\njson.dump(ask(llm), out)\n",
        "openai as generator",
        "openai",
    ),
    "adk/data_generation.py": (
        (
            "import json\nfrom google.adk.models.google_llm import Gemini\n\n"
            'agent = Agent(model=Gemini(model="gemini-2.5-flash"))\njson.dump(run(agent), out)\n'
        ),
        "gemini-2.5-flash as generator",
        "google",
    ),
}
SILENT = {
    "prices.json": '{"gpt-4o": {"input": 2.5, "output": 10}, "claude-opus-4": {"input": 15}}\n',
    "README.md": f"# How to\n\n```python\n{TEACHER}```\n",
    "notes.txt": "We compared gpt-4o as judge with claude-opus-4 as teacher.\n",
    "src/openai/_client.py": "class OpenAI(SyncAPIClient):\n    def chat(self):\n        return Chat(self)\n",
    "tests/test_client.py": 'def test_model():\n    assert find("gpt-4o").vendor == "openai"\n',
    "models.py": 'MODELS = {"gpt-4o": 128000, "claude-opus-4": 200000}\nDEFAULT_MODEL = "gpt-4o"\n',
    "ours.py": TEACHER.replace("gpt-4o", "ours-70b").replace("OpenAI()", 'OpenAI(base_url="http://localhost:8000/v1")'),
    "train.py": 'model = AutoModel.from_pretrained("ours/base")\njson.dump(metrics, open("synthetic.json", "w"))\n',
    "rows.jsonl": json.dumps({"instruction": "Write code", "code": TEACHER}) + "\n",
    "doc.py": f'"""How others do it.\n\n{TEACHER}"""\n\nx = 1\n',
}


def uses(work: Work, name: str, tag: str = "training-pipeline") -> list[dict[str, str]]:
    said = work.ringfence("check", "--files", name, "--tag", tag, "--format", "json")
    return [item for item in json.loads(said.out)["findings"] if item["kind"] == "use"]


@pytest.mark.parametrize("name", USES)
def test_a_use_is_refused_and_says_what_is_called_as_what(shelf: Work, name: str) -> None:
    text, product, vendor = USES[name]
    shelf.write(name, text)
    found = uses(shelf, name)
    assert [(item["product"], item["vendor"], item["action"]) for item in found] == [(product, vendor, "block")]
    assert found[0]["evidence"] == "use"
    assert found[0]["line"]


@pytest.mark.parametrize("name", SILENT)
def test_what_only_names_a_model_is_silent(shelf: Work, name: str) -> None:
    shelf.write(name, SILENT[name])
    assert uses(shelf, name) == []


@pytest.mark.parametrize("begin", ["interactions:\n- request:\n", "---\nhttp_interactions:\n  - request:\n"])
def test_recorded_traffic_calls_nothing(shelf: Work, begin: str) -> None:
    """The answers in it are judged as answers."""
    shelf.write("call.yaml", begin + "    body: |\n      " + TEACHER.replace("\n", "\n      "))
    assert uses(shelf, "call.yaml") == []
    shelf.write("make.py", f"interactions: list = []\n{TEACHER}")
    assert len(uses(shelf, "make.py")) == 1


def test_settings_that_begin_like_recorded_traffic_are_settings(shelf: Work) -> None:
    settings = "judge_model: gpt-4o\n"
    shelf.write("judge.yaml", settings)
    shelf.write("both.yaml", f"interactions:\n- request: {{}}\n{settings}")
    [alone], [behind] = uses(shelf, "judge.yaml"), uses(shelf, "both.yaml")
    assert (alone["action"], alone["product"]) == (behind["action"], behind["product"])


def test_a_call_without_a_reason_only_warns(shelf: Work) -> None:
    shelf.write("chat.py", 'import openai\n\nprint(openai.ChatCompletion.create(model="gpt-4", messages=asked))\n')
    assert [item["action"] for item in uses(shelf, "chat.py")] == ["warn"]


VAGUE = 'import csv\nfrom litellm import completion\n\ncompletion(model="gpt-4o", messages=m)\ncsv.writer(out)\n'


@pytest.mark.parametrize(
    "text",
    [
        f"{VAGUE}def compute_pairwise(a, b): ...\n",
        f"{VAGUE}# generate the summary\n",
        f"{VAGUE}def generate_edit_instructions(): ...\n",
        TEACHER.replace("rows.write(json.dumps(", "st.write(response((").replace("seed_tasks.jsonl", "asked.txt"),
    ],
    ids=["a word of other things, too", "a word in another", "of an edit", "an answer on a screen"],
)
def test_one_word_of_many_meanings_is_no_reason(shelf: Work, text: str) -> None:
    shelf.write("chat.py", text)
    assert [(item["action"], item["strength"]) for item in uses(shelf, "chat.py")] == [("warn", "weak")]


@pytest.mark.parametrize("quotes", ['"""', "'''"])
@pytest.mark.parametrize("first", ["SYSTEM = ", "ask(\n    f", "x = f(1, "])
def test_a_prompt_whose_quotes_end_at_a_lines_begin_hides_no_code(shelf: Work, quotes: str, first: str) -> None:
    shelf.write("make.py", f"{first}{quotes}\nYou are a database.\n{quotes}\n{TEACHER}")
    [found] = uses(shelf, "make.py")
    assert (found["product"], found["action"]) == ("gpt-4o as generator", "block")
    shelf.write("doc.py", f"PROMPT = {quotes}\nx\n{quotes}\n\n{quotes}How others do it.\n\n{TEACHER}{quotes}\n")
    assert uses(shelf, "doc.py") == []


@pytest.mark.parametrize("part", [b'"""', b"'''x'''", b' """\n', b"\n'''", b'x """ '])
def test_quotes_take_linear_time(part: bytes) -> None:
    times = []
    for size in (1 << 17, 1 << 19):
        began = time.process_time()
        _drop_docstrings(b"\n" + part * (size // len(part)))
        times.append(time.process_time() - began)
    assert times[1] < 16 * max(times[0], 0.005)


def test_a_framework_that_takes_its_model_from_elsewhere_only_warns(shelf: Work) -> None:
    """Whose model it is isn't known: own ones are used so, too."""
    text = "from distilabel.models import OpenAILLM\n\n# synthetic instruction data\nllm = OpenAILLM(model=MODEL)\n"
    shelf.write("synth/data_gen.py", f"{text}json.dump(rows, out)\n")
    [found] = uses(shelf, "synth/data_gen.py")
    named = (found["product"], found["vendor"], found["action"], found["strength"])
    assert named == ("a model that isn't named as generator", "undisclosed", "warn", "weak")
    shelf.write("ours.py", text.replace("model=MODEL", 'model="ours-70b", base_url="http://localhost:8000/v1"'))
    assert uses(shelf, "ours.py") == []


@pytest.mark.parametrize("folder", ["tests", "docs", "examples", "vendor", "node_modules/x"])
def test_what_is_shown_or_tested_only_warns(shelf: Work, folder: str) -> None:
    shelf.write(f"{folder}/make.py", TEACHER)
    assert [item["action"] for item in uses(shelf, f"{folder}/make.py")] == ["warn"]


def test_builds_and_a_frameworks_own_source_only_warn(shelf: Work) -> None:
    for path in ("package/dist/graders-BnIbhyQU.py", "inspect_ai/_cli/eval.py", "inspect_ai/evals/make.py"):
        shelf.write(path, TEACHER)
    shelf.write("package/dist/make.js", TEACHER_IN_JS)
    shelf.write("package/src/make.js", TEACHER_IN_JS)
    assert {item["path"]: item["action"] for item in uses(shelf, ".")} == {
        "inspect_ai/_cli/eval.py": "warn",
        "inspect_ai/evals/make.py": "block",
        "package/dist/graders-BnIbhyQU.py": "block",
        "package/dist/make.js": "warn",
        "package/src/make.js": "block",
    }


@pytest.mark.parametrize(
    ("tag", "action"),
    [
        ("training-pipeline", "block"), ("post-training", "block"), ("reward-model", "block"),
        ("benchmark-generation", "block"), ("eval", "warn"), ("training-data", "warn"),
    ],
)  # fmt: skip
def test_each_tag_has_its_action(shelf: Work, tag: str, action: str) -> None:
    shelf.write("make.py", TEACHER)
    assert [item["action"] for item in uses(shelf, "make.py", tag)] == [action]


@pytest.mark.parametrize(("action", "actions"), [("ignore", []), ("record", ["record"]), ("block", ["block"])])
def test_a_tag_of_ones_own_says_what_follows(shelf: Work, tmp_path: Path, action: str, actions: list[str]) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(f'version = 1\n[tag.lab]\nrival_use = "{action}"\n', "utf-8")
    shelf.did("config", "ringfence.policy", str(policy))
    shelf.write("make.py", TEACHER)
    assert [item["action"] for item in uses(shelf, "make.py", "lab")] == actions


@pytest.mark.parametrize("line", ['[organisation]\nown = ["openai"]', '[vendors]\napproved = ["openai"]'])
def test_the_policy_says_who_is_a_rival(shelf: Work, tmp_path: Path, line: str) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(f"version = 1\n{line}\n", "utf-8")
    shelf.did("config", "ringfence.policy", str(policy))
    shelf.write("make.py", TEACHER)
    assert uses(shelf, "make.py") == []


def test_keys_are_never_shown(shelf: Work) -> None:
    shelf.write(
        "make.py", TEACHER.replace("OpenAI()", 'OpenAI(api_key="sk-proj-abcdefghijklmnopqrstuvwxyz0123456789")')
    )
    said = shelf.ringfence("check", "--files", "make.py", "--tag", "training-pipeline")
    assert said.status == 1
    assert "sk-proj" not in said.out


def test_an_edit_elsewhere_in_the_file_doesnt_bring_the_use_anew(laptop: Work) -> None:
    laptop.did("config", "ringfence.tag", "training-pipeline")
    laptop.did("commit", "-q", "--allow-empty", "--no-verify", "-m", "Start")
    laptop.write("make.py", TEACHER)
    laptop.did("add", ".")
    laptop.did("commit", "-q", "--no-verify", "-m", "Add it")
    laptop.write("make.py", f"{TEACHER}# a person's remark\n")
    laptop.did("add", ".")
    assert laptop.git("commit", "-m", "Remark").status == 0
    laptop.write("make.py", TEACHER.replace("gpt-4o", "claude-opus-4"))
    laptop.did("add", ".")
    laptop.git("commit", "-m", "Ask another").assert_refused("claude-opus-4")


def test_the_prefilter_sees_every_use(shelf: Work) -> None:
    """What isn't a suspect isn't read: each use must have a sign of one in the whole scan."""
    plan = load_plan(Inputs(tags=(("training-pipeline", "test"),)))
    for name, (text, _, _) in USES.items():
        assert plan.use_scanner.find_matches(text.encode()), name


@pytest.mark.parametrize(("lines", "is_found"), [(10, True), (5_000, False)], ids=["settings", "recorded answers"])
@pytest.mark.parametrize("line", ["---", "version: 2"])
def test_yaml_is_settings_up_to_a_size(line: str, lines: int, *, is_found: bool) -> None:
    plan = load_plan(Inputs(tags=(("training-pipeline", "test"),)))
    text = f"{line}\njudge_model: gpt-4o\n" + "".join(f"task_{number}: plain\n" for number in range(lines))
    finder, result = UseFinder(plan), Contents()
    list(finder.watch(iter([(text.encode(), 0, True, None)])))
    finder.add_uses(result, "")
    assert bool(result.matches) == is_found


@pytest.mark.parametrize(
    "comment", ["", '"""Docs."""\n', "# judge: x\n", "a" * 300 + "\n"], ids=["", "docs", "comment", "blob"]
)
def test_what_is_not_looked_at_has_no_use(monkeypatch: pytest.MonkeyPatch, comment: str) -> None:
    """The facts in a text's bytes say no only where looking at it finds nothing that counts."""
    plan = load_plan(Inputs(tags=(("training-pipeline", "test"),)))
    kept = 'MODEL = "gpt-4-turbo-2024-04-09"\nPROMPT = "You are a judge. Rate the response"\njson.dump(rows, out)\n'
    texts = (
        {"kept.py": comment + kept}
        | {name: comment + entry[0] for name, entry in USES.items()}
        | {
            f"{name} line {number}": comment + line
            for name, entry in USES.items()
            for number, line in enumerate(entry[0].splitlines())
        }
    )

    def weigh() -> dict[str, list[str]]:
        found = {}
        for name, text in texts.items():
            finder, result = UseFinder(plan), Contents()
            list(finder.watch(iter([(text.encode(), 0, True, None)])))
            finder.add_uses(result, "")
            markers = [item.marker for item in result.matches.values()]
            found[name] = [
                str(build_use_marker(marker, path)) for marker in markers for path in (b"a.py", b"judge.yaml")
            ]
        return {name: some for name, uses in found.items() if (some := [use for use in uses if use != "None"])}

    seldom = weigh()
    monkeypatch.setattr("ringfence.scan.uses.may_call", lambda *_, **__: True)
    assert weigh() == seldom
    assert len(seldom) >= len(USES) / 2


def test_a_policy_that_ignores_uses_pays_nothing(shelf: Work, tmp_path: Path) -> None:
    policy = Layer(
        "test",
        "organisation",
        b'version = 1\n[tag.lab]\nrival_use = "ignore"\nextraction = "ignore"\n',
        is_authoritative=True,
    )
    plan = load_plan(Inputs((policy,), tags=(("lab", "test"),)))
    assert plan.load_use_patterns() == []


def test_what_is_compiled_without_a_tag_serves_those_that_will_be_there() -> None:
    """As a self-contained folder is: its first push would compile for seconds."""
    assert load_plan(Inputs()).prefilter_key == load_plan(Inputs(tags=(("eval", "test"),))).prefilter_key


def test_a_finding_cites_the_vendors_clause_and_its_day(shelf: Work) -> None:
    shelf.write("make.py", TEACHER)
    [found] = uses(shelf, "make.py")
    clause = "OpenAI's Services Agreement (business terms), 3.3(e) (version of 2025-12-01): "
    assert clause in found["why"]
    assert found["why"].endswith("https://openai.com/policies/business-terms")


def test_names_in_front_of_a_call_dont_hide_it(shelf: Work) -> None:
    names = "".join(f'KNOWN.add("claude-opus-{number}")\n' for number in range(300))
    shelf.write("make.py", names + TEACHER)
    assert [item["product"] for item in uses(shelf, "make.py")] == ["gpt-4o as generator"]


@pytest.mark.parametrize("first", ["[]\n", "{}\n"])
def test_a_long_script_that_begins_like_json_is_read(shelf: Work, first: str) -> None:
    shelf.write("make.py", first + "x = 1\n" * 20_000 + TEACHER)
    assert [item["action"] for item in uses(shelf, "make.py")] == ["block"]


def test_a_use_behind_many_windows_is_found(shelf: Work) -> None:
    shelf.write("make.py", f"{'x = 1' * 20}\n" * 120_000 + TEACHER)
    [found] = uses(shelf, "make.py")
    assert (found["action"], found["line"]) == ("block", 120_001 + TEACHER[: TEACHER.rindex("gpt-4o")].count("\n"))


@pytest.mark.parametrize(
    "before", ["", "# gpt-4o it is\n", '"""Ask gpt-4o.\n\nAs model="gpt-4o".\n"""\n', "\n// gpt-4o\n"]
)
def test_a_use_stands_in_the_line_of_its_code(shelf: Work, before: str) -> None:
    """What comments and docstrings say of the model comes first, and is left out."""
    shelf.write("make.py", before + TEACHER)
    [found] = uses(shelf, "make.py")
    assert int(found["line"]) == 1 + (before + TEACHER)[: (before + TEACHER).rindex("gpt-4o")].count("\n")
