"""Signs statements and verifies them, in DSSE envelopes: github.com/secure-systems-lab/dsse."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ..errors import ReceiptError, UsageError

if TYPE_CHECKING:
    from typing import Any

_PAYLOAD = "application/vnd.in-toto+json"
_NO_LIBRARY = ("signatures need a library that isn't installed.", "Install it: pip install 'ringfence[sign]'")


def build_signer(key: bytes) -> Any:
    """Return a securesystemslib signer for a private key (PEM, without a password).

    Raises:
        UsageError: The key can't be used, or the libraries for signatures aren't installed.
    """
    try:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
        from securesystemslib.signer import CryptoSigner
    except ImportError:
        raise UsageError(*_NO_LIBRARY) from None
    try:
        return CryptoSigner(load_pem_private_key(key, None))
    except (TypeError, ValueError, UnsupportedAlgorithm):
        advice = "Make one: openssl genpkey -algorithm ed25519"
        raise UsageError("the key isn't a private key in PEM without a password.", advice) from None


def sign_statement(statement: str, signer: Any) -> str:
    """Return a statement as a signed envelope (JSON); `signer` comes from `build_signer`."""
    from securesystemslib.dsse import Envelope

    envelope = Envelope(statement.encode(), _PAYLOAD, {})
    envelope.sign(signer)
    return json.dumps(envelope.to_dict(), indent=2) + "\n"


def extract_statement(data: bytes, key: bytes | None) -> bytes:
    """Return the statement of a receipt, in an envelope or not; with a public key (PEM) the signature is verified.

    Raises:
        ReceiptError: It isn't a receipt, or isn't signed with that key.
        UsageError: The key can't be used, or the libraries for signatures aren't installed.
    """
    try:
        outer = json.loads(data)
    except (ValueError, RecursionError):
        raise ReceiptError("not a valid receipt: it isn't JSON.") from None
    if isinstance(outer, dict) and "payload" in outer:
        return _open_envelope(outer, key)
    if key:
        raise ReceiptError("the receipt isn't signed.", "Let the run sign it: --receipt-key.")
    return data


def _open_envelope(outer: dict[str, Any], key: bytes | None) -> bytes:
    try:
        from securesystemslib.dsse import Envelope
        from securesystemslib.exceptions import VerificationError
    except ImportError:
        raise UsageError(*_NO_LIBRARY) from None
    try:
        envelope = Envelope.from_dict(outer)
    except (AttributeError, LookupError, TypeError, ValueError):
        raise ReceiptError("not a valid receipt: the envelope is damaged.") from None
    if envelope.payload_type != _PAYLOAD:
        raise ReceiptError("not a valid receipt: the envelope holds something else.")
    if key:
        try:
            envelope.verify([_parse_public_key(key)], 1)
        except VerificationError:
            raise ReceiptError("the receipt isn't signed with that key.") from None
    return bytes(envelope.payload)


def _parse_public_key(key: bytes) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from securesystemslib.signer import SSlibKey

    try:
        return SSlibKey.from_crypto(load_pem_public_key(key))
    except (TypeError, ValueError, UnsupportedAlgorithm):
        raise UsageError("the key isn't a public key in PEM.", "Make it: openssl pkey -in KEY -pubout") from None
