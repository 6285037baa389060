"""Who wrote a commit that is being made again: cherry-pick, rebase and am don't tell their hooks."""

from __future__ import annotations

import os

from ..git.raw import parse_texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..git.objects import Objects
    from ..git.repo import Repo
    from ..model import Text


def read_author(repo: Repo, objects: Objects) -> tuple[Text, ...]:
    """Return the author that git will write, if it is another's commit that is being made again."""
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
    """Read the author from the assignments, quoted for a shell, that git keeps in the middle of a rebase."""
    import shlex

    said = dict(word.partition("=")[::2] for word in shlex.split(script))
    name, address = said.get("GIT_AUTHOR_NAME", ""), said.get("GIT_AUTHOR_EMAIL", "")
    return (("author", f"{name} <{address}>".encode("utf-8", "surrogateescape"), ""),)
