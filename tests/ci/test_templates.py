"""What `--print-config` prints: valid by each service's schema, and its script does what a service would have it do."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from ci.conftest import Run, ci
from ci.test_services import SAYS
from conftest import PYTHON, TRAILER, Said, Work, run
from ringfence.commands.ci import _CONFIGS
from ringfence.resources import find_shipped_folder
from tools import tool

TOP = Path(__file__).parents[2]
TEMPLATES = TOP / "templates"
BIN = Path(sys.executable).parent
SCHEMAS = {
    "github": "github-workflows", "gitlab": "gitlab-ci", "buildkite": "buildkite", "circleci": "circle-ci",
    "azure": "azure-pipelines", "bitbucket": "bitbucket-pipelines", "woodpecker": "woodpecker-ci", "drone": "drone-ci",
}  # fmt: skip
# Which service's variables a template's script is run with; GitHub's is the action, which has a test of its own.
SERVICES = {
    "gitlab": "GitLab CI", "jenkins": "Jenkins", "buildkite": "Buildkite", "circleci": "CircleCI",
    "azure": "Azure Pipelines", "bitbucket": "Bitbucket Pipelines", "woodpecker": "Woodpecker", "drone": "Drone",
}  # fmt: skip


def text(name: str) -> str:
    return (TEMPLATES / _CONFIGS[name]).read_text("utf-8")


def script(name: str) -> str:
    """Return what a service runs."""
    if name == "jenkins":
        return re.findall(r"sh '''(.*?)'''", text(name), re.DOTALL)[0]
    told: Any = list(yaml.safe_load_all(text(name)))[-1]
    steps = {
        "gitlab": lambda: told["ringfence"]["script"],
        "buildkite": lambda: [told["steps"][0]["command"].replace("$$", "$")],  # as the upload does
        "circleci": lambda: [told["jobs"]["ringfence"]["steps"][1]["run"]["command"]],
        "azure": lambda: [told["steps"][1]["script"]],
        "bitbucket": lambda: told["pipelines"]["default"][0]["step"]["script"],
        "woodpecker": lambda: told["steps"]["ringfence"]["commands"],
        "drone": lambda: told["steps"][0]["commands"],
    }
    return "\n".join(steps[name]())


def with_fake(place: Path) -> str:
    """Return a PATH on which `python3 -m venv` makes a folder in which pip does nothing and ringfence is ours."""
    fake = place / "fake"
    fake.mkdir(exist_ok=True)
    (fake / "python3").write_text(
        '#!/bin/sh\nmkdir -p "$4/bin"\nprintf "#!/bin/sh\\n" > "$4/bin/pip"\n'
        f'printf \'#!/bin/sh\\nexec {" ".join(PYTHON)} "$@"\\n\' > "$4/bin/ringfence"\nchmod +x "$4/bin/"*\n'
    )
    (fake / "python3").chmod(0o755)
    return f"{fake}:/usr/bin:/bin"


def started(on: Run, name: str, place: Path) -> Said:
    """Run a template's script."""
    given = SAYS[SERVICES[name]](on, on.head(), "request")
    given |= {"WORKSPACE_TMP": str(place), "AGENT_TEMPDIRECTORY": str(place), "RINGFENCE": "x", "RINGFENCE_TAG": "eval"}
    body = script(name).replace("/tmp/ringfence", f"{place}/venv")
    return run("sh", "-e", "-c", body, cwd=on.path, PATH=with_fake(place), **given)


def check_schema(file: Path | str, schema: str, *options: str) -> None:
    """Hold a file against a service's schema; in this process, since to start check-jsonschema takes seconds."""
    from check_jsonschema import main

    said = CliRunner().invoke(main, ["--builtin-schema", f"vendor.{schema}", *options, str(file)])
    assert said.exit_code == 0, said.output


def test_every_template_is_printed_and_every_printed_one_tested(laptop: Work) -> None:
    assert set(SERVICES) | {"github"} == set(_CONFIGS) == {*SCHEMAS, "jenkins"}
    for name in _CONFIGS:
        assert laptop.ringfence("ci", "--print-config", name).out == text(name)
    assert {TEMPLATES / path for path in _CONFIGS.values()} == {p for p in TEMPLATES.rglob("*") if p.is_file()}
    assert Path(find_shipped_folder("templates")) == TEMPLATES


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_template_keeps_to_its_services_schema(name: str, tmp_path: Path) -> None:
    file = tmp_path / "config.yml"
    file.write_text(text(name).split("\n---\n")[-1])  # after a component's inputs, which have no schema
    # The patterns of Azure's schema aren't JavaScript's.
    more = ["--regex-variant", "python"] if name == "azure" else []
    more += ["--data-transform", SCHEMAS[name]] if name in ("azure", "gitlab") else []
    check_schema(file, SCHEMAS[name], *more)


def test_what_github_runs_has_no_known_weakness() -> None:
    """zizmor finds nothing in the action and the workflow template, and the action satisfies its schema."""
    files = [str(TOP / "action.yml"), str(TEMPLATES / _CONFIGS["github"])]
    said = run(str(BIN / "zizmor"), "--offline", "--no-progress", "--quiet", *files, cwd=TOP)
    assert said, said.out
    check_schema(files[0], "github-actions")


@pytest.mark.parametrize("name", SERVICES)
def test_a_templates_script_refuses_what_ringfence_refuses(forge: Work, name: str, tmp_path: Path) -> None:
    """A file of the branch wants to be run instead of Python's own."""
    forge.commit("One", files={"venv.py": "raise SystemExit(0)\n"})
    on = ci(forge, "--depth", "1")
    assert started(on, name, tmp_path).status == 0
    forge.commit(f"Two\n\n{TRAILER}")
    on.pulled(forge)
    said = started(on, name, tmp_path)
    assert said.status == 1, said.out
    assert "python3 -I -m venv" in text(name)


@pytest.mark.parametrize("name", _CONFIGS)
def test_every_template_has_the_line_that_requires_a_tag(name: str) -> None:
    assert re.search(r"RINGFENCE_REQUIRE_TAG|require-tag", text(name))


@pytest.mark.parametrize("name", [name for name in SERVICES if name not in ("woodpecker", "drone")])
def test_a_templates_reports_are_where_it_says(forge: Work, name: str, tmp_path: Path) -> None:
    forge.commit("One")
    on = ci(forge)
    assert started(on, name, tmp_path).status == 0
    named = set(re.findall(r"--report [\w-]+=(\S+)", script(name)))
    assert named
    assert {file for file in named if not (on.path / file).is_file()} == set()
    for file in named - {"test-results/ringfence.xml"}:  # which Bitbucket finds by its folder
        assert text(name).count(file) > 1, f"{file} is written and not kept"


@pytest.mark.needs("gitlab-ci-local", "rsync")
@pytest.mark.slow
def test_gitlab_runs_the_component(forge: Work, tmp_path: Path) -> None:
    """As a project includes it: inputs resolved, and the job run by a runner on this machine."""
    shutil.copy(TEMPLATES / "ringfence.yml", forge.path / "component.yml")
    include = "include: [{local: component.yml, inputs: {source: x, tag: eval, stage: build}}]\n"
    forge.commit("Include", files={".gitlab-ci.yml": include})
    forge.did("push", "-q", "origin", "topic:main", "topic")
    forge.commit(f"One\n\n{TRAILER}")
    on = ci(forge)
    set_ = [f"{key}={held}" for key, held in SAYS["GitLab CI"](on, on.head(), "push").items()]
    command = ["node", tool("gitlab-ci-local/src/index.js"), "--force-shell-executor", "ringfence"]
    said = run(
        *command, *(word for pair in set_ for word in ("--variable", pair)), cwd=on.path, PATH=with_fake(tmp_path)
    )
    assert "refused, 1 mark of rival AI tools (eval, training-data)" in said.out, said.out
    assert said.status == 1
