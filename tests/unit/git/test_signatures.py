"""The bytes of signatures are left out of what is judged, and nothing else is."""

from __future__ import annotations

import base64
import random

import pytest

from ringfence.git.signatures import drop_signature_bytes

ARMOUR = "-----BEGIN {0}-----\n{1}\n-----END {0}-----\n"
MARK = "Co-authored-by: Claude <noreply@anthropic.com>\n"


def encode(data: bytes, width: int = 64) -> str:
    text = base64.b64encode(data).decode()
    return "\n".join(text[start : start + width] for start in range(0, len(text), width))


@pytest.mark.parametrize("kind", ["PGP SIGNATURE", "SSH SIGNATURE", "SIGNED MESSAGE"])
@pytest.mark.parametrize("seed", range(20))
def test_bytes_of_a_signature_are_left_out(kind: str, seed: int) -> None:
    body = encode(random.Random(seed).randbytes(400), 64 if seed % 2 else 70)
    text = f"Release 1\n\n{ARMOUR.format(kind, f'Comment: ours{chr(10) * 2}{body}{chr(10)}=o3x4')}Signed.\n"
    left = drop_signature_bytes(text.encode()).decode()
    assert left.split() == f"Release 1 {ARMOUR.format(kind, 'Comment: ours')}Signed.".split()
    assert left.count("\n") == text.count("\n")


@pytest.mark.parametrize("width", [64, 70, 76, 400])
def test_the_base64_of_a_text_stays(width: int) -> None:
    text = ARMOUR.format("PGP SIGNATURE", encode(f"A line\n\n{MARK * 4}".encode(), width)).encode()
    assert drop_signature_bytes(text) == text


@pytest.mark.parametrize("text", [MARK, ARMOUR.format("PGP SIGNATURE", MARK), f"-----BEGIN PGP SIGNATURE-----\n{MARK}"])
def test_a_text_stays(text: str) -> None:
    assert drop_signature_bytes(text.encode()) == text.encode()


def test_what_is_outside_of_an_armour_stays() -> None:
    body = encode(random.Random(1).randbytes(90))
    text = f"{body}\n{ARMOUR.format('SSH SIGNATURE', 'eA==')}{body}\n"
    left = drop_signature_bytes(text.encode()).decode()
    assert left == f"{body}\n{ARMOUR.format('SSH SIGNATURE', '')}{body}\n"
