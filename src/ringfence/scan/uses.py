"""Finds code and settings that call a rival's model: what is called, what for, and whether the answers are kept.

The prefilter names the few files with a sign of a call. Their text is read once more here, window by window, and the
evidence adds up over the file.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache

from ..excerpts import sanitise_text
from ..lazy_pattern import compile_lazily
from ..policy.markers.catalogue import Marker
from .matches import EXCERPTS, Place
from .passages import Passage
from .use import describe_use, write_use
from .use_evidence import Evidence
from .use_facts import LARGEST_SETTINGS, load_table, may_call, may_loop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..policy.plan import Plan
    from .matches import Contents
    from .text import ScannedWindow
    from .use import Use

_MAX_MODELS = 200  # in one content
_TRIPLE = compile_lazily(rb"\"\"\"|'''")
_PREFIXES = (b"", b"r", b"R", b"b", b"B", b"u", b"U")  # of a string that is a statement of its own
_DEEPEST = 200  # bytes from the beginning of a line to one
_BLOB = compile_lazily(rb"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/=]{200,}")
_SHORTEST_BLOB = 200
# With the line break before them, which is found many times as fast as the beginning of a line.
_COMMENT = compile_lazily(rb"\n[ \t]*+(?:#|//|\*|>>>|\.\.\.|%|--[ \t])[^\n]*+")
_KEY = compile_lazily(
    rb"(?:(?P<key>[\w-]{0,24}(?:model|engine|deployment|judge|teacher|grader|annotator|generator|llm|\blm)[\w-]{0,24})"
    rb"[\"']?\]?(?:\s{0,3}:\s{0,3}(?:str|Optional\[str\]|string))?\s{0,3}(?:[=:(,{]|\bin\b|\|\|)[\s\[({]{0,6}"
    # Between an option's name and its default, argparse and click take what else there is to say of it.
    rb"(?:(?:type|required|dest|help|metavar)\s?=\s?(?:\w{1,12}|\"[^\"\n]{0,60}\"|'[^'\n]{0,60}'),\s{1,40}){0,3}"
    rb"(?:\w{0,20}\(\s{0,3})?(?:default\s{0,2}=\s{0,2})?|--(?P<option>[\w-]{1,40})[= ]"
    rb"|huggingface\.co/(?P<address>models)/)"
    rb"[\"']?(?:[\w.-]{1,30}[/:]){0,3}$",
    re.IGNORECASE,
)
_DATA = compile_lazily(rb"(?:\xef\xbb\xbf)?\s{0,64}(?:[\[{]|---\s|[\w.-]{1,64}:\s)")  # JSON or YAML
# Recorded traffic as VCR writes it: what it holds was called, and calls nothing. No code begins so, and settings have
# other keys.
_RECORDED = compile_lazily(rb"(?:\xef\xbb\xbf)?(?:---\s{1,8})?(?:http_)?interactions:[ \t]*\r?\n[ \t]{0,8}- ")
_OTHER_KEY = compile_lazily(rb"\n(?!(?:http_)?interactions:|recorded_with:|version:)[\w\"'?{&*!]")
_NEXT_ROW = compile_lazily(rb"\}[ \t\r]*\n\{")  # of JSON in lines
_KEPT = 1 << 14  # answers of `_find_key`, and names of models: versions of a file have the same again and again
_LOOKBACK = 120  # bytes before a model's name in which its key stands
_SAID = ("role", "about")  # kinds of facts that count in comments and in texts of a prompt, too
_NAME = compile_lazily(rb"[\w./:@-]{1,80}")


class UseFinder:
    """Adds up the evidence in the windows of one content."""

    def __init__(self, plan: Plan, get_line: Callable[[], int] = lambda: 1) -> None:
        """Take a plan, and what returns the number of the first line of the window that is watched."""
        self._plan, self._get_line = plan, get_line
        self._line = 1
        table = load_table(plan)
        self._facts = table[0]
        self.evidence = Evidence(table, plan.is_rival)

    def watch(self, windows: Iterator[ScannedWindow]) -> Iterator[ScannedWindow]:
        """Yield the windows of a content as they are; those with a sign of a call are looked at."""
        is_suspect, is_data, is_recorded, before = False, False, False, b""
        for item in windows:
            window, _, is_last, hits = item
            if not before:
                is_data, is_recorded = bool(_DATA.match(window)), bool(_RECORDED.match(window))
            self._line = self._get_line()
            is_recorded = is_recorded and not _OTHER_KEY.search(window)
            may_have = not is_recorded and (hits is None or hits.has_use)
            is_suspect = is_suspect or (may_have and bool(self._plan.use_scanner.find_matches(window)))
            if (is_suspect or may_have) and not (is_data and _holds_rows(window)):
                numbers = self._plan.fact_scanner.find_matches(window)
                found = {self._facts[index] for index in numbers}
                is_whole = is_last and not before
                if (
                    may_call(window, found, is_data=is_data, is_whole=is_whole)
                    if is_suspect
                    else may_loop(window, found)
                ):
                    self._look_at(window, numbers)
            before = window
            yield item

    def _look_at(self, window: bytes, numbers: list[int]) -> None:
        """Add the evidence in a window; `numbers` are those of the expressions of facts that match in it."""
        text = window
        if text[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")) and b'"cell_type"' in text:
            text = join_cells(text)
        if ("blob", "") in (self._facts[index] for index in numbers):  # base64, which can hold any word
            lines = text.split(b"\n")
            text = b"\n".join(_BLOB.sub(b" ", line) if len(line) >= _SHORTEST_BLOB else line for line in lines)
        data = strip_comments(text)
        self._note_facts(data)
        self._note_words(numbers if text is window else self._plan.fact_scanner.find_matches(text))
        self._note_models(data)

    def _note_facts(self, data: bytes) -> None:
        """Note the facts in code without its comments."""
        seen, code = self.evidence.seen, Passage(data, (0, len(data)), self._line)
        for index, end in self._plan.fact_scanner.find_ends(data):
            fact = self._facts[index]
            if fact[0] not in _SAID and fact not in seen:
                seen[fact] = code.count_lines(end - 1) - 1  # it begins with an empty line

    def _note_words(self, numbers: list[int]) -> None:
        """Note the facts that count in comments too, given as the numbers of all facts in a text."""
        for index in numbers:
            fact = self._facts[index]
            if fact[0] == "role":
                self.evidence.role_words[index] = fact[1]
            elif fact[0] == "about":
                self.evidence.seen.setdefault(fact, self._line)

    def _note_models(self, data: bytes) -> None:
        """Note the models that are values of a key."""
        noted: set[tuple[bytes, str]] = set()
        code = Passage(data, (0, len(data)), self._line)
        for _, start, end in self._plan.catalogue.locate_models(data):
            if len(self.evidence.models) >= _MAX_MODELS:
                break
            begin = start + (not data[start : start + 1].isalnum())
            key, name = _find_key(data[max(0, begin - _LOOKBACK) : begin]), _NAME.match(data, begin)
            if key is None or name is None or (name[0], key) in noted:
                continue
            noted.add((name[0], key))
            vendor = self._find_owner(data[begin:end])
            if vendor and self._plan.is_rival(vendor):
                model = name[0].decode("utf-8", "replace")
                known = self.evidence.models.get((model, vendor))
                self.evidence.add_model(model, vendor, key, known[0] if known else code.count_lines(begin) - 1)
            elif vendor:
                self.evidence.has_others = True

    def _find_owner(self, name: bytes) -> str:
        """Return whose model it is; "" for nobody's."""
        owners = self._plan.model_owners
        if name not in owners:
            if len(owners) >= _KEPT:
                owners.clear()
            named = self._plan.catalogue.find_models(name)
            owners[name] = named[0][1] if named else ""
        return owners[name]

    def add_uses(self, result: Contents, place: str) -> None:
        """Add what was found to the matches of a content."""
        for use in self.evidence.list_uses():
            _add_use(result, use, place, "use")
        for use in self.evidence.list_extractions():
            _add_use(result, use, place, "extraction")
        for use in () if place else self.evidence.list_loops():  # a file in an archive has no modules beside it
            _add_use(result, use, place, "loop")


def strip_comments(code: bytes) -> bytes:
    """Return code without comments and docstrings, behind an empty line; all lines that are left have one more."""
    return _COMMENT.sub(b"\n", _drop_docstrings(b"\n" + code))


def find_evidence(plan: Plan, data: bytes) -> Evidence:
    """Return the evidence in a content of at most one window."""
    finder = UseFinder(plan)
    for _ in finder.watch(iter([(data, 0, True, None)])):
        pass
    return finder.evidence


def _holds_rows(window: bytes) -> bool:
    """Return whether a large window of JSON is rows up to its last line."""
    last = window.rfind(b"\n", 0, -1) + 1
    return len(window) > LARGEST_SETTINGS and window.startswith(b"{", last) and bool(_NEXT_ROW.search(window))


def _drop_docstrings(code: bytes) -> bytes:
    """Return code with only the line ends of the strings in three quotes that begin a line."""
    if b'"""' not in code and b"'''" not in code:
        return code
    kept, at, begin = list[bytes](), 0, 0
    while found := _TRIPLE.search(code, at):
        end = code.find(found[0], found.end())
        at = end + len(found[0]) if end >= 0 else len(code)
        line = code.rfind(b"\n", max(0, found.start() - _DEEPEST), found.start())
        if line >= begin and code[line + 1 : found.start()].strip(b" \t") in _PREFIXES:
            kept += (code[begin:line], b"\n" * code.count(b"\n", line, at))
            begin = at
    return b"".join((*kept, code[begin:]))


@lru_cache(_KEPT)
def _find_key(before: bytes) -> str | None:
    """Return the key or option that a model's name is the value of, given what comes before it; None if it is none."""
    found = _KEY.search(before)
    return (found["key"] or found["option"] or found["address"]).decode("utf-8", "replace").lower() if found else None


def _add_use(result: Contents, use: Use, place: str, kind: str) -> None:
    """Add a use to the matches of a content, for `check/uses.py` to weigh it by the path."""
    id_ = f"{kind} {use.vendor} {use.models} {' '.join(use.facts)}"
    marker = Marker(id_, use.vendor, use.vendor, use.model, kind, "", write_use(use), models=use.models)
    matches = result.get_marker_matches(marker, "loop" if kind == "loop" else "use", "")
    matches.count += 1
    if len(matches.places) < EXCERPTS:
        matches.places.append(Place(use.line, sanitise_text(describe_use(use)), place))


def join_cells(text: bytes) -> bytes:
    """Return the code of a notebook's cells; what isn't whole JSON is unescaped as it is."""
    try:
        cells = json.loads(text)["cells"]
        code = ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
        return "\n".join(code).encode("utf-8", "surrogatepass")
    except (ValueError, KeyError, TypeError, RecursionError):
        return text.replace(b"\\n", b"\n").replace(b'\\"', b'"')
