"""Readers of transcripts in SQLite. The newest rows may be only in the -wal file beside it, which SQLite reads too."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import Any

from .base import Calls, Session, UnreadTranscriptError, get_path, iter_dicts, parse_json


def read_opencode(path: str) -> list[Session]:
    """For opencode and Kilo: rows of `part` with a tool's input, and its status in the same row."""
    with closing(_open(path, "part")) as db:
        models = {
            row[0]: str(get_path(parse_json(row[1]), "modelID") or "")
            for row in db.execute("SELECT id, data FROM message")
        }
        sessions: dict[str, Calls] = {}
        for session, message, text in db.execute("SELECT session_id, message_id, data FROM part ORDER BY rowid"):
            part = parse_json(text)
            if get_path(part, "state", "status") == "completed":
                call = str(get_path(part, "callID"))
                calls = sessions.setdefault(str(session), Calls())
                calls.add_call(call, get_path(part, "state", "input"), models.get(message, ""))
                calls.add_success(call)
        folders = _read_column(db, "session", "directory")
    return [Session(name, folders.get(name, ""), calls.list_writes()) for name, calls in sessions.items()]


def read_goose(path: str) -> list[Session]:
    """goose: a response with the id of the request; `status` says success for a failed edit too, `isError` doesn't."""
    with closing(_open(path, "messages")) as db:
        sessions: dict[str, Calls] = {}
        models = {
            name: str(get_path(parse_json(text), "model_name") or "")
            for name, text in _read_column(db, "sessions", "model_config_json").items()
        }
        for session, text in db.execute("SELECT session_id, content_json FROM messages ORDER BY rowid"):
            calls = sessions.setdefault(str(session), Calls())
            for item in iter_dicts(parse_json(text)):
                call = str(item.get("id"))
                calls.add_call(call, get_path(item, "toolCall", "value", "arguments"), models.get(str(session), ""))
                result = get_path(item, "toolResult", "value")
                if isinstance(result, dict) and not result.get("isError"):
                    calls.add_success(call)
        folders = _read_column(db, "sessions", "working_dir")
    return [Session(name, folders.get(name, ""), calls.list_writes()) for name, calls in sessions.items()]


def read_crush(path: str) -> list[Session]:
    """Crush: parts of messages, a result with the id of its call; the database lies in a folder of the project."""
    with closing(_open(path, "messages")) as db:
        sessions: dict[str, Calls] = {}
        for session, model, text in db.execute("SELECT session_id, model, parts FROM messages ORDER BY rowid"):
            calls = sessions.setdefault(str(session), Calls())
            for part in iter_dicts(parse_json(text)):
                kind, data = part.get("type"), part.get("data")
                if kind == "tool_call":
                    calls.add_call(str(get_path(data, "id")), get_path(data, "input"), str(model or ""))
                elif kind == "tool_result" and not get_path(data, "is_error"):
                    calls.add_success(str(get_path(data, "tool_call_id")))
    folder = os.path.dirname(os.path.abspath(path))
    project = os.path.dirname(folder) if os.path.basename(folder) == ".crush" else ""
    return [Session(name, project, calls.list_writes()) for name, calls in sessions.items()]


def _open(path: str, table: str) -> sqlite3.Connection:
    """Open a database for reading.

    Raises:
        UnreadTranscriptError: It isn't one, or lacks the table: then its rows are in a -wal file that isn't here.
    """
    try:
        db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error as error:
        raise UnreadTranscriptError(f"not a database that can be read: {error}") from None
    if table not in tables:
        db.close()
        raise UnreadTranscriptError(f"it has no table {table}: keep its -wal file beside it")
    return db


def _read_column(db: sqlite3.Connection, table: str, column: str) -> dict[str, Any]:
    """Return a column of a table by id; {} where this version has none."""
    try:
        return {str(name): str(text or "") for name, text in db.execute(f"SELECT id, {column} FROM {table}")}  # noqa: S608 - constants
    except sqlite3.Error:
        return {}
