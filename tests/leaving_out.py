"""pytest's side of `needs.py`: tests whose need isn't here are skipped, and each need is told once, at the end.

A test or a parameter says what it needs by `@pytest.mark.needs("gitolite", …)`. In CI a test that is left out, for
whatever reason, fails the run. Counts come from the reports, which pytest-xdist hands to its controller.
"""

from __future__ import annotations

from collections import Counter

import pytest

import needs

_OF_NEED = "left out for"
_skipped: Counter[str] = Counter()  # closing lines, with the number of tests still to be put in


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Look whether all needs are in the table, and make `long` what needs something that only `make test-slow` gets."""
    for item in items:
        for name in _needs(item):
            if name not in needs.NEEDS:
                raise pytest.UsageError(f"{item.nodeid} needs {name}, which tests/needs.py doesn't list")
            if needs.NEEDS[name].stage == "long" and not item.get_closest_marker("long"):
                item.add_marker("long")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave a test out before any fixture is made for it."""
    missing = [name for name in _needs(item) if needs.lacks(name)]
    if missing:
        item.user_properties.append((_OF_NEED, " ".join(missing)))
        pytest.skip(f"needs {', '.join(missing)}")


def _needs(item: pytest.Item) -> list[str]:
    return list(dict.fromkeys(name for mark in item.iter_markers("needs") for name in mark.args))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count what was left out, by its reason."""
    if not report.skipped or hasattr(report, "wasxfail"):
        return
    missing = dict(report.user_properties).get(_OF_NEED)
    if missing:
        for name in str(missing).split():
            title = needs.NEEDS[name].title or name
            _skipped[f" of {title} {{}} left out: {needs.lacks(name)}"] += 1
    else:
        told = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        _skipped[f" {{}} left out: {told.removeprefix('Skipped: ')}"] += 1


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail the run where CI leaves something out."""
    if _skipped and needs.IN_CI and exitstatus == pytest.ExitCode.OK and not hasattr(session.config, "workerinput"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell each reason in one line."""
    for line, count in sorted(_skipped.items()):
        subject = f"{count} test{'s' * (count > 1)}"
        terminalreporter.write_line(subject + line.format("were" if count > 1 else "was"), yellow=True)
    if _skipped and needs.IN_CI:
        terminalreporter.write_line("In CI no test may be left out: this run fails.", red=True)
