"""Signed requests and approvals: what is signed, and whose signature the policy wants."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..policy.signatures import sign_statement, verify_signature

if TYPE_CHECKING:
    from ..policy.plan import Plan
    from ..records.quarantine import QuarantinedPush


def allows_same_login(plan: Plan | None) -> bool:
    """Return whether one login may ask and approve."""
    return plan is not None and plan.approvals.get("same_login") == "True"


def build_statement(push: QuarantinedPush, act: str, step: str, by: str) -> bytes:
    """Return what a person signs: the push with its refs, what shall be done with it, and who says so."""
    refs = push.record["refs"] if push.record else []
    statement = {"type": "ringfence approval 1", "push": push.id, "act": act, "step": step, "by": by, "refs": refs}
    return json.dumps(statement, sort_keys=True).encode() + b"\n"


def sign_step(plan: Plan | None, push: QuarantinedPush, act: str, step: str, by: str, key: str) -> str:
    """Return a person's signature of a step, checked against the policy's signers; "" where it names none.

    Raises:
        UsageError: The policy wants a signature, and there is no key, or it isn't that person's.
    """
    signers = plan.approvals.get("signers", "") if plan else ""
    if not signers:
        if key:
            raise UsageError("the policy names no signers, so that no signature counts.", "Leave --key out.")
        return ""
    if not key:
        raise UsageError("the policy wants a signature.", "Sign with your SSH key: --key FILE.")
    statement = build_statement(push, act, step, by)
    signature = sign_statement(statement, key)
    verify_signature(statement, signature, signers, by)
    return signature
