"""An agent whose login nothing binds to the organisation of the policy doesn't work where a tag refuses it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import Work
from ringfence.gate import agent as guard
from ringfence.gate.agent_hooks import AGENTS
from ringfence.policy.effective import build_effective_policy, read_vendors
from ringfence.policy.inputs import Inputs, Layer
from ringfence.policy.tools import TOOLS
from rules.test_guard import events, why

OURS = "11111111-1111-4111-8111-111111111111"
ALL = "\n".join(f'{name} = ["{OURS}"]' for name in TOOLS)
# The agents' vendors are approved here, so that nothing else keeps them out.
APPROVED = 'version = 1\n[vendors]\nrivals = ["mistral"]\n'


@pytest.fixture
def machine(laptop: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty machine's root; the policy binds all tools, and training data refuses those that aren't bound."""
    (tmp_path / "policy.toml").write_text(f'{APPROVED}[accounts.tools]\n{ALL}\n[tag.training-data]\ntools = "block"\n')
    laptop.did("config", "ringfence.policy", str(tmp_path / "policy.toml"))
    monkeypatch.setenv("HOME", str(tmp_path / "machine/home"))
    (tmp_path / "machine/home").mkdir(parents=True)
    monkeypatch.setattr(guard, "ROOT", str(tmp_path / "machine"))
    return tmp_path / "machine"


def asked(work: Work, name: str) -> dict[str, object]:
    return guard.answer_hook(AGENTS[name], json.dumps(events(work)[name]).encode())


@pytest.mark.parametrize("name", TOOLS)
def test_a_tool_that_nothing_binds_is_denied_where_a_tag_refuses_it(laptop: Work, machine: Path, name: str) -> None:
    told = why(asked(laptop, name))
    assert told.startswith(f"ringfence: {laptop.path} is tagged training-data; {name} may not work here: ")
    assert "no settings bind its login" in told


@pytest.mark.needs("root")
def test_a_tool_that_is_bound_works(laptop: Work, machine: Path) -> None:
    file = machine / TOOLS["claude-code"].linux[0].lstrip("/")
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"forceLoginOrgUUID": OURS}))
    assert asked(laptop, "claude-code") == {}
    file.write_text(json.dumps({"forceLoginOrgUUID": "another"}))
    assert "its settings allow another organisation" in why(asked(laptop, "claude-code"))


@pytest.mark.needs("root")
def test_copilot_is_bound_in_vs_code_and_nowhere_else(
    laptop: Work, machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_vs_code = {
        "hookEventName": "PreToolUse", "cwd": str(laptop.path), "tool_name": "editFiles", "tool_use_id": "t",
        "tool_input": {"files": ["rows.txt"]},
    }  # fmt: skip
    assert "no settings bind its login: ChatApproved" in why(answer(in_vs_code))
    file = machine / "etc/vscode/policy.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"ChatApprovedAccountOrganizations": [OURS]}))
    assert answer(in_vs_code) == {}
    from_cli = {key: text for key, text in in_vs_code.items() if key != "tool_use_id"}
    for event in (events(laptop)["copilot"], from_cli, from_cli | {"hook_event_name": "PreToolUse"}):
        assert "no settings bind its login outside of VS Code" in why(answer(event))
    monkeypatch.setattr("ringfence.sources.parent_processes.list_process_names", lambda _: ["sh", "copilot"])
    assert "outside of VS Code" in why(answer(in_vs_code))


def answer(event: object) -> dict[str, object]:
    return guard.answer_hook(AGENTS["copilot"], json.dumps(event).encode())


@pytest.mark.usefixtures("machine")
def test_where_no_tag_holds_or_none_refuses_it_the_tools_own_rules_decide(laptop: Work, tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text(f"{APPROVED}[accounts.tools]\n{ALL}\n")
    assert asked(laptop, "codex") == {}
    (tmp_path / "policy.toml").write_text(f'{APPROVED}[accounts.tools]\n{ALL}\n[tag.training-data]\ntools = "block"\n')
    laptop.did("config", "--unset-all", "ringfence.tag")
    assert asked(laptop, "codex") == {}


@pytest.mark.parametrize(("action", "status", "word"), [("block", 3, "BAD "), ("warn", 0, "ok  ")])
def test_status_says_which_tool_isnt_bound(laptop: Work, machine: Path, action: str, status: int, word: str) -> None:
    policy = machine.parent / "policy.toml"
    policy.write_text(policy.read_text().removeprefix(APPROVED).replace('"block"', f'"{action}"'))
    policy.write_text(f"version = 1\n{policy.read_text()}")
    said = laptop.ringfence("status", HOME=str(machine / "home"))
    assert said.status == status, said.out
    assert (
        f"{word}cursor: no settings bind its login: AllowedTeamId in ~/.cursor/policy.json (training-data)" in said.out
    )
    (machine / "home/.cursor").mkdir()
    (machine / "home/.cursor/policy.json").write_text(json.dumps({"AllowedTeamId": f"{OURS}, "}))
    said = laptop.ringfence("status", HOME=str(machine / "home"))
    assert "ok  cursor: its login is bound to the organisation that the policy names" in said.out


def merge(*texts: str) -> dict[str, set[str]]:
    """Return the tools of an organisation's policy and of a repository's own file."""
    kinds = ("organisation", "repository")
    layers = [
        Layer(kind, kind, text.encode(), kind == "organisation") for kind, text in zip(kinds, texts, strict=False)
    ]
    inputs = Inputs(tuple(layers), (("eval", "a test"),))
    return build_effective_policy(inputs, read_vendors(inputs)).tools


def test_a_repositorys_own_file_can_bind_and_never_loosen() -> None:
    base = 'version = 1\n[accounts.tools]\ncodex = ["a", "b"]\n'
    assert merge(base, 'version = 1\n[accounts.tools]\ncodex = ["a"]\ncursor = ["1"]\n') == {
        "codex": {"a"}, "cursor": {"1"},
    }  # fmt: skip
    with pytest.raises(Exception, match=r"accounts.tools.codex: would loosen \['a', 'b'\] to also allow c"):
        merge(base, 'version = 1\n[accounts.tools]\ncodex = ["a", "c"]\n')
    with pytest.raises(Exception, match=r"tag.eval.tools: would loosen warn to record"):
        merge(base, 'version = 1\n[tag.eval]\ntools = "record"\n')
    with pytest.raises(Exception, match=r"tools has no `zed`: known are claude-code, codex"):
        merge('version = 1\n[accounts.tools]\nzed = ["x"]\n')
