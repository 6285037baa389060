"""Commands for forges that have lists of who may read and no denials: who is on them that a policy keeps out.

Nothing is run here: the lines are printed, for somebody who may administer the forge. Sources, as read on 2026-11-28:
the REST references of GitHub (collaborators, organisations) and GitLab (projects, members), and in part that of
Bitbucket Data Center (permissions). Those of Gitea and Forgejo weren't read, and no line was tried on a forge.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .read_rules import ReadRule

_CURL = 'curl -fsS -H "Authorization: {} $TOKEN"'
_JSON = "-H 'Content-Type: application/json'"
_LEFT = "  # nobody may be left"


def format_github(rules: Iterable[ReadRule]) -> Iterator[str]:
    """Yield commands of `gh` for github.com and GitHub Enterprise Server; for the latter, set GH_HOST."""
    yield "# The list has those of teams and of the organisation, too; of its apps the second, by their slug."
    organisations = set[str]()
    for rule in rules:
        owner = rule.repository.split("/")[0]
        if owner not in organisations:
            organisations.add(owner)
            yield f"gh api --method PATCH orgs/{_put(owner)} -f default_repository_permission=none"
            yield f"gh api --paginate orgs/{_put(owner)}/installations --jq '.installations[].app_slug'"
        path = f"repos/{_put(rule.repository)}"
        yield f"gh api --method PATCH {path} -F private=true"
        yield f"gh api --paginate {path}/collaborators --jq '.[].login' | {_grep(rule)}"
        yield f"gh api --paginate {path}/keys --jq '.[].title'{_LEFT} that an agent holds"


def format_gitlab(rules: Iterable[ReadRule]) -> Iterator[str]:
    """Yield commands of `glab` for GitLab."""
    yield "# The list has those of groups that own the project or are invited to it, too."
    for rule in rules:
        path = f"projects/{quote(rule.repository, safe='')}"
        yield f"glab api --method PUT {path} -f visibility=private"
        yield f"glab api --paginate {path}/members/all | jq -r '.[].username' | {_grep(rule)}"
        yield f"glab api --paginate {path}/deploy_keys | jq -r '.[].title'{_LEFT} that an agent holds"
        yield f"glab api --paginate {path}/access_tokens | jq -r '.[].name'{_LEFT} that an agent holds"


def format_gitea(rules: Iterable[ReadRule]) -> Iterator[str]:
    """Yield commands for the API of Gitea and Forgejo, at $URL and with $TOKEN."""
    curl = _CURL.format("token")
    yield "# $URL is the server's address, $TOKEN that of an administrator."
    for rule in rules:
        path = f'"$URL/api/v1/repos/{_put(rule.repository)}'
        yield f'{curl} {_JSON} -X PATCH -d \'{{"private": true}}\' {path}"'
        yield f"{curl} {path}/collaborators?limit=50\" | jq -r '.[].login' | {_grep(rule)}"
        yield f"{curl} {path}/teams\" | jq -r '.[].name'  # and the members of these"
        for account in _list_plain(rule):
            yield f'{curl} {path}/collaborators/{_put(account)}/permission"  # must be none'


def format_bitbucket(rules: Iterable[ReadRule]) -> Iterator[str]:
    """Yield commands for the API of Bitbucket Data Center, at $URL and with $TOKEN."""
    curl = _CURL.format("Bearer")
    yield "# $URL is the server's address, $TOKEN that of an administrator; who reads a project reads its repositories."
    for rule in rules:
        project, _, slug = rule.repository.partition("/")
        above = f'"$URL/rest/api/latest/projects/{_put(project)}'
        for path in (above, f"{above}/repos/{_put(slug)}"):
            yield f'{curl} {_JSON} -X PUT -d \'{{"public": false}}\' {path}"'
            yield f"{curl} {path}/permissions/users?limit=1000\" | jq -r '.values[].user.name' | {_grep(rule)}"
            yield f"{curl} {path}/permissions/groups?limit=1000\" | jq -r '.values[].group.name'  # and their members"
        yield f'{curl} {above}/permissions/PROJECT_READ/all"  # permitted must be false'


def _grep(rule: ReadRule) -> str:
    """Return the command that keeps the accounts of a rule; in patterns only `*` is special."""
    words = (re.sub(r"([.\\+?()\[\]{}^$|])", r"\\\1", account).replace("*", ".*") for account in rule.accounts)
    return f"grep -ixE {shlex.quote('|'.join(words))}{_LEFT}"


def _list_plain(rule: ReadRule) -> list[str]:
    return [account for account in rule.accounts if "*" not in account]


def _put(text: str) -> str:
    """Return a name as it may stand in an address, and in a shell between quotes or without."""
    return quote(text, safe="/")
