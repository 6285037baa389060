"""Read rules for servers that have rules of their own: who is kept from fetching which tagged repositories."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..git.repo import Repo
from ..policy.effective import build_effective_policy, list_vendors
from ..repository import Repository
from .policy_checks import read_inputs
from .server_hooks import find_repositories

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_GROUP = "ringfence-kept-out"


@dataclass(frozen=True, slots=True)
class ReadRule:
    """A tagged repository, by its name below the folder of all, and the patterns of accounts kept out of it, sorted."""

    repository: str
    accounts: tuple[str, ...]


def list_read_rules(root: str) -> Iterator[ReadRule]:
    """Yield a rule for each tagged repository below a folder whose policy keeps some accounts out.

    Raises:
        PolicyError: The policy of one can't be used.
    """
    for directory in find_repositories(root):
        name = _find_name(directory, root)
        inputs = read_inputs(Repository(Repo(directory), server=True, names=[name]))
        policy = build_effective_policy(inputs, list_vendors(inputs))
        if (policy.whole or policy.zones) and (accounts := policy.agents | policy.barred):
            yield ReadRule(name, tuple(sorted(accounts)))


def _find_name(directory: str, root: str) -> str:
    """Return a repository's name: GitLab, whose folders have none, keeps it in the repository's configuration."""
    found = Repo(directory).run("config", "--get", "gitlab.fullpath", ok=(0, 1)).decode("utf-8", "replace").strip()
    return found or os.path.relpath(directory, root).removesuffix(".git")


def format_gitolite(rules: Iterable[ReadRule]) -> Iterator[str]:
    """Yield lines for gitolite.conf: denials, which gitolite looks at for reading only where `deny-rules` is set.

    https://gitolite.com/gitolite/conf.html#deny-rules-and-reading
    """
    yield "# gitolite.conf, before all other rules of these repositories; then: gitolite compile"
    for names, accounts in _group(rules):
        plain = [account for account in accounts if _is_plain(account)]
        yield from _tell_patterns(accounts)
        if plain:
            yield f"repo {' '.join(names)}"
            yield f"    -   = {' '.join(plain)}"
            yield "    option deny-rules = 1"


def format_gerrit(rules: Iterable[ReadRule]) -> Iterator[str]:
    """Yield a section of project.config that blocks a group's reading, and the group's members.

    In a project's own section a rule that allows would win over one that blocks.

    https://gerrit-review.googlesource.com/Documentation/access-control.html#block
    """
    for names, accounts in _group(rules):
        yield f"# {_GROUP}: {' '.join(accounts)}"
        yield f"# project.config, on refs/meta/config of a project that these inherit from: {' '.join(names)}"
        yield '[access "refs/*"]'
        yield f"\tread = block group {_GROUP}"


def _group(rules: Iterable[ReadRule]) -> Iterator[tuple[list[str], tuple[str, ...]]]:
    """Yield repositories that keep the same accounts out together."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for rule in rules:
        groups.setdefault(rule.accounts, []).append(rule.repository)
    yield from ((names, accounts) for accounts, names in groups.items())


def _is_plain(account: str) -> bool:
    """Return whether an account is a name that gitolite takes, and neither a pattern nor another word of its rules."""
    return account[:1].isalnum() and account.replace("-", "").replace("_", "").replace(".", "").isalnum()


def _tell_patterns(accounts: Iterable[str]) -> Iterator[str]:
    patterns = [account for account in accounts if not _is_plain(account)]
    if patterns:
        yield f"# gitolite knows no patterns: add the accounts that these stand for: {' '.join(patterns)}"
