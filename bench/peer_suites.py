"""The cases of other people's suites, read from their packages and repositories; nothing of them runs.

A suite that gives rules instead of cases stands for one text to each alternative of each rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from peer_case import Case, Tree
from peer_other_suites import (
    read_abacus,
    read_ai_detector,
    read_aittributor,
    read_aligned,
    read_chaoss,
    read_no_ai_coauthors,
)
from peer_python_suites import (
    read_cleaners,
    read_clocwork,
    read_commit_check,
    read_corpus,
    read_no_ai_marks,
    read_rai_lint,
    read_tformance,
)

Reading = Callable[[str, Tree], Iterator[Case]]
# Name, how it is read, and the package of PyPI that holds it; without one, a repository.
SUITES: dict[str, tuple[Reading, str]] = {
    "chaoss/disclosure": (read_chaoss, ""),
    "commit-check": (read_commit_check, ""),
    "clocwork": (read_clocwork, "clocwork==0.4.0"),
    "abacus": (read_abacus, ""),
    "tformance": (read_tformance, ""),
    "no-ai-marks": (read_no_ai_marks, "no-ai-marks==0.2.3"),
    "no-ai-marks corpus": (read_corpus, ""),
    "no-ai-coauthors": (read_no_ai_coauthors, ""),
    "rai-lint": (read_rai_lint, ""),
    "git-deai": (read_cleaners, "git-deai==0.2.0"),
    "declaude": (read_cleaners, "declaude==0.2.1"),
    "aittributor": (read_aittributor, ""),
    "ai-aligned-git": (read_aligned, ""),
    "ai-detector": (read_ai_detector, ""),
}


def read_suite(name: str, tree: Tree) -> list[Case]:
    """Return a suite's cases, each text once."""
    cases = [case for case in SUITES[name][0](name, tree) if case.text.strip()]
    return list({(case.kind, case.text, case.path): case for case in reversed(cases)}.values())[::-1]
