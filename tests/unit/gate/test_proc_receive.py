"""The proc-receive protocol, byte for byte."""

from __future__ import annotations

import io

import pytest

from ringfence.errors import GitError
from ringfence.gate import proc_receive

OLD, NEW = b"0" * 40, b"a" * 40


def pack(*lines: bytes) -> bytes:
    """Return lines as a section of pkt-lines."""
    return b"".join(b"%04x%s" % (len(line) + 4, line) for line in lines) + b"0000"


def test_a_request_with_push_options_is_read_and_answered() -> None:
    commands = [b"%s %s refs/heads/main\n" % (OLD, NEW), b"%s %s refs/heads/caf\xe9" % (NEW, OLD)]
    stdin = io.BytesIO(pack(b"version=1\0push-options atomic\n") + pack(*commands) + pack(b"ringfence.waive=X-1\n"))
    stdout = io.BytesIO()
    expected = b"%s %s refs/heads/main\n%s %s refs/heads/caf\xe9\n" % (OLD, NEW, NEW, OLD)
    assert proc_receive.read_request(stdin, stdout) == (expected, ["ringfence.waive=X-1"])
    assert stdout.getvalue() == pack(b"version=1\0push-options\n")


def test_without_the_feature_no_push_options_are_read() -> None:
    stdin = io.BytesIO(pack(b"version=1\0atomic\n") + pack(b"%s %s refs/heads/main\n" % (OLD, NEW)))
    stdout = io.BytesIO()
    assert proc_receive.read_request(stdin, stdout)[1] == []
    assert stdout.getvalue() == pack(b"version=1\n")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (pack(b"version=2\n"), "unknown version"),
        (b"", "ended too early"),
        (pack(b"version=1\n")[:6], "ended too early"),
        (pack(b"version=1\n") + pack(b"x y z\n")[:-2], "ended too early"),
    ],
)
def test_another_version_and_a_cut_request_are_errors(data: bytes, message: str) -> None:
    with pytest.raises(GitError, match=message):
        proc_receive.read_request(io.BytesIO(data), io.BytesIO())


def test_accepted_refs_fall_through_to_git_and_refused_ones_get_the_reason_on_one_line() -> None:
    updates = [("0" * 40, "a" * 40, ref) for ref in (b"refs/heads/a", b"refs/heads/b c")]
    accepted, refused = io.BytesIO(), io.BytesIO()
    proc_receive.write_response(accepted, updates)
    proc_receive.write_response(refused, updates, "quarantined\nas 1")
    through = b"option fall-through\n"
    assert accepted.getvalue() == pack(b"ok refs/heads/a\n", through, b"ok refs/heads/b c\n", through)
    assert refused.getvalue() == pack(b"ng refs/heads/a quarantined as 1\n", b"ng refs/heads/b c quarantined as 1\n")
