from __future__ import annotations

import pytest

from conftest import Work
from ringfence.git.objects import Objects
from ringfence.git.repo import Repo
from ringfence.sources.original_author import read_author


def read(work: Work) -> tuple[tuple[str, bytes, str], ...]:
    repo = Repo(str(work.path))
    return read_author(repo, Objects(repo))


def test_without_an_operation_there_is_no_original_author(clone: Work) -> None:
    assert read(clone) == ()


def test_the_author_of_a_cherry_pick(clone: Work) -> None:
    picked = clone.commit("Other", GIT_AUTHOR_NAME="Ben Example", GIT_AUTHOR_EMAIL="ben@example.org")
    clone.write(".git/CHERRY_PICK_HEAD", f"{picked}\n")
    assert read(clone) == (("author", b"Ben Example <ben@example.org>", ""),)


@pytest.mark.parametrize("folder", ["rebase-apply", "rebase-merge"])
def test_the_author_of_a_rebase(clone: Work, folder: str) -> None:
    script = "GIT_AUTHOR_NAME='Ben O'\\''Example'\nGIT_AUTHOR_EMAIL='ben@example.org'\nGIT_AUTHOR_DATE='@1 +0000'\n"
    clone.write(f".git/{folder}/author-script", script)
    assert read(clone) == (("author", b"Ben O'Example <ben@example.org>", ""),)
