"""Signs statements with a person's SSH key, and checks whose signature one is, by `ssh-keygen -Y`."""

from __future__ import annotations

import os
import subprocess
import tempfile

from ..errors import UsageError

_NAMESPACE = "ringfence"  # a signature for another purpose doesn't count
_TIMEOUT = 60  # seconds; a key in hardware waits for a touch


def sign_statement(statement: bytes, key: str) -> str:
    """Return a signature of a statement; `key` is a private key, or a public one whose private key an agent holds.

    Raises:
        UsageError: It can't be signed.
    """
    done = _run_keygen(["-Y", "sign", "-q", "-n", _NAMESPACE, "-f", key], statement)
    if done.returncode or not done.stdout:
        raise UsageError(f"{key} can't sign: {_get_last_line(done)}.", "Give the file of an SSH key: --key FILE.")
    return done.stdout.decode()


def verify_signature(statement: bytes, signature: str, signers: str, person: str) -> None:
    """Check that a statement was signed by a person, whose keys a file of allowed signers lists.

    Raises:
        UsageError: It wasn't, or the file can't be read.
    """
    if not os.access(signers, os.R_OK):
        raise UsageError(f"the allowed signers {signers} can't be read.", "See `[approvals] signers` in the policy.")
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".sig") as file:
        file.write(signature)
        file.flush()
        command = ["-Y", "verify", "-n", _NAMESPACE, "-f", signers, "-I", person, "-s", file.name]
        done = _run_keygen(command, statement)
    if done.returncode:
        raise UsageError(f"the signature isn't one of {person}'s: {_get_last_line(done)}.", f"Their keys: {signers}.")


def _run_keygen(arguments: list[str], statement: bytes) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            ["ssh-keygen", *arguments], input=statement, capture_output=True, check=False, timeout=_TIMEOUT
        )
    except FileNotFoundError:
        raise UsageError("ssh-keygen isn't on the PATH.", "Install OpenSSH.") from None
    except subprocess.TimeoutExpired:
        raise UsageError("ssh-keygen didn't answer in time.") from None


def _get_last_line(done: subprocess.CompletedProcess[bytes]) -> str:
    lines = (done.stderr + done.stdout).decode("utf-8", "replace").strip().splitlines()
    return lines[-1].rstrip(".") if lines else f"ssh-keygen exited with {done.returncode}"
