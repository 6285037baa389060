"""`ringfence check --staged` without the command line's parser, whose imports take longer than the check.

Only what is clean ends here. Where there is anything else to tell, the command line does it all again.
"""

from __future__ import annotations

from .error_handler import exit_process
from .errors import ExitCode


def main() -> None:
    """Judge what is staged; print the verdict and exit if it is clean, else return."""
    try:
        report = _check_staged()
    except KeyboardInterrupt:
        exit_process(ExitCode.INTERRUPTED)
    except Exception:  # noqa: BLE001 - the command line meets it again, and reports it
        return
    if report:
        import sys

        sys.stdout.write(report)
        exit_process(ExitCode.ALLOWED)


def _check_staged() -> str:
    """Return the report of a clean verdict, else ""."""
    from .gate.local import check_staged
    from .git.repo import Repo
    from .repository import Repository

    repository = Repository(Repo(), outside=True)
    verdict = check_staged(repository) if repository.is_in_git else None
    if verdict is None or verdict.findings or verdict.unread or verdict.notice or verdict.exit_code:
        return ""
    from .reports.colour import colour_report, uses_colour
    from .reports.text import render

    return colour_report(render(verdict)) if uses_colour() else render(verdict)
