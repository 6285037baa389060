"""Makes the pictures in docs/pictures/ from real output: `make pictures`. It needs a Chromium, and a font with emoji.

A repository is made in a temporary folder, with marks of several tools over a year; what is shown is what the commands
print about it.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PICTURES = Path(__file__).parent / "pictures"
DAY = 86_400
START = 1_704_877_200  # 2024-01-10
# (days from the start, message, file, its content)
HISTORY = (
    (0, "Add the first rows", "data/a.jsonl", '{"text": "river"}\n'),
    (40, "Clean the rows\n\nCo-authored-by: Claude <noreply@anthropic.com>", "data/a.jsonl", '{"text": "rivers"}\n'),
    (45, "Add notes", "notes/a.md", "See https://chatgpt.com/share/0a1b2c3d-0000-4000-8000-000000000000\n"),
    (90, "Add rows", "data/b.jsonl", '{"model": "gpt-4o", "text": "lake"}\n'),
    (120, "Sort\n\nCo-authored-by: Copilot <198982749+Copilot@users.noreply.github.com>", "data/b.jsonl", "{}\n"),
    (180, "Fix spelling\n\nCo-authored-by: Cursor <cursoragent@cursor.com>", "data/c.jsonl", '{"text": "sea"}\n'),
    (200, "Add rows", "data/d.jsonl", '{"id": "chatcmpl-9abcDEFghiJKLmnoPQRstuVWXyz12", "text": "pond"}\n'),
    (230, "Split\n\nCo-authored-by: Claude <noreply@anthropic.com>", "data/e.jsonl", '{"text": "moor"}\n'),
    (260, "Rename\n\nCo-authored-by: Claude <noreply@anthropic.com>", "data/f.jsonl", '{"text": "fen"}\n'),
    (300, "Add a paper", "papers/a.gz", "\x1f\x8b\x08 cut off"),
    (330, "Count\n\nCo-authored-by: gemini-cli <gemini-cli@google.com>", "data/g.jsonl", '{"text": "bay"}\n'),
)
COMMENT = """<!doctype html><meta charset="utf-8"><style>
body {{ font: 14px/1.5 system-ui, sans-serif; width: 60rem; margin: 1rem; color: #1f2328; background: #fff }}
table {{ border-collapse: collapse }} td, th {{ border: 1px solid #d0d7de; padding: 6px 13px; text-align: left }}
tr:nth-child(2n) {{ background: #f6f8fa }} code {{ font-size: 85%; background: #818b981f; padding: .2em .4em }}
h3 {{ margin: 0 0 1rem; font-size: 1.25em }} sub {{ font-size: 12px; vertical-align: baseline }}
</style>{}"""


def main() -> None:
    """Make every picture anew."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as started:
        work = Path(folder) / "pretrain"
        make(work)
        base = output(work, "git", "rev-list", "--max-parents=0", "HEAD").strip()
        output(work, "ringfence", "check", "--all", "--report", "html=all.html")
        command = f"ringfence ci --range {base[:7]}..HEAD~7"
        terminal(f"$ {command}\n{output(work, *command.split())}", PICTURES / "terminal.svg")
        output(work, *command.split(), "--report", "markdown=some.md")
        comment = MarkdownIt("commonmark", {"html": True}).enable("table").render((work / "some.md").read_text("utf-8"))
        (work / "comment.html").write_text(COMMENT.format(comment), "utf-8")
        path = shutil.which("chromium") or shutil.which("google-chrome")
        root = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = started.chromium.launch(executable_path=path, args=root)
        shot(browser, work / "all.html", PICTURES / "page.png", height=1000)
        shot(browser, work / "comment.html", PICTURES / "comment.png", height=0)


def make(work: Path) -> None:
    """Make the repository that the pictures show."""
    output(work.parent, "git", "init", "-q", "-b", "main", work.name)
    output(work, "git", "config", "ringfence.tag", "training-data")
    output(work, "git", "remote", "add", "origin", "https://git.example.org/data/pretrain.git")
    for days, message, name, content in HISTORY:
        (work / name).parent.mkdir(exist_ok=True)
        (work / name).write_text(content, "latin-1")
        output(work, "git", "add", "-A", ":!*.html", ":!*.md" if name.endswith("jsonl") else ":/")
        output(work, "git", "commit", "-q", "-m", message, when=f"{START + days * DAY} +0000")


def output(folder: Path, *command: str, when: str = "") -> str:
    """Run a command as a person would, and return what it printed."""
    beside = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    env = {"PATH": beside, "HOME": str(folder), "LC_ALL": "C.UTF-8", "GIT_CONFIG_GLOBAL": os.devnull}
    for who in ("AUTHOR", "COMMITTER"):
        env |= {f"GIT_{who}_NAME": "Ann Example", f"GIT_{who}_EMAIL": "ann@example.org", f"GIT_{who}_DATE": when}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def terminal(told: str, file: Path) -> None:
    """Draw what a terminal shows."""
    console = Console(record=True, width=100, file=io.StringIO())
    console.print(Text(told.rstrip("\n")))
    file.write_text(console.export_svg(title="ringfence", unique_id="ringfence"), "utf-8")


def shot(browser: Browser, page: Path, file: Path, height: int) -> None:
    """Take a picture of a page, of all of it where no height is given."""
    tab = browser.new_page(viewport={"width": 1000, "height": height or 300})
    tab.goto(page.as_uri())
    tab.screenshot(path=file, full_page=not height)


if __name__ == "__main__":
    main()
