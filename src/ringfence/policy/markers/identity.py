"""The kind `identity`: an author or helper by a vendor's address or account, or by a product's full name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from .authorship import ANY_KEY
from .base import Expression, MarkerEntry, Pattern, Text

Role = Literal["author", "committer", "coauthor", "tagger"]
ROLES: tuple[Role, ...] = ("author", "committer", "coauthor", "tagger")


class IdentityMarker(MarkerEntry):
    """Matched against `Name <address>` of author, committer and tagger, and of every authorship line in a message."""

    part = "author"
    kind: Literal["identity"]
    address: tuple[Text, ...] = Field((), description="Mail addresses the product signs with.")
    account: tuple[Annotated[str, Field(pattern=r"^\d+\+|^[A-Za-z0-9-]+\[bot\]$")], ...] = Field(
        (),
        description="`ID+login` of accounts at a forge (`…@users.noreply.github.com`). At github.com the number counts "
        "under any login, since an account can be renamed; a number that isn't sure stands in `address`. There a login "
        "with `[bot]` is an app's, which nobody else can have: it counts with any number or none, and can stand alone.",
    )
    domain: tuple[Annotated[str, Field(pattern=r"^[a-z0-9.-]+$")], ...] = Field(
        (), description="Domains of the vendor, at any address of which `name` is the product and no colleague."
    )
    local: Pattern | None = Field(None, description="What stands before the `@`, at any domain.")
    name: Pattern | None = Field(None, description="The whole display name; alone, or together with the above.")
    roles: tuple[Role, ...] = Field(ROLES, min_length=1, description="The roles in which it counts.")

    @model_validator(mode="after")
    def _check_not_empty(self) -> Self:
        if not (self.address or self.account or self.local or self.name):
            raise ValueError("needs address, account, local or name")
        if self.domain and not self.name:
            raise ValueError("domain needs name: a vendor's staff writes from there")
        return self

    def build_expressions(self) -> Iterator[Expression]:
        """Yield an expression for identities, and one for the lines of a message."""
        roles = [role for role in self.roles if role != "coauthor"]
        if roles:
            yield "identity", self._build_identity("^"), ",".join(roles)
        if "coauthor" in self.roles:
            yield "message", self._build_identity(ANY_KEY), "coauthor"

    def build_surfaces(self, example: str) -> Iterator[tuple[str, bytes]]:
        """Yield an example, `[role: ]Name <address>`, as (part, bytes) for each of its roles."""
        role, _, rest = example.partition(": ")
        for part in (role,) if role in ROLES else self.roles:
            text = rest if role in ROLES else example
            yield (
                ("message", f"x\n\nCo-authored-by: {text}\n".encode()) if part == "coauthor" else (part, text.encode())
            )

    def _build_identity(self, start: str) -> str:
        """Return the expression for a whole identity after `start`."""
        patterns = [re.escape(address) for address in self.address]
        patterns += [_build_account(account) for account in self.account]
        patterns += [rf"[\w.%+-]+@{re.escape(domain)}" for domain in self.domain]
        patterns += [rf"({self.local})@[\w.-]+"] if self.local else []
        addresses = f"({'|'.join(patterns)})"
        if not self.name:
            return rf"{start}([^\n]*[^\w.+\n-])?{addresses}($|[^\w.-])"
        name = rf"[\s\"'*_`]*({self.name})[\s\"'*_`]*"
        # A name ends where an address begins, in any brackets or none.
        return rf"{start}{name}[<(\[]?{addresses}($|[^\w.-])" if patterns else rf"{start}{name}($|[<(\[]|[^\s<@]+@)"


def _build_account(account: str) -> str:
    """Return the expression for an account's address.

    Number and login hold at any forge. At github.com the number alone does, as does the login of an app: people can't
    have brackets in theirs.
    """
    number, _, login = account.rpartition("+")
    forms = [rf"{re.escape(account)}@users\.noreply\.[a-z0-9.-]+"] if number else []
    forms += [rf"{number}\+[^@\s]+@users\.noreply\.github\.com"] if number else []
    forms += [rf"(\d+\+)?{re.escape(login)}@users\.noreply\.github\.com"] if login.endswith("[bot]") else []
    return "|".join(forms)
