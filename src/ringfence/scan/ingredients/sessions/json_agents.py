"""Readers of transcripts in JSON lines. Versions and structures are in docs/ingredients.md."""

from __future__ import annotations

from .base import Calls, Session, find_first, get_path, iter_dicts, iter_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_CODEX_DONE = "completed"


def read_claude_code(data: bytes) -> Session:
    """Claude Code: a result without `is_error`, whose `toolUseResult` is an object, means that the text was written."""
    rows, calls = list(iter_lines(data)), Calls()
    for row in rows:
        message = row.get("message")
        for block in iter_dicts(get_path(message, "content")):
            if block.get("type") == "tool_use":
                calls.add_call(str(block.get("id")), block.get("input"), get_path(message, "model") or "")
            is_result = block.get("type") == "tool_result" and isinstance(row.get("toolUseResult"), dict)
            if is_result and not block.get("is_error"):
                calls.add_success(str(block.get("tool_use_id")))
    return Session(find_first(rows, "sessionId"), find_first(rows, "cwd"), calls.list_writes())


def read_codex(data: bytes) -> Session:
    """Codex: only a `FileChange` item that is completed proves a write; a call says completed whatever happened."""
    rows, calls = list(iter_lines(data)), Calls()
    model = ""
    for row in rows:
        payload = row.get("payload")
        model = get_path(payload, "model") or model if row.get("type") == "turn_context" else model
        item = get_path(payload, "item")
        is_change = get_path(item, "type") == "FileChange" and get_path(item, "status") == _CODEX_DONE
        changes = get_path(item, "changes") if is_change else None
        for path, change in changes.items() if isinstance(changes, dict) else ():
            call = f"{get_path(item, 'id')}:{path}"
            if isinstance(get_path(change, "content"), str):
                calls.add_call(call, {"content": change["content"], "path": path}, model)
                calls.add_success(call)
            else:
                diff = get_path(change, "unified_diff") or get_path(change, "diff")
                calls.add_diff(call, path, diff if isinstance(diff, str) else "", model)
    folder = find_first(rows, "payload", "cwd")
    return Session(find_first(rows, "payload", "id"), folder, calls.list_writes())


def read_gemini(data: bytes) -> Session:
    """Gemini CLI: the last line of a message counts; a resumed session repeats old calls, without their status."""
    rows = list(iter_lines(data))
    messages: dict[str, dict[str, Any]] = {}
    for row in rows:
        for message in (row, *iter_dicts(row.get("messages"))):  # before 0.50 a session was one object
            if message.get("toolCalls"):
                messages[str(message.get("id"))] = message
    calls = Calls()
    for message in messages.values():
        for call in iter_dicts(message["toolCalls"]):
            if call.get("status") == "success":
                calls.add_call(str(call.get("id")), call.get("args"), str(message.get("model") or ""))
                calls.add_success(str(call.get("id")))
    return Session(find_first(rows, "sessionId"), "", calls.list_writes())


def read_qwen_code(data: bytes) -> Session:
    """Qwen Code: a `tool_result` with status success has the diff of what was written."""
    rows, calls = list(iter_lines(data)), Calls()
    model = ""
    for row in rows:
        model = row["model"] if isinstance(row.get("model"), str) else model
        result = row.get("toolCallResult")
        if get_path(result, "status") != "success":
            continue
        shown = get_path(result, "resultDisplay")
        diff, path = get_path(shown, "fileDiff"), get_path(shown, "fileName") or ""
        calls.add_diff(str(get_path(result, "callId") or row.get("uuid")), str(path), str(diff or ""), model)
    return Session(find_first(rows, "sessionId"), find_first(rows, "cwd"), calls.list_writes())


def read_copilot(data: bytes) -> Session:
    """Copilot CLI: `tool.execution_complete` says whether the call of the same id succeeded."""
    rows, calls = list(iter_lines(data)), Calls()
    for row in rows:
        facts = row.get("data")
        call = str(get_path(facts, "toolCallId"))
        if row.get("type") == "tool.execution_start":
            calls.add_call(call, get_path(facts, "arguments"), str(get_path(facts, "model") or ""))
        elif row.get("type") == "tool.execution_complete" and get_path(facts, "success") is True:
            calls.add_success(call)
    folder = find_first(rows, "data", "context", "cwd")
    return Session(find_first(rows, "data", "sessionId"), folder, calls.list_writes())


def read_pi(data: bytes) -> Session:
    """For pi and oh-my-pi: a message of role toolResult has `isError`; oh-my-pi puts a title in front of the header."""
    rows, calls = list(iter_lines(data)), Calls()
    for row in rows:
        message = row.get("message")
        for block in iter_dicts(get_path(message, "content")):
            if block.get("type") == "toolCall":
                model = get_path(message, "responseModel") or get_path(message, "model") or ""
                calls.add_call(str(block.get("id")), block.get("arguments"), model)
        if get_path(message, "role") == "toolResult" and get_path(message, "isError") is False:
            calls.add_success(str(get_path(message, "toolCallId")))
    header = [row for row in rows if row.get("type") == "session"]
    return Session(find_first(header, "id"), find_first(header, "cwd"), calls.list_writes())


def read_kimi(data: bytes) -> Session:
    """Kimi Code: a `tool.result` event without `isError` is a success; the model stands in `llm.request` lines."""
    rows, calls = list(iter_lines(data)), Calls()
    model = ""
    for row in rows:
        model = row["model"] if row.get("type") == "llm.request" and isinstance(row.get("model"), str) else model
        event = row.get("event") if row.get("type") == "context.append_loop_event" else None
        call = str(get_path(event, "toolCallId"))
        if get_path(event, "type") == "tool.call":
            calls.add_call(call, get_path(event, "args"), model)
        elif get_path(event, "type") == "tool.result" and not get_path(event, "result", "isError"):
            calls.add_success(call)
    return Session("", "", calls.list_writes())


def read_vibe(data: bytes) -> Session:
    """Mistral Vibe: an intent and its result, with the action's id; a failed edit's action may have succeeded."""
    calls = Calls()
    for row in iter_lines(data):
        payload = row.get("payload")
        action = str(get_path(payload, "action_id"))
        if row.get("type") == "action_intent":
            calls.add_call(action, get_path(payload, "request", "call", "arguments"))
        elif get_path(payload, "state") == "succeeded" and get_path(payload, "result", "result", "type") == "success":
            calls.add_success(action)
    return Session("", "", calls.list_writes())
