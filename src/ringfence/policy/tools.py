"""The vendors' tools whose logins can be bound by settings that an administrator manages, and where each reads them.

Read from the newest packages and from the vendors' documentation; `seen` says which. Copilot's row is VS Code's: the
managed settings that Copilot CLI 1.0.102 shares with it (/etc/github-copilot/managed-settings.json) have no key for
that, by GitHub's reference as read on 2026-11-28.
"""

from __future__ import annotations

from ..values import value


@value
class Tool:
    """Where a tool's settings lie, and which keys bind its login.

    Attributes:
        vendor: The vendor's id.
        linux, macos: Files, with `*`; in a user's home with `~`.
        keys: What names the organisations: key paths with `.`, each a text, a list of texts, or a table of booleans.
        separator: What separates several names in a text; "" where a text is one.
        methods: Keys that restrict how one may log in, else an API key would do; () where `keys` refuse those too.
        method: What they must say, and no other.
        override: A variable by which a user moves the settings elsewhere, or "".
        covers: The only surface of the tool whose login the settings bind; "" for all.
        is_json: A text is a list in JSON, and binds nothing if it is none.
        is_caseless: Names of organisations are the same in upper and lower case.
        seen: Where this was read.
    """

    vendor: str
    linux: tuple[str, ...]
    macos: tuple[str, ...]
    keys: tuple[str, ...]
    separator: str = ""
    methods: tuple[str, ...] = ()
    method: str = ""
    override: str = ""
    covers: str = ""
    is_json: bool = False
    is_caseless: bool = False
    seen: str = ""


_CODEX = ("/etc/codex/requirements.toml", "/etc/codex/managed_config.toml")
_CLAUDE = "/Library/Application Support/ClaudeCode"
TOOLS = {
    "claude-code": Tool(
        "anthropic",
        ("/etc/claude-code/managed-settings.json", "/etc/claude-code/managed-settings.d/*.json"),
        (f"{_CLAUDE}/managed-settings.json", f"{_CLAUDE}/managed-settings.d/*.json"),
        ("forceLoginOrgUUID",),
        seen="npm @anthropic-ai/claude-code-linux-x64 2.1.332, 2026-11-28",
    ),
    "codex": Tool(
        "openai", _CODEX, _CODEX,
        ("allowed_chatgpt_workspaces", "forced_chatgpt_workspace_id"),
        methods=("allowed_login_methods", "forced_login_method"),
        method="chatgpt",
        seen="npm @openai/codex 0.171.0-linux-x64, 2026-11-28",
    ),
    "copilot": Tool(
        "github", ("/etc/vscode/policy.json",), (),
        ("ChatApprovedAccountOrganizations",),
        covers="VS Code",
        is_json=True,
        is_caseless=True,
        seen="microsoft/vscode, accountPolicyService.ts; VS Code 1.118 and later, 2026-11-28",
    ),
    "cursor": Tool(
        "anysphere", ("~/.cursor/policy.json",), (),
        ("AllowedTeamId",),
        separator=",",
        seen="cursor.com/docs/enterprise/deployment-patterns, Cursor 2.0 and later",
    ),
    "gemini-cli": Tool(
        "google",
        ("/etc/gemini-cli/settings.json",),
        ("/Library/Application Support/GeminiCli/settings.json",),
        ("security.auth.enforcedType",),
        override="GEMINI_CLI_SYSTEM_SETTINGS_PATH",
        seen="npm @google/gemini-cli 0.61.0, 2026-11-28",
    ),
}  # fmt: skip
