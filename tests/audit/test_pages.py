"""The pages of an audit: each number leads to its rows, nothing runs or is loaded, and much of it is fast."""

from __future__ import annotations

import re
import shutil
import time
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import needs
from audit.conftest import Audit
from conftest import TRAILER, Work, init, run
from ringfence.audit.survey.pages.write import Pages
from ringfence.audit.survey.summary import Summary

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HOSTILE = "<script>document.title = 'run'</script>"


def finding(unit: str, number: int, **changed: object) -> dict[str, object]:
    """Return a row of the findings."""
    row = {
        "unit": unit, "vendor": "openai", "product": "Codex", "model": "gpt-4o", "tag": "eval", "part": "content",
        "date": f"2025-{number % 12 + 1:02}-03T00:00:00", "commit": f"{number:040x}", "path": f"a/{number}.py",
        "row": 3, "place": "", "excerpt": "Co-authored-by: Codex", "action": "block", "is_blocking": number % 2 == 0,
        "waiver": "",
    }  # fmt: skip
    return row | changed


def unit_row(unit: str, **changed: object) -> dict[str, object]:
    row = {
        "unit": unit, "kind": "repository", "outcome": "allowed", "error": "", "tags": "eval", "is_tagged": True,
        "head": "0" * 40, "audited": "2026-01-31T02:00:00", "findings": 0, "blocking": 0, "unread": 0, "commits": 7,
        "objects": 9, "bytes": 10,
    }  # fmt: skip
    return row | changed


def write_pages(folder: Path, sizes: list[int]) -> None:
    """Write the pages of units with so many findings each."""
    folder.mkdir(exist_ok=True)
    pages, summary = Pages(str(folder), None), Summary()
    for number, size in enumerate(sizes):
        unit, blocking = f"/srv/git/team{number % 40}/project-{number}.git", 0
        for turn in range(size):
            row = finding(unit, turn, vendor=("openai", "anthropic", "google")[turn % 3])
            blocking += bool(row["is_blocking"])
            summary.add_finding(row)
            pages.add_finding(row)
        total = unit_row(unit, findings=size, blocking=blocking, outcome="blocked" if blocking else "allowed")
        summary.add_unit(total)
        pages.end_unit(total)
    pages.finish(summary)


def links(page: Path) -> set[Path]:
    return {
        (page.parent / unescape(target).partition("#")[0]).resolve()
        for target in re.findall(r'<a href="([^"#]+)"', page.read_text("utf-8"))
    }


def test_each_number_leads_to_a_page_that_is_there(audit: Audit, repos: Path) -> None:
    Work(repos / "clean").commit(
        "Rows", files={"r.jsonl": '{"model": "gpt-4o", "text": "x"}\n', "x.gz": b"\x1f\x8b\x08"}
    )
    assert audit.run(repos).status == 0
    index = audit.out / "index.html"
    pages = {index.resolve(), *(path.resolve() for path in (audit.out / "pages").iterdir())}
    seen, waiting = set(), {index.resolve()}
    while waiting:
        page = waiting.pop()
        seen.add(page)
        waiting |= links(page) - seen
        text = page.read_text("utf-8")
        assert "default-src 'none'" in text
        assert not re.search(r"<script|<img|<link|<iframe|url\(|@import| style=", text)
    assert seen == pages
    text = index.read_text("utf-8")
    assert "<b>2</b> would be refused" in text
    assert "anthropic 1" in text
    assert "deep/marked" in text


def test_other_peoples_text_is_shown_as_it_is(audit: Audit, tmp_path: Path) -> None:
    work = init(tmp_path / "odd" / HOSTILE.replace("/", "-"))
    work.commit(f"{HOSTILE}\n\n{TRAILER}", files={"<b>.jsonl": f'{{"model": "gpt-4o", "text": "{HOSTILE}"}}\n'})
    audit.run(tmp_path / "odd")
    for page in (audit.out / "index.html", *(audit.out / "pages").iterdir()):
        assert "<script" not in page.read_text("utf-8")
    assert any("&lt;b&gt;.jsonl" in page.read_text("utf-8") for page in (audit.out / "pages").iterdir())


def test_what_changed_since_the_last_audit_is_said(audit: Audit, repos: Path) -> None:
    audit.run(repos)
    assert "Since the last audit" not in (audit.out / "index.html").read_text()
    audit.run(repos)
    assert "Nothing has changed." in (audit.out / "index.html").read_text()
    Work(repos / "clean").commit(f"More\n\n{TRAILER}")
    shutil.rmtree(repos / "deep")
    audit.run(repos)
    text = (audit.out / "index.html").read_text()
    rows = re.findall(
        r"<tr><td>(?:<a[^>]*>)?([^<]*)(?:</a>)?</td><td class=\"n\">([^<]+)</td><td class=\"n\">([^<]+)</td>", text
    )
    assert [(Path(name).name, *numbers) for name, *numbers in rows[-2:]] == [
        ("clean", "+1", "+1"),
        ("marked", "-1", "-1"),
    ]
    assert len(list((audit.out / "pages").iterdir())) < 8  # none of the unit that is gone


def test_many_findings_are_spread_over_pages(tmp_path: Path) -> None:
    write_pages(tmp_path / "out", [25_000, 3])
    [first] = (tmp_path / "out" / "pages").glob("*-2.html")
    key = first.name.removesuffix("-2.html")
    names = [f"{key}.html", f"{key}-2.html", f"{key}-3.html"]
    counts = [(tmp_path / "out" / "pages" / name).read_text().count("a/") for name in names]
    assert [count // 1000 for count in counts] == [10, 10, 5]
    assert {path.name for path in links(tmp_path / "out" / "pages" / names[0])} == {"index.html", *names}


@pytest.mark.needs("html-validate")
def test_pages_are_valid(tmp_path: Path, audit: Audit, repos: Path) -> None:
    Work(repos / "clean").commit("Rows", files={"x.gz": b"\x1f\x8b\x08"})
    audit.run(repos, tmp_path / "missing")
    audit.run(repos, tmp_path / "missing")
    config = tmp_path / "config.json"
    config.write_text(
        '{"extends": ["html-validate:standard"], "rules": {"no-trailing-whitespace": "off", "long-title": "off"}}'
    )
    files = [str(audit.out / "index.html"), *map(str, (audit.out / "pages").iterdir())]
    said = run(
        "node", str(needs.MODULES / "html-validate/bin/html-validate.mjs"), "-c", str(config), *files, cwd=tmp_path
    )
    assert said, said.out


PAINTED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("width", [1280, 390])
def test_three_thousand_units_open_in_two_seconds_and_ten_thousand_rows_scroll(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    write_pages(tmp_path / "out", [10_000, *(number % 40 for number in range(2_999))])
    page = browser.new_page(viewport={"width": width, "height": 850})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: asked.append(said.text))
    began = time.monotonic()
    page.goto((tmp_path / "out" / "index.html").as_uri())
    page.evaluate(PAINTED)
    assert time.monotonic() - began < 2
    assert asked == [(tmp_path / "out" / "index.html").as_uri()]
    assert page.locator("#units ~ .rows tbody tr").count() == 3_000
    fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert page.evaluate(fits)
    began = time.monotonic()
    page.locator("a", has_text="project-0.git").first.click()
    page.wait_for_url("**/pages/*.html")
    page.wait_for_load_state("load")
    page.evaluate(PAINTED)
    assert time.monotonic() - began < 3
    assert page.locator(".stack tbody tr").count() == 10_000
    assert page.evaluate(fits)
    began = time.monotonic()
    for _ in range(20):
        page.mouse.wheel(0, 20_000)
        page.evaluate(PAINTED)
    assert time.monotonic() - began < 10
    assert page.evaluate("scrollY") > 300_000
    page.close()


@pytest.mark.needs("chromium")
def test_the_keyboard_reaches_a_units_page(browser: Browser, tmp_path: Path) -> None:
    write_pages(tmp_path / "out", [3, 2])
    page = browser.new_page(color_scheme="dark")
    page.goto((tmp_path / "out" / "index.html").as_uri())
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/pages/*.html")
    assert page.locator("h1").inner_text().endswith("project-0.git")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/index.html")
    page.close()
