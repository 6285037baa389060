"""Renders the templates of pages, each with the same style sheet inside."""

from __future__ import annotations

import base64
import hashlib
import os
from typing import TYPE_CHECKING, Any

from .... import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

_CHUNK = 200  # rows that a browser lays out together, and only when they come into sight


class Renderer:
    """Templates, loaded once."""

    def __init__(self) -> None:
        from jinja2 import Environment, FileSystemLoader
        from markupsafe import Markup

        self._environment = Environment(
            loader=FileSystemLoader(os.path.dirname(__file__)), autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        style = self._environment.get_template("page.css").render()
        self._shared = {
            "style": Markup(style),  # noqa: S704 - our own style sheet
            "style_hash": base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
            "version": __version__,
        }

    def render(self, template: str, **context: Any) -> str:
        """Return a page."""
        return self._environment.get_template(template).render(self._shared | context) + "\n"

    def write(self, path: str, template: str, **context: Any) -> None:
        """Write a page."""
        with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.writelines(self._environment.get_template(template).generate(self._shared | context))
            file.write("\n")


def split_rows(rows: Sequence[Any]) -> list[Sequence[Any]]:
    """Return rows in chunks."""
    return [rows[start : start + _CHUNK] for start in range(0, len(rows), _CHUNK)]
