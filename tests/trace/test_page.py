"""The page of a trace: self-contained, escaped, and readable on a phone."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from conftest import TRAILER, Work, init
from ringfence.audit.trace.treemap import lay_out
from samples import FUNCTION, HUMAN

ODD = "<script>alert(1)</script>.py"


class Reader(HTMLParser):
    """Collects elements, and the text of list items by their class."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def find(self, tag: str, **attrs: str) -> list[dict[str, str | None]]:
        return [found for name, found in self.tags if name == tag and attrs.items() <= found.items()]


@pytest.fixture
def work(tmp_path: Path) -> Work:
    made = init(tmp_path / "work")
    made.commit("Routes", files={"routes.py": HUMAN})
    made.commit(f"Settle\n\n{TRAILER}", files={"src/z.py": FUNCTION, "x.bin": b"\0\1", ODD.replace("/", "-"): FUNCTION})
    made.commit("Mine", files={"src/z.py": FUNCTION.replace("open_items = []", "open_items = list(more_items)")})
    return made


def test_the_page_marks_lines_and_loads_nothing(work: Work) -> None:
    said = work.ringfence("trace", "--format", "html")
    assert said, said.out
    page = Reader(said.out)
    assert not {tag for tag, _ in page.tags} & {"script", "img", "link", "iframe"}
    assert not re.search(r"""(?:src|href)=["'](?!#)|url\(|@import""", said.out)
    assert "script-src" not in said.out
    assert "default-src 'none'" in said.out
    lines = FUNCTION.count("\n")
    assert len(page.find("li", **{"class": "m"})) == 2 * lines - 1
    [edited] = page.find("li", **{"class": "e"})
    assert "edited by a person since" in str(edited["title"])
    files = {str(found["id"]) for found in page.find("details")}
    assert len(files) == 3
    assert {str(link["href"])[1:] for link in page.find("a")} == files
    assert len(page.find("rect")) == 4 + 6  # the files, and the legend


def test_the_style_is_the_one_that_the_policy_allows(work: Work) -> None:
    import base64
    import hashlib

    out = work.ringfence("trace", "--format", "html").out
    [style] = re.findall(r"<style>(.*?)</style>", out, re.DOTALL)
    assert base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() in out
    assert ' style="' not in out


def test_a_page_of_nothing(tmp_path: Path) -> None:
    work = init(tmp_path / "work")
    work.commit("Nothing")
    assert "0 of 0 lines (0.0 %)" in work.ringfence("trace", "--format", "html").out


@pytest.mark.parametrize("areas", [[1.0], [6, 6, 4, 3, 2, 2, 1], [0, 5, 0, 1e-3], list(range(200))])
def test_rectangles_fill_the_map_in_proportion(areas: list[float]) -> None:
    boxes = list(lay_out(areas, 0, 0, 80, 40))
    assert {box.item for box in boxes} == {number for number, area in enumerate(areas) if area}
    for box in boxes:
        assert box.width * box.height == pytest.approx(areas[box.item] * 3200 / sum(areas))
        assert -1e-6 <= box.x <= box.x + box.width <= 80 + 1e-6
        assert -1e-6 <= box.y <= box.y + box.height <= 40 + 1e-6
