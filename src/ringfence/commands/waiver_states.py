"""What `ringfence waive --check` says: which waivers hold, which have ended, and which nothing needs any more."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import typer

from ..audit.many import format_error, list_repositories
from ..check import waivers
from ..errors import ExitCode, RingfenceError
from ..gate import history
from ..git.repo import Repo
from ..repository import Repository, load_local_plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..check.waivers import Waiver
    from ..model import Verdict

_SHOWN = 5  # repositories that need a waiver


@dataclass(slots=True)
class State:
    """A waiver, and the repositories in which something needs it."""

    waiver: Waiver
    used_in: list[str] = field(default_factory=list)
    is_everywhere: bool = False  # the repositories are named

    @property
    def code(self) -> int:
        """The exit code that the waiver asks for: 4 invalid, 8 ended, 9 unneeded."""
        if self.waiver.fault:
            return ExitCode.ENDED if self.waiver.fault.startswith("it ended") else ExitCode.POLICY
        return ExitCode.ALLOWED if self.used_in else ExitCode.UNNEEDED

    def format(self) -> str:
        """Return the waiver's line."""
        item = self.waiver
        state = item.fault or ("valid" if self.used_in else "unused")
        name = item.finding or item.commit[:12]
        line = f"{name}  {item.tag}  {item.ticket}  until {item.until}: {state} ({item.origin})"
        if not (self.is_everywhere and self.used_in):
            return line
        more = f" and {len(self.used_in) - _SHOWN} more" if len(self.used_in) > _SHOWN else ""
        return f"{line}, in {', '.join(self.used_in[:_SHOWN])}{more}"


def check_repository(repository: Repository, verdict: Verdict | None) -> Iterator[State]:
    """Yield the waivers of a repository; `verdict` is that on its history, None where it has no commit."""
    plan = load_local_plan(repository)
    targets = [(item.fingerprint, item.commit) for item in verdict.findings] if verdict else []
    for item in waivers.load_waivers(plan) if plan else ():
        is_used = any(item.finding == mark or (item.commit and item.commit == commit) for mark, commit in targets)
        yield State(item, [repository.name] if is_used else [])


def check_everywhere(root: str) -> Iterator[State]:
    """Yield the waivers of all bare repositories below a folder, those of the policy once.

    A repository that can't be judged is named on stderr, and ends the check of its waivers.

    Raises:
        RingfenceError: The last error, after all others were judged.
    """
    states: dict[tuple[str, ...], State] = {}
    failure: RingfenceError | None = None
    for directory in list_repositories(root):
        try:
            for state in _check_directory(directory):
                item = state.waiver
                own = directory if item.origin.startswith("waivers.toml") else ""
                known = states.setdefault((own, item.finding, item.commit, item.tag, item.origin), state)
                known.is_everywhere = True
                if known is not state:
                    known.used_in += state.used_in
        except RingfenceError as error:
            typer.echo(f"ringfence: {directory}: {format_error(error)}", err=True)
            failure = error
    yield from states.values()
    if failure:
        raise failure


def _check_directory(directory: str) -> Iterator[State]:
    repository = Repository(Repo(directory), server=True)
    plan = load_local_plan(repository)
    if plan and plan.waivers:
        has_refs = bool(repository.repo.run("for-each-ref", "--count=1"))
        yield from check_repository(repository, history.check_history(repository) if has_refs else None)


def print_states(states: Iterator[State]) -> int:
    """Print a line for each waiver; return 4 if one is invalid, else 8 if one has ended, else 9 if one is unneeded."""
    codes = set()
    for state in states:
        typer.echo(state.format())
        codes.add(state.code)
    order = (ExitCode.POLICY, ExitCode.ENDED, ExitCode.UNNEEDED)
    return next((code for code in order if code in codes), ExitCode.ALLOWED)
