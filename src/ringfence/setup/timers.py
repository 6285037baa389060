"""What a server runs regularly, as units for systemd or as lines for cron."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Job:
    """A command to run regularly.

    Attributes:
        name: Of its units.
        purpose: What it is for, and what a failure of it means.
        command: Arguments of ringfence.
        calendar: When, for systemd.
        cron: When, for cron.
    """

    name: str
    purpose: str
    command: tuple[str, ...]
    calendar: str
    cron: str


def list_jobs(root: str, ledger: str) -> list[Job]:
    """Return the jobs of a server whose repositories lie below `root`; "" for `ledger` where none is kept."""
    jobs = [
        Job("ringfence-install", "the gate in new repositories, and policies compiled ahead",
            ("install", "--all", root), "*:0/30", "*/30 * * * *"),
        Job("ringfence-status", "fails where a repository has no gate, or a policy can't be used",
            ("status", "--all", root), "hourly", "7 * * * *"),
    ]  # fmt: skip
    if ledger:
        jobs += [
            Job("ringfence-ledger", "fails where the ledger was changed afterwards",
                ("ledger", "verify", "--ledger", ledger), "daily", "17 3 * * *"),
            Job("ringfence-stats", "what was refused, and what would have been",
                ("stats", "--ledger", ledger, "--since", "7d"), "weekly", "27 6 * * 1"),
        ]  # fmt: skip
    return jobs


def format_systemd(jobs: list[Job], user: str) -> Iterator[str]:
    """Yield the lines of a service and a timer for each job, each file behind a comment with its path."""
    for job in jobs:
        command = " ".join(_quote_systemd(word) for word in (*_find_program(), *job.command))
        yield from (f"# /etc/systemd/system/{job.name}.service", "[Unit]", f"Description=ringfence: {job.purpose}", "")
        yield from ("[Service]", "Type=oneshot", f"User={user}", f"ExecStart={command}", "")
        yield from (f"# /etc/systemd/system/{job.name}.timer", "[Unit]", f"Description=ringfence: {job.purpose}", "")
        yield from ("[Timer]", f"OnCalendar={job.calendar}", "RandomizedDelaySec=120", "Persistent=true", "")
        yield from ("[Install]", "WantedBy=timers.target", "")
    names = " ".join(f"{job.name}.timer" for job in jobs)
    yield f"# then: systemctl daemon-reload && systemctl enable --now {names}"


def format_cron(jobs: list[Job], user: str) -> Iterator[str]:
    """Yield the lines of a file for /etc/cron.d; cron mails what a command prints."""
    yield "# /etc/cron.d/ringfence"
    for job in jobs:
        command = " ".join(map(shlex.quote, (*_find_program(), *job.command)))
        yield f"# {job.purpose}"
        yield f"{job.cron} {user} {command}".replace("%", "\\%")  # in cron a bare `%` ends the command


def _find_program() -> tuple[str, ...]:
    return sys.executable, "-I", "-m", "ringfence"


def _quote_systemd(word: str) -> str:
    """Return a word as systemd reads it in ExecStart: `%` and `$` doubled, quoted where it has blanks or quotes."""
    text = word.replace("%", "%%").replace("$", "$$").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"' if text != word or " " in word or "'" in word else word
