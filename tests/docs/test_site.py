"""The docs as a site: built without a warning, no dead link, readable on a phone, searchable from its folder."""

from __future__ import annotations

import os
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest

import needs

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.long, pytest.mark.needs("sphinx")]

DOCS = Path(__file__).parents[2] / "docs"
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


class _Page(HTMLParser):
    """Collects where the links of a page lead, and what can be linked to in it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids = {""}
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.ids.add(named.get("id") or "")
        self.links += [link for key in ("href", "src") if (link := named.get(key))]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [str(needs.SITE), "-m", "sphinx", "--quiet", "--fail-on-warning", "--fresh-env", str(DOCS)]
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "RINGFENCE_SOURCES": "https://git.example.org/ringfence"}
    done = subprocess.run(
        [*command, "-d", str(folder / "trees"), str(folder / "html")],
        env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder / "html"


def test_every_page_of_the_docs_is_in_it(site: Path) -> None:
    wanted = {path.relative_to(DOCS).with_suffix(".html") for path in DOCS.rglob("*.md")}
    assert wanted <= {path.relative_to(site) for path in site.rglob("*.html")}


def test_no_link_is_dead(site: Path) -> None:
    pages = {path: _Page(path) for path in site.rglob("*.html")}
    dead = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            known = pages[target].ids if target in pages else {"", unquote(parts.fragment)}
            if not target.exists() or unquote(parts.fragment) not in known:
                dead.append((path.relative_to(site).as_posix(), link))
    assert dead == []


def test_links_to_files_of_the_repository_lead_to_its_sources(site: Path) -> None:
    page = (site / "uses.html").read_text("utf-8")
    assert 'href="https://git.example.org/ringfence/policy/uses.toml"' in page
    assert not re.search(r'href="(?:\.\./)+(?:policy|src|tests)/', page)


def test_the_manual_page_tells_every_command(tmp_path: Path) -> None:
    command = [str(needs.SITE), "-m", "sphinx", "--quiet", "--fail-on-warning", "-b", "man", str(DOCS), str(tmp_path)]
    subprocess.run(command, env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}, check=True)
    page = (tmp_path / "ringfence.1").read_text("utf-8").replace("\\-", "-")
    commands = re.findall(r"^## (ringfence .+)$", (DOCS / "commands.md").read_text("utf-8"), re.MULTILINE)
    assert len(commands) > 20
    assert [name for name in commands if name not in page and name.upper() not in page] == []


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("width", [420, 1280])
def test_no_page_scrolls_sideways(site: Path, browser: Browser, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    wide = []
    for path in sorted(site.rglob("*.html")):
        page.goto(path.as_uri(), wait_until="domcontentloaded")
        if not page.evaluate(FITS):
            wide.append(path.relative_to(site).as_posix())
    page.close()
    assert wide == []


@pytest.mark.needs("chromium")
def test_the_search_works_from_the_folder(site: Path, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{(site / 'search.html').as_uri()}?q=quarantine")
    page.wait_for_selector("#search-results li a")
    assert "Quarantine" in page.locator("#search-results").inner_text()
    page.close()
