"""Whose accounts may push, commit and waive, by the policy."""

from __future__ import annotations

import os

from .markers.scanner import Scanner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .zones import Rows


class AccountRules:
    """Accounts by what a policy says of them.

    Attributes:
        emergency: Accounts that may waive findings by a push option.
        approvers: A tag and an account that may agree to exceptions from it, a row each.
    """

    def __init__(self, rows: Rows, section: Callable[[str], bytes]) -> None:
        self._agents, self._barred = section("account.find"), section("barred.find")
        self._consumers, self._approved = section("consumer.find"), section("approved.find")
        self._is_closed = bool(rows.get("selects"))  # only approved accounts may commit
        self.emergency = {account for (account,) in rows.get("emergency", [])}
        self.approvers = [tuple(row) for row in rows.get("approver", [])]

    @property
    def keeps_some_out(self) -> bool:
        """Whether some accounts may not push or fetch, so that it matters who does."""
        return bool(self._agents or self._barred)

    @property
    def has_barred(self) -> bool:
        """Whether accounts are kept out by name, which may neither push nor read."""
        return bool(self._barred)

    @property
    def has_commit_rules(self) -> bool:
        """Whether it matters by whose accounts commits and tags are made."""
        return bool(self._consumers or self._is_closed)

    def is_agent(self, account: str) -> bool:
        """Return whether an account is a coding agent's."""
        return is_account_match(self._agents, account)

    def is_barred(self, account: str) -> bool:
        """Return whether an account, of a person or a program, is kept out by name."""
        return is_account_match(self._barred, account)

    def is_consumer(self, address: str) -> bool:
        """Return whether an address is a consumer account's."""
        return is_account_match(self._consumers, address)

    def is_approved(self, address: str) -> bool:
        """Return whether an address is an approved account's, as any is where the policy names none."""
        return not self._is_closed or is_account_match(self._approved, address)


def is_account_match(patterns: bytes, account: str) -> bool:
    """Return whether an account matches one of some compiled patterns."""
    return bool(patterns) and bool(Scanner("account", patterns).find_matches(os.fsencode(account)))
