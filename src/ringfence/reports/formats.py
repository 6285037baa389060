"""The table of report formats; a new format is a module here and a row in this table."""

from __future__ import annotations

from . import github, gitlab_quality, gitlab_sast, html, json, junit, markdown, rdjsonl, sarif, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..model import Verdict

FORMATS: dict[str, Callable[[Verdict], str]] = {
    "text": text.render,
    "json": json.render,
    "jsonl": json.render_lines,
    "markdown": markdown.render,
    "html": html.render,
    "sarif": sarif.render,
    "github": github.render,
    "gitlab-codequality": gitlab_quality.render,
    "gitlab-sast": gitlab_sast.render,
    "junit": junit.render,
    "rdjsonl": rdjsonl.render,
}
