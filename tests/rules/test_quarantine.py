"""A refused push is quarantined: its target doesn't move, it is hidden from clients, and two people decide on it."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import TRAILER, Said, Work, bare, cloned, kept
from ringfence.errors import GitError
from ringfence.gate import proc_receive
from rules.conftest import ME, day

TAG = '[tag.training-data]\non_block = "quarantine"\napprovers = ["bob"]\n'
POLICY = f"[approvals]\nsame_login = true\n{TAG}"
ID = re.compile(r"quarantined as (\d{8}-[0-9a-f]{8})")


@pytest.fixture
def aside(server: Work, policy: Callable[[str], Path], book: Path) -> Work:
    """`server` with a ledger, where a refused push is put aside in hidden refs."""
    policy(POLICY)
    assert server.ringfence("install", "--server", str(server.path))
    return server


def marked(clone: Work, *to: str) -> tuple[str, Said]:
    """Push a marked commit to main or to the given refs; return the commit and the output."""
    commit = clone.commit(f"Add rows\n\n{TRAILER}", files={"rows.txt": "rows\n"})
    return commit, clone.git("push", "origin", *(to or ("main",)))


def put(clone: Work, *to: str) -> str:
    """Push a marked commit; return the id of its quarantine."""
    found = ID.search(marked(clone, *to)[1].out)
    assert found
    return found[1]


def tips(server: Work) -> dict[str, str]:
    """Return a server's branches and tags, and what they point to."""
    lines = server.did("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads", "refs/tags").splitlines()
    return dict(line.split(" ") for line in lines)


def held(server: Work) -> list[str]:
    """Return the refs that hold what was put aside."""
    return server.did("for-each-ref", "--format=%(refname)", "refs/quarantine").splitlines()


def decide(server: Work, act: str, number: str, asks: str = "ann", agrees: str = "bob") -> Said:
    """Request a release as one person and approve it as another."""
    assert server.ringfence("quarantine", act, number, "--reason", "Licensed.", "--by", asks)
    return server.ringfence("quarantine", act, number, "--approve", "--by", agrees)


# --- put aside ---


def test_a_refused_push_is_put_aside_and_its_target_never_moves(clone: Work, aside: Work, book: Path) -> None:
    before = tips(aside)
    commit, said = marked(clone)
    number = ID.search(said.out)
    assert number
    assert said.status == 1
    assert "ringfence proc-receive: refused, 1 mark of rival AI tools (training-data)" in said.out
    reason = f"quarantined as {number[1]}; the server's administrator can release it"
    assert f"! [remote rejected] main -> main ({reason})" in said.out
    assert f"  note: {reason}" in said.out
    assert tips(aside) == before
    assert aside.did("rev-parse", f"refs/quarantine/{number[1]}/refs/heads/main") == commit
    [entry] = kept(book)
    assert (entry["kind"], entry["outcome"], entry["body"]["quarantine"]) == ("push", "blocked", number[1])
    line = f"{number[1]}  {ME}  refs/heads/main  blocked  due {day(14)}  no request\n"
    assert aside.ringfence("quarantine", "list").out == line


def test_nobody_else_sees_what_is_put_aside(clone: Work, aside: Work, tmp_path: Path) -> None:
    number = put(clone)
    assert "quarantine" not in clone.did("ls-remote", "origin")
    ref = f"refs/quarantine/{number}/refs/heads/main"
    assert f"couldn't find remote ref {ref}" in clone.git("fetch", "origin", ref).out
    assert "rows.txt" not in cloned(aside, tmp_path / "other").did("log", "--all", "--name-only")


def test_a_clean_push_goes_through_and_is_recorded(clone: Work, aside: Work, book: Path) -> None:
    clone.commit("Add rows")
    clone.did("push", "--atomic", "origin", "main", "main:topic")
    assert set(tips(aside).values()) == {clone.did("rev-parse", "HEAD")}
    clone.did("push", "origin", ":topic")
    assert [(entry["kind"], entry["outcome"]) for entry in kept(book)] == [("push", "allowed")] * 2
    assert held(aside) == []


def test_what_is_put_aside_stays_new(clone: Work, aside: Work) -> None:
    put(clone)
    aside.did("config", "--unset-all", "transfer.hideRefs")  # refs that are seen don't make it known either
    assert "refused, 1 mark" in clone.git("push", "origin", "main").out
    assert "refused, 1 mark" in clone.git("push", "origin", "main:again").out
    assert set(tips(aside)) == {"refs/heads/main"}


@pytest.mark.parametrize("options", [(), ("--atomic",)])
def test_every_ref_of_a_refused_push_is_put_aside_and_none_moves(clone: Work, aside: Work, options) -> None:
    clone.did("push", "-q", "origin", "main:old")
    before = tips(aside)
    clean = clone.did("rev-parse", "HEAD")
    clone.did("tag", "-m", "A release", "v1")
    commit, said = marked(clone, *options, "main", f"{clean}:refs/heads/clean", "v1", ":old")
    assert said.out.count("[remote rejected]") == 4
    assert tips(aside) == before
    number = ID.search(said.out)
    assert number
    names = ("record", "refs/heads/clean", "refs/heads/main", "refs/tags/v1")
    assert held(aside) == [f"refs/quarantine/{number[1]}/{name}" for name in names]
    assert decide(aside, "release", number[1])
    assert {ref: oid for ref, oid in tips(aside).items() if ref != "refs/tags/v1"} == {
        "refs/heads/clean": clean,
        "refs/heads/main": commit,
    }


def test_what_cant_be_read_is_put_aside_too(clone: Work, aside: Work) -> None:
    clone.commit("Add rows", files={"rows.7z": b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(64)})
    assert ID.search(clone.git("push", "origin", "main").out)
    assert "  incomplete  due " in aside.ringfence("quarantine", "list").out


def test_an_error_refuses_and_puts_nothing_aside(clone: Work, aside: Work, book: Path, tmp_path: Path) -> None:
    aside.did("config", "ringfence.policy", f"{tmp_path}/no-such.toml")
    before = tips(aside)
    _, said = marked(clone)
    assert not said
    assert "Refused because of this error, not because of what was found." in said.out
    assert (tips(aside), held(aside)) == (before, [])
    assert [entry["outcome"] for entry in kept(book)] == ["error"]


def test_nobody_pushes_into_quarantine(clone: Work, aside: Work) -> None:
    for told in ("hidden ref", "nobody can push there"):
        assert told in clone.git("push", "origin", "main:refs/quarantine/20260101-00000000/record").out
        aside.did("config", "--unset-all", "transfer.hideRefs", ".*")
        aside.did("config", "transfer.hideRefs", "refs/other")
    assert held(aside) == []


def test_a_listed_person_still_breaks_the_glass(clone: Work, aside: Work, policy, book: Path) -> None:
    aside.did("config", "receive.advertisePushOptions", "true")
    policy(f'{POLICY}[waivers]\nemergency = ["{ME}"]\n')
    commit, said = marked(clone, "-o", "ringfence.waive=INC-3", "main")
    assert said, said.out
    assert tips(aside)["refs/heads/main"] == commit
    assert [entry["kind"] for entry in kept(book)] == ["override"]


def test_an_audit_doesnt_count_what_is_put_aside(clone: Work, aside: Work) -> None:
    put(clone)
    assert aside.ringfence("check", "--all")


# --- when something is missing, the answer is no ---


def test_without_its_hook_git_takes_nothing(clone: Work, aside: Work) -> None:
    (aside.path / "hooks/proc-receive").unlink()
    clone.commit("A clean row")
    assert "cannot find hook 'proc-receive'" in clone.git("push", "origin", "main").out
    assert "refused, 1 mark" in marked(clone)[1].out


def test_another_proc_receive_hook_doesnt_get_what_wasnt_judged(clone: Work, aside: Work) -> None:
    """It may say yes to everything."""
    path = aside.path / "hooks/proc-receive"
    path.write_text("#!/bin/sh\nexit 0\n")
    _, said = marked(clone)
    assert "ringfence pre-receive: refused, 1 mark" in said.out


def test_a_pusher_cant_make_git_pass_over_the_hook(clone: Work, aside: Work, monkeypatch, tmp_path: Path) -> None:
    """What the system's configuration says, GIT_CONFIG_NOSYSTEM takes away from git: pre-receive doesn't trust it."""
    aside.did("config", "--unset-all", "receive.procReceiveRefs")
    (tmp_path / "system").write_text("[receive]\n\tprocReceiveRefs = refs\n")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", str(tmp_path / "system"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    assert "ringfence pre-receive: refused, 1 mark" in marked(clone)[1].out


def test_refs_that_git_would_show_hold_nothing(clone: Work, aside: Work) -> None:
    aside.did("config", "--unset-all", "transfer.hideRefs")
    assert ID.search(marked(clone)[1].out)
    assert held(aside) == []
    assert len(list((aside.path / "quarantine").glob("*.bundle"))) == 1
    said = aside.ringfence("quarantine", "list")
    assert (said.status, "git config --add transfer.hideRefs refs/quarantine" in said.out) == (2, True)


def test_a_push_that_cant_be_put_aside_is_refused_all_the_same(clone: Work, aside: Work) -> None:
    aside.did("config", "--unset-all", "transfer.hideRefs")
    (aside.path / "quarantine").write_text("a file where the folder should be")
    assert "refused, 1 mark" in (said := marked(clone)[1]).out
    assert "note: couldn't be quarantined: " in said.out


# --- where git lets no ref move: a bundle ---


@pytest.fixture
def bundled(server: Work, policy: Callable[[str], Path], book: Path) -> Work:
    """`server` as on a forge that runs pre-receive alone."""
    policy(POLICY)
    return server


@pytest.mark.parametrize("act", ["release", "drop"])
def test_on_a_forge_a_bundle_does_the_same(clone: Work, bundled: Work, book: Path, act: str) -> None:
    commit, said = marked(clone)
    number = ID.search(said.out)
    assert number
    assert "ringfence pre-receive: refused, 1 mark" in said.out
    assert not bundled.git("cat-file", "-e", commit)  # git threw away what it had, and the bundle has it
    assert kept(book)[0]["body"]["quarantine"] == number[1]
    bundled.did("config", "transfer.hideRefs", "refs/quarantine")
    assert number[1] in bundled.ringfence("quarantine", "list").out
    assert list((bundled.path / "quarantine").iterdir()) == []
    assert decide(bundled, act, number[1])
    assert (tips(bundled)["refs/heads/main"] == commit) is (act == "release")
    assert held(bundled) == []


def test_a_branch_named_for_a_tool_on_a_known_commit_fits_in_a_bundle(clone: Work, bundled: Work, policy) -> None:
    policy(f'{POLICY}weak = "block"\n')
    bundled.did("config", "transfer.hideRefs", "refs/quarantine")
    found = ID.search(clone.git("push", "origin", "main:claude/fix-it").out)
    assert found
    assert found[1] in bundled.ringfence("quarantine", "list").out
    assert bundled.did("rev-parse", f"refs/quarantine/{found[1]}/refs/heads/claude/fix-it") == clone.did(
        "rev-parse", "HEAD"
    )


def test_a_repository_of_longer_ids_has_bundles_too(tmp_path: Path) -> None:
    server = bare(tmp_path / "long.git", "training-data", object_format="sha256")
    (tmp_path / "policy.toml").write_text(f"version = 1\n{POLICY}")
    server.did("config", "ringfence.policy", str(tmp_path / "policy.toml"))
    server.did("config", "transfer.hideRefs", "refs/quarantine")
    server.did("init", "-q", "--object-format=sha256", str(tmp_path / "clone"))
    clone = Work(tmp_path / "clone")
    clone.did("remote", "add", "origin", str(server.path))
    number = put(clone, "HEAD:main")
    assert server.ringfence("quarantine", "list").out.startswith(number)


def test_a_bundle_that_was_taken_in_halfway_is_taken_in(clone: Work, bundled: Work) -> None:
    bundled.did("config", "transfer.hideRefs", "refs/quarantine")
    number = put(clone)
    [path] = (bundled.path / "quarantine").iterdir()
    data = path.read_bytes()
    assert bundled.ringfence("quarantine", "list")
    path.write_bytes(data)  # as if stopped before it was taken away
    assert bundled.ringfence("quarantine", "list").out.startswith(number)
    assert not path.exists()


# --- two people decide ---


def test_two_people_release_a_push(clone: Work, aside: Work, book: Path) -> None:
    number = put(clone)
    said = decide(aside, "release", number)
    assert said.out == f"ringfence: {number} is released, 1 ref updated.\n"
    assert tips(aside)["refs/heads/main"] == clone.did("rev-parse", "HEAD")
    assert held(aside) == []
    steps = [(entry["kind"], entry["outcome"], entry["who"]) for entry in kept(book)]
    assert steps == [("push", "blocked", ME), ("quarantine", "asked", "ann"), ("release", "allowed", "bob")]
    body = kept(book)[-1]["body"]
    assert (body["quarantine"], body["asked"]["reason"], body["login"]) == (number, "Licensed.", ME)
    assert [item["waiver"] for item in body["findings"]] == [number]


def test_two_people_drop_a_push_and_its_objects_expire(clone: Work, aside: Work, book: Path) -> None:
    number = put(clone)
    said = decide(aside, "drop", number)
    assert said.out == f"ringfence: {number} is dropped; a later git gc deletes its objects.\n"
    assert held(aside) == []
    assert kept(book)[-1]["outcome"] == "dropped"
    aside.did("reflog", "expire", "--all", "--expire=now")
    aside.did("gc", "-q", "--prune=now")
    assert not aside.git("cat-file", "-e", clone.did("rev-parse", "HEAD"))


@pytest.mark.parametrize("act", ["release", "drop"])
@pytest.mark.parametrize(
    ("asks", "agrees", "told"),
    [
        ("bob", "Bob ", "asked for it: another person has to approve."),
        ("ann", "carl", "carl isn't an approver of training-data."),
    ],
)
def test_one_person_alone_decides_nothing(
    clone: Work, aside: Work, book: Path, act: str, asks: str, agrees: str, told: str
) -> None:
    number, before = put(clone), tips(aside)
    assert told in decide(aside, act, number, asks, agrees).out
    assert tips(aside) == before
    assert len(held(aside)) == 3  # with what was asked
    assert [entry["outcome"] for entry in kept(book)] == ["blocked", "asked"]


@pytest.mark.slow
def test_nothing_is_done_that_nobody_asked_for(clone: Work, aside: Work) -> None:
    number = put(clone)
    assert (
        "there is no request to drop" in aside.ringfence("quarantine", "drop", number, "--approve", "--by", "bob").out
    )
    assert aside.ringfence("quarantine", "drop", number, "--reason", "Spam.", "--by", "ann")
    assert "ann requests to drop" in aside.ringfence("quarantine", "list").out
    assert (
        "there is no request to release"
        in aside.ringfence("quarantine", "release", number, "--approve", "--by", "bob").out
    )
    assert "give either --reason TEXT" in aside.ringfence("quarantine", "drop", number).out
    assert "1 isn't in quarantine." in aside.ringfence("quarantine", "show", "1").out


@pytest.mark.slow
def test_a_release_lets_nothing_pass_that_was_found_since(clone: Work, aside: Work, policy) -> None:
    number, before = put(clone), tips(aside)
    policy(
        f'{POLICY}[[marker]]\nvendor = "openai"\nid = "lab-rows"\nproduct = "openai-api"\nkind = "path"\n'
        'glob = ["rows.txt"]\nstrength = "definitive"\nwhy = "Theirs."\nsource = "us"\ncaught = ["rows.txt"]\n'
        'passed = ["a.txt"]\n'
    )
    said = decide(aside, "release", number)
    assert said.status == 1
    assert "[lab-rows]" in said.out
    assert f"waived ({number})" in said.out
    assert tips(aside) == before


def test_a_release_moves_nothing_that_has_moved_since(clone: Work, aside: Work) -> None:
    number = put(clone)
    clone.did("reset", "-q", "--hard", "HEAD~1")
    clone.commit("Something else")
    clone.did("push", "-q", "origin", "main")
    assert "refs/heads/main has moved since." in decide(aside, "release", number).out
    assert tips(aside)["refs/heads/main"] == clone.did("rev-parse", "HEAD")


def test_a_release_that_was_cut_off_goes_on(clone: Work, aside: Work) -> None:
    number = put(clone, "main", "main:b")
    new = clone.did("rev-parse", "HEAD")
    aside.did("update-ref", "refs/heads/b", new)  # as if stopped between the two
    assert decide(aside, "release", number)
    assert tips(aside) == {"refs/heads/main": new, "refs/heads/b": new}
    assert held(aside) == []


def test_what_was_cut_off_while_it_was_put_aside_is_listed_and_dropped(clone: Work, aside: Work) -> None:
    number = put(clone)
    aside.did("update-ref", "-d", f"refs/quarantine/{number}/record")
    assert aside.ringfence("quarantine", "list").out == (
        f"{number}  interrupted while it was stored; the pusher got no report\n"
    )
    assert (
        "is incomplete: the server was interrupted"
        in aside.ringfence("quarantine", "release", number, "--reason", "x").out
    )
    assert decide(aside, "drop", number)
    assert held(aside) == []


def test_without_a_ledger_nothing_is_decided(clone: Work, aside: Work) -> None:
    number = put(clone)
    aside.did("config", "--unset", "ringfence.ledger")
    assert "no ledger is configured here." in aside.ringfence("quarantine", "drop", number, "--reason", "x").out


def test_what_is_overdue_is_told(clone: Work, aside: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    number = put(clone)
    record = f"refs/quarantine/{number}/record"
    told = json.loads(aside.did("cat-file", "blob", record)) | {"due": day(-1)}
    aside.did("update-ref", record, aside.did("hash-object", "-w", "--stdin", stdin=json.dumps(told).encode()))
    said = aside.ringfence("quarantine", "list")
    assert (said.status, f"overdue since {day(-1)}" in said.out) == (3, True)


# --- put in place, taken out ---


def test_status_says_what_is_missing(aside: Work) -> None:
    said = aside.ringfence("status", "--server", str(aside.path))
    assert "ok  quarantine: in hidden refs\n" in said.out
    assert "ok  proc-receive canary: refused, as it should be\n" in said.out
    aside.did("config", "--unset-all", "transfer.hideRefs")
    said = aside.ringfence("status", "--server", str(aside.path))
    assert "BAD quarantine: missing: transfer.hideRefs = refs/quarantine\n" in said.out


def test_taken_out_the_hook_leaves_a_server_that_takes_pushes_and_hides_what_it_holds(clone: Work, aside: Work) -> None:
    put(clone)
    assert aside.ringfence("uninstall", "--server", str(aside.path))
    assert clone.git("push", "origin", "main")
    assert "quarantine" not in clone.did("ls-remote", "origin")


def test_another_proc_receive_hook_is_left_alone(server: Work, policy) -> None:
    policy(POLICY)
    (server.path / "hooks/proc-receive").write_text("#!/bin/sh\n")
    said = server.ringfence("install", "--server", str(server.path))
    assert (said.status, "has a proc-receive hook already." in said.out) == (2, True)
    assert server.git("config", "receive.procReceiveRefs").out == ""


@pytest.mark.parametrize("layer", ["ringfence.toml", "environment"])
def test_only_the_organisation_says_what_becomes_of_a_refused_push(
    clone: Work, server: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layer: str
) -> None:
    if layer == "environment":
        (tmp_path / "mine.toml").write_text(f"version = 1\n{POLICY}")
        monkeypatch.setenv("RINGFENCE_POLICY", str(tmp_path / "mine.toml"))
    else:
        clone.commit("A policy", files={layer: f"version = 1\n{POLICY}"})
    said = clone.git("push", "origin", "main:topic")
    said.assert_refused("tag.training-data.on_block: only the organisation's policy can set this")


# --- the protocol ---


def spoken(*lines: bytes) -> io.BytesIO:
    """Return lines as git sends them; `b""` ends a part."""
    return io.BytesIO(b"".join(b"%04x%s" % (len(line) + 4, line) if line else b"0000" for line in lines))


def test_git_is_answered_in_its_own_way() -> None:
    stdin, stdout = (
        spoken(b"version=1\0push-options atomic\n", b"", b"a b refs/heads/x", b"", b"o=1", b""),
        io.BytesIO(),
    )
    assert proc_receive.read_request(stdin, stdout) == (b"a b refs/heads/x\n", ["o=1"])
    proc_receive.write_response(stdout, [("a", "b", b"refs/heads/x")])
    assert stdout.getvalue() == (b"001bversion=1\0push-options\n00000014ok refs/heads/x\n0018option fall-through\n0000")


def test_a_reason_of_several_lines_is_told_on_one() -> None:
    stdout = io.BytesIO()
    proc_receive.write_response(stdout, [("a", "b", b"refs/heads/x")], "the disk\nis full \udcff")
    assert stdout.getvalue() == b"0027ng refs/heads/x the disk is full ?\n0000"


@pytest.mark.parametrize("said", [b"", b"00", b"0000", b"000eversion=2\n0000", b"000eversion=1\n", b"zzzz", b"0003"])
def test_whatever_else_git_says_refuses(said: bytes) -> None:
    with pytest.raises((GitError, ValueError)):
        proc_receive.read_request(io.BytesIO(said), io.BytesIO())


def test_no_two_pushes_are_put_aside_by_one_name(aside: Work, clone: Work) -> None:
    marked(clone)
    names = {ID.search(clone.git("push", "origin", "main").out)[1] for _ in range(3)}  # type: ignore[index]
    assert len(names) == 3
    assert len(held(aside)) == 8


# --- two people are two ---


def test_one_login_cannot_be_two_people(clone: Work, aside: Work, policy: Callable[[str], Path], book: Path) -> None:
    policy(TAG)
    number = put(clone)
    said = decide(aside, "release", number)
    assert said.status == 2
    assert f"{ME} asked for it, as ann: another login has to approve." in said.out
    assert decide(aside, "drop", number).status == 2
    assert held(aside)
    asked = [entry for entry in kept(book) if entry["outcome"] == "asked"]
    assert {entry["body"]["login"] for entry in asked} == {ME}


@pytest.mark.parametrize("act", ["release", "drop"])
def test_two_signatures_are_two_people_under_one_login(
    clone: Work, aside: Work, policy: Callable[[str], Path], signers: Path, book: Path, act: str
) -> None:
    policy(TAG + f'[approvals]\nsigners = "{signers}"\n')
    number = put(clone)

    def step(by: str, key: str, *more: str) -> Said:
        keyed = ("--key", str(signers.parent / key)) if key else ()
        return aside.ringfence("quarantine", act, number, "--by", by, *keyed, *more)

    assert step("ann", "", "--reason", "x").status == 2
    assert step("ann", "eve", "--reason", "x").status == 2
    assert step("eve", "eve", "--reason", "x").status == 2
    assert step("ann", "ann", "--reason", "x")
    assert step("bob", "", "--approve").status == 2
    assert step("bob", "ann", "--approve").status == 2
    assert step("ann", "ann", "--approve").status == 2
    separate = signers.read_text()
    signers.write_text(f"{separate}bob {(signers.parent / 'ann.pub').read_text()}")
    said = step("bob", "ann", "--approve")
    assert (said.status, "ann and bob sign with one key: that is one person." in said.out) == (2, True)
    assert held(aside)
    signers.write_text(separate)
    assert step("bob", "bob", "--approve")
    assert not held(aside)
    body = kept(book)[-1]["body"]
    assert body["signature"].startswith("-----BEGIN SSH SIGNATURE-----")
    assert body["asked"]["signature"].startswith("-----BEGIN SSH SIGNATURE-----")


def test_a_signature_where_the_policy_names_no_signers_is_a_mistake(clone: Work, aside: Work, signers: Path) -> None:
    number = put(clone)
    key = str(signers.parent / "ann")
    assert aside.ringfence("quarantine", "release", number, "--reason", "x", "--by", "ann", "--key", key).status == 2
