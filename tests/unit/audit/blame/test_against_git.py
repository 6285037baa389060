"""The walk says of each line what `git blame -w -M -C` says."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from blamed import assert_like_git, blame_lines, lines, trace_lines
from conftest import Work, init

WORDS = [
    f"{first}{second}" for first in ("load", "store", "parse", "merge") for second in ("Row", "Key", "Page", "Tag")
]


@pytest.fixture
def work(tmp_path: Path) -> Work:
    made = init(tmp_path / "work")
    made.commit("First", files={"a.py": lines(0), "b.py": lines(100), "sub/c.py": lines(200)})
    return made


def test_lines_that_are_added_changed_and_removed(work: Work) -> None:
    work.commit("More", files={"a.py": lines(0, 3) + lines(50, 2) + lines(3, 3)})
    work.commit("Less", files={"a.py": lines(0, 2) + "    edited = 1\n" + lines(50, 2) + lines(4, 2)})
    assert_like_git(work)


def test_white_space_changes_nothing(work: Work) -> None:
    before = trace_lines(work)
    work.commit("Reindent", files={"a.py": lines(0).replace("    ", "\t").replace("\n", "\r\n"), "b.py": lines(100)})
    assert trace_lines(work)["a.py"] == before["a.py"]
    assert_like_git(work)


def test_renamed_files_are_followed(work: Work) -> None:
    work.did("mv", "a.py", "sub/moved.py")
    work.commit("Move", files={"sub/moved.py": lines(0) + "    added = True\n"})
    work.did("mv", "sub/moved.py", "again.py")
    work.commit("Move again")
    assert_like_git(work)
    assert trace_lines(work)["again.py"][0][1] == "a.py"


def test_files_that_swap_their_names(work: Work) -> None:
    work.write("a.py", lines(100) + "    more = 1\n")
    work.commit("Swap", files={"b.py": lines(0)})
    assert_like_git(work)


def test_lines_that_move_within_a_file_and_between_files(work: Work) -> None:
    work.commit("Move down", files={"a.py": lines(3, 3) + lines(0, 3)})
    work.commit("Move over", files={"a.py": lines(3, 1), "b.py": lines(100) + lines(4, 2) + lines(0, 3)})
    work.commit(
        "Copy", files={"a.py": lines(3, 1) + lines(300, 1), "sub/c.py": lines(200) + lines(300, 1) + lines(3, 1)}
    )
    assert_like_git(work)


def test_merges(work: Work) -> None:
    work.did("switch", "-q", "-c", "side")
    work.commit("Side", files={"a.py": lines(0) + lines(20, 2), "new.py": lines(400)})
    work.did("switch", "-q", "main")
    work.commit("Main", files={"a.py": lines(30, 2) + lines(0), "b.py": lines(100, 3)})
    work.did("merge", "-q", "--no-edit", "side")
    assert_like_git(work)


def test_a_conflict_that_the_merge_resolves(work: Work) -> None:
    work.did("switch", "-q", "-c", "side")
    work.commit("Side", files={"a.py": lines(0, 2) + "    side = 'of the branch'\n" + lines(3, 3)})
    work.did("switch", "-q", "main")
    work.commit("Main", files={"a.py": lines(0, 2) + "    main = 'of the trunk'\n" + lines(3, 3)})
    work.git("merge", "side")
    both = "    side = 'of the branch'\n    both = 'of the merge itself'\n    main = 'of the trunk'\n"
    work.commit("Merge", files={"a.py": lines(0, 2) + both + lines(3, 3)})
    assert len(work.did("rev-list", "--parents", "-1", "HEAD").split()) == 3
    assert_like_git(work)


def test_a_file_that_one_side_renames_and_the_other_edits(work: Work) -> None:
    work.did("switch", "-q", "-c", "side")
    work.did("mv", "a.py", "renamed.py")
    work.commit("Rename")
    work.did("switch", "-q", "main")
    work.commit("Edit", files={"a.py": lines(0) + lines(40, 1)})
    work.did("merge", "-q", "--no-edit", "side")
    assert_like_git(work)


def test_more_than_two_parents_and_more_than_one_root(work: Work) -> None:
    for name in ("one", "two"):
        work.did("switch", "-q", "-c", name, "main")
        work.commit(name, files={f"{name}.py": lines(500 + len(name))})
    work.did("switch", "-q", "--orphan", "other")
    work.commit("Other root", files={"other.py": lines(700)})
    work.did("switch", "-q", "main")
    work.did("merge", "-q", "--no-edit", "one", "two")
    work.did("merge", "-q", "--no-edit", "--allow-unrelated-histories", "other")
    assert_like_git(work)


def test_a_file_that_becomes_a_link_and_a_file_again(work: Work) -> None:
    (work.path / "a.py").unlink()
    (work.path / "a.py").symlink_to("b.py")
    work.commit("Link", files={"sub/c.py": lines(200) + lines(5, 1)})
    (work.path / "a.py").unlink()
    work.commit("File", files={"a.py": lines(0), "sub/c.py": lines(200) + lines(6, 2)})
    assert_like_git(work)


@pytest.mark.parametrize("name", ['with "quotes".py', "tab\tin.py", "ümlaut.py", "line\nend.py", "back\\slash.py"])
def test_names_that_git_quotes(work: Work, name: str) -> None:
    work.did("mv", "a.py", name)
    work.commit("Rename", files={name: lines(0) + lines(60, 1)})
    found = trace_lines(work)[name]
    first, last = work.did("rev-list", "HEAD").split()[::-1]
    assert found == [(first, "a.py", number) for number in range(1, 7)] + [(last, name, 7)]


def test_lines_that_look_like_a_patch(work: Work) -> None:
    odd = (
        "@@ -1,2 +3,4 @@ x\ndiff --git a/x b/x\n"
        + "0" * 40
        + "\n:100644 100644 a b M\tx\n-- minus\n++ plus\nBinary files x\n"
    )
    work.commit("Odd", files={"a.py": odd, "b.py": lines(100)})
    work.commit("Odder", files={"a.py": odd.replace("minus", "dash") + "no end", "b.py": odd})
    work.commit("End", files={"a.py": odd.replace("minus", "dash") + "no end\nmore"})
    assert_like_git(work)


def test_attributes_of_the_work_tree_hide_no_lines(work: Work) -> None:
    work.write(".gitattributes", "*.py -diff\n")
    work.commit("More", files={"a.py": lines(0, 3) + lines(50, 1) + lines(3, 3)})
    assert_like_git(work)


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 6))])
def test_a_history_of_many_changes(tmp_path: Path, seed: int) -> None:
    work = init(tmp_path / "work")
    build_history(work, random.Random(seed))
    total = wrong = 0
    for name, found in trace_lines(work).items():
        said = blame_lines(work, name)
        assert len(found) == len(said)
        total += len(said)
        wrong += sum(mine != git for mine, git in zip(found, said, strict=True))
    assert total > 200
    assert wrong <= total * 0.02  # git aligns a run that stands in several places in its own way


def build_history(work: Work, chosen: random.Random) -> None:
    """Commit random edits, moves, copies and renames on branches that are merged."""
    files = {f"f{number}.py": [new_line(chosen) for _ in range(40)] for number in range(5)}
    save(work, files)
    for step in range(25):
        if step % 6 == 5:
            work.did("switch", "-q", "-c", f"side{step}", "HEAD~2")
            side = read(work)
            name = chosen.choice(sorted(side))
            side[name][3:3] = [new_line(chosen) for _ in range(4)]
            save(work, side)
            work.did("switch", "-q", "main")
            if not work.git("merge", "-q", "--no-edit", f"side{step}"):
                work.did("checkout", "-q", "--theirs", ".")
                work.commit("Resolve")
            continue
        files = read(work)
        for _ in range(chosen.randrange(1, 4)):
            change(files, chosen)
        save(work, files)


def change(files: dict[str, list[str]], chosen: random.Random) -> None:
    name, other = chosen.sample(sorted(files), 2)
    at = chosen.randrange(len(files[name]) + 1)
    kind = chosen.choice(("add", "add", "edit", "delete", "move", "copy", "indent", "rename"))
    block = files[name][at : at + chosen.randrange(2, 6)]
    if kind == "add":
        files[name][at:at] = [new_line(chosen) for _ in range(chosen.randrange(1, 8))]
    elif kind == "edit":
        files[name][at : at + 2] = [new_line(chosen), new_line(chosen)]
    elif kind == "delete" and len(files[name]) > 20:
        del files[name][at : at + 4]
    elif kind in ("move", "copy"):
        if kind == "move":
            del files[name][at : at + len(block)]
        files[other][5:5] = block
    elif kind == "indent":
        files[name][at : at + 5] = ["  " + line for line in files[name][at : at + 5]]
    elif kind == "rename":
        files[f"{name[:-3]}x.py"] = files.pop(name)


def new_line(chosen: random.Random) -> str:
    return f"    {chosen.choice(WORDS)}_{chosen.randrange(10**6)} = {chosen.choice(WORDS)}({chosen.randrange(10**6)})\n"


def read(work: Work) -> dict[str, list[str]]:
    names = work.did("ls-files").split()
    return {name: (work.path / name).read_text().splitlines(keepends=True) for name in names}


def save(work: Work, files: dict[str, list[str]]) -> None:
    for name in work.did("ls-files").split():
        if name not in files:
            (work.path / name).unlink()
    work.commit("Change", files={name: "".join(text) for name, text in files.items()})
