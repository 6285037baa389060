"""What binds a vendor's tool to an organisation is read from managed settings, and what doesn't is said."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from ringfence.policy.tool_settings import find_tool_fault
from ringfence.policy.tools import TOOLS

pytestmark = [
    pytest.mark.needs("root"),  # managed settings are root's
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the paths are Linux's"),
]
OURS, OTHER = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
CLAUDE, CODEX, MANAGED = TOOLS["claude-code"].linux[0], *TOOLS["codex"].linux
VSCODE = TOOLS["copilot"].linux[0]
GEMINI = TOOLS["gemini-cli"].linux[0]
BY_TABLE = f"""
[allowed_login_methods]
chatgpt = true
api = false
[allowed_chatgpt_workspaces]
"{OURS}" = true
"{OTHER}" = false
"""
CHATGPT = 'allowed_login_methods = ["chatgpt"]\n'


def put(root: Path, path: str, text: str) -> Path:
    file = root / path.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def fault(root: Path, name: str, *allowed: str, **environ: str) -> str:
    return find_tool_fault(name, frozenset(allowed or (OURS,)), {"HOME": str(root / "home")} | environ, str(root))


@pytest.mark.parametrize(
    ("name", "file", "text"),
    [
        ("claude-code", CLAUDE, json.dumps({"forceLoginOrgUUID": OURS})),
        ("claude-code", CLAUDE, json.dumps({"forceLoginOrgUUID": [OURS], "env": {}})),
        ("claude-code", "/etc/claude-code/managed-settings.d/10-login.json", json.dumps({"forceLoginOrgUUID": OURS})),
        ("codex", CODEX, f'{CHATGPT}allowed_chatgpt_workspaces = ["{OURS}"]\n'),
        ("codex", CODEX, BY_TABLE),
        ("codex", MANAGED, f'forced_login_method = "chatgpt"\nforced_chatgpt_workspace_id = "{OURS}"\n'),
        ("copilot", VSCODE, json.dumps({"ChatApprovedAccountOrganizations": [OURS]})),
        ("copilot", VSCODE, json.dumps({"ChatApprovedAccountOrganizations": json.dumps([OURS])})),
        ("cursor", "/home/.cursor/policy.json", json.dumps({"AllowedTeamId": OURS})),
    ],
)  # fmt: skip
def test_settings_that_bind_a_tool_are_found(tmp_path: Path, name: str, file: str, text: str) -> None:
    assert "no settings bind its login" in fault(tmp_path, name)
    put(tmp_path, file, text)
    assert fault(tmp_path, name) == ""
    assert "its settings allow another organisation" in fault(tmp_path, name, OTHER)


def test_gemini_is_bound_to_a_kind_of_login(tmp_path: Path) -> None:
    put(tmp_path, GEMINI, json.dumps({"security": {"auth": {"enforcedType": "vertex-ai"}}}))
    assert fault(tmp_path, "gemini-cli", "vertex-ai") == ""
    assert "another organisation" in fault(tmp_path, "gemini-cli", "oauth-personal")
    moved = fault(tmp_path, "gemini-cli", "vertex-ai", GEMINI_CLI_SYSTEM_SETTINGS_PATH="/tmp/mine")
    assert moved == "GEMINI_CLI_SYSTEM_SETTINGS_PATH is set, so that a user says which settings count"


@pytest.mark.parametrize("held", ["our-org", '["our-org"', '["our-org", NaN]', '{"our-org": true}', [], [7], "[]"])
def test_what_vs_code_takes_for_no_list_binds_nothing(tmp_path: Path, held: object) -> None:
    """VS Code parses a text as JSON, and asks nobody's account where that is no list of names."""
    put(tmp_path, VSCODE, json.dumps({"ChatApprovedAccountOrganizations": held}))
    assert "no settings bind its login" in fault(tmp_path, "copilot", "our-org")


def test_organisations_of_github_are_the_same_in_upper_case(tmp_path: Path) -> None:
    put(tmp_path, VSCODE, json.dumps({"ChatApprovedAccountOrganizations": ["Our-Org "]}))
    assert fault(tmp_path, "copilot", "our-ORG") == ""
    put(tmp_path, VSCODE, json.dumps({"ChatApprovedAccountOrganizations": ["our-org", "*"]}))
    assert "its settings allow another organisation" in fault(tmp_path, "copilot", "our-org")
    put(tmp_path, CLAUDE, json.dumps({"forceLoginOrgUUID": "abc"}))
    assert "another organisation" in fault(tmp_path, "claude-code", "ABC")


@pytest.mark.parametrize("coding", ["utf-8", "utf-16", "latin-1"])
def test_what_the_tools_own_parsers_refuse_binds_nothing(tmp_path: Path, coding: str) -> None:
    """They read UTF-8, and numbers that JSON has."""
    more = {"utf-8": "NaN", "utf-16": "1", "latin-1": '"\xe4"'}[coding]
    file = put(tmp_path, CLAUDE, "")
    file.write_bytes(f'{{"forceLoginOrgUUID": "{OURS}", "more": {more}}}'.encode(coding))
    assert fault(tmp_path, "claude-code").endswith("isn't valid")


def test_a_folder_in_which_others_can_replace_the_file_binds_nothing(tmp_path: Path) -> None:
    file = put(tmp_path, CLAUDE, json.dumps({"forceLoginOrgUUID": OURS}))
    file.parent.chmod(0o777)
    assert fault(tmp_path, "claude-code").endswith("can be changed by others than root")
    file.parent.chmod(0o755)
    assert fault(tmp_path, "claude-code") == ""
    elsewhere = put(tmp_path, "/open/settings.json", file.read_text())
    elsewhere.parent.chmod(0o777)
    file.unlink()
    file.symlink_to(elsewhere)
    assert fault(tmp_path, "claude-code").endswith("can be changed by others than root")


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"forceLoginOrgUUID": []}', '{"forceLoginOrgUUID": 7}', '{"env": {"forceLoginOrgUUID": "x"}}',
     "[" * 100_000],
)  # fmt: skip
def test_settings_that_say_nothing_bind_nothing(tmp_path: Path, text: str) -> None:
    put(tmp_path, CLAUDE, text)
    assert fault(tmp_path, "claude-code")


def test_one_more_organisation_in_any_file_is_another(tmp_path: Path) -> None:
    put(tmp_path, CLAUDE, json.dumps({"forceLoginOrgUUID": OURS}))
    put(tmp_path, "/etc/claude-code/managed-settings.d/99.json", json.dumps({"forceLoginOrgUUID": [OURS, OTHER]}))
    assert "another organisation" in fault(tmp_path, "claude-code")
    assert fault(tmp_path, "claude-code", OURS, OTHER) == ""


@pytest.mark.parametrize(
    "methods", ["", 'allowed_login_methods = ["chatgpt", "api"]\n', 'forced_login_method = "api"\n']
)
def test_a_workspace_binds_nobody_who_may_use_a_key(tmp_path: Path, methods: str) -> None:
    put(tmp_path, CODEX, f'{methods}allowed_chatgpt_workspaces = ["{OURS}"]\n')
    assert fault(tmp_path, "codex").startswith("other logins are allowed")


@pytest.mark.parametrize("mode", [0o664, 0o646])
def test_settings_that_others_can_change_bind_nothing(tmp_path: Path, mode: int) -> None:
    put(tmp_path, CLAUDE, json.dumps({"forceLoginOrgUUID": OURS})).chmod(mode)
    assert fault(tmp_path, "claude-code") == f"{tmp_path}{CLAUDE} can be changed by others than root"


def test_without_a_home_no_file_of_the_current_folder_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, ".cursor/policy.json", json.dumps({"AllowedTeamId": OURS}))
    monkeypatch.chdir(tmp_path)
    assert "no settings bind its login" in find_tool_fault("cursor", frozenset({OURS}), {"HOME": ""}, str(tmp_path))


def test_no_value_is_shown(tmp_path: Path) -> None:
    put(tmp_path, CLAUDE, json.dumps({"forceLoginOrgUUID": OTHER, "apiKeyHelper": "secret"}))
    said = fault(tmp_path, "claude-code")
    assert said
    assert OTHER not in said
    assert OURS not in said
    assert "secret" not in said
