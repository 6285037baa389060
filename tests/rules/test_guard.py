"""An agent's own hook is denied where the policy excludes a rival's agents, and gets no answer elsewhere."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from conftest import Work, run
from ringfence.gate.agent import AGENTS


def asked(work: Work, agent: str, event: object, *args: str, cwd: Path | None = None) -> dict[str, Any]:
    """Call the guard as an agent does, and return its answer."""
    data = event if isinstance(event, bytes) else json.dumps(event).encode()
    said = Work(cwd or work.path).ringfence("guard", agent, *args, stdin=data)
    assert said.status == 0, said.out
    told: dict[str, Any] = json.loads(said.out)
    return told


def events(work: Work, file: str = "rows.txt") -> dict[str, object]:
    """Return what each agent says before it writes a file."""
    folder, path = str(work.path), str(work.path / file)
    return {
        "claude-code": {
            "session_id": "s", "cwd": folder, "hook_event_name": "PreToolUse", "tool_name": "Write",
            "tool_input": {"file_path": path, "content": "x"},
        },
        "codex": {
            "session_id": "s", "cwd": folder, "hook_event_name": "PreToolUse", "model": "gpt-5.2",
            "tool_name": "Bash", "tool_input": {"command": f"echo x > {path}"},
        },
        "copilot": {"timestamp": 1, "cwd": folder, "toolName": "create", "toolArgs": json.dumps({"path": path})},
        "cursor": {
            "hook_event_name": "beforeReadFile", "workspace_roots": [folder], "file_path": path, "content": "x",
        },
        "gemini-cli": {
            "cwd": folder, "hook_event_name": "BeforeTool", "tool_name": "write_file",
            "tool_input": {"file_path": path},
        },
    }  # fmt: skip


def why(told: dict[str, Any]) -> str:
    """Return the reason of a denial, wherever the agent looks for it."""
    said = told.get("hookSpecificOutput", told)
    assert "deny" in (said.get("permissionDecision"), said.get("permission"), said.get("decision")), told
    return str(next(said[key] for key in ("permissionDecisionReason", "agent_message", "reason") if key in said))


@pytest.mark.parametrize("agent", AGENTS)
def test_a_rival_agent_is_kept_from_working_where_training_data_lies(laptop: Work, agent: str) -> None:
    told = why(asked(laptop, agent, events(laptop)[agent]))
    assert (
        told == f"ringfence: {laptop.path} is tagged training-data; agents of {AGENTS[agent].vendor} may not work here."
    )


@pytest.mark.parametrize("agent", AGENTS)
def test_elsewhere_the_agents_own_rules_decide(laptop: Work, agent: str) -> None:
    laptop.did("config", "--unset-all", "ringfence.tag")
    assert asked(laptop, agent, events(laptop)[agent]) == {}


def test_the_answers_are_in_each_agents_words(laptop: Work) -> None:
    told = {agent: asked(laptop, agent, event) for agent, event in events(laptop).items()}
    assert told["claude-code"]["hookSpecificOutput"].keys() == {
        "hookEventName", "permissionDecision", "permissionDecisionReason",
    }  # fmt: skip
    assert told["codex"].keys() == {"hookSpecificOutput"}
    assert told["copilot"].keys() == {"permissionDecision", "permissionDecisionReason"}
    assert told["cursor"].keys() == {"permission", "user_message", "agent_message"}
    assert told["gemini-cli"].keys() == {"decision", "reason"}


def test_our_own_agent_works_where_rivals_may_not(laptop: Work) -> None:
    laptop.write("policy.toml", 'version = 1\n[organisation]\nown = ["anthropic"]\ncontact = "the data team"\n')
    given = ("--policy", str(laptop.path / "policy.toml"))
    assert asked(laptop, "claude-code", events(laptop)["claude-code"], *given) == {}
    assert why(asked(laptop, "codex", events(laptop)["codex"], *given)).endswith(
        "may not work here. Ask the data team."
    )


def test_an_approved_tool_with_a_rivals_model_may_not_either(laptop: Work) -> None:
    laptop.write("policy.toml", 'version = 1\n[vendors]\napproved = ["anysphere"]\n')
    given = ("--policy", str(laptop.path / "policy.toml"))
    event = {"workspace_roots": [str(laptop.path)], "command": "ls", "cwd": str(laptop.path)}
    assert asked(laptop, "cursor", event, *given) == {}
    assert why(asked(laptop, "cursor", event | {"model": "gpt-5.2"}, *given))


@pytest.mark.parametrize("how", ["absolute", "relative", "through a link", "not there yet"])
def test_an_agent_that_works_elsewhere_may_not_reach_in(laptop: Work, tmp_path: Path, how: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "link").symlink_to(laptop.path / "README.md")
    path = {
        "absolute": str(laptop.path / "README.md"),
        "relative": "../laptop/README.md",
        "through a link": "link",
        "not there yet": str(laptop.path / "new/folder/rows.txt"),
    }[how]
    event = {"cwd": str(elsewhere), "tool_input": {"file_path": path}}
    assert "training-data" in why(asked(laptop, "claude-code", event, cwd=elsewhere))


def test_in_a_zone_of_paths_the_file_decides(laptop: Work) -> None:
    laptop.did("config", "--unset-all", "ringfence.tag")
    laptop.commit(files={"ringfence.toml": 'version = 1\n[[zone]]\ntag = "eval"\npaths = ["evals/**"]\n'})
    assert asked(laptop, "claude-code", events(laptop, "docs/page.md")["claude-code"]) == {}
    assert " is tagged eval; " in why(asked(laptop, "claude-code", events(laptop, "evals/new/q.txt")["claude-code"]))


@pytest.mark.parametrize("event", [b"", b"[]", b"\xff\xfe", b'"x"'])
def test_what_makes_no_sense_is_denied(laptop: Work, event: bytes) -> None:
    assert why(asked(laptop, "codex", event)).startswith("ringfence can't decide whether you may work here")


def test_a_policy_that_cant_be_used_denies(laptop: Work) -> None:
    laptop.write("ringfence.toml", "nonsense")
    assert "ringfence.toml: not TOML" in why(asked(laptop, "claude-code", events(laptop)["claude-code"]))


@pytest.mark.parametrize("agent", AGENTS)
def test_the_printed_configuration_calls_us(laptop: Work, agent: str) -> None:
    said = run("sh", "-c", f"{sys.executable} -m ringfence guard {agent} --print-config 2>where",
               cwd=laptop.path)  # fmt: skip
    assert f'"ringfence guard {agent}"' in said.out
    assert json.loads(said.out)["hooks"]
    assert (laptop.path / "where").read_text() == f"{AGENTS[agent].file}:\n"
