from __future__ import annotations

from conftest import Work
from ringfence.git.notes import list_noted_objects
from ringfence.git.repo import Repo


def test_objects_with_a_note_are_listed(clone: Work) -> None:
    noted = clone.did("rev-parse", "HEAD")
    clone.commit("Second")
    clone.did("notes", "add", "-m", "a note", noted)
    repo = Repo(str(clone.path))
    assert list_noted_objects(repo, "refs/notes/commits") == {noted}
    assert list_noted_objects(repo, clone.did("rev-parse", "refs/notes/commits")) == {noted}


def test_a_ref_that_does_not_exist_has_no_notes(clone: Work) -> None:
    assert list_noted_objects(Repo(str(clone.path)), "refs/notes/none") == set()
