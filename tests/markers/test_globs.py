"""Paths mean what they mean in .gitignore."""

from __future__ import annotations

import re

import pytest

from ringfence.policy.markers.databases import compile_group
from ringfence.policy.markers.globs import translate_glob
from ringfence.policy.markers.scanner import Scanner


@pytest.mark.parametrize(
    ("glob", "inside", "outside"),
    [
        ("evals/**", ["evals/a", "evals/b/c"], ["evals", "src/evals/a", "evals2/a"]),
        ("evals", ["evals", "evals/a", "src/evals/a"], ["evals.txt", "myevals"]),
        ("/evals/", ["evals/a"], ["eval/a"]),
        ("*.jsonl", ["a.jsonl", "deep/in/b.jsonl"], ["a.json", "a.jsonl2"]),
        ("data/*.csv", ["data/a.csv"], ["data/sub/a.csv", "a.csv"]),
        ("**/raw/*.txt", ["raw/a.txt", "x/y/raw/a.txt"], ["raw/x/a.txt"]),
        ("a?c", ["abc"], ["ac", "a/c"]),
        ("[ab].txt", ["a.txt"], ["c.txt"]),
        ("[!ab].txt", ["c.txt"], ["a.txt"]),
        ("**", ["anything", "at/all", "with\nline"], []),
        ("a.b+c", ["a.b+c"], ["aXb+c", "a.bbc"]),
    ],
)
def test_a_glob_means_what_it_means_in_gitignore(glob: str, inside: list[str], outside: list[str]) -> None:
    pattern = re.compile(translate_glob(glob), re.DOTALL)
    assert [path for path in inside if not pattern.search(path)] == []
    assert [path for path in outside if pattern.search(path)] == []


@pytest.mark.parametrize(
    ("glob", "inside", "outside"),
    [
        ("evals/**", ["Evals/a", "EVALS/A", "evals/a"], ["Eval/a", "evals"]),
        ("*.JSONL", ["a.jsonl", "A.Jsonl"], ["a.json"]),
        ("Prüfung/*", ["prüfung/a", "PRÜFUNG/a", "pru\u0308fung/a"], ["prufung/a"]),
        ("[!ab].txt", ["c.txt", "A.txt"], ["a.txt"]),
        ("[ab].txt", ["A.txt"], ["c.txt"]),
    ],
)
def test_a_glob_can_ignore_the_case_of_names(glob: str, inside: list[str], outside: list[str]) -> None:
    scanner = Scanner("zone", compile_group("zone", [translate_glob(glob, ignores_case=True)]))
    assert [path for path in inside if not scanner.find_matches(path.encode())] == []
    assert [path for path in outside if scanner.find_matches(path.encode())] == []
