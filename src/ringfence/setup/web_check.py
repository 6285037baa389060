"""Checks whether nginx holds back what git sends until a hook has ended, which lets a slow check end as HTTP 504."""

from __future__ import annotations

import fnmatch
import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

from .host_checks import CheckResult

if TYPE_CHECKING:
    from collections.abc import Iterator

    Block = list[list[str]]  # directives, a list of words each

_FILE = re.compile(r"^# configuration file (.+):$", re.MULTILINE)  # how `nginx -T` begins each
_WORD = re.compile(r"""#[^\n]*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[{};]|[^\s{};]+""")
_DEEPEST = 10  # files that include each other


def check_nginx() -> Iterator[CheckResult]:
    """Yield whether each location for git, by fcgiwrap, asks it to buffer nothing; nothing where nginx has none."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if not program:
        return
    done = subprocess.run([program, "-T"], capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        yield CheckResult("nginx", True, f"not checked ({why}): see that its location for git sets NO_BUFFERING")
        return
    parts = _FILE.split(done.stdout)
    files = dict(zip(parts[1::2], parts[2::2], strict=True))
    for name, block in _iter_blocks(files):
        params = {words[1]: words[2] for words in block if words[0] == "fastcgi_param" and len(words) > 2}  # noqa: PLR2004
        if "GIT_PROJECT_ROOT" in params or "git-http-backend" in " ".join(params.values()):
            is_good = "NO_BUFFERING" in params  # fcgiwrap looks at nothing but that
            fault = "holds back what git sends: a slow check ends as HTTP 504 while the push goes in"
            detail = f"{name} {'hands on what git sends at once' if is_good else fault}"
            yield CheckResult("nginx", is_good, detail, "in that location: fastcgi_param NO_BUFFERING 1;")


def _iter_blocks(files: dict[str, str]) -> Iterator[tuple[str, Block]]:
    """Yield each block that has directives, with its head: `location ~ ^/git/`."""
    main = next(iter(files), "")
    stack: list[tuple[str, Block]] = [("", [])]
    words: list[str] = []
    for word in _iter_words(files, main, os.path.dirname(main)):
        if word == "{":
            stack.append((" ".join(words), []))
        elif word == ";" and words:
            stack[-1][1].append(words)
        elif word == "}" and len(stack) > 1:
            yield stack.pop()
        else:
            words.append(word)
            continue
        words = []


def _iter_words(files: dict[str, str], path: str, folder: str, depth: int = 0) -> Iterator[str]:
    """Yield the words of a file, and in place of an `include` those of the files that it names."""
    words = [word.strip("\"'") for word in _WORD.findall(files.get(path, "")) if not word.startswith("#")]
    rest = iter(words)
    for word in rest:
        if word != "include" or depth == _DEEPEST:
            yield word
            continue
        pattern = os.path.join(folder, next(rest, ""))
        next(rest, "")  # the semicolon
        for included in filter(lambda name: fnmatch.fnmatchcase(name, pattern), sorted(files)):
            yield from _iter_words(files, included, folder, depth + 1)
