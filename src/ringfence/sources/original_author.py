"""Finds the original author of a commit that cherry-pick, rebase or am recreates; hooks don't get it from git."""

from __future__ import annotations

import os

from ..git.raw import parse_texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..git.objects import Objects
    from ..git.repo import Repo
    from ..model import Text


def read_author(repo: Repo, objects: Objects) -> tuple[Text, ...]:
    """Return the author of the commit being picked, rebased or applied; () if there is no such operation."""
    folder = repo.find_git_directory()
    if os.path.exists(os.path.join(folder, "CHERRY_PICK_HEAD")):
        raw = objects.read_object("CHERRY_PICK_HEAD") or b""
        return tuple(text for text in parse_texts(raw) if text[0] == "author")
    for script in ("rebase-apply/author-script", "rebase-merge/author-script"):
        try:
            with open(os.path.join(folder, script), encoding="utf-8", errors="surrogateescape") as file:
                return _parse_author_script(file.read())
        except FileNotFoundError:
            continue
    return ()


def _parse_author_script(script: str) -> tuple[Text, ...]:
    """Parse the shell assignments (GIT_AUTHOR_NAME='…') that git keeps during a rebase."""
    import shlex

    variables = dict(word.partition("=")[::2] for word in shlex.split(script))
    name, address = variables.get("GIT_AUTHOR_NAME", ""), variables.get("GIT_AUTHOR_EMAIL", "")
    return (("author", f"{name} <{address}>".encode("utf-8", "surrogateescape"), ""),)
