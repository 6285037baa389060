"""Every command that a message names can be typed where its reader is, and isn't a wrong one."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from conftest import SHARE_LINK, TRAILER, Said, Work

NAMED = re.compile(r"\b(ringfence (?:check|waive|declare|install|status)(?: (?!\()[^\s;]+)+)")


def type_all(said: Said, work: Work) -> list[str]:
    """Type each command of ours that a message names; return them."""
    lines = [line.partition("remote: ")[2] or line for line in said.out.splitlines()]
    found = [match for line in lines for match in NAMED.findall(line.rstrip())]
    for command in found:
        done = work.ringfence(*shlex.split(command)[1:])
        assert done.status not in (2, 70), f"{command}: {done.out}"
    return found


def test_a_servers_refusal_names_the_waiver_that_its_reader_can_draft(clone: Work) -> None:
    clone.commit(f"Add\n\n{TRAILER}")
    [command] = type_all(clone.git("push", "origin", "HEAD:main"), clone)
    drafted = clone.ringfence(*shlex.split(command)[1:])
    assert f'finding = "{command.split()[2]}"' in drafted.out


def test_what_a_long_report_leaves_out_can_be_listed(clone: Work) -> None:
    for number in range(23):
        clone.commit(f"Add {number}\n\nCo-authored-by: Claude {number} <noreply@anthropic.com>")
    said = clone.git("push", "origin", "HEAD:main")
    assert "ringfence check --all --format json" in type_all(said, clone)


def test_what_a_clients_hook_names(laptop: Work) -> None:
    for number in range(30):
        laptop.write(f"{number} it's/rows.txt", f"{number} {SHARE_LINK}\n")
    laptop.did("add", "-A")
    said = laptop.git("commit", "-m", "Add")
    said.assert_refused("ringfence pre-commit: refused", "… and 10 more")
    assert type_all(said, laptop) == ["ringfence check --staged --format json"]
    [shown] = re.findall(r"git restore --staged (.*)$", said.out, re.MULTILINE)
    assert laptop.git(*shlex.split(f"restore --staged {shown}"))


def test_the_path_of_a_provenance_entry_is_the_real_one(clone: Work, server: Work, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('version = 1\n[tag.training-data]\nprovenance = "block"\n')
    server.did("config", "ringfence.policy", str(policy))
    clone.commit(files={"rows of ours.txt": "rows\n"})
    said = clone.git("push", "origin", "HEAD:main")
    assert "ringfence declare 'rows of ours.txt'" in said.out
