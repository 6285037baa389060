"""Where the policy names signers, a waiver counts only as its requester and its approver have signed it."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from conftest import SHARE_LINK, Said, Work
from ringfence.git.repo import Repo
from ringfence.policy.schema.waiver_file import Waiver
from ringfence.policy.signatures import sign_statement
from ringfence.policy.signed_waivers import APPROVE, ASK, build_statement, find_signature_fault
from ringfence.repository import Repository
from ringfence.setup.policy_checks import check_protection
from rules.conftest import day, found

pytestmark = pytest.mark.needs("ssh-keygen")

HELD = {
    "finding": "0" * 20, "tag": "training-data", "reason": "Licensed.", "ticket": "LEGAL-7", "repository": "*server",
    "requested_by": "ann", "approved_by": "bob",
}  # fmt: skip


def build(signers: Path, *, ask: str = "ann", approve: str = "bob", **said: str) -> dict[str, Any]:
    """Return a waiver that is signed by the keys of these people; "" for nobody's."""
    waiver: dict[str, Any] = HELD | {"until": day(30)} | said
    for step, key, name in ((ASK, ask, "request_signature"), (APPROVE, approve, "approval_signature")):
        if key:
            waiver[name] = sign_statement(build_statement(waiver, step), str(signers.parent / key))
    return waiver


def write(*waivers: dict[str, Any]) -> str:
    """Return waivers in TOML."""
    lines = []
    for waiver in waivers:
        lines.append("[[waiver]]")
        lines += [
            f"{key} = {text}" if key == "until" else f'{key} = """\n{text}"""' if "\n" in text else f'{key} = "{text}"'
            for key, text in waiver.items()
        ]
    return "\n".join([*lines, ""])


def find_fault(waiver: dict[str, Any], signers: Path, *, is_own: bool = True) -> str:
    read = Waiver.model_validate(waiver | {"until": dt.date.fromisoformat(waiver["until"])})
    return find_signature_fault(read, str(signers), is_own=is_own)


def rules(signers: Path) -> str:
    return f'[approvals]\nsigners = "{signers}"\n[tag.training-data]\napprovers = ["bob"]\n'


def mark(clone: Work) -> str:
    """Commit a mark and return its fingerprint."""
    clone.commit("Add rows", files={"a.md": f"{SHARE_LINK}\n"})
    [finding] = found(clone, "--range", "HEAD~1..HEAD", "--tag", "training-data")
    return str(finding["fingerprint"])


def push(clone: Work, **env: str) -> Said:
    """Try a push, of which the server then knows nothing."""
    return clone.git("push", "origin", "main", **env)


def test_what_both_have_signed_holds_and_any_change_of_it_breaks_it(signers: Path) -> None:
    waiver = build(signers)
    assert find_fault(waiver, signers) == ""
    changes = {
        "finding": "1" * 20, "tag": "eval", "reason": "Licensed", "ticket": "LEGAL-8", "repository": "*",
        "requested_by": "bob", "until": day(31),
    }  # fmt: skip
    for key, text in changes.items():
        told = find_fault(waiver | {key: text}, signers)
        assert "the signature of the request isn't" in told, key
        assert key == "requested_by" or "it is of something else, or that was changed since" in told, key
    for key, text in (changes | {"approved_by": "ann"}).items():
        signed = sign_statement(build_statement(waiver | {key: text}, ASK), str(signers.parent / "ann"))
        changed = waiver | {"requested_by": "ann", "request_signature": signed, key: text}
        if key != "requested_by":
            assert "the signature of the approval isn't" in find_fault(changed, signers), key
    commit = build(signers) | {"commit": "0" * 40}
    del commit["finding"]
    assert "the signature of the request isn't" in find_fault(commit, signers)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"ask": ""}, "ann hasn't signed it"),
        ({"approve": ""}, "bob hasn't signed it"),
        ({"ask": "bob"}, "the signature of the request isn't ann's: no key that is listed for them made it"),
        ({"approve": "ann"}, "the signature of the approval isn't bob's: no key that is listed for them made it"),
        ({"approve": "eve", "approved_by": "eve"}, "isn't eve's: no key that is listed for them made it"),
        ({"requested_by": "a\0nn"}, "the signature of the request isn't a\0nn's"),
    ],
    ids=["no request", "no approval", "another's request", "another's approval", "nobody who is listed", "zero byte"],
)
def test_what_one_of_them_hasnt_signed_is_told(signers: Path, said: dict[str, str], fault: str) -> None:
    assert fault in find_fault(build(signers, **said), signers)


def test_a_request_is_no_approval_and_a_signature_for_another_purpose_is_none(signers: Path) -> None:
    waiver = build(signers)
    waiver["approval_signature"] = sign_statement(build_statement(waiver, ASK), str(signers.parent / "bob"))
    assert "the signature of the approval isn't bob's" in find_fault(waiver, signers)
    command = ["ssh-keygen", "-q", "-Y", "sign", "-n", "file", "-f", str(signers.parent / "bob")]
    done = subprocess.run(command, input=build_statement(waiver, APPROVE), capture_output=True, check=True)
    told = find_fault(waiver | {"approval_signature": done.stdout.decode()}, signers)
    assert told == "the signature of the approval isn't bob's: it was made for another purpose, or the key is for one"


def test_one_key_under_two_names_is_one_person(signers: Path) -> None:
    signers.write_text(f"{signers.read_text()}bob {(signers.parent / 'ann.pub').read_text()}")
    told = find_fault(build(signers, approve="ann"), signers)
    assert told == "ann and bob sign with one key: that is one person"


@pytest.mark.parametrize(("end", "holds"), [(-1, False), (0, False), (2, True)])
def test_a_key_counts_on_whole_days_that_it_is_valid(signers: Path, end: int, holds: bool) -> None:
    waiver = build(signers)
    until = f"{day(end).replace('-', '')}235900Z"
    signers.write_text(signers.read_text().replace("ann ", f'ann valid-before="{until}" '))
    told = "" if holds else "the signature of the request isn't ann's: the key has expired, or will today"
    assert find_fault(waiver, signers) == told


def test_a_repositorys_own_waiver_names_the_repository_that_was_signed(signers: Path) -> None:
    waiver = build(signers, repository="")
    assert "it names no repository" in find_fault({k: v for k, v in waiver.items() if v}, signers)
    assert find_fault({k: v for k, v in waiver.items() if v}, signers, is_own=False) == ""


def test_an_unsigned_waiver_lets_nothing_pass_and_the_refusal_says_why(clone: Work, policy, signers: Path) -> None:
    fingerprint = mark(clone)
    unsigned = build(signers, ask="", approve="", finding=fingerprint)
    path = policy(rules(signers) + write(unsigned))
    said = push(clone)
    said.assert_refused("1 mark", "note: the waiver LEGAL-7 can't be used: ann hasn't signed it")
    told = clone.ringfence("waive", "--check", "--policy", str(path), "--tag", "training-data")
    line = f"{fingerprint}  training-data  LEGAL-7  until {day(30)}: ann hasn't signed it ({path})\n"
    assert (told.status, told.out) == (4, line)
    policy(rules(signers) + write(unsigned | {"until": day(-1)}))
    told = clone.ringfence("waive", "--check", "--policy", str(path), "--tag", "training-data")
    assert (told.status, f"it ended on {day(-1)}" in told.out) == (8, True)
    policy(rules(signers) + write(build(signers, finding=fingerprint, repository="*lab/other")))
    assert "refused, 1 mark" in push(clone).out
    policy(rules(signers) + write(build(signers, finding=fingerprint)))
    assert push(clone)


def test_signatures_are_checked_once_and_again_when_the_signers_change(
    clone: Work, server: Work, policy, signers: Path, tmp_path: Path
) -> None:
    (folder := tmp_path / "bin").mkdir()
    calls = tmp_path / "calls"
    script = folder / "ssh-keygen"
    script.write_text(f'#!/bin/sh\necho >> {calls}\nexec {shutil.which("ssh-keygen")} "$@"\n')
    script.chmod(0o755)
    path = {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    policy(rules(signers) + write(build(signers, finding=mark(clone))))

    def try_again() -> tuple[bool, int]:
        calls.write_text("")
        said = push(clone, **path)
        server.did("update-ref", "refs/heads/main", clone.did("rev-parse", "HEAD~1"))
        assert said or "the signature of the approval isn't bob's" in said.out
        return bool(said), len(calls.read_text().splitlines())

    assert try_again() == (True, 2)
    assert try_again() == (True, 0)
    listed = signers.read_text()
    signers.write_text(listed.partition("bob ")[0])
    assert try_again() == (False, 2)
    assert try_again() == (False, 0)
    signers.write_text(listed)
    assert try_again()[0]
    script.write_text("#!/bin/sh\nexit 127\n")
    signers.write_text(f"{listed}\n")
    clone.git("push", "origin", "main", **path).assert_refused("the signature of the request isn't ann's")


def test_where_ssh_keygen_is_missing_the_answer_is_no_until_it_is_there(
    clone: Work, policy, signers: Path, tmp_path: Path
) -> None:
    policy(rules(signers) + write(build(signers, finding=mark(clone))))
    (tmp_path / "bin").mkdir()
    for folder in map(Path, os.environ["PATH"].split(os.pathsep)):
        for file in folder.iterdir() if folder.is_dir() else ():
            if file.name != "ssh-keygen" and not (tmp_path / "bin" / file.name).exists():
                (tmp_path / "bin" / file.name).symlink_to(file)
    said = push(clone, PATH=str(tmp_path / "bin"))
    said.assert_refused("the waiver LEGAL-7 can't be used: its signatures can't be checked: ssh-keygen isn't on the")
    moved = signers.rename(tmp_path / "moved")
    push(clone).assert_refused(f"its signatures can't be checked: the allowed signers {signers} can't be read.")
    moved.rename(signers)
    assert push(clone)


def test_two_people_sign_a_waiver_of_a_repository(clone: Work, policy, signers: Path, tmp_path: Path) -> None:
    path = policy(rules(signers))
    clone.did("config", "ringfence.policy", str(path))
    clone.tag("training-data")
    fingerprint = mark(clone)
    about = ("--ticket", "LEGAL-7", "--reason", "Licensed.", "--requested-by", "ann")
    assert "give --until too" in clone.ringfence("waive", fingerprint, *about, "--key", str(tmp_path / "ann")).out
    about = (*about, "--until", day(30))
    assert "give --key FILE too" in clone.ringfence("waive", fingerprint, *about).out
    assert clone.ringfence("waive", fingerprint, *about, "--key", str(tmp_path / "eve")).status == 2
    draft = clone.ringfence("waive", fingerprint, *about, "--key", str(tmp_path / "ann"))
    assert draft, draft.out
    assert f'repository = "*{str(tmp_path).lstrip("/")}/server"\n' in draft.out

    clone.did("reset", "-q", "--hard", "HEAD~1")
    other = write(HELD | {"until": day(9), "finding": "1" * 20})
    clone.write("waivers.toml", f"version = 1\n# The first.\n{other}{draft.out}\n# The last.\n{other}")

    def approve(name: str, person: str, key: str) -> Said:
        options = ("--approve", "--approved-by", person, "--key", str(tmp_path / key))
        return clone.ringfence("waive", name, *options)

    clone.commit("Draft it")  # which can't be read like this, and still is approved
    assert clone.ringfence("waive", "--check").status == 4
    before = (clone.path / "waivers.toml").read_text()
    assert approve(fingerprint, "bob", "ann").status == 2
    assert approve("2" * 20, "bob", "bob").status == 2
    assert approve("1" * 20, "ann", "ann").status == 2  # which is bob's to approve
    assert clone.ringfence("waive", fingerprint, "--approve").status == 2
    assert (clone.path / "waivers.toml").read_text() == before
    said = approve(fingerprint, "bob", "bob")
    assert said.out == (
        f"ringfence: waivers.toml: bob approves {fingerprint} (training-data, LEGAL-7, until {day(30)}, "
        "asked for by ann: Licensed.)\n"
    )
    after = (clone.path / "waivers.toml").read_text()
    assert [line for line in before.splitlines() if line not in after.splitlines()] == ['approved_by = ""']
    assert approve(fingerprint, "bob", "bob")  # anew, in place of the first
    clone.write("waivers.toml", (clone.path / "waivers.toml").read_text().replace(other, ""))

    clone.commit("Waive it")
    assert push(clone)  # by an account that is no approver's: the signature says who agrees
    assert mark(clone) == fingerprint
    assert "allowed by waiver" in push(clone).out
    assert "valid (waivers.toml of HEAD)" in clone.ringfence("waive", "--check").out


def test_who_pushes_an_unsigned_waiver_must_be_its_approver(clone: Work, policy, signers: Path) -> None:
    policy(rules(signers))
    for waiver in (build(signers, approve=""), build(signers, ask="bob", requested_by="bob", approve="")):
        clone.write("waivers.toml", f"version = 1\n{write(waiver)}")
        clone.commit("Waive it")
        assert "pushes a waiver whose approver is bob" in push(clone).out
    clone.write("waivers.toml", f"version = 1\n{write(build(signers, repository='*lab/other'))}")
    clone.commit("Waive it")
    assert push(clone)
    clone.commit("Add rows", files={"a.md": f"{SHARE_LINK}\n"})
    assert "refused, 1 mark" in push(clone).out


def test_status_says_where_signatures_cant_be_checked(
    server: Work, policy, signers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy(rules(signers))
    place = Repository(Repo(str(server.path)), server=True)

    def look() -> list[tuple[bool, str]]:
        return [(item.is_good, item.detail) for item in check_protection(place) if item.name == "signers"]

    assert look() == [(True, str(signers))]
    monkeypatch.setattr("shutil.which", lambda _: None)
    refused = "no waiver counts, and no quarantined push can be released"
    assert look() == [(False, f"ssh-keygen isn't on the PATH: {refused}")]
    signers.unlink()
    assert look() == [(False, f"{signers} can't be read: {refused}")]


def test_a_receipt_says_which_signers_decided(clone: Work, signers: Path, tmp_path: Path) -> None:
    policy, receipt = tmp_path / "organisation.toml", tmp_path / "receipt.json"
    policy.write_text(f"version = 1\n{rules(signers)}{write(build(signers))}")
    clone.did("config", "--replace-all", "ringfence.policy", str(policy))
    assert clone.ringfence("check", "--all", "--tag", "training-data", "--receipt", str(receipt))
    assert hashlib.sha256(signers.read_bytes()).hexdigest() in receipt.read_text()
