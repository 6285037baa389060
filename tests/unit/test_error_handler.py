"""Errors as messages and exit codes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from ringfence import error_handler
from ringfence.errors import PolicyError

REFUSED = "  Refused because of this error, not because of what was found.\n"


@pytest.fixture(autouse=True)
def _no_prefix() -> Iterator[None]:
    yield
    error_handler.set_message_prefix("")


def fail(error: BaseException) -> int:
    raise error


def test_a_result_passes_through() -> None:
    assert error_handler.run_guarded(lambda: 3, is_hook=True) == 3


def test_an_error_of_ours_is_a_message_with_advice(capsys: pytest.CaptureFixture[str]) -> None:
    assert error_handler.run_guarded(lambda: fail(PolicyError("bad policy.", "Mend it.")), is_hook=True) == 4
    assert capsys.readouterr().err == f"ringfence: bad policy.\n  Mend it.\n{REFUSED}"


def test_a_command_refuses_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert error_handler.run_guarded(lambda: fail(PolicyError("bad policy.")), is_hook=False) == 4
    assert capsys.readouterr().err == "ringfence: bad policy.\n"


def test_lack_of_memory_is_incomplete(capsys: pytest.CaptureFixture[str]) -> None:
    assert error_handler.run_guarded(lambda: fail(MemoryError()), is_hook=True) == 3
    assert capsys.readouterr().err == (
        f"ringfence: out of memory before everything was checked.\n  Run it where more memory is free.\n{REFUSED}"
    )


def test_any_other_error_is_a_bug_with_a_log_of_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert error_handler.run_guarded(lambda: fail(KeyError("the key")), is_hook=True) == 70
    first, second, third = capsys.readouterr().err.splitlines(keepends=True)
    assert (first, third) == ("ringfence: a fault of ringfence's own.\n", REFUSED)
    path = second.removeprefix("  Please report it with ").rstrip("\n")
    with open(path) as log:
        assert "KeyError: 'the key'" in log.read()


def test_each_line_gets_the_prefix(capsys: pytest.CaptureFixture[str]) -> None:
    error_handler.set_message_prefix("GL-HOOK-ERR: ")
    error_handler.print_message("one\ntwo")
    assert capsys.readouterr().err == "GL-HOOK-ERR: one\nGL-HOOK-ERR: two\n"


@pytest.mark.parametrize("closed", ["0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"])
def test_closed_streams_are_opened_before_pipes_get_their_descriptors(closed: str) -> None:
    code = (
        "import os; from ringfence import error_handler; error_handler.open_closed_streams();"
        "error_handler.exit_process(7 if min(os.pipe()) > 2 else 1)"
    )
    done = subprocess.run(["sh", "-c", f'exec "$0" -c "$1" {closed}', sys.executable, code], check=False)
    assert done.returncode == 7
