"""Transcripts of agents: what was written is recorded once, what failed isn't, and what can't be read is said."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from conftest import Work, init
from samples import FUNCTION, HUMAN

ONE, TWO = FUNCTION, HUMAN  # written; in an edit that failed
ID = "0a1b2c3d-0000-4000-8000-000000000000"


def lines(*rows: dict) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def claude_code() -> bytes:
    def line(kind: str, content: list, **more: object) -> dict:
        message = {"role": kind, "model": "claude-opus-4-5", "content": content}
        return {"type": kind, "uuid": "u", "sessionId": ID, "cwd": "/home/ann/pay", "message": message, **more}

    write = {
        "type": "tool_use",
        "id": "toolu_1",
        "name": "Write",
        "input": {"file_path": "/home/ann/pay/z.py", "content": ONE},
    }
    edit = {
        "type": "tool_use",
        "id": "toolu_2",
        "name": "Edit",
        "input": {"file_path": "b.py", "old_string": "x", "new_string": TWO},
    }
    result = {"type": "create", "filePath": "/home/ann/pay/z.py", "content": ONE, "originalFile": TWO}
    failed = {
        "type": "tool_result",
        "tool_use_id": "toolu_2",
        "is_error": True,
        "content": "String to replace not found",
    }
    return lines(
        line("assistant", [write]),
        line("user", [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "ok"}], toolUseResult=result),
        line("assistant", [edit]),
        line("user", [failed], toolUseResult="Error: String to replace not found"),
    )


def codex() -> bytes:
    patch = {"type": "function_call", "status": "completed", "arguments": json.dumps({"cmd": f"apply_patch {TWO}"})}
    change = {"/home/ann/pay/z.py": {"type": "add", "content": ONE}}
    item = {"type": "FileChange", "id": "item_1", "status": "completed", "changes": change}
    failed = {
        "type": "FileChange",
        "id": "item_2",
        "status": "failed",
        "changes": {"b.py": {"type": "add", "content": TWO}},
    }
    return lines(
        {"type": "session_meta", "payload": {"id": ID, "cwd": "/home/ann/pay"}},
        {"type": "turn_context", "payload": {"model": "gpt-5.3-codex"}},
        {"type": "response_item", "payload": patch},
        {"type": "event_msg", "payload": {"type": "item_completed", "item": item}},
        {"type": "event_msg", "payload": {"type": "item_completed", "item": failed}},
    )


def gemini() -> bytes:
    good = {"id": "c1", "name": "write_file", "status": "success", "args": {"file_path": "z.py", "content": ONE}}
    bad = {"id": "c2", "name": "replace", "status": "error", "args": {"file_path": "b.py", "new_string": TWO}}
    again = {"id": "m1", "content": [{"functionCall": {"name": "write_file", "args": {"content": ONE}}}]}
    return lines(
        {"sessionId": ID, "projectHash": "ab", "kind": "main"},
        {"id": "m1", "type": "gemini", "model": "gemini-3-pro"},
        {"id": "m1", "type": "gemini", "model": "gemini-3-pro", "toolCalls": [good, bad]},
        {"sessionId": ID, "projectHash": "ab", "kind": "main"},
        {"$set": {"messages": [again]}},
    )


def qwen_code() -> bytes:
    diff = "--- z.py\n+++ z.py\n@@ -0,0 +1,16 @@\n" + "".join(f"+{line}\n" for line in ONE.splitlines())
    shown = {"fileName": "z.py", "fileDiff": diff, "newContent": ONE + TWO}
    call = {"functionCall": {"id": "c2", "name": "edit", "args": {"new_string": TWO}}}
    return lines(
        {"uuid": "1", "sessionId": ID, "type": "assistant", "model": "qwen3-coder", "message": {"parts": [call]}},
        {
            "uuid": "2",
            "sessionId": ID,
            "type": "tool_result",
            "toolCallResult": {"callId": "c1", "status": "success", "resultDisplay": shown},
        },
        {"uuid": "3", "sessionId": ID, "type": "tool_result", "toolCallResult": {"callId": "c2", "status": "error"}},
    )


def copilot() -> bytes:
    def start(call: str, text: str) -> dict:
        facts = {"toolCallId": call, "toolName": "create", "arguments": {"path": "z.py", "file_text": text}}
        return {"type": "tool.execution_start", "data": {**facts, "model": "claude-sonnet-4.5"}}

    return lines(
        {"type": "session.start", "data": {"sessionId": ID, "context": {"cwd": "/home/ann/pay"}}},
        start("t1", ONE),
        {"type": "tool.execution_complete", "data": {"toolCallId": "t1", "success": True}},
        start("t2", TWO),
        {
            "type": "tool.execution_complete",
            "data": {"toolCallId": "t2", "success": False, "error": {"code": "failure"}},
        },
    )


def pi() -> bytes:
    def call(name: str, arguments: dict) -> dict:
        block = {"type": "toolCall", "id": name, "name": "write", "arguments": arguments}
        return {"type": "message", "id": "a", "message": {"role": "assistant", "model": "glm-4.6", "content": [block]}}

    def result(name: str, *, is_error: bool) -> dict:
        return {
            "type": "message",
            "id": "b",
            "message": {"role": "toolResult", "toolCallId": name, "isError": is_error, "content": []},
        }

    return lines(
        {"type": "session", "version": 3, "id": ID, "cwd": "/home/ann/pay"},
        call("w1", {"path": "z.py", "content": ONE}),
        result("w1", is_error=False),
        call("w2", {"path": "b.py", "edits": [{"oldText": "x", "newText": TWO}]}),
        result("w2", is_error=True),
    )


def kimi() -> bytes:
    def event(**facts: object) -> dict:
        return {"type": "context.append_loop_event", "event": facts}

    return lines(
        {"type": "metadata", "protocol_version": "1.4"},
        {"type": "llm.request", "model": "kimi-k2-turbo"},
        event(type="tool.call", toolCallId="c1", name="Write", args=json.dumps({"path": "z.py", "content": ONE})),
        event(type="tool.result", toolCallId="c1", result={"output": "ok"}),
        event(type="tool.call", toolCallId="c2", name="Edit", args={"path": "b.py", "new_string": TWO}),
        event(type="tool.result", toolCallId="c2", result={"output": "no", "isError": True}),
    )


def opencode(path: Path) -> None:
    def part(call: str, status: str, **arguments: str) -> str:
        return json.dumps({"type": "tool", "callID": call, "state": {"status": status, "input": arguments}})

    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE session(id TEXT, directory TEXT)")
        db.execute("CREATE TABLE message(id TEXT, session_id TEXT, data TEXT)")
        db.execute("CREATE TABLE part(id TEXT, message_id TEXT, session_id TEXT, data TEXT)")
        db.execute("INSERT INTO session VALUES ('s1', '/home/ann/pay')")
        db.execute("INSERT INTO message VALUES ('m1', 's1', ?)", (json.dumps({"modelID": "grok-code-fast-1"}),))
        rows = [
            ("p1", part("c1", "completed", filePath="z.py", content=ONE)),
            ("p2", part("c2", "error", newString=TWO)),
        ]
        db.executemany("INSERT INTO part VALUES (?, 'm1', 's1', ?)", rows)


def goose(path: Path) -> None:
    def request(call: str, **arguments: str) -> dict:
        return {"type": "toolRequest", "id": call, "toolCall": {"status": "success", "value": {"arguments": arguments}}}

    def response(call: str, *, is_error: bool) -> dict:
        return {"type": "toolResponse", "id": call, "toolResult": {"status": "success", "value": {"isError": is_error}}}

    contents = [
        [request("c1", path="z.py", content=ONE)], [response("c1", is_error=False)],
        [request("c2", path="b.py", before="x", after=TWO)], [response("c2", is_error=True)],
    ]  # fmt: skip
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE sessions(id TEXT, working_dir TEXT, model_config_json TEXT)")
        db.execute("CREATE TABLE messages(id INTEGER PRIMARY KEY, session_id TEXT, content_json TEXT)")
        db.execute("INSERT INTO sessions VALUES ('s1', '/home/ann/pay', ?)", (json.dumps({"model_name": "gpt-4o"}),))
        db.executemany(
            "INSERT INTO messages(session_id, content_json) VALUES ('s1', ?)",
            [(json.dumps(item),) for item in contents],
        )


def crush(path: Path) -> None:
    def call(name: str, **arguments: str) -> dict:
        return {"type": "tool_call", "data": {"id": name, "input": json.dumps(arguments), "finished": True}}

    def result(name: str, *, is_error: bool) -> dict:
        return {"type": "tool_result", "data": {"tool_call_id": name, "content": "said", "is_error": is_error}}

    parts = [
        [call("c1", file_path="z.py", content=ONE), call("c2", file_path="b.py", old_string="x", new_string=TWO)],
        [result("c1", is_error=False), result("c2", is_error=True)],
    ]
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE messages(id TEXT, session_id TEXT, parts TEXT, model TEXT)")
        db.execute("CREATE TABLE files(id TEXT, path TEXT, content TEXT)")
        db.execute("INSERT INTO files VALUES ('f1', 'b.py', ?)", (TWO,))  # as it was before, a person's
        db.executemany(
            "INSERT INTO messages VALUES ('m', 's1', ?, 'gpt-5.2')", [(json.dumps(message),) for message in parts]
        )


def vibe() -> bytes:
    def record(about: str, action: str, **more: object) -> dict:
        row = {"recovery_journal_record_version": 1, "type": about}
        return row | {"payload": {"action_id": action, **more}}

    def intent(action: str, **arguments: str) -> dict:
        return record("action_intent", action, kind="tool", request={"call": {"arguments": arguments}})

    return lines(
        intent("a1", file_path="/home/ann/pay/z.py", content=ONE),
        record("action_result", "a1", state="succeeded", result={"result": {"type": "success"}}),
        intent("a2", file_path="b.py", old_string="x", new_string=TWO),
        record("action_result", "a2", state="succeeded", result={"result": {"type": "failure"}}),
        intent("a3", file_path="b.py", content=TWO),
        record("action_result", "a3", state="failed", result=None),
    )


AGENTS: dict[str, tuple[str, Callable, str, str]] = {
    "Claude Code": (f"{ID}.jsonl", claude_code, "anthropic", "claude-opus-4-5"),
    "Codex": ("rollout.jsonl", codex, "openai", "gpt-5.3-codex"),
    "Gemini CLI": ("session.jsonl", gemini, "google", "gemini-3-pro"),
    "Qwen Code": ("chat.jsonl", qwen_code, "alibaba", "qwen3-coder"),
    "GitHub Copilot": ("events.jsonl", copilot, "github", "claude-sonnet-4.5"),
    "pi": ("pi.jsonl", pi, "earendil", "glm-4.6"),
    "Kimi": ("wire.jsonl", kimi, "moonshot", "kimi-k2-turbo"),
    "opencode": ("opencode.db", opencode, "anomaly", "grok-code-fast-1"),
    "Kilo Code": ("kilo.db", opencode, "kilo-code", "grok-code-fast-1"),
    "goose": ("sessions.db", goose, "block", "gpt-4o"),
    "Crush": ("crush.db", crush, "charm", "gpt-5.2"),
    "Mistral Vibe": ("journal/0000000000000001.jsonl", vibe, "mistral", "devstral-2"),
}
VIBES = {
    "session_id": ID,
    "config": {"model_name": "devstral-2"},
    "environment": {"working_directory": "/home/ann/pay"},
}


def write_transcript(folder: Path, agent: str) -> Path:
    name, build, _, _ = AGENTS[agent]
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    if agent == "Mistral Vibe":
        (folder / "meta.json").write_text(json.dumps(VIBES))
    if name.endswith(".db"):
        build(path)
    else:
        path.write_bytes(build())
    return path


@pytest.fixture
def work(tmp_path: Path) -> Work:
    work = init(tmp_path / "work")
    work.write("one.py", ONE + "\n")
    work.write("two.py", TWO + "\n")
    return work


@pytest.mark.parametrize("agent", AGENTS)
def test_what_was_written_is_recorded_and_what_failed_isnt(work: Work, tmp_path: Path, agent: str) -> None:
    transcript, index = write_transcript(tmp_path, agent), str(tmp_path / "index")
    said = work.ringfence("ingredients", "record", "--session", str(transcript), "--index", index)
    assert said, said.out
    assert "recorded 1 write, " in said.out
    found = work.ringfence("ingredients", "find", "--index", index, "one.py", "two.py")
    assert found.status == 1
    assert "one.py" in found.out
    assert agent in found.out
    assert "z.py, lines 1-16 (16 lines)" in found.out
    assert "two.py" not in found.out


@pytest.mark.parametrize("agent", AGENTS)
def test_a_session_names_vendor_and_model(work: Work, tmp_path: Path, agent: str) -> None:
    """The model's vendor counts beside the tool's: an approved tool may have asked a rival's model."""
    from ringfence.scan.ingredients.sources import SourceTable

    transcript, index = write_transcript(tmp_path, agent), str(tmp_path / "index")
    assert work.ringfence("ingredients", "record", "--session", str(transcript), "--index", index)
    (source,) = SourceTable(index).get([1]).values()
    assert (source.vendor, source.model, source.evidence) == (AGENTS[agent][2], AGENTS[agent][3], "session")
    assert source.model_vendor


def test_a_fork_and_a_second_run_record_nothing_twice(work: Work, tmp_path: Path) -> None:
    transcript, index = write_transcript(tmp_path, "Claude Code"), str(tmp_path / "index")
    fork = tmp_path / "fork.jsonl"
    fork.write_bytes(transcript.read_bytes().replace(ID.encode(), b"ffffffff-0000-4000-8000-000000000000"))
    said = work.ringfence(
        "ingredients", "record", "--session", str(transcript), "--session", str(fork), "--index", index
    )
    assert "recorded 1 write, " in said.out
    said = work.ringfence("ingredients", "record", "--session", str(transcript), "--index", index)
    assert "recorded 0 writes, 0 fingerprints, of 1 transcript" in said.out


def test_a_database_without_its_rows_is_unread(work: Work, tmp_path: Path) -> None:
    """With its -wal file left behind, a database has no table: that isn't the same as nothing written."""
    with closing(sqlite3.connect(tmp_path / "opencode.db")) as db:
        db.execute("PRAGMA user_version = 1")
    said = work.ringfence(
        "ingredients", "record", "--session", str(tmp_path / "opencode.db"), "--index", str(tmp_path / "i")
    )
    assert said.status == 3
    assert "it has no table part: keep its -wal file beside it" in said.out


@pytest.mark.parametrize("content", [b"", b"{}\n", b"hello\n", b"[" * 40_000 + b"\n", b'{"type": "session_meta"}\n'])
def test_what_is_no_transcript_is_said(work: Work, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "some.jsonl"
    path.write_bytes(content)
    said = work.ringfence("ingredients", "record", "--session", str(path), "--index", str(tmp_path / "i"))
    assert said.status == 3
    assert "not a transcript of a known agent" in said.out


def test_a_session_that_is_running_is_read_up_to_its_last_line(work: Work, tmp_path: Path) -> None:
    path = tmp_path / "running.jsonl"
    path.write_bytes(claude_code() + b'{"type": "assistant", "mess')
    said = work.ringfence("ingredients", "record", "--session", str(path), "--index", str(tmp_path / "i"))
    assert "recorded 1 write, " in said.out


def write_checkpoints(work: Work, **files: bytes) -> None:
    """Commit transcripts to the branch of Entire, `id_N` for a checkpoint's folder."""
    work.did("checkout", "-q", "--orphan", "entire/checkpoints/v1")
    work.did("read-tree", "--empty")
    for name, content in files.items():
        checkpoint, _, number = name.partition("_")
        work.write(f"{checkpoint[:2]}/{checkpoint[2:]}/{number}/full.jsonl", content)
        work.did("add", "-f", f"{checkpoint[:2]}")
    work.did("-c", "core.hooksPath=/dev/null", "commit", "-qm", "Checkpoint")


def test_transcripts_on_entires_branch_are_recorded_once(work: Work, tmp_path: Path) -> None:
    transcript, index = write_transcript(tmp_path, "Claude Code").read_bytes(), str(tmp_path / "index")
    grown = transcript + b'{"type":"summary","summary":"Done"}\n'
    write_checkpoints(work, ab0123456789_0=transcript, ab0123456789_1=grown)
    record = ("ingredients", "record", "--all", "--index", index, "--name", "payments")
    said = work.ringfence(*record)
    assert said, said.out
    assert "1 write, " in said.out
    assert "of 2 transcripts of Entire's checkpoints" in said.out
    found = work.ringfence("ingredients", "find", "--index", index, "one.py")
    assert "payments, session " in found.out
    assert "z.py, lines 1-16 (16 lines), Claude Code" in found.out
    assert "Entire's checkpoints" not in work.ringfence(*record).out
    assert work.ringfence("ingredients", "forget", "--repository", "payments", "--index", index)
    assert work.ringfence("ingredients", "find", "--index", index, "one.py").out == ""


def test_a_transcript_on_entires_branch_that_cant_be_read_is_said(work: Work, tmp_path: Path) -> None:
    write_checkpoints(work, ab0123456789_0=b'{"type": "unknown"}\n')
    said = work.ringfence("ingredients", "record", "--all", "--index", str(tmp_path / "index"))
    assert said.status == 3
    assert "ab/0123456789/0/full.jsonl: not a transcript of a known agent" in said.out


def test_a_transcript_of_gemini_is_known_also_on_many_lines(work: Work, tmp_path: Path) -> None:
    """Before 0.50 a session was one object, and Entire writes it indented."""
    path = tmp_path / "session.json"
    call = {"id": "c1", "name": "write_file", "status": "success", "args": {"file_path": "z.py", "content": ONE}}
    messages = [{"id": "m1", "type": "gemini", "content": "x" * 70_000, "toolCalls": [call]}]
    path.write_text(json.dumps({"sessionId": ID, "projectHash": "ab", "messages": messages}, indent=2))
    assert path.stat().st_size > 64 << 10
    said = work.ringfence("ingredients", "record", "--session", str(path), "--index", str(tmp_path / "index"))
    assert "recorded 1 write, " in said.out, said.out
