from __future__ import annotations

from conftest import Work, init
from ringfence.git.repo import Repo
from ringfence.sources import staged


def test_the_staged_paths_of_a_first_commit(tmp_path) -> None:
    work = init(tmp_path / "new")
    work.write("a", "one\n")
    work.did("add", "a")
    ((path, content, parents),) = staged.read_paths(Repo(str(work.path)), has_head=False)
    assert (path, content, parents) == (b"a", work.did("rev-parse", ":a"), ("",))


def test_a_merge_has_the_paths_that_differ_from_every_parent(clone: Work) -> None:
    base = clone.did("rev-parse", "HEAD")
    clone.commit("Ours", files={"both": "ours\n", "a": "one\n"})
    clone.did("checkout", "-q", "-b", "side", base)
    theirs = clone.commit("Theirs", files={"both": "theirs\n", "b": "two\n"})
    clone.did("checkout", "-q", "main")
    clone.git("merge", "-q", "--no-verify", "side")
    clone.write("both", "merged\n")
    clone.did("add", "-A")
    repo = Repo(str(clone.path))
    assert staged.read_merge_heads(repo) == [theirs]
    ((path, _, parents),) = staged.read_paths(repo, has_head=True)
    assert (path, len(parents)) == (b"both", 2)


def test_author_and_committer_as_git_will_write_them(clone: Work) -> None:
    repo = Repo(str(clone.path))
    identity = b"Ann Example <ann@example.org>"
    assert staged.read_identities(staged.start_identity_query(repo)) == (
        ("author", identity, ""),
        ("committer", identity, ""),
    )


def test_the_environment_is_one_text_without_values_of_several_lines() -> None:
    (change,) = staged.iter_session_changes({"A": "1", "B": "two\nlines"})
    ((part, text, _),) = change.texts
    lines = text.split(b"\n")
    assert (change.kind, part, lines[0]) == ("environment", "environment", b"A=1")
    assert all(line.startswith(b"process ") for line in lines[1:])
