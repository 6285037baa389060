"""The pages about data, traces and receipts: their commands are typed, and say what the pages say they do."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from conftest import SHARE_LINK, TRAILER, Work, init
from docs.conftest import fill
from docs.typist import Typist
from ingredients.test_sessions import claude_code
from samples import FUNCTION, HUMAN

COPILOT = "Co-authored-by: Copilot <223556219+Copilot@users.noreply.github.com>"
CALL = {
    "custom_id": "1",
    "response": {"body": {"model": "gpt-4o", "choices": [{"message": {"role": "assistant", "content": HUMAN}}]}},
}


@pytest.mark.long
@pytest.mark.needs("zstd")
def test_pages_about_data_and_uses(typist: Typist, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = init(tmp_path / "work")
    work.commit("First", files={"rows.jsonl": '{"text": "a"}\n'})
    subprocess.run(["zstd", "-q", "rows.jsonl"], cwd=work.path, check=True)
    typist.type_page("docs/data.md", work)
    work.write(
        "make.py",
        "import json\nfrom openai import OpenAI\n\nclient = OpenAI()\nfor prompt in open('prompts.txt'):\n"
        "    reply = client.chat.completions.create(model='gpt-4o', messages=[{'role': 'user', 'content': prompt}])\n"
        "    row = {'instruction': prompt, 'synthetic_response': reply.choices[0].message.content}\n"
        "    with open('train.jsonl', 'a') as file:\n        file.write(json.dumps(row))\n",
    )
    typist.type_page("docs/uses.md", work)
    work.write("b.md", "b\n")
    work.did("add", "-A")
    monkeypatch.setenv("GIT_EDITOR", "sed -i 1s/^/Add/")
    typist.type_page("docs/declarations.md", work)
    assert "Provenance: human" in work.did("log", "-1", "--format=%B")


@pytest.mark.long
def test_the_page_about_audits(typist: Typist, tmp_path: Path) -> None:
    tools = [f"{number}\n\n{trailer}" for number, trailer in enumerate((TRAILER, TRAILER, TRAILER, TRAILER, COPILOT))]
    fill(tmp_path / "git/one.git", *tools, files={f"{name}.md": SHARE_LINK for name in "abc"})
    lost = fill(tmp_path / "git/old/maps.git", "One")
    Work(tmp_path / "git/old/maps.git").did("update-ref", "-d", "refs/heads/main")
    shutil.rmtree(lost.path)
    shutil.rmtree(tmp_path / "git/one.clone")
    work = init(tmp_path / "work")
    work.write("addresses.txt", f"file://{tmp_path}/git/one.git\n")
    (tmp_path / "corpora").mkdir()
    (tmp_path / "corpora/a.jsonl").write_text('{"text": "a"}\n')
    typist.places["/data/corpora"] = f"{tmp_path}/corpora"
    for command, _ in typist.steps("docs/audit.md", work):
        if command == "ringfence audit /srv/git --out /var/lib/ringfence/audit":
            shutil.copytree(tmp_path / "var/audit", tmp_path / "var/week", dirs_exist_ok=True)
    assert (tmp_path / "var/audit/index.html").exists()
    assert "ringfence_audit_units" in (tmp_path / "var/ringfence.prom").read_text()


@pytest.mark.long
def test_the_page_about_ingredients(typist: Typist, tmp_path: Path) -> None:
    work = fill(tmp_path / "git/payments.git", "One", f"Two\n\n{TRAILER}")
    home = tmp_path / "ann/.claude/projects/-home-ann-pay"
    home.mkdir(parents=True)
    (home / "0a1b2c3d-1.jsonl").write_bytes(claude_code())
    work.write("batch_output.jsonl", json.dumps(CALL) + "\n")
    work.write("spans.jsonl", json.dumps(CALL) + "\n")
    work.did("remote", "set-url", "origin", "https://git.lab.example/payments.git")
    typist.places |= {"0a1b2c3d-….jsonl": "0a1b2c3d-1.jsonl", "s3://lab-ringfence": f"file://{tmp_path}/shared"}
    typist.type_page("docs/ingredients.md", work)


@pytest.mark.long
def test_the_page_about_provenance(typist: Typist, tmp_path: Path) -> None:
    work = init(tmp_path / "work")
    (tmp_path / "policy.toml").write_text(
        'version = 1\n[tag.training-data]\nprovenance = "block"\n[[zone]]\ntag = "training-data"\npaths = ["rows/**"]\n'
    )
    work.did("config", "ringfence.policy", str(tmp_path / "policy.toml"))
    work.commit("First", files={"rows/a.jsonl": '{"a": 1}\n', "rows/b.jsonl": '{"b": 1}\n'})
    component = {
        "type": "file", "name": "rows/b.jsonl",
        "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(b'{"b": 1}\n').hexdigest()}],
        "externalReferences": [{"type": "distribution", "url": "https://data.example/b"}],
        "pedigree": {"ancestors": [{"type": "machine-learning-model", "name": "gpt-4o"}]},
    }  # fmt: skip
    bom: dict[str, object] = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": [component]}
    bom["metadata"] = {"timestamp": "2026-01-31T12:00:00Z"}
    work.write("bom.json", json.dumps(bom))
    for command, _ in typist.steps("docs/provenance.md", work):
        if command == "ringfence declare --check":
            work.commit(f"More\n\n{TRAILER}", files={f"rows/2026/{name}.jsonl": FUNCTION for name in "ab"})


@pytest.mark.long
@pytest.mark.needs("openssl")
def test_pages_about_receipts_and_reports(typist: Typist, tmp_path: Path) -> None:
    work = init(tmp_path / "work")
    work.tag("training-data")
    head = work.commit("First", files={"a.md": "A note.\n"})
    (work.path / "shards").mkdir()
    work.write("shards/a.jsonl", '{"text": "a"}\n')
    work.write("shards/b.jsonl", '{"text": "b"}\n')
    shutil.copytree(work.path / "shards", tmp_path / "corpus")
    ruleset = re.search(r"ruleset ([0-9a-f]{12})", work.ringfence("check", "--all").out)
    assert ruleset
    typist.places |= {
        "240389bcbf26791d6476b800f22687536ad163a5": head, "04d5c3479bbd": ruleset[1],
        "/mnt/corpus/shards": f"{tmp_path}/corpus",
    }  # fmt: skip
    typist.type_page("docs/receipts.md", work)
    typist.type_page("docs/report.md", work)
    assert (work.path / "ringfence.html").exists()


@pytest.mark.long
def test_the_page_about_traces(typist: Typist, tmp_path: Path) -> None:
    work = fill(tmp_path / "git/payments.git", "One")
    work.commit("Ours", files={"ours.py": HUMAN})
    work.commit(f"Theirs\n\n{TRAILER}", files={"src/z.py": FUNCTION})
    work.commit(f"More\n\n{COPILOT}", files={"src/y.py": FUNCTION.replace("invoice", "bill")[:300]})
    work.commit("Edit", files={"src/z.py": FUNCTION.replace("open_items = []", "open_items = list()")})
    typist.places["git.lab.example/payments"] = f"{tmp_path}/git/payments"
    typist.type_page("docs/trace.md", work)
