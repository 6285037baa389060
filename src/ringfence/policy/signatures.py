"""Signs statements with a person's SSH key, and checks whose signature one is, by `ssh-keygen -Y`."""

from __future__ import annotations

import base64
import binascii
import os
import subprocess
import tempfile

from ..errors import UsageError

_NAMESPACE = "ringfence"  # a signature for another purpose doesn't count
_TIMEOUT = 60  # seconds; a key in hardware waits for a touch
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_MAGIC = b"SSHSIG\0\0\0\1"  # PROTOCOL.sshsig: the preamble and the version, with the public key behind them
_REASONS = {  # by what ssh-keygen says on stderr
    "incorrect signature": "it is of something else, or that was changed since",
    "key has expired": "the key has expired, or will today",
    "key is not yet valid": "the key isn't valid yet",
    "namespace": "it was made for another purpose, or the key is for one",
}
_CERTIFICATE = b"-cert-v01"
# PROTOCOL.certkeys: how many fields of a certificate, behind its nonce, are the key.
_KEY_FIELDS = {b"ssh-rsa": 2, b"ssh-dss": 4, b"ssh-ed25519": 1, b"sk-ssh-ed25519": 2}
_ECDSA_FIELDS = {b"ecdsa": 2, b"sk-ecdsa": 3}


class NoVerdictError(UsageError):
    """A signature couldn't be checked on this machine, so that nothing is known of it."""


def sign_statement(statement: bytes, key: str) -> str:
    """Return a signature of a statement; `key` is a private key, or a public one whose private key an agent holds.

    Raises:
        UsageError: It can't be signed.
    """
    done = _run_keygen(["-Y", "sign", "-q", "-n", _NAMESPACE, "-f", os.path.expanduser(key)], statement)
    if done.returncode or not done.stdout:
        raise UsageError(f"{key} can't sign: {_get_last_line(done)}.", "Give the file of an SSH key: --key FILE.")
    return done.stdout.decode()


def verify_signature(statement: bytes, signature: str, signers: str, person: str, at: str = "") -> bytes:
    """Check that a statement was signed by a person, whose keys a file of allowed signers lists; return the key.

    `at` is when the key must be valid, as `YYYYMMDDHHMMSSZ`; "" for now. The key is as `read_key` returns it.

    Raises:
        NoVerdictError: It can't be checked here.
        UsageError: It wasn't.
    """
    if not os.access(signers, os.R_OK):
        raise NoVerdictError(
            f"the allowed signers {signers} can't be read.", "See `[approvals] signers` in the policy."
        )
    if "\0" in person:
        raise UsageError("a person's name has a zero byte.")
    when = ["-O", f"verify-time={at}"] if at else []
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".sig") as file:
        file.write(signature)
        file.flush()
        command = ["-Y", "verify", *when, "-n", _NAMESPACE, "-f", signers, "-I", person, "-s", file.name]
        done = _run_keygen(command, statement)
    if done.returncode:
        raise UsageError(f"the signature isn't one of {person}'s: {_explain_failure(done)}.", f"Their keys: {signers}.")
    return read_key(signature)


def refuse_one_key(first: str, first_key: bytes, second: str, second_key: bytes) -> None:
    """Refuse two people's signatures by one key, which a file of allowed signers may list for both.

    Raises:
        UsageError: It is one key.
    """
    if first_key == second_key:
        raise UsageError(f"{first} and {second} sign with one key: that is one person.", "Each signs with their own.")


def read_key(signature: str) -> bytes:
    """Return the public key in a signature; that of a certificate is the key which it certifies.

    Raises:
        UsageError: It isn't an SSH signature by a known kind of key.
    """
    body = signature.partition(_BEGIN)[2].partition(_END)[0]
    try:
        data = binascii.a2b_base64(body).partition(_MAGIC)[2]
        kind, *fields = _split_fields(_split_fields(data)[0])
        if _CERTIFICATE not in kind:
            return base64.b64encode(b"\0".join((kind.partition(b"@")[0], *map(base64.b64encode, fields))))
        kind = kind.partition(_CERTIFICATE)[0]
        count = _KEY_FIELDS.get(kind) or _ECDSA_FIELDS[kind.partition(b"-sha2")[0]]
        return base64.b64encode(b"\0".join((kind, *map(base64.b64encode, fields[1 : 1 + count]))))
    except (ValueError, LookupError):
        raise UsageError("the signature names no key of a known kind.", "Sign with ssh-keygen -Y sign.") from None


def _split_fields(data: bytes) -> list[bytes]:
    """Return the strings that SSH's wire format puts one after the other; what is cut off ends the list."""
    fields, start = [], 0
    while start + 4 <= len(data):
        end = start + 4 + int.from_bytes(data[start : start + 4], "big")
        if end > len(data):
            break  # a certificate holds numbers, too, behind its key
        fields.append(data[start + 4 : end])
        start = end
    return fields


def _run_keygen(arguments: list[str], statement: bytes) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            ["ssh-keygen", *arguments], input=statement, capture_output=True, check=False, timeout=_TIMEOUT
        )
    except OSError:
        raise NoVerdictError("ssh-keygen isn't on the PATH.", "Install OpenSSH.") from None
    except subprocess.TimeoutExpired:
        raise NoVerdictError("ssh-keygen didn't answer in time.") from None


def _explain_failure(done: subprocess.CompletedProcess[bytes]) -> str:
    """Return why a signature wasn't verified; ssh-keygen says nothing where the key isn't the person's."""
    told = done.stderr.decode("utf-8", "replace")
    known = next((reason for words, reason in _REASONS.items() if words in told), "")
    return known or (_get_last_line(done) if told.strip() else "no key that is listed for them made it")


def _get_last_line(done: subprocess.CompletedProcess[bytes]) -> str:
    lines = (done.stderr + done.stdout).decode("utf-8", "replace").strip().splitlines()
    return lines[-1].rstrip(".") if lines else f"ssh-keygen exited with {done.returncode}"
