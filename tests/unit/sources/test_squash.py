from __future__ import annotations

from conftest import Work
from ringfence.git.objects import Objects
from ringfence.git.repo import Repo
from ringfence.sources.squash import CommitPart, build_message, find_source_commit, read_parts

ANN, BEN = b"Ann Example <ann@example.org>", b"Ben Example <ben@example.org>"
PARTS = [
    CommitPart("1" * 40, b"One\n\nBody", ANN),
    CommitPart("2" * 40, b"Two", BEN),
    CommitPart("3" * 40, b"Three", ANN),
]
TRAILERS = b"Co-authored-by: %b\nCo-authored-by: %b\n" % (ANN, BEN)


def test_the_message_has_all_messages_and_authors() -> None:
    assert build_message(PARTS, "", "") == b"One\n\n* One\n\nBody\n\n* Two\n\n* Three\n\n" + TRAILERS


def test_a_title_and_a_body_replace_the_messages() -> None:
    assert build_message(PARTS, "Title", "Text") == b"Title\n\nText\n\n" + TRAILERS


def test_an_excerpt_is_traced_to_its_commit() -> None:
    assert [find_source_commit(PARTS, text) for text in ("Two", "Ben Example", "Title")] == ["2" * 40, "2" * 40, ""]


def test_parts_are_read_without_merges(clone: Work) -> None:
    base = clone.did("rev-parse", "HEAD")
    one = clone.commit("One", files={"a": "one\n"})
    clone.did("checkout", "-q", "-b", "side", base)
    two = clone.commit("Two", files={"b": "two\n"}, GIT_AUTHOR_NAME="Ben Example", GIT_AUTHOR_EMAIL="ben@example.org")
    clone.did("merge", "-q", "--no-verify", "-m", "Merge", "main")
    merge = clone.did("rev-parse", "HEAD")
    parts = read_parts(Objects(Repo(str(clone.path))), [one, two, merge])
    assert parts == [CommitPart(one, b"One", ANN), CommitPart(two, b"Two", BEN)]
