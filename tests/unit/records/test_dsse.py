"""Signed receipts."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from ringfence.errors import ReceiptError, UsageError
from ringfence.records import dsse

STATEMENT = '{"_type": "x"}\n'


def make_keys() -> tuple[bytes, bytes]:
    """Return a new private key and its public key, in PEM."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def test_a_signed_statement_is_extracted_with_the_right_key_alone() -> None:
    private, public = make_keys()
    envelope = dsse.sign_statement(STATEMENT, dsse.build_signer(private)).encode()
    assert dsse.extract_statement(envelope, public) == STATEMENT.encode()
    assert dsse.extract_statement(envelope, None) == STATEMENT.encode()
    with pytest.raises(ReceiptError, match=r"^the receipt isn't signed with that key\.$"):
        dsse.extract_statement(envelope, make_keys()[1])


def test_a_changed_payload_fails_verification() -> None:
    private, public = make_keys()
    envelope = dsse.sign_statement(STATEMENT, dsse.build_signer(private))
    other = dsse.sign_statement('{"_type": "y"}\n', dsse.build_signer(private))
    payload, forged = (text.split('"payload": "')[1].split('"')[0] for text in (envelope, other))
    with pytest.raises(ReceiptError, match="isn't signed with that key"):
        dsse.extract_statement(envelope.replace(payload, forged).encode(), public)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"[", "not a valid receipt: it isn't JSON."),
        (b'{"payload": 1}', "not a valid receipt: the envelope is damaged."),
        (b'{"payload": "", "payloadType": "x", "signatures": []}', "not a valid receipt: the envelope holds something"),
    ],
)
def test_other_bytes_are_not_a_receipt(data: bytes, message: str) -> None:
    with pytest.raises(ReceiptError) as error:
        dsse.extract_statement(data, None)
    assert error.value.message.startswith(message)


def test_a_key_demands_a_signature() -> None:
    with pytest.raises(ReceiptError, match=r"^the receipt isn't signed\.$"):
        dsse.extract_statement(STATEMENT.encode(), make_keys()[1])


def test_keys_that_cannot_be_used_are_usage_errors() -> None:
    private, public = make_keys()
    with pytest.raises(UsageError, match="isn't a private key in PEM"):
        dsse.build_signer(public)
    envelope = dsse.sign_statement(STATEMENT, dsse.build_signer(private)).encode()
    with pytest.raises(UsageError, match="isn't a public key in PEM"):
        dsse.extract_statement(envelope, b"-----")
