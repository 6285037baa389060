"""Lines that several commits of tools wrote together are recorded as theirs, and none that a person had a hand in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import TRAILER, Work, init
from ringfence.gate import recording
from ringfence.gate.joined_lines import JoinedLines, Places, list_joined_lines, select_tools_lines
from ringfence.scan.ingredients.fingerprint import fingerprint_lines
from ringfence.scan.ingredients.scheme import LINES
from samples import FUNCTION, HUMAN

# Each third line is edited, so that no four lines in a row are of one commit.
EDITED = "".join(
    line.replace("\n", "  # checked\n") if number % 3 == 2 else line
    for number, line in enumerate(FUNCTION.splitlines(keepends=True))
)
BY_TOOL = f"Write\n\n{TRAILER}"


def trace_copy(lab: Work, folder: Path, text: str) -> set[int]:
    """Return the lines of an unmarked copy that an index of a repository knows."""
    index = str(folder / "index")
    assert lab.ringfence("ingredients", "record", "--all", "--index", index)
    copy = init(folder / "copy")
    copy.commit("Import", files={"a.py": text})
    said = copy.ringfence("trace", "--format", "jsonl", "--index", index)
    rows = map(json.loads, said.out.splitlines())
    return {line for row in rows for line in range(row["start_line"], row["end_line"] + 1)}


def select(joined: list[JoinedLines], recorded: Places, people: set[int] = frozenset()) -> Places:
    return dict(sorted(select_tools_lines(joined, recorded, lambda _: set(), people).items(), key=lambda row: row[1]))


@pytest.mark.parametrize("piece", [1000, 1])
def test_a_tools_edit_of_a_tools_text_is_recorded_with_what_is_around_it(
    tmp_path: Path, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "_PIECE", piece)
    lab = init(tmp_path / "lab")
    lab.commit(BY_TOOL, files={"z.py": FUNCTION})
    lab.commit(BY_TOOL, files={"z.py": EDITED})
    assert trace_copy(lab, tmp_path, EDITED) == set(range(1, EDITED.count("\n") + 1))


def test_a_tools_edit_of_a_persons_text_is_no_more_than_its_own_lines(tmp_path: Path) -> None:
    lab = init(tmp_path / "lab")
    lab.commit("Mine", files={"z.py": FUNCTION})
    lab.commit(BY_TOOL, files={"z.py": EDITED})
    assert trace_copy(lab, tmp_path, EDITED) == set()


def test_runs_with_a_line_that_is_no_tools_are_left_out() -> None:
    before = [b" let part_%d = make_part(%d, clock);\n" % (number, number) for number in range(12)]
    lines = [*before[:6], b"-let old = take_old(clock);\n", b"+let new = take_new(clock);\n", *before[6:]]
    joined = list_joined_lines((101, lines), source=5)
    assert [item.line for item in joined] == [104, 105, 106, 107]  # four runs of four hold the new line
    old = b"".join(line[1:] for line in lines if line[:1] != b"+")
    runs = {number: first for number, first, _ in fingerprint_lines(old)[LINES]}
    every = dict.fromkeys(runs, (1, 1))
    assert list(select(joined, every).values()) == [(5, item.line) for item in joined]
    without_fifth_line = {number: (1, 1) for number, first in runs.items() if not first <= 4 < first + 4}
    assert [line for _, line in select(joined, without_fifth_line).values()] == [106, 107]
    assert select(joined, every, people={item.fingerprint for item in joined}) == {}


def test_a_tools_run_elsewhere_that_a_person_wrote_here_makes_no_line_a_tools() -> None:
    before = [b" let part_%d = make_part(%d, clock);\n" % (number, number) for number in range(8)]
    joined = list_joined_lines((1, [*before[:4], b"+let new = take_new(clock);\n", *before[4:]]), source=5)
    kept = {number for item in joined for runs in item.kept for number in runs}
    assert joined
    assert len(select_tools_lines(joined, {}, set, set())) == len(joined)  # an index has them all
    assert select_tools_lines(joined, {}, set, kept) == {}


def test_a_hunk_of_new_or_of_removed_lines_alone_joins_nothing() -> None:
    lines = [b"let part_%d = make_part(%d, clock);\n" % (number, number) for number in range(12)]
    for sign in (b"+", b"-"):
        assert list_joined_lines((1, [sign + line for line in lines]), 0) == []


def test_closing_lines_behind_recorded_text_are_its_own(tmp_path: Path) -> None:
    lab = init(tmp_path / "lab")
    code = "".join(f"function pay{name}(a, b) {{\n  return settle(a, '{name}', b);\n}}\n" for name in "ABCDE")
    lab.commit(BY_TOOL, files={"z.js": code + "\n"})
    lines = code.count("\n")
    assert trace_copy(lab, tmp_path, code + "\n" + HUMAN) == set(range(1, lines + 2))
