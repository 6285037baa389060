"""Which key signed: the same for a key and for each certificate of it, and no other."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from ringfence.errors import UsageError
from ringfence.policy.signatures import NoVerdictError, read_key, sign_statement, verify_signature

pytestmark = pytest.mark.needs("ssh-keygen")


def make_key(folder: Path, kind: str, name: str) -> Path:
    """Make a key."""
    path = folder / f"{name}-{kind}"
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", name, "-f", str(path)], check=True)
    return path


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_a_certificate_of_a_key_is_that_key(tmp_path: Path, kind: str) -> None:
    key, authority = make_key(tmp_path, kind, "ann"), make_key(tmp_path, "ed25519", "authority")
    plain = sign_statement(b"one", str(key))
    public = f"{key}.pub"
    subprocess.run(["ssh-keygen", "-q", "-s", str(authority), "-I", "1", "-n", "ann", public], check=True)
    certified = sign_statement(b"two", f"{key}-cert.pub")
    assert len(certified) > len(plain)
    assert read_key(certified) == read_key(plain)
    signers = tmp_path / "signers"
    signers.write_text(f"ann cert-authority {Path(f'{authority}.pub').read_text()}")
    assert verify_signature(b"two", certified, str(signers), "ann") == read_key(plain)
    assert read_key(sign_statement(b"one", str(authority))) != read_key(plain)


@pytest.mark.parametrize("text", ["", "-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----", "x" * 99])
def test_what_names_no_key_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="names no key"):
        read_key(text)


def test_where_it_cant_be_checked_there_is_no_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoVerdictError, match="can't be read"):
        verify_signature(b"", "", str(tmp_path / "none"), "ann")
    (tmp_path / "signers").touch()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoVerdictError, match="ssh-keygen isn't on the PATH"):
        verify_signature(b"", "", str(tmp_path / "signers"), "ann")
