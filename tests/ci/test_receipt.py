"""Receipts: what a run writes for a later stage, and what that stage believes."""

from __future__ import annotations

import base64
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from ci.conftest import ci, pull
from conftest import TRAILER, Said, Work
from ringfence.errors import UsageError
from ringfence.records import dsse

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

KEYS = {
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "ecdsa": lambda: ec.generate_private_key(ec.SECP256R1()),
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
}


def written(work: Work, name: str, made: PrivateKeyTypes) -> None:
    """Write a key pair into `NAME.pem` and `NAME.pub`."""
    work.write(f"{name}.pem", made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    work.write(f"{name}.pub", made.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def head(work: Work) -> str:
    return work.did("rev-parse", "HEAD")


def verified(work: Work, *args: str, commit: str = "", file: str = "r.json") -> Said:
    return work.ringfence("receipt", "verify", file, "--commit", commit or head(work), *args)


def receipt(work: Work, name: str = "r.json") -> dict[str, Any]:
    return json.loads((work.path / name).read_text("utf-8"))  # type: ignore[no-any-return]


def test_a_receipt_vouches_for_the_commit_that_was_judged(laptop: Work) -> None:
    laptop.ringfence("check", "--all", "--receipt", "r.json")
    said = verified(laptop, "--tag", "training-data")
    assert said.status == 0
    first, rest = said.out.split("\n", 1)
    assert first == f"ringfence: {head(laptop)[:12]} was checked from the first commit on: allowed (training-data)"
    assert rest.startswith("  ruleset ")
    assert rest.endswith("  the signature wasn't checked: no --key was given\n")


def test_a_receipt_says_what_was_examined_and_by_what(forge: Work) -> None:
    forge.commit("One")
    run = ci(forge)
    run.github(pull(forge) | {"x": 0}, "--receipt", "r.json")
    told = receipt(run.work)
    assert told["subject"][0]["digest"] == {"gitCommit": head(forge)}
    assert told["predicate"]["ringfence:base"] == run.base()
    assert told["predicate"]["ringfence:examined"]["commits"] == 1
    named = [item["name"] for item in told["predicate"]["ringfence:inputs"]]
    assert named == [f"ringfence.toml of {run.base()[:12]}", "ref"]


@pytest.mark.parametrize(("message", "files", "status"), [(TRAILER, {}, 1), ("Two", {"a.gz": b"\x1f\x8b\x08\x00"}, 3)])
def test_a_refused_commit_has_a_receipt_that_says_so(
    laptop: Work, message: str, files: dict[str, str | bytes], status: int
) -> None:
    laptop.commit(f"Two\n\n{message}", files=files)
    assert laptop.ringfence("check", "--all", "--receipt", "r.json").status == status
    assert verified(laptop).status == status
    assert receipt(laptop)["predicate"]["verifiedLevels"] == ["FAILED"]


def test_what_was_not_read_and_may_pass_is_told(laptop: Work) -> None:
    laptop.did("config", "--unset-all", "ringfence.tag")
    laptop.write("ringfence.toml", 'version = 1\ntags = ["lax"]\n[tag.lax]\nunread = "record"\n')
    laptop.commit("Two", files={"a.gz": b"\x1f\x8b\x08\x00"})
    laptop.ringfence("check", "--all", "--receipt", "r.json")
    said = verified(laptop)
    assert (said.status, "  unread: 1 item, listed in the receipt\n" in said.out) == (0, True), said.out
    assert receipt(laptop)["predicate"]["ringfence:unread"][0]["path"] == "a.gz"


def test_a_receipt_of_a_range_vouches_for_no_more_than_that(laptop: Work) -> None:
    """A request onto a marked branch is clean in itself, and its commit is not."""
    marked = laptop.commit(f"Two\n\n{TRAILER}")
    laptop.commit("Three")
    assert laptop.ringfence("check", "--range", f"{marked}..HEAD", "--receipt", "r.json")
    said = verified(laptop)
    assert said.status == 7
    assert f"the receipt doesn't cover the history before '{marked[:12]}'." in said.out
    assert verified(laptop, "--base", head(laptop)).status == 7
    assert verified(laptop, "--base", marked).status == 0


@pytest.mark.parametrize(
    ("args", "told"),
    [(("--commit", "1" * 40), "is about another commit"), (("--tag", "eval"), "wasn't judged as eval")],
)
def test_a_receipt_for_something_else_vouches_for_nothing(laptop: Work, args: tuple[str, ...], told: str) -> None:
    laptop.ringfence("check", "--all", "--receipt", "r.json")
    said = verified(laptop, *args)
    assert (said.status, told in said.out) == (7, True), said.out


@pytest.mark.parametrize("commit", ["HEAD", "abc123", "A" * 40])
def test_a_commit_is_named_by_its_whole_id(laptop: Work, commit: str) -> None:
    said = verified(laptop, commit=commit)
    assert (said.status, "isn't a full commit id" in said.out) == (2, True)


@pytest.mark.parametrize(
    "bad", [b"", b"[]", b"{}", b"null", b"[" * 100_000, b"\xff", b'{"payload": 1}', b'{"_type": ""}']
)
def test_what_is_no_receipt_vouches_for_nothing(laptop: Work, bad: bytes) -> None:
    laptop.write("r.json", bad)
    said = verified(laptop)
    assert (said.status, "ringfence: not a valid receipt: " in said.out) == (7, True), said.out


def test_another_tools_summary_vouches_for_nothing(laptop: Work) -> None:
    laptop.ringfence("check", "--all", "--receipt", "r.json")
    told = receipt(laptop)
    told["predicate"] = {key: held for key, held in told["predicate"].items() if not key.startswith("ringfence:")}
    laptop.write("r.json", json.dumps(told))
    assert verified(laptop).status == 7


def test_a_receipt_vouches_for_what_its_run_read_itself(laptop: Work) -> None:
    laptop.commit("Add rows", files={f"{number}.txt": f"{number}\n" for number in range(400)})
    laptop.ringfence("check", "--all")
    assert json.loads(laptop.ringfence("check", "--all", "--format", "json").out)["examined"]["remembered"] > 0
    laptop.ringfence("check", "--all", "--receipt", "r.json")
    assert receipt(laptop)["predicate"]["ringfence:examined"]["remembered"] == 0


def test_marks_that_pass_are_told(laptop: Work) -> None:
    laptop.commit(f"Two\n\n{TRAILER}")
    laptop.ringfence("check", "--all", "--write-baseline", "known.txt")
    laptop.ringfence("check", "--all", "--baseline", "known.txt", "--receipt", "r.json")
    said = verified(laptop)
    assert (said.status, "  marks that pass: 1 known, 0 waived\n" in said.out) == (0, True), said.out


@pytest.mark.parametrize("verdict", ["blocked", "incomplete"])
def test_a_receipt_that_contradicts_itself_vouches_for_nothing(laptop: Work, verdict: str) -> None:
    laptop.ringfence("check", "--all", "--receipt", "r.json")
    told = receipt(laptop)
    told["predicate"] |= {"ringfence:verdict": verdict}
    laptop.write("r.json", json.dumps(told))
    said = verified(laptop)
    assert (said.status, f"not a valid receipt: the verdict is {verdict}, and " in said.out) == (7, True), said.out


def test_a_receipt_can_be_held_to_a_ruleset(laptop: Work) -> None:
    """A policy that approves the rival gives another ruleset, and its receipt another name."""
    laptop.commit(f"Two\n\n{TRAILER}")
    laptop.write("lax.toml", 'version = 1\n[vendors]\napproved = ["anthropic"]\n')
    laptop.ringfence("check", "--all", "--receipt", "strict.json")
    laptop.ringfence("check", "--all", "--policy", str(laptop.path / "lax.toml"), "--receipt", "r.json")
    names = [
        receipt(laptop, name)["predicate"]["policy"]["uri"].rpartition("/")[2] for name in ("strict.json", "r.json")
    ]
    assert verified(laptop, "--ruleset", names[1]).status == 0
    said = verified(laptop, "--ruleset", names[0])
    assert (said.status, f"the commit was judged by another ruleset than '{names[0]}'." in said.out) == (7, True)
    assert verified(laptop, "--ruleset", names[0], file="strict.json").status == 1
    assert verified(laptop, "--ruleset", "").status == 7


def test_a_key_without_a_name_is_an_error(laptop: Work) -> None:
    laptop.ringfence("check", "--all", "--receipt", "r.json")
    assert verified(laptop, "--key", "").status == 2


def test_what_no_tag_held_for_was_not_judged(laptop: Work) -> None:
    laptop.ringfence("check", "--all", "--receipt", "r.json")
    told = receipt(laptop)
    told["predicate"] |= {"ringfence:tags": []}
    laptop.write("r.json", json.dumps(told))
    said = verified(laptop)
    assert (said.status, "the commit wasn't tagged, so nothing was judged." in said.out) == (7, True), said.out


def test_an_untagged_repository_has_no_receipt_and_loses_an_old_one(laptop: Work) -> None:
    laptop.ringfence("check", "--all", "--receipt", "r.json")
    laptop.did("config", "--unset-all", "ringfence.tag")
    said = laptop.ringfence("check", "--all", "--receipt", "r.json")
    assert said.out.endswith("ringfence: nothing was checked, so there is no receipt.\n")
    assert not (laptop.path / "r.json").exists()


def test_a_run_that_could_not_judge_leaves_no_old_receipt(forge: Work) -> None:
    """A receipt of an earlier run is removed when this run ends as incomplete, so that it can't vouch for this one."""
    forge.commit("One")
    run = ci(forge, "--depth", "1")
    run.work.write("r.json", "stale")
    assert run.github(pull(forge), "--receipt", "r.json").status == 3
    assert not (run.path / "r.json").exists()


def test_a_receipt_goes_with_commits(laptop: Work) -> None:
    said = laptop.ringfence("check", "--staged", "--receipt", "r.json")
    assert (said.status, "--receipt needs --all, --range or --files" in said.out) == (2, True)


# --- signatures ---


@pytest.mark.parametrize("kind", KEYS)
def test_a_signed_receipt_is_believed_with_its_key_alone(laptop: Work, kind: str) -> None:
    written(laptop, "ours", KEYS[kind]())
    written(laptop, "theirs", KEYS[kind]())
    laptop.ringfence("check", "--all", "--receipt", "r.json", "--receipt-key", "ours.pem")
    assert verified(laptop, "--key", "ours.pub").status == 0
    assert "no --key was given" not in verified(laptop, "--key", "ours.pub").out
    said = verified(laptop, "--key", "theirs.pub")
    assert (said.status, "isn't signed with that key" in said.out) == (7, True)


def test_a_changed_statement_is_not_believed(laptop: Work) -> None:
    written(laptop, "ours", KEYS["ed25519"]())
    laptop.commit(f"Two\n\n{TRAILER}")
    laptop.ringfence("check", "--all", "--receipt", "r.json", "--receipt-key", "ours.pem")
    envelope = receipt(laptop)
    payload = base64.b64decode(envelope["payload"]).replace(b"FAILED", b"PASSED")
    laptop.write("r.json", json.dumps(envelope | {"payload": base64.b64encode(payload).decode()}))
    assert verified(laptop, "--key", "ours.pub").status == 7
    laptop.write("r.json", payload)
    assert verified(laptop, "--key", "ours.pub").status == 7


@pytest.mark.parametrize(
    "damage", [{"payload": "%"}, {"payloadType": "text/html"}, {"signatures": [{}]}, {"signatures": 1}]
)
def test_a_damaged_envelope_vouches_for_nothing(laptop: Work, damage: dict[str, object]) -> None:
    written(laptop, "ours", KEYS["ed25519"]())
    laptop.ringfence("check", "--all", "--receipt", "r.json", "--receipt-key", "ours.pem")
    laptop.write("r.json", json.dumps(receipt(laptop) | damage))
    assert verified(laptop, "--key", "ours.pub").status == 7


def test_a_key_that_is_none_is_told(laptop: Work) -> None:
    written(laptop, "ours", KEYS["ed25519"]())
    said = laptop.ringfence("check", "--all", "--receipt", "r.json", "--receipt-key", "ours.pub")
    assert (said.status, "isn't a private key in PEM" in said.out) == (2, True)
    laptop.ringfence("check", "--all", "--receipt", "r.json", "--receipt-key", "ours.pem")
    said = verified(laptop, "--key", "ours.pem")
    assert (said.status, "isn't a public key in PEM" in said.out) == (2, True)
    said = laptop.ringfence("check", "--all", "--receipt-key", "ours.pem")
    assert (said.status, "--receipt-key needs --receipt" in said.out) == (2, True)


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("dsse", "signer"):
        monkeypatch.setitem(sys.modules, f"securesystemslib.{name}", None)
    with pytest.raises(UsageError) as error:
        dsse.build_signer(b"")
    assert error.value.advice == "Install it: pip install 'ringfence[sign]'"
    with pytest.raises(UsageError):
        dsse.extract_statement(b'{"payload": ""}', None)
