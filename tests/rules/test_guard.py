"""An agent's own hook is denied where the policy excludes a rival's agents, and gets no answer elsewhere."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from conftest import Work, run
from ringfence.gate.agent import answer_hook
from ringfence.gate.agent_hooks import AGENTS


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
    assert told["copilot"].keys() == {"permissionDecision", "permissionDecisionReason", "hookSpecificOutput"}
    assert (
        told["copilot"]["hookSpecificOutput"]["permissionDecision"] == told["copilot"]["permissionDecision"] == "deny"
    )
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


def zone(work: Work) -> None:
    """Protect only the folder `evals`."""
    work.did("config", "--unset-all", "ringfence.tag")
    rules = 'version = 1\n[[zone]]\ntag = "eval"\npaths = ["evals/**"]\n'
    work.commit(files={"ringfence.toml": rules, "evals/q.txt": "q\n", "docs/page.md": "page\n"})


NAMED: list[tuple[str, dict[str, Any]]] = [
    ("claude-code", {"tool_name": "MultiEdit", "tool_input": {"edits": [{"file_path": "FILE"}]}}),
    ("claude-code", {"tool_name": "NotebookEdit", "tool_input": {"notebook_path": "FILE"}}),
    ("claude-code", {"tool_name": "Glob", "tool_input": {"pattern": "REPO/**/*.txt"}}),
    ("claude-code", {"tool_name": "Glob", "tool_input": {"pattern": "../laptop/*"}}),
    ("claude-code", {"tool_name": "mcp__disk__copy", "tool_input": {"whatever": {"from": ["FILE"]}}}),
    ("claude-code", {"tool_name": "Grep", "tool_input": [{"path": "REPO"}]}),
    ("claude-code", {"tool_name": "Read", "tool_input": {"file_path": ["/dev/null", "FILE"]}}),
    ("codex", {"tool_name": "list_dir", "tool_input": {"dir_path": "REPO"}}),
    ("codex", {"tool_name": "shell", "tool_input": {"command": ["ls"], "workdir": "REPO"}}),
    ("codex", {"tool_name": "exec_command", "tool_input": {"cmd": "ls", "workdir": "../laptop"}}),
    ("copilot", {"toolName": "view", "toolArgs": '{"path": "FILE"}'}),
    ("copilot", {"toolName": "grep", "toolArgs": '{"pattern": "a", "paths": ["docs", "REPO"]}'}),
    ("copilot", {"toolName": "apply_patch", "toolArgs": "*** Begin Patch\n*** Add File: FILE\n+a\n*** End Patch\n"}),
    ("cursor", {"tool_input": {"target_file": "FILE"}}),
    ("cursor", {"tool_input": {"target_directories": ["REPO"]}}),
    ("cursor", {"file_path": "/dev/null", "attachments": [{"type": "file", "file_path": "FILE"}]}),
    ("cursor", {"workspace_roots": ["file://REPO"]}),
    ("cursor", {"workspace_roots": "REPO"}),
    ("cursor", {"tool_input": {"target_file": "file://localhostFILE"}}),
    ("cursor", {"tool_input": {"target_file": "vscode-remote://hostFILE"}}),
    ("gemini-cli", {"tool_name": "read_many_files", "tool_input": {"include": ["docs/*", "REPO/**"]}}),
    ("gemini-cli", {"tool_name": "list_directory", "tool_input": {"dir_path": "REPO"}}),
    ("gemini-cli", {"tool_name": "read_file", "tool_input": {"absolute_path": "FILE"}}),
    ("gemini-cli", {"tool_name": "run_shell_command", "tool_input": {"command": "ls", "dir_path": "REPO"}}),
]


@pytest.mark.parametrize(("agent", "event"), NAMED)
def test_a_file_is_seen_wherever_the_event_names_it(
    laptop: Work, tmp_path: Path, agent: str, event: dict[str, Any]
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    text = json.dumps({"cwd": str(elsewhere)} | event)
    text = text.replace("FILE", f"{laptop.path}/README.md").replace("REPO", str(laptop.path))
    assert "training-data" in why(asked(laptop, agent, text.encode(), cwd=elsewhere))
    harmless = text.replace(str(laptop.path), str(elsewhere)).replace("../laptop", ".")
    assert asked(laptop, agent, harmless.encode(), cwd=elsewhere) == {}


@pytest.mark.parametrize("line", ["Update File: ", "Add File: ", "Delete File: ", "Move to: "])
@pytest.mark.parametrize("key", ["command", "input"])
def test_every_file_of_a_patch_is_seen(laptop: Work, line: str, key: str) -> None:
    zone(laptop)
    patch = f"*** Begin Patch\n*** Update File: docs/page.md\n@@\n+a\n *** {line}evals/new.txt \n*** End Patch\n"
    event = {"cwd": str(laptop.path), "tool_name": "apply_patch", "tool_input": {key: patch}}
    assert " is tagged eval; " in why(asked(laptop, "codex", event))
    event["tool_input"] = {key: patch.replace("evals/", "docs/")}
    assert asked(laptop, "codex", event) == {}


def test_a_folder_that_holds_a_zone_is_as_protected_as_the_zone(laptop: Work) -> None:
    zone(laptop)
    base = {"cwd": str(laptop.path), "tool_name": "Grep"}
    for path in (str(laptop.path), ".", "evals"):
        assert "tagged eval; " in why(asked(laptop, "claude-code", base | {"tool_input": {"path": path}})), path
    assert "contains files tagged eval; " in why(asked(laptop, "claude-code", base | {"tool_input": {"pattern": "a"}}))
    assert asked(laptop, "claude-code", base | {"tool_input": {"path": "docs"}}) == {}
    shell = {"tool_name": "Bash", "tool_input": {"command": "make"}}
    assert asked(laptop, "claude-code", base | shell) == {}
    inside = {"cwd": str(laptop.path / "evals")}
    assert " is tagged eval; " in why(asked(laptop, "claude-code", inside | shell))


def test_a_folder_that_holds_a_protected_repository_is_not_searched(laptop: Work, tmp_path: Path) -> None:
    event = {"cwd": str(tmp_path), "tool_name": "Grep", "tool_input": {"pattern": "a", "path": str(laptop.path.parent)}}
    assert f"{laptop.path} is tagged training-data" in why(asked(laptop, "claude-code", event, cwd=tmp_path))


def test_a_folder_too_large_to_look_through_is_refused(laptop: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    zone(laptop)
    monkeypatch.setattr("ringfence.gate.agent._MOST_ENTRIES", 2)
    event = {"cwd": str(laptop.path), "tool_name": "Grep", "tool_input": {"path": str(laptop.path)}}
    told = answer_hook(AGENTS["claude-code"], json.dumps(event).encode())
    assert why(told).endswith(f": {laptop.path} holds more than 2 files; name a smaller folder.")


def test_a_path_through_a_link_is_judged_by_both_readings(laptop: Work, tmp_path: Path) -> None:
    """`link/../laptop` is beside the link for a program that tidies paths, and beside its target for the system."""
    far = tmp_path / "far/away"
    far.mkdir(parents=True)
    (tmp_path / "link").symlink_to(far)
    event = {"cwd": str(far), "tool_input": {"file_path": str(tmp_path / "link" / ".." / laptop.path.name / "a")}}
    assert laptop.path.parent == tmp_path
    assert "training-data" in why(asked(laptop, "claude-code", event, cwd=far))


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ({"toolArgs": '{"path": "/x"'}, "toolargs in the agent's event is damaged JSON."),
        ({"cwd": {"path": "/x"}}, "cwd in the agent's event holds no path."),
        ({"tool_input": {"path": "a\0b"}}, "(ValueError)."),
    ],
)
def test_what_cant_be_read_is_denied_and_the_reason_given(tmp_path: Path, event: dict[str, Any], told: str) -> None:
    reason = why(asked(Work(tmp_path), "copilot", event, cwd=tmp_path))
    assert reason.startswith("ringfence can't decide whether you may work here")
    assert reason.endswith(told)


@pytest.mark.parametrize("damage", ["no HEAD", "no refs", "a file of nonsense", "in another repository"])
def test_a_repository_that_git_cant_open_is_denied(laptop: Work, damage: str) -> None:
    dot = laptop.path / ".git"
    if damage == "no HEAD":
        (dot / "HEAD").unlink()
    elif damage == "no refs":
        (dot / "refs").rename(dot / "lost")
    elif damage == "a file of nonsense":
        dot.rename(laptop.path / "lost")
        dot.write_text("gitdir: nowhere\n")
    else:
        laptop.did("config", "--unset-all", "ringfence.tag")
        (laptop.path / "inner/.git").mkdir(parents=True)
    event = {"cwd": str(laptop.path), "tool_input": {"file_path": str(laptop.path / "inner/new.txt")}}
    reason = why(asked(laptop, "claude-code", event, cwd=laptop.path.parent))
    assert "git can't open the repository of " in reason


@pytest.mark.needs("root")
def test_a_repository_of_another_user_is_denied(laptop: Work) -> None:
    for path in (laptop.path, laptop.path / ".git"):
        shutil.chown(path, 4321, 4321)
    reason = why(asked(laptop, "claude-code", events(laptop)["claude-code"], cwd=laptop.path.parent))
    assert reason.endswith(
        f"git can't open the repository of {laptop.path}: it belongs to another user (dubious ownership)."
    )


def test_a_folder_without_a_repository_is_the_agents_own_affair(tmp_path: Path) -> None:
    event = {"cwd": str(tmp_path), "tool_name": "Grep", "tool_input": {"pattern": "/", "path": "."}}
    assert asked(Work(tmp_path), "claude-code", event, cwd=tmp_path) == {}
