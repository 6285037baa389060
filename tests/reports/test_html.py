"""The page for people, in a real browser: it can be read and filtered, and nothing of what it shows runs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reports.cases import CASES, MANY, hostile
from reports.conftest import finding, verdict
from ringfence.model import RunMetadata, Unread
from ringfence.reports import html, sarif, timeline
from ringfence.values import replace

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from ringfence.model import Verdict

OURS = {
    "html", "head", "meta", "title", "style", "body", "header", "main", "footer", "section", "div", "h1", "h2", "p",
    "small", "b", "i", "span", "code", "table", "tbody", "tr", "td", "th", "label", "input", "details", "summary", "ul",
    "li", "svg", "rect", "a",
}  # fmt: skip


class Shown:
    """A report as a browser shows it, and what it did besides."""

    def __init__(self, browser: Browser, folder: Path, text: str) -> None:
        self.file = folder / "report.html"
        self.file.write_text(text, encoding="utf-8")
        self.page: Page = browser.new_page()
        self.events: list[str] = []
        self.page.on("dialog", lambda dialog: (self.events.append("dialog"), dialog.dismiss()))
        self.page.on("console", lambda said: self.events.append(said.text))
        self.page.on("request", lambda asked: self.events.append(asked.url))
        self.page.on("requestfailed", lambda asked: asked.failure == "csp" and self.events.remove(asked.url))
        self.page.goto(self.file.as_uri())

    def seen(self) -> int:
        """Return how many findings are to be seen."""
        return self.page.locator("li:visible").count()


def shown(browser: Browser, folder: Path, of: Verdict) -> Shown:
    return Shown(browser, folder, html.render(of))


def mixed() -> Verdict:
    """Return findings of two vendors, in two places, at all levels, with dates, and one thing not read."""
    found = [
        finding(vendor="openai", marker="openai-link", part="content", path="a.md", commit="1" * 40),
        finding(vendor="openai", marker="openai-name", commit="2" * 40, action="warn"),
        finding(vendor="google", marker="google-name", commit="3" * 40, waiver="DATA-7"),
    ]
    about = RunMetadata(
        "git.example.org/data", "4" * 40, "5" * 40, "2025-01-31T09:30:00", (("1" * 40, 0), ("2" * 40, 86400))
    )
    made = verdict(*found, unread=(Unread("", "b.gz", "damaged", "block", "eval"),))
    return replace(made, about=about, catalogue="2026.01.31+0a1b2c3d")


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("case", CASES)
def test_every_page_is_ours_alone_and_asks_for_nothing(browser: Browser, tmp_path: Path, case: str) -> None:
    """A page loads nothing but itself and holds only our elements, without event handlers, inline styles or
    links but those of the organisation's own docs."""
    on = shown(browser, tmp_path, CASES[case]())
    assert on.events == [on.file.as_uri()]
    assert set(on.page.evaluate("[...new Set([...document.querySelectorAll('*')].map(e => e.localName))]")) <= OURS
    attributes = on.page.evaluate(
        "[...new Set([...document.querySelectorAll('body *')].flatMap(e => e.getAttributeNames()))]"
    )
    assert not [name for name in attributes if name.startswith("on") or name in ("src", "style")]
    links = on.page.evaluate("[...document.querySelectorAll('[href]')].map(e => e.href)")
    assert links == ["https://docs.example.org/ringfence/markers/charm.html#charm-crush-address"] * (case == "docs")


@pytest.mark.parametrize(
    "smuggled",
    [
        "<script>document.title = 'run'</script>",
        "<img src=x onerror=\"document.title = 'run'\">",
        "<svg onload=\"document.title = 'run'\"></svg>",
        "<iframe srcdoc=\"<script>parent.document.title = 'run'</script>\"></iframe>",
        "<style>li { display: none }</style>",
        "<img src=https://evil.example/x><link rel=stylesheet href=https://evil.example/x>",
    ],
)
@pytest.mark.needs("chromium")
def test_even_markup_that_got_in_would_run_nothing(browser: Browser, tmp_path: Path, smuggled: str) -> None:
    """The page's Content-Security-Policy stops scripts, styles and requests, should the escaping ever fail."""
    text = html.render(hostile())
    on = Shown(browser, tmp_path, text.replace("<main>", f"<main>{smuggled}", 1))
    on.page.wait_for_timeout(100)
    assert on.page.title() == "ringfence: refused (eval)"
    assert on.seen() == 19
    assert [event for event in on.events if event.startswith("http") or event == "dialog"] == []


@pytest.mark.needs("chromium")
def test_other_peoples_text_is_shown_as_it_is(browser: Browser, tmp_path: Path) -> None:
    """Markup and template expressions of a hostile commit are visible as text."""
    told = shown(browser, tmp_path, hostile()).page.locator("main").text_content()  # of what is below the screen too
    assert told
    assert "<script>alert(1)</script><img src=x onerror=alert(2)>" in told
    assert "{{ 7 * 7 }} {% raw %} ${jndi:x} {0} %0A%3A %s" in told
    assert "</td></table></script></style><svg/onload=alert(3)>" in told


@pytest.mark.needs("chromium")
def test_findings_are_filtered_by_vendor_place_and_level(browser: Browser, tmp_path: Path) -> None:
    on = shown(browser, tmp_path, mixed())
    assert on.seen() == 4
    for label, seen in [("openai", 2), ("message", 1), ("2 blocking", 0)]:
        on.page.get_by_label(label, exact=True).check()
        assert on.seen() == seen, label
    on.page.reload()
    on.page.get_by_label("unread", exact=True).check()
    assert on.page.locator("li:visible").inner_text() == "b.gz\ndamaged"


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("width", [420, 1280])
def test_nothing_lies_beyond_the_edge(browser: Browser, tmp_path: Path, width: int) -> None:
    long = finding(path="a/" + "very_long_" * 30 + ".jsonl", part="content", excerpt="x" * 300, vendor="v" * 60)
    cases = {name: CASES[name]() for name in CASES if name != "many"}
    cases |= {"mixed": mixed(), "long": replace(verdict(long), about=replace(mixed().about, repository="r" * 200))}
    for case, made in cases.items():
        page = shown(browser, tmp_path, made).page
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, case
        page.close()


def rows_of(*models: str) -> Verdict:
    """Return findings of one marker, each about another model's rows."""
    named = [
        finding(marker="generator-of-a-rival", product=f"generator '{name}'", path="rows.jsonl", part="generator",
                fingerprint=f"{number:020x}", line=number + 1)
        for number, name in enumerate(models)
    ]  # fmt: skip
    return verdict(*named)


@pytest.mark.needs("chromium")
def test_each_generator_has_a_group_of_its_own(browser: Browser, tmp_path: Path) -> None:
    page = shown(browser, tmp_path, rows_of("a", "b", "a")).page
    assert page.locator("summary b").all_inner_texts() == [
        "Mark of generator 'a' (definitive, eval)", "Mark of generator 'b' (definitive, eval)"
    ]  # fmt: skip
    page = shown(browser, tmp_path, rows_of(*map(str, range(60)))).page
    assert page.locator("summary b").all_inner_texts() == ["60 generators and others"]


@pytest.mark.needs("chromium")
def test_equal_findings_are_one_entry_with_their_commits_authors_and_days(browser: Browser, tmp_path: Path) -> None:
    ids = ["1" * 40, "2" * 40, "3" * 40]
    found = [finding(commit=oid) for oid in ids] + [finding(commit=ids[0], excerpt="Another")]
    about = RunMetadata("github.com/acme/rows", dates=((ids[0], 0),), authors=((ids[0], "Ann <b>"), (ids[1], "Bob")))
    page = shown(browser, tmp_path, replace(verdict(*found), about=about)).page
    first, second = page.locator("li").all_inner_texts()
    assert first.startswith("3 commits, message")
    assert "111111111111 (Ann <b>, 1970-01-01); 222222222222 (Bob); 333333333333" in first
    assert second.startswith("111111111111 (Ann <b>, 1970-01-01), message")
    assert f"fingerprint {found[0].fingerprint}" in first
    links = page.eval_on_selector_all("a", "all => all.map(link => link.href)")
    assert links == [f"https://github.com/acme/rows/commit/{oid}" for oid in (*ids, ids[0])]


@pytest.mark.parametrize(
    ("repository", "start"),
    [
        ("gitlab.lab.example/a/b", "https://gitlab.lab.example/a/b/-/commit/"),
        ("codeberg.org/a/b", "https://codeberg.org/a/b/commit/"),
        ("bitbucket.org/a/b", "https://bitbucket.org/a/b/commits/"),
        ('github.com/a" onclick="x', "https://github.com/a%22%20onclick%3D%22x/commit/"),
        ("git.example.org/a/b", ""),
        ("notgithub.com/a/b", ""),
        ("github.com", ""),
        ("/srv/git/rows", ""),
        ("javascript:alert(1)//github.com/a", ""),
    ],
)
def test_a_commit_is_linked_where_its_forge_is_known(repository: str, start: str) -> None:
    made = replace(verdict(finding(commit="1" * 40)), about=RunMetadata(repository))
    text = html.render(made)
    assert (f'<a href="{start}{"1" * 40}">' in text) == bool(start)
    assert ("<a " in text) == bool(start)


def test_a_markers_page_is_linked_where_the_site_has_one() -> None:
    ours = finding(vendor="charm", marker="charm-crush-address")
    made = replace(verdict(ours, finding(vendor="acme", fingerprint="1" * 20)), docs="https://docs.example.org/r")
    page = "https://docs.example.org/r/markers/charm.html#charm-crush-address"
    assert re.findall('<a href="(.*?)">', html.render(made)) == [page]
    assert "<a " not in html.render(replace(made, docs=""))
    (run,) = json.loads(sarif.render(made))["runs"]
    assert run["tool"]["driver"]["informationUri"] == "https://docs.example.org/r/"
    assert [rule.get("helpUri") for rule in run["tool"]["driver"]["rules"]] == [page, None]
    assert "helpUri" not in sarif.render(replace(made, docs=""))


def test_paths_are_listed_and_one_is_one() -> None:
    found = [finding(path=f"{number}.md", part="content") for number in range(60)] + [finding(path="0.md")]
    text = html.render(verdict(*found))
    assert '<td class="number">2</td><td><code>0.md</code>' in text
    assert "and 10 more" in text
    counts = verdict().examined
    counts.commits, counts.refs = 1, 2
    assert ("1 warning<" in html.render(mixed()), "1 warnings" in html.render(mixed())) == (True, False)
    text = html.render(replace(verdict(), examined=counts))
    assert ("1 commit, " in text, "2 refs" in text) == (True, True)


@pytest.mark.needs("chromium")
def test_the_page_says_what_was_examined(browser: Browser, tmp_path: Path) -> None:
    told = shown(browser, tmp_path, mixed()).page.locator("footer").inner_text()
    assert "Examined\t2 commits, 5 objects, 3 paths\n" in told
    assert "Unread\t1\n" in told
    assert "Catalogue\t2026.01.31+0a1b2c3d\nBy\tringfence " in told
    assert f"From\t{'4' * 40}\nTo\t{'5' * 40}\nWhen\t2025-01-31T09:30:00 UTC\nRuleset\tabc123abc123\n" in told


@pytest.mark.needs("chromium")
def test_an_untagged_repository_is_never_shown_as_clean(browser: Browser, tmp_path: Path) -> None:
    told = shown(browser, tmp_path, replace(verdict(), tags=())).page.locator("header").inner_text()
    assert told == "ringfence: nothing was checked\n\nNo tag applies to what was to be checked."


@pytest.mark.needs("chromium")
def test_a_run_that_ended_early_says_why(browser: Browser, tmp_path: Path) -> None:
    told = replace(verdict(unread=(Unread("", "", "the clone is shallow", "block", ""),)), tags=())
    page = shown(browser, tmp_path, told).page
    assert page.locator("h1").inner_text() == "ringfence: incomplete"
    assert page.locator("li").inner_text() == "this run\nthe clone is shallow"
    assert "No tag" not in page.locator("body").inner_text()


@pytest.mark.needs("chromium")
def test_thirty_thousand_findings_open_and_filter(browser: Browser, tmp_path: Path) -> None:
    on = shown(browser, tmp_path, CASES["many"]())
    assert on.file.stat().st_size < 200 * MANY
    on.page.get_by_label("message", exact=True).check()
    assert on.page.locator("details:visible").count() == 25
    assert on.page.evaluate("performance.timing.loadEventEnd - performance.timing.navigationStart") < 10_000


@pytest.mark.needs("chromium")
def test_paper_shows_what_is_folded(browser: Browser, tmp_path: Path) -> None:
    on = shown(browser, tmp_path, mixed())
    on.page.locator("summary").first.click()
    assert on.seen() == 3
    on.page.emulate_media(media="print")
    assert on.page.locator("li").first.bounding_box() is not None
    assert on.page.locator("input:visible").count() == 0


def test_bars_stand_where_their_time_is_and_share_a_scale() -> None:
    day = 86_400
    rows = timeline.build_slices({"a": [0, 0, 24 * day], "b": [12 * day, None]}, timeline.find_span([0, 24 * day]))
    assert rows == {
        "a": [(0, 100, "1970-01-01 to 1970-01-02: 2"), (23, 50, "1970-01-24 to 1970-01-25: 1")],
        "b": [(12, 50, "1970-01-13 to 1970-01-14: 1")],
    }


@pytest.mark.parametrize("moments", [[], [5], [-(10**18), 10**18]])
def test_no_time_is_too_odd_for_a_bar(moments: list[int]) -> None:
    rows = timeline.build_slices({"a": list(moments)}, timeline.find_span(moments))
    assert sum(int(bar.says.rpartition(": ")[2]) for bar in rows["a"]) == len(moments)
