"""The gate behind real servers on loopback: its output reaches the client unchanged."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import TRAILER, Said
from server.conftest import AGENT, API_ID, HOSTS, Hosted, marks, on, refs

pytestmark = pytest.mark.slow

Serve = Callable[[str], Hosted]


@pytest.fixture(params=map(on, HOSTS))
def served(request: pytest.FixtureRequest, hosted: Serve) -> Hosted:
    """A repository over each server."""
    return hosted(request.param)


def spoken(said: Said) -> list[str]:
    """Return the server's output without git's `remote: ` prefix."""
    return [line[8:].rstrip() for line in said.out.splitlines() if line.startswith("remote: ")]


def test_a_clean_push_passes_and_nothing_is_said(served: Hosted) -> None:
    commit = served.clone.commit("Second", files={"rows.txt": "clean\n"})
    said = served.clone.git("push", "--push-option=ci.skip", "origin", "main", "main:refs/tags/v1")
    assert said, said.out
    assert spoken(said) == []
    assert refs(served.server) == {"refs/heads/main": commit, "refs/tags/v1": commit}


def test_a_marked_push_is_refused_and_every_word_arrives(served: Hosted) -> None:
    """Over each transport the client sees the whole report, push options included, and no ref moves."""
    before = refs(served.server)
    commit = served.clone.commit(f"Second\n\n{TRAILER}", files={"rows.txt": API_ID})
    said = served.clone.git("push", "--push-option=ci.skip", "origin", "main")
    assert not said
    words = spoken(said)
    assert words[0] == f"ringfence {served.hook}: refused, 2 marks of rival AI tools (training-data)"
    assert f"  commit {commit[:12]}, rows.txt, line 1" in words
    assert f"    {TRAILER}" in words
    assert "  If this is wrong or allowed, ask the policy's owner." in words
    assert sorted(marks(said)) == ["anthropic-api-message-id", "anthropic-claude-code-address"]
    assert "[remote rejected] main -> main" in said.out
    assert refs(served.server) == before


def test_many_refs_with_a_marked_one_among_them_are_refused(served: Hosted) -> None:
    for number in range(30):
        served.clone.did("branch", f"clean-{number}")
    served.clone.commit("Second", **AGENT)
    said = served.clone.git("push", "origin", "--atomic", "--all")
    assert not said
    assert f"ringfence {served.hook}: refused, " in said.out
    assert list(refs(served.server)) == ["refs/heads/main"]
    assert served.clone.git("push", "origin", "refs/heads/clean-*:refs/heads/clean-*")
    assert len(refs(served.server)) == 31


def test_a_deletion_hides_no_marked_ref_beside_it(served: Hosted) -> None:
    """An atomic push of a deletion and a marked branch is refused whole over each transport."""
    assert served.clone.git("push", "origin", "main:refs/heads/old")
    served.clone.commit("Second", **AGENT)
    said = served.clone.git("push", "origin", "--atomic", ":old", "main:refs/heads/new")
    assert not said
    assert f"ringfence {served.hook}: refused, " in said.out
    assert list(refs(served.server)) == ["refs/heads/main", "refs/heads/old"]
    assert served.clone.git("push", "origin", ":old")


def test_a_marked_tag_of_an_old_commit_is_refused(served: Hosted) -> None:
    """The message of a tag is judged over each transport, and a clean tag passes."""
    served.clone.did("tag", "-a", "v1", "-m", f"Release\n\n{TRAILER}")
    served.clone.did("tag", "-a", "v2", "-m", "Release")
    said = served.clone.git("push", "origin", "v1")
    assert not said
    assert f"ringfence {served.hook}: refused, 1 mark" in said.out
    assert served.clone.git("push", "origin", "v2")


def test_a_forced_push_is_judged_by_what_is_new(served: Hosted) -> None:
    served.clone.did("commit", "-q", "--amend", "-m", "First, again")
    assert served.clone.git("push", "--force", "origin", "main")
    served.clone.commit("Amended", **AGENT)
    said = served.clone.git("push", "--force", "origin", "main")
    said.assert_refused(f"ringfence {served.hook}: refused, 1 mark")


def test_a_file_without_a_reader_is_refused_as_incomplete(served: Hosted) -> None:
    served.clone.commit("Second", files={"rows.gz": b"\x1f\x8brest"})
    said = served.clone.git("push", "origin", "main")
    assert not said
    assert spoken(said)[0] == (
        f"ringfence {served.hook}: refused as incomplete, 1 item could not be read (training-data)"
    )


@pytest.mark.parametrize("name", [on("nginx"), on("apache")])
def test_over_http_the_name_counts_once_the_servers_user_is_known(hosted: Serve, name: str, tmp_path: Path) -> None:
    """Until then nobody pushes, so that a policy that keeps some accounts out refuses."""
    served = hosted(name)
    (tmp_path / "policy.toml").write_text('version = 1\n[accounts]\nagents = ["alice"]\n')
    served.server.did("config", "ringfence.policy", str(tmp_path / "policy.toml"))
    served.clone.commit("Second", files={"rows.txt": "clean\n"})
    unknown = "the server doesn't say who pushes, and some accounts are kept out here"
    for user in ("", "somebody-else"):
        if user:
            served.server.did("config", "ringfence.webUser", user)
        said = served.clone.git("push", "origin", "main")
        assert (bool(said), unknown in said.out) == (False, True), said.out
    # Root's Apache runs as another user, in a namespace.
    number = 33 if name == "apache" and os.getuid() == 0 else os.getuid()
    served.server.did("config", "ringfence.webUser", str(number))
    said = served.clone.git("push", "origin", "main")
    assert (bool(said), "    alice" in said.out) == (False, True), said.out
    (tmp_path / "policy.toml").write_text('version = 1\n[accounts]\nagents = ["bob"]\n')
    assert served.clone.git("push", "origin", "main")


def broken(served: Hosted) -> None:
    """Make the gate raise an unforeseen exception."""
    gate = served.server.path / "hooks/pre-receive"
    text = gate.read_text().replace("#!/bin/sh", f"#!/bin/sh\nenv > {served.server.path}/environment", 1)
    gate.write_text(
        text.replace("main()'", "import ringfence.gate.receive as it; it.handle_push = lambda *_: 1 // 0; main()'", 1)
    )


@pytest.mark.parametrize("name", [on(name) for name in HOSTS if "gitolite" not in name])
def test_a_fault_gives_neither_a_traceback_nor_a_password_away(hosted: Serve, name: str) -> None:
    """After an unforeseen exception no message, bug log or server log holds the client's credentials."""
    served = hosted(name)
    broken(served)
    served.clone.commit("Second")
    said = served.clone.git("push", "origin", "main")
    assert not said
    words = spoken(said)
    assert words[0] == "ringfence: a fault of ringfence's own."
    assert words[-1] == "  Refused because of this error, not because of what was found."
    told = [said.out, Path(words[1].rpartition(" ")[2]).read_text()]
    told += [served.host.log.read_text(errors="replace")] if served.host.log else []
    for text in told:
        for secret in ("Basic ", "pw-of-alice", "YWxpY2U6"):  # the beginning of alice: in base 64
            assert secret not in text
    assert "Traceback" not in said.out
    assert "ZeroDivisionError" in told[1]
    if name == "nginx":  # the precondition of this test
        assert "HTTP_AUTHORIZATION=Basic " in (served.server.path / "environment").read_text()
