"""A verdict of each outcome, made by hand."""

from __future__ import annotations

import pytest

from ringfence.model import Finding, ScanCounts, Unread, Verdict


def finding(**changed: object) -> Finding:
    made = {
        "marker": "acme-code-address", "vendor": "acme", "product": "Acme Code", "kind": "identity",
        "strength": "definitive", "evidence": "declared", "model": "", "model_vendor": "",
        "action": "block", "commit": "a" * 40, "part": "message", "path": "", "line": 3,
        "count": 1, "excerpt": "Co-authored-by: Acme <bot@acme.example>", "tag": "eval", "why": "It signs so.",
        "fingerprint": "0" * 20,
    }  # fmt: skip
    return Finding(**(made | changed))  # type: ignore[arg-type]


def verdict(*findings: Finding, unread: tuple[Unread, ...] = (), contact: str = "") -> Verdict:
    examined = ScanCounts()
    examined.commits, examined.paths, examined.objects = 2, 3, 5
    return Verdict(findings, unread, examined, "abc123abc123", ("eval",), contact)


@pytest.fixture
def not_read() -> Unread:
    return Unread("b" * 40, "data/rows.gz", "gzip file: no decoder for it is installed", "block", "eval")
