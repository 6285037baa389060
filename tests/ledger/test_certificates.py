"""Where a server takes push certificates, the ledger says who signed, and nothing that somebody only claims."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from conftest import Said, Work, kept, run

pytestmark = pytest.mark.needs("ssh-keygen")

SIGNED = {"signer": "ann@example.org", "status": "G", "nonce": "OK"}


@pytest.fixture
def key(server: Work, tmp_path: Path) -> Path:
    """A key of Ann's that the server knows; the server asks for certificates, and takes a minute-old nonce."""
    path = tmp_path / "key"
    assert run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path), cwd=tmp_path)
    (tmp_path / "allowed").write_text(f"ann@example.org {path.with_suffix('.pub').read_text()}")
    for name, text in (
        ("receive.certNonceSeed", "seed"),
        ("receive.certNonceSlop", "60"),
        ("gpg.format", "ssh"),
        ("gpg.ssh.allowedSignersFile", str(tmp_path / "allowed")),
    ):
        server.did("config", name, text)
    return path


def push(clone: Work, key: Path, *args: str, **env: str) -> Said:
    """Commit and push, signed where the arguments say so."""
    clone.commit("Add rows")
    return clone.git("-c", "gpg.format=ssh", "-c", f"user.signingkey={key}", "push", *args, "origin", "main", **env)


def test_a_signed_push_names_its_signer(clone: Work, server: Work, key: Path, book: Path) -> None:
    assert push(clone, key, "--signed")
    [entry] = kept(book)
    found = entry["body"]["certificate"]
    assert found.pop("key").startswith("SHA256:")
    assert found == SIGNED
    said = server.ringfence("ledger", "show", "--ledger", str(book))
    assert "(signed by ann@example.org)" in said.out
    assert "ok  push certificates: the ledger names who signed a push" in (
        server.ringfence("status", "--server", str(server.path)).out
    )


def test_a_key_that_the_server_does_not_know_names_nobody(
    clone: Work, server: Work, key: Path, book: Path, tmp_path: Path
) -> None:
    (tmp_path / "allowed").write_text("")
    assert push(clone, key, "--signed")
    [entry] = kept(book)
    found = entry["body"]["certificate"]
    assert (found["signer"], found["status"]) == ("", "G")  # as git has it
    said = server.ringfence("ledger", "show", "--ledger", str(book))
    assert f"(signed by unknown key {found['key']})" in said.out


def test_what_a_pusher_only_claims_is_not_recorded(clone: Work, server: Work, key: Path, book: Path) -> None:
    """Git hands on variables of its caller where a push isn't signed; a certificate of another push is none of this."""
    claims = {"GIT_PUSH_CERT_SIGNER": "boss", "GIT_PUSH_CERT_STATUS": "G", "GIT_PUSH_CERT_NONCE_STATUS": "OK"}
    other = server.did("hash-object", "-w", "--stdin", stdin=b"certificate version 0.1\npusher boss\n\n0 1 refs/x\n")
    tree = server.did("rev-parse", "main^{tree}")
    for oid in ("", "0" * 40, "1" * 40, other, tree):
        assert push(clone, key, **claims, GIT_PUSH_CERT=oid)
        assert "certificate" not in kept(book)[-1]["body"]


def test_a_refused_push_names_its_signer_too(clone: Work, server: Work, key: Path, book: Path) -> None:
    shutil.copy(key, key.with_name("again"))
    clone.commit("Add\n\nCo-authored-by: Claude <noreply@anthropic.com>")
    push(clone, key.with_name("again"), "--signed").assert_refused()
    assert kept(book)[-1]["body"]["certificate"]["signer"] == "ann@example.org"
