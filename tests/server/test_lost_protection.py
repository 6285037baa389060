"""No push takes a tag or a zone away: not by a change, a deletion, a new default branch, or under another name."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import TRAILER, Work, bare, cloned
from server.conftest import DECLINED, ZERO, raw_push, refs, refused

TAGGED = 'version = 1\ntags = ["training-data"]\n'
STRICTER = TAGGED + '[tag.training-data]\nweak = "block"\n'
LOST = "the pushed ringfence.toml: tags: would remove `training-data`; a push can only tighten"
FILE = "ringfence.toml"


@pytest.fixture
def server(tmp_path: Path) -> Work:
    """A server without a tag of its own, whose default branch may be deleted."""
    server = bare(tmp_path / "server.git")
    server.did("config", "receive.denyDeleteCurrent", "ignore")
    return server


@pytest.fixture
def work(server: Work, tmp_path: Path) -> Work:
    """A clone that has pushed a `ringfence.toml` to main."""
    work = cloned(server, tmp_path / "work")
    work.commit("First", files={FILE: TAGGED})
    work.did("push", "-q", "origin", "main")
    return work


@pytest.fixture
def unborn(server: Work, work: Work) -> Work:
    """The same, where HEAD of the server names a branch that nobody has pushed."""
    server.did("symbolic-ref", "HEAD", "refs/heads/master")
    return work


def untag(work: Work) -> None:
    (work.path / FILE).unlink()
    work.commit("Take the tag away")


def still_tagged(work: Work) -> None:
    """Assert that a marked commit on a new branch is refused."""
    work.did("switch", "-q", "--orphan", "another")
    work.commit(f"Add rows\n\n{TRAILER}", files={"rows.txt": "rows\n"})
    refused(work.git("push", "origin", "another"), "(training-data)")


# --- HEAD names a branch that isn't there: every branch counts ---


def test_a_push_takes_no_tag_away_where_head_names_no_branch(unborn: Work) -> None:
    untag(unborn)
    unborn.git("push", "origin", "main").assert_refused(LOST, DECLINED)
    still_tagged(unborn)


def test_a_deletion_takes_no_tag_away_where_head_names_no_branch(unborn: Work) -> None:
    unborn.git("push", "origin", ":main").assert_refused(LOST, DECLINED)
    still_tagged(unborn)


def test_no_branch_of_several_with_the_file_has_to_stay(unborn: Work) -> None:
    unborn.did("push", "-q", "origin", "main:topic", "main:other")
    unborn.did("push", "-q", "origin", ":topic")
    unborn.git("push", "origin", ":main", ":other").assert_refused(LOST)
    still_tagged(unborn)


def test_a_branch_without_the_file_may_be_deleted(unborn: Work) -> None:
    main = unborn.did("rev-parse", "main")
    untag(unborn)
    unborn.did("push", "-q", "origin", "HEAD:refs/heads/empty")
    unborn.did("push", "-q", "origin", ":empty")
    assert refs(Work(Path(unborn.did("config", "remote.origin.url")))) == {"refs/heads/main": main}


def test_the_branch_that_head_names_can_not_come_without_the_tag(unborn: Work) -> None:
    untag(unborn)
    unborn.git("push", "origin", "HEAD:master").assert_refused(LOST)
    still_tagged(unborn)


def test_the_branch_that_head_names_may_come_with_the_tag(unborn: Work) -> None:
    unborn.did("push", "-q", "origin", "main:master")
    untag(unborn)
    unborn.git("push", "origin", "HEAD:master").assert_refused(LOST)


def test_a_stricter_file_counts_for_nothing_while_git_may_not_take_it(unborn: Work, server: Work) -> None:
    """Of two moves git may make the one that loosens alone, as it does where the client's old id is wrong."""
    tagged = unborn.did("rev-parse", "main")
    untag(unborn)
    unborn.did("push", "-q", "origin", "HEAD:loose")
    unborn.git("push", "-f", "origin", ":main", f"{tagged}:refs/heads/loose").assert_refused(LOST)
    assert refs(server)["refs/heads/main"] == tagged


# --- HEAD names a branch that is there ---


def test_the_default_branch_is_not_deleted_with_the_tag(work: Work) -> None:
    work.git("push", "origin", ":main").assert_refused(LOST, DECLINED)
    still_tagged(work)


def test_a_deletion_is_refused_whatever_old_id_the_client_sends(work: Work, server: Work) -> None:
    """Git deletes a ref without comparing where the old id names no object."""
    assert LOST in raw_push(server, (ZERO, ZERO, b"refs/heads/main")).out
    assert "refs/heads/main" in refs(server)


def test_a_deletion_with_a_ledger_is_refused_too(work: Work, server: Work, tmp_path: Path) -> None:
    server.did("config", "ringfence.ledger", str(tmp_path / "kept/ledger.db"))
    work.git("push", "origin", ":main").assert_refused(LOST)


def test_the_default_branch_may_be_deleted_where_others_have_its_file(work: Work) -> None:
    work.did("push", "-q", "origin", "main:trunk")
    work.did("push", "-q", "origin", ":main")
    still_tagged(work)
    work.git("push", "origin", ":trunk").assert_refused(LOST)


@pytest.mark.parametrize("how", ["deletes", "loosens"])
def test_a_branchs_own_tag_stays_too(work: Work, how: str) -> None:
    """Where main has none, the next push to a branch is judged by the file of that branch alone."""
    work.did("switch", "-q", "-c", "data")
    work.commit("Be strict here", files={FILE: STRICTER})
    work.did("push", "-q", "origin", "data")
    if how == "loosens":
        work.commit("Be lax again", files={FILE: TAGGED})
    said = work.git("push", "origin", ":data" if how == "deletes" else "data")
    said.assert_refused("tag.training-data.weak: would loosen block to ")


def test_a_branch_may_be_deleted_once_its_file_is_on_the_default_branch(work: Work) -> None:
    work.did("switch", "-q", "-c", "data")
    work.commit("Be strict here", files={FILE: STRICTER})
    work.did("push", "-q", "origin", "data")
    work.did("push", "-q", "origin", "data:main")
    work.did("push", "-q", "origin", ":data")


def test_refs_that_are_no_branches_are_deleted_freely(work: Work) -> None:
    work.did("push", "-q", "origin", "main:refs/tags/v1")
    work.did("push", "-q", "origin", ":refs/tags/v1")


# --- the default branch under another name ---


@pytest.mark.parametrize("through", [(), ("trunk",), ("trunk", "stable")])
def test_a_symbolic_ref_to_the_default_branch_takes_no_tag_away(
    work: Work, server: Work, through: tuple[str, ...]
) -> None:
    target = "main"
    for name in (*through, "master"):
        server.did("symbolic-ref", f"refs/heads/{name}", f"refs/heads/{target}")
        target = name
    untag(work)
    work.git("push", "origin", "HEAD:master").assert_refused(LOST)
    work.git("push", "origin", ":master").assert_refused(LOST)
    still_tagged(work)


def test_head_may_lead_to_the_default_branch_by_a_symbolic_ref(work: Work, server: Work) -> None:
    server.did("symbolic-ref", "refs/heads/master", "refs/heads/main")
    server.did("symbolic-ref", "HEAD", "refs/heads/master")
    untag(work)
    for name in ("main", "master"):
        work.git("push", "origin", f"HEAD:{name}").assert_refused(LOST)


def test_the_branch_that_head_names_is_created_under_no_other_name(unborn: Work, server: Work) -> None:
    server.did("symbolic-ref", "refs/heads/alias", "refs/heads/master")
    untag(unborn)
    unborn.git("push", "origin", "HEAD:alias").assert_refused(LOST)
    assert set(refs(server)) == {"refs/heads/main"}


@pytest.mark.parametrize(("alias", "target"), [("alias", "main"), ("main", "trunk")])
def test_zones_hold_for_every_name_under_which_a_branch_moves(
    work: Work, server: Work, alias: str, target: str
) -> None:
    """The zone is bound to main: a push by `alias` moves it, and a push to `trunk` moves it where it leads there."""
    zone = 'version = 1\n[[zone]]\ntag = "eval"\nrefs = ["main"]\n'
    work.did("switch", "-q", "--orphan", "clean")
    base = work.commit("Begin", files={FILE: zone})
    for name in refs(server):
        server.did("update-ref", "-d", name)
    work.did("push", "-q", "origin", f"{base}:refs/heads/{target}")
    server.did("symbolic-ref", f"refs/heads/{alias}", f"refs/heads/{target}")
    work.commit(f"Add rows\n\n{TRAILER}")
    assert work.git("push", "origin", "HEAD:topic")
    pushed = alias if target == "main" else target
    refused(work.git("push", "origin", f"HEAD:refs/heads/{pushed}"), "(eval)")
