"""The table of agents: how a transcript is recognised, and who reads it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from ....values import replace, value
from . import json_agents, sqlite_agents
from .base import Session, Transcript, UnreadTranscriptError, get_path, iter_lines, parse_json

if TYPE_CHECKING:
    from collections.abc import Callable

_SQLITE = b"SQLite format 3\0"
_HEAD = 64 << 10  # bytes in which a transcript shows whose it is
_LARGEST = 512 << 20  # bytes of a transcript, which is read into memory


@value
class Agent:
    """A coding agent: the vendor and the name of its product as in the catalogue, and the reader of its transcripts."""

    vendor: str
    product: str
    read: Callable[[bytes], Session]


_CLAUDE = Agent("anthropic", "Claude Code", json_agents.read_claude_code)
_CODEX = Agent("openai", "Codex", json_agents.read_codex)
_GEMINI = Agent("google", "Gemini CLI", json_agents.read_gemini)
_QWEN = Agent("alibaba", "Qwen Code", json_agents.read_qwen_code)
_COPILOT = Agent("github", "GitHub Copilot", json_agents.read_copilot)
_GEMINI_KEYS = (b'"sessionId"', b'"projectHash"', b'"messages"')
_PI = Agent("earendil", "pi", json_agents.read_pi)
_KIMI = Agent("moonshot", "Kimi", json_agents.read_kimi)
_VIBE = Agent("mistral", "Mistral Vibe", json_agents.read_vibe)


def read_transcript(path: str) -> Transcript:
    """Return the vendor, the product, and the sessions of a transcript.

    Raises:
        UnreadTranscriptError: It can't be read, or is no transcript of a known agent.
    """
    try:
        if os.path.getsize(path) > _LARGEST:
            raise UnreadTranscriptError(f"larger than {_LARGEST >> 20} MiB")
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise UnreadTranscriptError(error.strerror or "unreadable") from None
    if data.startswith(_SQLITE):
        return _read_database(path)
    vendor, product, sessions = parse_transcript(data)
    if product == _VIBE.product:
        sessions = [_add_metadata(session, os.path.dirname(path)) for session in sessions]
    return vendor, product, sessions


def _add_metadata(session: Session, folder: str) -> Session:
    """Add what Mistral Vibe keeps beside the folder of its journals: the session, where it works, and the model."""
    try:
        with open(os.path.join(os.path.dirname(os.path.abspath(folder)), "meta.json"), "rb") as file:
            about = parse_json(file.read(_LARGEST))
    except OSError:
        return session
    model = str(get_path(about, "config", "model_name") or "")
    return Session(
        str(get_path(about, "session_id") or ""),
        str(get_path(about, "environment", "working_directory") or ""),
        tuple(replace(write, model=model) for write in session.writes),
    )


def parse_transcript(data: bytes) -> Transcript:
    """Return the vendor, the product, and the sessions of a transcript that is no database.

    Raises:
        UnreadTranscriptError: It is no transcript of a known agent.
    """
    agent = _recognise(data)
    if agent is None:
        raise UnreadTranscriptError("not a transcript of a known agent")
    return agent.vendor, agent.product, [agent.read(data)]


def _read_database(path: str) -> Transcript:
    name = os.path.basename(path).lower()
    if "goose" in path.lower() or name == "sessions.db":
        return "block", "goose", sqlite_agents.read_goose(path)
    if name == "crush.db":
        return "charm", "Crush", sqlite_agents.read_crush(path)
    if "kilo" in name:
        return "kilo-code", "Kilo Code", sqlite_agents.read_opencode(path)
    return "anomaly", "opencode", sqlite_agents.read_opencode(path)


def _recognise(data: bytes) -> Agent | None:
    """Return whose transcript this is, by the keys of its first lines."""
    head = data[:_HEAD]
    rows = list(iter_lines(head[: head.rfind(b"\n") + 1] if len(data) > _HEAD else data))
    agent = next((agent for row in rows for is_its, agent in _SIGNS if is_its(row)), None)
    if agent is None and head.lstrip().startswith(b"{\n") and all(key in head for key in _GEMINI_KEYS):
        return _GEMINI  # one object on many lines, of which the head alone can't be parsed
    return agent


_SIGNS: tuple[tuple[Callable[[dict[str, Any]], bool], Agent], ...] = (
    (lambda row: row.get("type") == "session_meta" and "payload" in row, _CODEX),
    (lambda row: row.get("type") == "session.start" and "data" in row, _COPILOT),
    (lambda row: row.get("type") == "session" and "version" in row and "cwd" in row, _PI),
    (lambda row: row.get("type") == "metadata" and "protocol_version" in row, _KIMI),
    (lambda row: row.get("type") == "context.append_loop_event", _KIMI),
    (lambda row: "recovery_journal_record_version" in row and "payload" in row, _VIBE),
    (lambda row: "sessionId" in row and "projectHash" in row, _GEMINI),
    (lambda row: "toolCallResult" in row or isinstance(get_path(row, "message", "parts"), list), _QWEN),
    (lambda row: "sessionId" in row and isinstance(row.get("message"), dict) and "uuid" in row, _CLAUDE),
)
