"""People, plain bots, and code and talk about tools: nothing here may be refused."""

from __future__ import annotations

import pytest

from markers.conftest import Judge

GIVEN = ("Aider", "Claude", "Cody", "Devin", "Gemini", "Jules", "Junie", "Kimi", "Roo", "Cline", "Amp")
PEOPLE = [
    *(f"{name} Example <{name.lower()}@example.org>" for name in GIVEN),
    *(f"{name} <{name.lower()}@example.org>" for name in GIVEN),
    *(f"Example {name} <{name.lower()}.example@example.org>" for name in GIVEN),
    "Jean-Claude Exemple <jc@example.fr>",
    "Claudette Exemple <claudette@example.fr>",
    "Morgan Sonnet <sonnet@example.org>",
    "Travis Cline <travis@example.org>",
    "Codex <reader@example.org>",
    "openhands <hands@example.org>",
    "Ai Sato <ai@example.jp>",
    "Manus Example <manus@example.org>",
    "Ann Example <ann@users.noreply.github.com>",
    "claude <81847+claude@users.noreply.github.com>",
    "Ann Example <ann+claude@example.org>",
    "Ann Example <devin.ai@ann.example.org>",
    "Claude Botha <claude@botha.example.org>",
    "Gemini Assistent <g@example.nl>",
    "Mistral Example <mistral@example.fr>",
    "Llama Example <llama@example.org>",
    "Ollie Ama <ollama@example.org>",
    "Leonardo Example <leonardo@example.it>",
    "Cursor Example <cursor.example@cursor.com>",
    "Ann Example <12345678+codex-fan@users.noreply.github.com>",
    "sweepbot <12345678+sweepbot@users.noreply.github.com>",
]
EMPLOYEES = [
    f"Ann Example <ann@{domain}>"
    for domain in (
        "anthropic.com", "openai.com", "google.com", "github.com", "microsoft.com", "cursor.com", "cognition.ai",
        "all-hands.dev", "roocode.com", "cline.bot", "kilocode.ai", "sourcegraph.com", "ampcode.com", "charm.land",
        "aider.chat", "opencode.ai", "block.xyz", "mistral.ai", "x.ai", "amazon.com", "alibabacloud.com", "kimi.com",
        "deepseek.com", "zhipuai.cn", "minimaxi.com", "bytedance.com", "jetbrains.com", "replit.com", "vercel.com",
        "warp.dev", "augmentcode.com", "windsurf.com", "tabnine.com", "pi.dev", "letta.com", "ruv.net",
    )
]  # fmt: skip
BOTS = [
    "dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>",
    "renovate[bot] <29139614+renovate[bot]@users.noreply.github.com>",
    "github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>",
    "pre-commit-ci[bot] <66853113+pre-commit-ci[bot]@users.noreply.github.com>",
    "gemini-cli-robot <gemini-cli-robot@google.com>",
]


@pytest.mark.parametrize("who", [*PEOPLE, *EMPLOYEES, *BOTS])
def test_people_staff_and_plain_bots_pass_wherever_they_are_named(who: str, judge: Judge) -> None:
    refused = [part for part in ("author", "committer", "tagger") if judge.refuses(part, who)]
    keys = ("Co-authored-by", "Signed-off-by", "Reviewed-by", "Assisted-by", "Reported-by", "Cc")
    assert refused + [key for key in keys if judge.refuses("message", f"Fix\n\n{key}: {who}\n")] == []


@pytest.mark.parametrize(
    "message",
    [
        "Bump @anthropic-ai/sdk from 0.60.0 to 0.61.0",
        "chore(deps): update dependency openai to v6.2.1",
        "build(deps-dev): bump google-genai from 1.2 to 1.3\n\nSigned-off-by: dependabot[bot] <support@github.com>",
        "Update anthropic requirement from >=0.40 to >=0.50\n\n- Release notes: https://github.com/anthropics/x",
        "Add claude-opus-4-7 and gpt-5.5 to the table of models",
        "Drop support for text-davinci-003",
        "Connect to the host devin over ssh",
        "Ask Claude in accounting for the new table",
        "Thanks to Jules and Devin for the review",
        "Written by Claude Dupont in 1998",
        "This patch was written by Claude and me on the train",
        "The Gemini mission's data is read in order",
        "Move the copilot's seat in the cockpit model",
        "Let the cursor stay where it was made visible",
        "docs: say that commits with `Co-authored-by: Claude <…>` are refused",
        "Remove the line that says Generated with Claude Code from the template",
        "Detect text that starts with as an AI language model",
        "AI usage: none",
        "AI-assisted: no",
        "AI disclosure: no part was written by ChatGPT",
        "We used GPT partitions to test the writer",
        "Read gemini and glm files\n\nThe GLM is a linear model.",
        "Used a cursor for this query",
        "Using cursor to read the rows in order",
        "Claude helped with the move to the new office",
        "Devin assisted",
        "Jules was used to writing it so",
        "Copilot was used to the old seat",
        "Applied the suggestion of Codex Example",
        "Accepted Claude's suggestion",
        "This PR adds AI-generated text to the list of filters",
        "This change isn't AI assisted",
        "The prompts were written by Ann",
        "Images are made by the painter Leonardo",
        "Draw ideograms with the new font",
        "Video generated with the runway's cameras",
        "Generated with v0 of the schema",
        "Refactor the parser (via Ann)",
        "- [x] Ann was used to this",
        "- [x] AI wasn't used in this PR",
        "Say in which year AI was used in games",
        "sd-2 was written with care",
    ],
)
def test_talk_about_tools_and_models_passes(message: str, judge: Judge) -> None:
    assert not judge.refuses("message", message + "\n")


@pytest.mark.parametrize(
    "name", ["devin/fix-logs", "feat/jules-detection", "claude-monet/lilies", "max/remove-claude-bias", "cursor-blink",
             "revert-7-claude/issue-42", "codex-sinaiticus", "sweep/lint", "v0/api", "junie", "worktree-fix",
             "sweep/dead_code"],
)  # fmt: skip
def test_branches_of_people_pass(name: str, judge: Judge) -> None:
    assert not judge.refuses("ref", name)


@pytest.mark.parametrize(
    "code",
    [
        'import anthropic\n\nclient = anthropic.Anthropic()\nclient.messages.create(model="claude-opus-4-7")\n',
        'reply = client.responses.create(model="gpt-5.5", input=text)\nprint(reply.id)\n',
        'headers = {"OpenAI-Organization": org, "OpenAI-Beta": "assistants=v2"}\n',
        'log(reply.headers["openai-processing-ms"], reply.headers.get("mistral-correlation-id"))\n',
        'SECRET_HEADERS = ["openai-organization", "x-amzn-bedrock-input-token-count", "anthropic-organization-id"]\n',
        'assert answer["object"] == "chat.completion"\nassert answer["id"].startswith("chatcmpl-")\n',
        "base_url: https://api.openai.com/v1\nmodel: gpt-5.5\n",
        "routes:\n  - id: llm\n    uri: https://api.anthropic.com\n",
        'fetch("https://api.mistral.ai/v1/chat/completions", {"method": "POST"})\n',
        "class Choice(BaseModel):\n    content_filter_results: dict | None\n    x_groq: XGroq | None\n",
        'TOOL_ID = re.compile(r"toolu_[A-Za-z0-9]+")\nPREFIXES = ("msg_01", "resp_", "call_", "fp_")\n',
        "pip install openai anthropic google-genai mistralai cohere\n",
        "Set ANTHROPIC_API_KEY and run `claude`; Cursor and Copilot read AGENTS.md too.\n",
        'if "as an AI language model" in text.lower():\n    drop(text)\n',
        "The footnote[^1] and the regex [^0-9^] and [1] are plain.\n",
        "//  Created by Claude Dupont on 2019-03-11.\n",
        "# SPDX-FileContributor: Claude Dupont <claude@example.fr>\n",
        "/* @generated by protoc */\n",
        "# Generated by ChatGPT filters and kept for the test\n",
        'HEADERS = ["Generated by ChatGPT", "Written by GPT-4"]\n',
        '"author": "Ann Example, on ChatGPT"\n',
    ],
)
def test_client_code_and_docs_about_tools_pass(code: str, judge: Judge) -> None:
    assert not judge.refuses("content", code)


@pytest.mark.parametrize(
    "path",
    [
        "CLAUDE.md",
        "AGENTS.md",
        ".cursorrules",
        ".github/copilot-instructions.md",
        ".mcp.json",
        "tests/cassettes/test_x.yaml",
        "docs/context.md",
        "data/full.jsonl",
    ],
)
def test_instructions_and_settings_refuse_nothing(path: str, judge: Judge) -> None:
    assert not judge.refuses("path", path)


@pytest.mark.parametrize(
    "setting",
    [
        "ANTHROPIC_BASE_URL=https://x.example",
        "CODEX_HOME=/home/ann/.codex",
        "HOME=/home/jules",
        "GOOSE_PROVIDER=x",
        "COPILOT_MODEL=x",
        "CURSOR_TRACE_ID=1",
        "AI_AGENT=ours",
    ],
)
def test_a_persons_own_settings_and_terminals_refuse_nothing(setting: str, judge: Judge) -> None:
    assert not judge.refuses("environment", setting)
