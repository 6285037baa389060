"""The story in five tests; the folders beside this file go into each part of it."""

from conftest import CLAUDE, SHARE_LINK, TRAILER, Work


def test_a_clean_commit_is_pushed(clone: Work) -> None:
    clone.commit("Add rows", files={"rows.txt": "written by a person\n"})
    assert clone.git("push", "origin", "main")


def test_a_marked_message_is_refused_by_the_server(clone: Work) -> None:
    clone.commit(f"Add rows\n\n{TRAILER}")
    said = clone.git("push", "origin", "main")
    assert not said
    assert "ringfence pre-receive: refused" in said.out
    assert CLAUDE in said.out


def test_a_marked_author_is_refused_though_message_and_content_are_clean(clone: Work) -> None:
    clone.commit("Add rows", GIT_AUTHOR_NAME="Claude", GIT_AUTHOR_EMAIL="noreply@anthropic.com")
    said = clone.git("push", "origin", "main")
    said.assert_refused("ringfence pre-receive: refused, 1 mark", ", author ", CLAUDE)


def test_a_person_called_claude_may_push(clone: Work) -> None:
    clone.commit("Add rows", GIT_AUTHOR_NAME="Claude Monet", GIT_AUTHOR_EMAIL="claude@monet.fr")
    assert clone.git("push", "origin", "main")


def test_a_marked_file_is_refused_before_it_is_committed(laptop: Work) -> None:
    laptop.write("notes.md", f"See {SHARE_LINK}\n")
    laptop.did("add", ".")
    said = laptop.git("commit", "-m", "Add notes")
    assert not said
    assert "ringfence pre-commit: refused" in said.out
    assert "notes.md, line 1" in said.out
