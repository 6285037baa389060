"""The docs as a site: `make site` builds it into `build/site`, with a search that works from a folder."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_INIT = Path(__file__).parents[1] / "src/ringfence/__init__.py"

project = "ringfence"
author = "the authors of ringfence"
release = version = re.search(r'__version__ = "(.+)"', _INIT.read_text("utf-8"))[1]  # type: ignore[index]
extensions = ["myst_parser"]
exclude_patterns = ["pictures", "performance.json"]
html_theme = "furo"
html_title = f"ringfence {release}"
html_show_copyright = html_show_sphinx = html_copy_source = False
html_theme_options = {"navigation_with_keys": True}
man_pages = [("commands", "ringfence", "keep rivals' output out of what feeds a model", [author], 1)]
myst_heading_anchors = 3
nitpicky = True
# Where the repository's own files can be looked at, such as https://git.example.org/acme/ringfence/blob/main.
SOURCES = os.environ.get("RINGFENCE_SOURCES", "")
_OUTSIDE = re.compile(r"\[([^\]\n]+)\]\((?:\.\./)+((?!docs/)[\w./-]+)\)")


def _link_sources(app: Sphinx, page: str, text: list[str]) -> None:  # noqa: ARG001 - Sphinx gives them
    """Let links to files that aren't pages lead to the sources, or name them where there is no address."""
    depth = page.count("/") + 1

    def link(found: re.Match[str]) -> str:
        if found[0].count("../") != depth:
            return found[0]  # another page
        return f"[{found[1]}]({SOURCES}/{found[2]})" if SOURCES else found[1]

    text[0] = _OUTSIDE.sub(link, text[0])


def setup(app: Sphinx) -> None:
    """Connect what is ours."""
    app.connect("source-read", _link_sources)
