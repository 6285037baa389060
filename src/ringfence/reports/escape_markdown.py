"""Escapes untrusted text for markdown."""

from __future__ import annotations

import re


def escape_text(text: str) -> str:
    """Return text that renders literally: no markup, HTML, mention, issue link, address or line break takes effect.

    It uses entities, since a backslash doesn't escape `@`, `#12` or a bare address; GitHub and GitLab decode them last.
    """
    return re.sub(
        r"[^\w .,;()'/-]|(?<=http)s?|www", lambda found: "".join(f"&#{ord(char)};" for char in found[0]), text
    )


def format_code(text: str) -> str:
    """Return text as inline code, which is also valid in a table cell."""
    return f"<code>{escape_text(text)}</code>"
