"""Text that markdown shows as it is, whoever wrote it."""

from __future__ import annotations

import re


def escape_text(text: str) -> str:
    """Return text in which nothing is markdown, HTML, a mention, an issue, a link or a line of its own.

    Entities, since a backslash escapes no `@`, `#12` or bare address; both GitHub and GitLab read them last.
    """
    return re.sub(
        r"[^\w .,;()'/-]|(?<=http)s?|www", lambda found: "".join(f"&#{ord(char)};" for char in found[0]), text
    )


def format_code(text: str) -> str:
    """Return text as code, for a table's cell too."""
    return f"<code>{escape_text(text)}</code>"
