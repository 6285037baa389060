"""Signed waivers: what their requester and their approver sign, and whether both have.

The requester signs all but who approves, the approver all of it, so that any later change breaks a signature. Checking
starts ssh-keygen twice or more for each waiver: that happens when a plan is compiled, and not with every push.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from functools import lru_cache
from typing import TYPE_CHECKING

from ..errors import UsageError
from .inputs import WAIVERS
from .signatures import NoVerdictError, refuse_one_key, verify_signature
from .signers_stamp import stamp_signers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .effective_policy import EffectivePolicy
    from .schema.waiver_file import Waiver

ASK, APPROVE = "ask", "approve"
FIELDS = ("finding", "commit", "tag", "reason", "ticket", "repository", "requested_by", "approved_by", "until")
_DATED = (b"valid-", b"cert-authority")  # what makes a key of the file valid at one time and not at another


def build_statement(waiver: Mapping[str, object], step: str) -> bytes:
    """Return what a person signs of a waiver, to `ask` for it or to `approve` it."""
    said = {name: str(waiver.get(name) or "") for name in FIELDS if step == APPROVE or name != "approved_by"}
    return json.dumps({"type": "ringfence waiver 1", "step": step, **said}, sort_keys=True).encode() + b"\n"


def verify_waivers(policy: EffectivePolicy) -> bool:
    """Check the signatures of a policy's waivers, where it names signers, and keep what is wrong with each.

    Returns False where some couldn't be checked on this machine, which may be otherwise for the next push.
    """
    signers, is_settled = policy.approvals.get("signers", ""), True
    today = dt.datetime.now(dt.UTC).date()
    rules = policy.waiver_rules
    for number, (origin, waiver) in enumerate(rules.waivers if signers else ()):
        if waiver.until < today or rules.find_fault(waiver):
            rules.signature_faults[number] = ""  # which can't be used anyway
            continue
        try:
            rules.signature_faults[number] = find_signature_fault(waiver, signers, is_own=origin.startswith(WAIVERS))
        except NoVerdictError as error:
            rules.signature_faults[number], is_settled = f"its signatures can't be checked: {error.message}", False
    return is_settled


def stamp_policy(policy: EffectivePolicy) -> bytes:
    """Return the stamp of the signers that decide about a policy's waivers; b"" where none do."""
    signers = policy.approvals.get("signers", "")
    return stamp_signers(signers) if signers and policy.waiver_rules.waivers else b""


def find_signature_fault(waiver: Waiver, signers: str, *, is_own: bool) -> str:
    """Return why a waiver isn't signed as it must be, or ""; `is_own` says that it stands in a `waivers.toml`.

    Raises:
        NoVerdictError: It can't be checked on this machine.
    """
    if is_own and not waiver.repository:
        return "it names no repository, so that its signatures would hold in any"
    signed = (
        (ASK, waiver.requested_by, waiver.request_signature), (APPROVE, waiver.approved_by, waiver.approval_signature),
    )  # fmt: skip
    keys = []
    for step, person, signature in signed:
        if not signature:
            return f"{person} hasn't signed it"
        try:
            keys.append(_verify_today(build_statement(waiver.model_dump(), step), signature, signers, person))
        except NoVerdictError:
            raise
        except UsageError as error:
            return _explain_fault(error, step, person)
    try:
        refuse_one_key(waiver.requested_by, keys[0], waiver.approved_by, keys[1])
    except UsageError as error:
        return error.message.rstrip(".")
    return ""


def _explain_fault(error: UsageError, step: str, person: str) -> str:
    what = "request" if step == ASK else "approval"
    return f"the signature of the {what} isn't {person}'s: {error.message.rpartition(': ')[2].rstrip('.')}"


def _verify_today(statement: bytes, signature: str, signers: str, person: str) -> bytes:
    """Return the key of a signature that is valid now and until the day ends in UTC.

    What is found out is kept for the day, and a key that ends within it must not be valid after that.
    """
    key = _verify(statement, signature, signers, person, "", stamp_signers(signers))
    if _has_dates(signers):
        end = f"{dt.datetime.now(dt.UTC):%Y%m%d}235959Z"
        _verify(statement, signature, signers, person, end, stamp_signers(signers))
    return key


@lru_cache(maxsize=4096)  # a server's repositories have the same waivers of the policy
def _verify(statement: bytes, signature: str, signers: str, person: str, at: str, stamp: bytes) -> bytes:
    """Verify a signature; `stamp` tells apart the states of the file of signers."""
    del stamp
    return verify_signature(statement, signature, signers, person, at)


def _has_dates(signers: str) -> bool:
    if not os.access(signers, os.R_OK):
        return False
    with open(signers, "rb") as file:
        content = file.read()
    return any(word in content for word in _DATED)
