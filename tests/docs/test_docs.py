"""The docs are correct: generated parts are current, links resolve, examples run."""

import ast
import importlib.util
import json
import re
from pathlib import Path

import jsonschema
import pytest
import tomli
import yaml

from conftest import PYTHON, SHARE_LINK, TRAILER, Work, run
from ringfence.errors import ExitCode
from ringfence.hook import HOOKS
from ringfence.policy.schema.parse import parse_toml
from ringfence.policy.schema.policy_file import PolicyFile
from ringfence.policy.schema.vendor_file import VendorFile

TOP = Path(__file__).parents[2]
DOCS = TOP / "docs"
WRITTEN = sorted([*TOP.glob("*.md"), *DOCS.glob("*.md")])
PAGES = [*WRITTEN, *sorted((DOCS / "markers").glob("*.md"))]
REPORT = json.loads((DOCS / "report.schema.json").read_text("utf-8"))
POLICY = json.loads((DOCS / "policy.schema.json").read_text("utf-8"))

_spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
assert _spec
assert _spec.loader
generate = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(generate)

COMMANDS = {f"ringfence {name}": list(generate.options(command)) for name, command in generate.commands()}


def name_of(path: Path) -> str:
    return path.relative_to(TOP).as_posix()


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", path.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def every_block(language: str) -> list[object]:
    return [
        pytest.param(block, id=f"{name_of(path)}-{number}")
        for path in WRITTEN
        for number, block in enumerate(blocks(path, language), 1)
    ]


# --- what is generated ---


def test_generated_pages_are_current():
    stale = [name_of(path) for path, text in generate.pages().items() if path.read_text("utf-8") != text]
    assert stale == [], "run `make docs`"


def test_every_vendor_has_a_page_and_no_page_is_left_over():
    pages = {path.stem for path in (DOCS / "markers").glob("*.md")}
    assert pages == {path.stem for path in (TOP / "policy" / "vendors").glob("*.toml")}


@pytest.mark.parametrize("text", ["a`b", "<b>", "[x](y)", "a|b", "*a* _b_", "&lt;", "# a", "~~a~~", "a\u202eb\x1b[31m"])
def test_prose_from_vendor_files_is_shown_as_it_is(text):
    shown = generate._prose(text)
    assert re.sub(r"\\(.)", r"\1", shown) == generate.harmless_line(text)
    assert not re.search(r"(?<!\\)[`<\[|*_&#~]", shown)


def test_no_example_leaves_its_block():
    assert list(generate._fenced(["a\n````\nb", "\u200b"])) == ["`````text", "a", "````", "b", r"\u200b", "`````"]


# --- what is documented ---


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_is_documented(command):
    page = (DOCS / "commands.md").read_text("utf-8")
    section = page.partition(f"## {command}\n")[2].partition("\n## ")[0]
    assert section, f"docs/commands.md has no section for {command}"
    for shown, _, _ in COMMANDS[command]:
        assert f"`{shown}`".replace("|", r"\|") in section


@pytest.mark.parametrize(
    "command",
    [name if number % 8 == 0 else pytest.param(name, marks=pytest.mark.long) for number, name in enumerate(COMMANDS)],
)
def test_what_is_documented_is_what_the_command_says(command, tmp_path):
    asked = [*PYTHON, *command.split()[1:], "--help"]  # started anew: each command loads by itself
    told = run(*asked, cwd=tmp_path, COLUMNS="200", NO_COLOR="1").out
    options = {word.split()[0] for word, _, _ in COMMANDS[command] if word.startswith("--")}
    assert set(re.findall(r"^ *(?:-\w, )?(--[\w-]+)", told, re.MULTILINE)) == options | {"--help"}


@pytest.mark.parametrize("name", [name for name, code in vars(ExitCode).items() if isinstance(code, int)])
def test_every_exit_code_has_a_section(name):
    page = (DOCS / "exit-codes.md").read_text("utf-8")
    assert re.search(rf"^## {getattr(ExitCode, name)} {name.lower()}$", page, re.MULTILINE)


SOURCE = TOP / "src" / "ringfence"
MODULES = sorted(SOURCE.rglob("*.py"))


def test_architecture_has_a_row_for_every_room():
    page = (DOCS / "architecture.md").read_text("utf-8")
    rows = page.partition("## Rooms")[2].partition("## Layers")[0]
    folders = {f"{path.name}/" for path in SOURCE.iterdir() if (path / "__init__.py").exists()}
    modules = {path.name for path in SOURCE.glob("*.py") if path.name != "__init__.py"}
    assert {name for name in folders | modules if f"`{name}`" not in rows} == set()


@pytest.mark.parametrize("path", MODULES, ids=[path.relative_to(SOURCE).as_posix() for path in MODULES])
def test_every_module_begins_with_what_it_does(path):
    first = (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").partition("\n")[0]
    assert re.search(r"\w{3}.*[.:]$", first)


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_module_that_a_page_names_is_there(path):
    for name in re.findall(r"`(?:src/ringfence/)?([a-z_/]+/[a-z_0-9]+\.py)`", path.read_text("utf-8")):
        assert any((folder / name).exists() for folder in (SOURCE, TOP)), name


@pytest.mark.needs("history")
def test_every_revision_of_ours_that_a_page_or_a_template_pins_is_a_commit_of_ours():
    pages = [*WRITTEN, *(path for path in (TOP / "templates").rglob("*") if path.is_file())]
    texts = [path.read_text("utf-8") for path in pages]
    pinned = {rev for text in texts for rev in re.findall(r"(?:^\s*rev: |/ringfence@)([\w.-]+)", text, re.MULTILINE)}
    assert pinned
    for rev in pinned:
        assert re.fullmatch(r"[0-9a-f]{40}", rev), rev
        assert run("git", "merge-base", "--is-ancestor", rev, "HEAD", cwd=TOP), rev


# --- links ---


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_relative_link_leads_somewhere(path):
    text = re.sub(r"^(`{3,}).*?^\1$", "", path.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    for target in re.findall(r"(?<!\\)\]\(([^)]+)\)", text):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        page = path.parent / name if name else path
        assert page.exists(), target
        assert not anchor or anchor in anchors(page), target


def test_every_picture_is_shown_and_small():
    shown = "".join(path.read_text("utf-8") for path in WRITTEN)
    pictures = list((DOCS / "pictures").iterdir())
    assert [path.name for path in pictures if f"pictures/{path.name})" not in shown] == []
    assert [path.name for path in pictures if path.stat().st_size > 150_000] == []


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


# --- examples ---


@pytest.mark.parametrize("block", every_block("toml"))
def test_every_toml_example_can_be_read(block):
    is_policy = "version" in tomli.loads(block)
    parse_toml(PolicyFile if is_policy else VendorFile, block.encode(), "an example")
    if is_policy:
        jsonschema.validate(json.loads(json.dumps(tomli.loads(block), default=str)), POLICY)


def test_policy_example_is_a_right_policy(tmp_path):
    work = Work(tmp_path)
    work.write("policy.toml", blocks(DOCS / "policy.md", "toml")[0])
    work.write("ringfence.toml", blocks(DOCS / "policy.md", "toml")[1])
    said = work.ringfence("policy", "check", "policy.toml", "ringfence.toml")
    assert re.fullmatch(r"ringfence: policy.toml, ringfence.toml: OK, \d+ rival vendors\n", said.out)


@pytest.mark.parametrize(
    ("policy", "wrong"),
    [
        ({"version": 2}, "version"),
        ({"version": 1, "tagz": []}, "tagz"),
        ({"version": 1, "zone": [{"tag": "eval", "path": ["a"]}]}, "path"),
        ({"version": 1, "marker": [{"vendor": "openai", "kind": "path", "glob": ["a"]}]}, "marker"),
    ],
)
def test_policy_schema_refuses_what_the_reader_refuses(policy, wrong):
    with pytest.raises(jsonschema.ValidationError) as error:
        jsonschema.validate(policy, POLICY)
    assert wrong in str(error.value)


@pytest.mark.parametrize("block", every_block("console"))
def test_every_typed_command_exists(block):
    for line in block.splitlines():
        typed = re.match(r"\$ (?:.*&& |\S*/)?(ringfence .*)", line)
        if not typed:
            continue
        words = typed[1].split(" > ")[0].split()
        if words[1] == "hook":
            assert words[-1] in HOOKS
            continue
        length = 3 if f"ringfence {' '.join(words[1:3])}" in COMMANDS else 2
        shown = COMMANDS[" ".join(words[:length])]
        options = {word.split()[0] for word, _, _ in shown}
        given = {word.partition("=")[0] for word in words[length:] if word.startswith("--")}
        assert given <= options, line


@pytest.mark.parametrize("line", ["ray job submit", "entrypoint:"])
def test_what_a_cluster_is_told_to_run_exists(line):
    page = (DOCS / "audit.md").read_text("utf-8")
    [typed] = [found.partition("ringfence audit ")[2] for found in page.splitlines() if line in found and "--" in found]
    options = {word.split()[0] for word, _, _ in COMMANDS["ringfence audit"]}
    assert {word for word in typed.split() if word.startswith("--")} <= options
    assert "--engine ray" in typed


def test_the_manifest_of_a_cluster_is_a_ray_job():
    [block] = blocks(DOCS / "audit.md", "yaml")
    job = yaml.safe_load(block)
    assert (job["apiVersion"], job["kind"]) == ("ray.io/v1", "RayJob")
    groups = [job["spec"]["rayClusterSpec"]["headGroupSpec"], *job["spec"]["rayClusterSpec"]["workerGroupSpecs"]]
    mounts = [
        container["volumeMounts"][0]["mountPath"]
        for group in groups
        for container in group["template"]["spec"]["containers"]
    ]
    assert all(job["spec"]["entrypoint"].partition("--out ")[2].startswith(mount) for mount in mounts)


@pytest.mark.parametrize("block", every_block("json"))
def test_report_example_keeps_to_the_schema(block):
    jsonschema.validate(json.loads(block), REPORT)


# --- reports ---


def test_schemas_are_schemas():
    jsonschema.Draft202012Validator.check_schema(REPORT)
    jsonschema.Draft202012Validator.check_schema(POLICY)


def reported(work: Work, *args: str, **env: str) -> dict[str, object]:
    report = json.loads(work.ringfence("check", *args, "--format", "json", **env).out)
    jsonschema.validate(report, REPORT)
    line = {"$ref": "#/$defs/line", "$defs": REPORT["$defs"]}
    for text in work.ringfence("check", *args, "--format", "jsonl", **env).out.splitlines():
        jsonschema.validate(json.loads(text), line)
    return report


def test_report_of_an_allowed_check_keeps_to_the_schema(laptop):
    assert reported(laptop, "--all")["verdict"] == "allowed"


def test_report_of_an_untagged_repository_keeps_to_the_schema(laptop):
    laptop.did("config", "--unset-all", "ringfence.tag")
    assert reported(laptop, "--all")["tags"] == []


def test_report_of_a_blocked_check_keeps_to_the_schema(laptop):
    laptop.commit(f"Add\n\n{TRAILER}", files={"a.md": SHARE_LINK, "\x1b[31m.codex/config.toml": "x\n"})
    laptop.did("tag", "-a", "codex/x", "-m", TRAILER)
    report = reported(laptop, "--all")
    assert report["verdict"] == "blocked"
    assert {item["part"] for item in report["findings"]} >= {"content", "message", "ref"}


def test_report_of_a_session_keeps_to_the_schema(laptop):
    assert [item["part"] for item in reported(laptop, "--staged", CODEX_CI="1")["findings"]] == ["environment"]


def test_report_of_an_incomplete_check_keeps_to_the_schema(laptop):
    laptop.commit(files={"a.gz": b"\x1f\x8b\x08\x00"})
    report = reported(laptop, "--all")
    assert (report["verdict"], report["unread"][0]["path"]) == ("incomplete", "a.gz")


def test_report_of_what_isnt_described_keeps_to_the_schema(laptop, tmp_path):
    (tmp_path / "policy.toml").write_text('version = 1\n[tag.training-data]\nprovenance = "block"\n')
    laptop.did("config", "ringfence.policy", str(tmp_path / "policy.toml"))
    laptop.commit(files={"rows.txt": "rows\n"})
    assert {item["kind"] for item in reported(laptop, "--all")["findings"]} == {"provenance"}


def test_report_schema_is_strict(laptop):
    report = reported(laptop, "--all") | {"more": 1}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(report, REPORT)
