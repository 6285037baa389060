"""Each ready policy does what its first line says, once it is named in the server's configuration."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from conftest import SHARE_LINK, TRAILER, Work, kept
from ringfence.commands.policy import READY
from rules.conftest import ME

GPT = "Assisted-by: GPT-5.2 via Crush <crush@charm.land>"


@pytest.fixture
def ready(server: Work, clone: Work, tmp_path: Path):
    """Put a ready policy in force on the server, with some of its text changed, for a tag."""

    def put(name: str, tag: str = "", changed: tuple[str, str] = ("", "")) -> None:
        text = clone.ringfence("policy", "ready", name).out
        assert changed[0] in text
        (tmp_path / f"{name}.toml").write_text(text.replace(*changed) if changed[0] else text)
        server.did("config", "ringfence.policy", str(tmp_path / f"{name}.toml"))
        server.did("config", "--unset-all", "ringfence.tag")
        if tag:
            server.tag(tag)

    return put


@pytest.mark.parametrize("name", READY)
def test_a_ready_policy_is_right(clone: Work, name: str) -> None:
    clone.write("policy.toml", clone.ringfence("policy", "ready", name).out)
    assert clone.ringfence("policy", "check", "policy.toml")


def test_rival_output_stays_out_of_training_data(clone: Work, ready) -> None:
    ready("training-data", "training-data")
    clone.commit("Add rows", files={"rows.md": SHARE_LINK})
    assert "refused, 1 mark of rival AI tools (training-data)" in clone.git("push", "origin", "main").out


def test_what_cant_be_read_stays_out_of_training_data(clone: Work, ready) -> None:
    ready("training-data", "training-data")
    clone.commit("Add rows", files={"rows.7z": b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(64)})
    assert "refused as incomplete" in clone.git("push", "origin", "main").out


@pytest.mark.parametrize("tag", ["eval", "benchmark"])
def test_even_the_sign_of_a_rival_tool_stays_out_of_evaluations(clone: Work, ready, tag: str) -> None:
    ready("eval", tag)
    clone.commit("Add settings", files={".codex/config.toml": "model = 1\n"})
    assert f"refused, 2 marks of rival AI tools ({tag})" in clone.git("push", "origin", "main").out


def test_an_agents_account_stays_out_of_the_clean_room_whatever_it_pushes(clone: Work, ready) -> None:
    ready("clean-room", "clean-room", ('"*agent*"', f'"{ME}"'))
    clone.commit("Add a clean row\n\nProvenance: human")
    clone.git("push", "origin", "main").assert_refused("[agent-account]")


@pytest.mark.usefixtures("book")
def test_nobody_pushes_past_the_gate_of_the_clean_room_by_hand(clone: Work, server: Work, ready) -> None:
    server.did("config", "receive.advertisePushOptions", "true")
    ready("clean-room", "clean-room")
    clone.commit(f"Add rows\n\n{TRAILER}")
    assert "may not waive findings." in clone.git("push", "-o", "ringfence.waive=INC-3", "origin", "main").out


def test_in_ordinary_repositories_rival_tools_are_fine_and_recorded(clone: Work, book: Path, ready) -> None:
    ready("ordinary")
    first = clone.commit(f"Add a page\n\n{TRAILER}")
    second = clone.commit(f"Add another\n\n{GPT}", files={"a.gz": b"\x1f\x8b\x08\x00"})
    said = clone.git("push", "-q", "origin", "main")
    assert (said.status, said.out) == (0, "")
    [entry] = kept(book)
    assert sorted(entry["body"]["commits"]) == sorted([first, second])
    connection = sqlite3.connect(book)
    rows = set(connection.execute('SELECT "commit", vendor, account, evidence, action FROM findings'))
    connection.close()
    assert (first, "anthropic", "noreply@anthropic.com", "declared", "record") in rows
    assert {row[0] for row in rows} == {first, second}
    assert {(item["model"], item["model_vendor"]) for item in entry["body"]["findings"] if item["model"]} == {
        ("GPT-5.2", "openai")
    }


def test_a_stricter_tag_of_an_ordinary_repository_still_refuses(clone: Work, ready) -> None:
    ready("ordinary", "eval")
    clone.commit(f"Add rows\n\n{TRAILER}")
    assert "refused, 1 mark of rival AI tools" in clone.git("push", "origin", "main").out


@pytest.mark.parametrize("page", ["safeguards.md", "security.md", "data.md"])
def test_every_promise_of_a_page_is_shown_by_a_test_that_exists(page: str) -> None:
    top = Path(__file__).parents[2]
    named = set(re.findall(r"`(test_\w+)`", (top / "docs" / page).read_text()))
    held = {
        name for path in (top / "tests").rglob("test_*.py") for name in re.findall(r"def (test_\w+)", path.read_text())
    }
    assert named
    assert named - held == set()
