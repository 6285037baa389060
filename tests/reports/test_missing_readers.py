"""Files whose reader isn't installed are told once for a run, by number and with what to install, in every format."""

from __future__ import annotations

import html
import json

import pytest

from reports.conftest import verdict
from ringfence.errors import ExitCode
from ringfence.model import Unread, Verdict
from ringfence.reports import text
from ringfence.reports.formats import FORMATS

LISTING = ("text", "markdown", "html", "github", "sarif", "gitlab-codequality", "gitlab-sast", "junit", "rdjsonl")


def missing(count: int, extra: str = "media", action: str = "block") -> tuple[Unread, ...]:
    """Return files of an extra, each in two parts."""
    return tuple(
        Unread("b" * 40, f"docs/{number}.pdf", f"part {part}", action, "eval", "", extra)
        for number in range(count)
        for part in range(2)
    )


@pytest.fixture
def ordinary() -> Verdict:
    """Return the verdict on a repository of papers and tables, with a damaged file."""
    damaged = Unread("b" * 40, "rows.gz", "gzip: damaged", "block", "eval")
    return verdict(unread=(*missing(250), damaged, *missing(3, "data")))


@pytest.mark.parametrize("name", LISTING)
def test_every_format_tells_them_once(ordinary: Verdict, name: str) -> None:
    told = html.unescape(FORMATS[name](ordinary)).replace("\\", "")
    for said in ("250 files have no reader here", "3 files have no reader here", "ringfence[media]", "gzip: damaged"):
        assert said in told, said
    assert "docs/200.pdf" not in told
    assert "docs/0.pdf" in told


@pytest.mark.parametrize("name", ["json", "jsonl"])
def test_machines_get_each_and_their_sum(ordinary: Verdict, name: str) -> None:
    lines = [json.loads(line) for line in FORMATS[name](ordinary).splitlines()] if name == "jsonl" else []
    report = lines[-1] if lines else json.loads(FORMATS[name](ordinary))
    assert report["no_reader"] == [
        {"extra": "media", "files": 250, "install": "pip install 'ringfence[media]'", "action": "block"},
        {"extra": "data", "files": 3, "install": "pip install 'ringfence[data]'", "action": "block"},
    ]
    each = [line for line in lines if line["type"] == "unread"] if lines else report["unread"]
    assert [item["extra"] for item in each].count("media") == 500


def test_the_next_step_is_to_install_the_reader() -> None:
    told = text.render(verdict(unread=(*missing(1), *missing(1, "data"))), "pre-receive")
    assert "    1 file has no reader here: pip install 'ringfence[media]'\n      docs/0.pdf\n" in told
    assert "Next: install the reader here: pip install 'ringfence[data,media]'" in told
    assert max(map(len, told.splitlines()[1:])) <= 72


def test_what_only_warns_passes_and_is_told() -> None:
    passing = verdict(unread=missing(2, action="warn"))
    assert (passing.exit_code, passing.outcome) == (ExitCode.ALLOWED, "incomplete")
    assert "2 files have no reader here" in text.render_for_hook(passing, "pre-commit")
    assert text.render_for_hook(verdict(unread=missing(2, action="record")), "pre-commit") == ""
