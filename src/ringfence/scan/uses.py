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
from .use import Use, describe_ways
from .use_facts import load_table, may_call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..policy.plan import Plan
    from .hits import Hits
    from .matches import Contents
    from .text import ScannedWindow

_MAX_MODELS = 200  # in one content
# With the line break before them, which is found many times as fast as the beginning of a line.
_DOCSTRING = compile_lazily(r"\n[ \t]*[rRbBuU]?(?:\"\"\"[\s\S]*?(?:\"\"\"|\Z)|'''[\s\S]*?(?:'''|\Z))")
_BLOB = compile_lazily(r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/=]{200,}")
_COMMENT = compile_lazily(r"\n[ \t]*+(?:#|//|\*|>>>|\.\.\.|%|--[ \t])[^\n]*+")
_KEY = compile_lazily(
    rb"(?:(?P<key>[\w-]{0,24}(?:model|engine|deployment|judge|teacher|grader|annotator|generator|llm|\blm)[\w-]{0,24})"
    rb"[\"']?(?:\s{0,3}:\s{0,3}(?:str|Optional\[str\]|string))?\s{0,3}(?:[=:(,{]|\bin\b|\|\|)[\s\[({]{0,6}"
    rb"(?:\w{0,20}\(\s{0,3})?(?:default\s{0,2}=\s{0,2})?|--(?P<option>[\w-]{1,40})[= ])"
    rb"[\"']?(?:[\w.-]{1,30}[/:]){0,3}$",
    re.IGNORECASE,
)
_KEPT = 1 << 14  # answers of `_find_key`
_LOOKBACK = 120  # bytes before a model's name in which its key stands
_ROLE_KEYS = (
    ("teacher", ("teacher",)),
    ("judge", ("judge", "grader", "evaluator", "critic")),
    ("labeller", ("annotator", "labeler", "labeller", "labeling", "labelling", "annotation")),
    ("generator", ("generator", "generation_model", "synthetic")),
)
_SAID = ("role", "about")  # kinds of facts that count in comments and in texts of a prompt, too
_HOST = "its address"
_NAME = compile_lazily(rb"[\w./:@-]{1,80}")


class UseFinder:
    """Adds up the evidence in the windows of one content."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._line = 1
        self._facts, self._vendors, self._jobs = load_table(plan)
        self._seen: dict[tuple[str, str], int] = {}  # kind and name of a fact -> the line where it was seen first
        self._words: dict[int, str] = {}  # facts of roles
        self._models: dict[tuple[str, str], tuple[int, str]] = {}  # model, vendor -> line, role of its key
        self._others = False

    def watch(self, windows: Iterator[ScannedWindow]) -> Iterator[ScannedWindow]:
        """Yield the windows of a content as they are; those with a sign of a call are looked at."""
        is_suspect, is_json, before = False, False, b""
        for item in windows:
            window, shared, is_last, hits = item
            self._line += before.count(b"\n") - window.count(b"\n", 0, shared)
            is_json = is_json if before else window[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"["))
            is_suspect = is_suspect or self._has_sign(window, hits)
            if is_suspect:
                found = {self._facts[index] for index in self._plan.fact_scanner.find_matches(window)}
                if may_call(window, found, is_json=is_json, is_whole=is_last and not before):
                    self._look_at(window.decode("utf-8", "replace"), has_blob=("blob", "") in found)
            before = window
            yield item

    def _has_sign(self, window: bytes, hits: Hits | None) -> bool:
        if hits is not None:
            return hits.has_use
        return bool(self._plan.use_scanner.find_matches(window))

    def _look_at(self, text: str, *, has_blob: bool) -> None:
        """Add the evidence in a window; `has_blob`: there is a long run of base64, which can hold any word."""
        if text[:64].lstrip("\ufeff \t\r\n").startswith(("{", "[")) and '"cell_type"' in text:
            text = _join_cells(text)
        if has_blob:
            text = _BLOB.sub(" ", text)
        code = f"\n{text}"
        if '"""' in code or "'''" in code:
            code = _DOCSTRING.sub("\n", code)
        data = _COMMENT.sub("\n", code).encode()
        for index, end in self._plan.fact_scanner.find_ends(data):
            kind, name = self._facts[index]
            if kind not in _SAID and (kind, name) not in self._seen:
                self._seen[kind, name] = self._find_line(text, data[max(0, end - _LOOKBACK) : end])
        for index in self._plan.fact_scanner.find_matches(text.encode()):
            kind, name = self._facts[index]
            if kind == "role":
                self._words[index] = name
            elif kind == "about":
                self._seen.setdefault((kind, name), self._line)
        self._find_models(data, text)

    def _find_models(self, data: bytes, text: str) -> None:
        scanner = self._plan.catalogue.load_group("model").scanner
        for _, start, end in scanner.locate_matches(data) if scanner else ():
            if len(self._models) >= _MAX_MODELS:
                break
            begin = start + (not data[start : start + 1].isalnum())
            if (key := _find_key(data[max(0, begin - _LOOKBACK) : begin])) is None:
                continue
            line = _NAME.match(data, begin)
            name = line[0].decode("utf-8", "replace") if line else ""
            named = self._plan.catalogue.find_models(data[begin:end])
            if not named or not name:
                continue
            vendor = named[0][1]
            if not self._plan.is_rival(vendor):
                self._others = True
                continue
            role = next((role for role, words in _ROLE_KEYS if any(word in key for word in words)), "")
            known = self._models.get((name, vendor))
            if known is None or (role and not known[1]):
                self._models[name, vendor] = known[0] if known else self._find_line(text, name.encode()), role

    def _find_line(self, text: str, found: bytes) -> int:
        """Return the line in which the last line of what was found stands."""
        last = found.rsplit(b"\n", maxsplit=1)[-1].decode("utf-8", "replace")
        return self._line + text.count("\n", 0, max(text.find(last), 0))

    def add_uses(self, result: Contents, place: str) -> None:
        """Add what was found to the matches of a content."""
        for use in self.list_uses():
            _add_use(result, use, place, "use")
        for use in self.list_extractions():
            _add_use(result, use, place, "extraction")

    def list_extractions(self) -> list[Use]:
        """Return by which ways past its clients and limits a rival's models are asked, one for each vendor."""
        past = [kind for kind in ("pool", "hiding") if (kind, "") in self._seen]
        found: dict[str, Use] = {}
        for (kind, vendor), line in self._seen.items():
            if kind in ("private", "package") and self._plan.is_rival(vendor):
                known = found[vendor].facts.split() if vendor in found else []
                facts = " ".join(dict.fromkeys([*known, kind, *past]))
                found[vendor] = Use(vendor, "", "", "", (), 1, facts, found[vendor].line if vendor in found else line)
        if past and not found:
            lines = [line for (kind, _), line in self._seen.items() if kind in past]
            for use in self.list_uses():
                if "called" in use.facts:
                    found.setdefault(use.vendor, Use(use.vendor, "", "", "", (), 1, " ".join(past), min(lines)))
        return list(found.values())

    def list_uses(self) -> list[Use]:
        """Return what was found, one for each vendor."""
        asked = {
            name: line for (kind, name), line in self._seen.items() if kind == "call" and ("load", name) in self._seen
        }
        hosts = {name: line for (kind, name), line in self._seen.items() if kind == "host"}
        hosts = hosts if ("posts", "") in self._seen else {}
        works = {
            name: line for (kind, name), line in self._seen.items() if kind == "set" and ("about", name) in self._seen
        }
        counts = dict.fromkeys((self._jobs[name] for name in works), 1)
        for role in self._words.values():
            counts[role] = counts.get(role, 0) + 1
        jobs = [self._jobs[name] for name in works]
        roles = sorted(counts, key=lambda role: (role not in jobs, -counts[role]))
        clients = [*((name, self._vendors[name]) for name in asked), *((_HOST, vendor) for vendor in hosts)]
        facts = {"setting": bool(works), "called": bool(clients), "kept": ("kept", "") in self._seen}
        words = sum(counts.values())
        uses: dict[str, Use] = {}
        by_vendor: dict[str, str] = {}
        for model, vendor in self._models:
            by_vendor[vendor] = f"{by_vendor.get(vendor, '')} {model}".strip()
        keyed = {role for _, role in self._models.values() if role}
        roles += [role for role, _ in _ROLE_KEYS if role in keyed and role not in roles]
        for (model, vendor), (line, role) in self._models.items():
            own = next((name for name, of in clients if of == vendor), next(iter((*dict(clients), *works)), ""))
            if vendor not in uses or (role and "setting" not in uses[vendor].facts):
                certain = [name for name, is_true in facts.items() if is_true or (name == "setting" and role)]
                named = dict.fromkeys([role, *roles] if role else roles)
                uses[vendor] = Use(vendor, model, by_vendor[vendor], own, tuple(named), words, " ".join(certain), line)
        if not uses and not self._others and ("local", "") not in self._seen:
            lines = [*asked.values(), *hosts.values()]
            for (name, vendor), line in zip(clients, lines, strict=True):
                if vendor and self._plan.is_rival(vendor):
                    certain = [name for name, is_true in facts.items() if is_true]
                    uses.setdefault(vendor, Use(vendor, "", "", name, tuple(roles), words, " ".join(certain), line))
        return list(uses.values())


@lru_cache(_KEPT)  # versions of a file ask for the same again and again
def _find_key(before: bytes) -> str | None:
    """Return the key or option that a model's name is the value of, given what comes before it; None if it is none."""
    found = _KEY.search(before)
    return (found["key"] or found["option"]).decode("utf-8", "replace").lower() if found else None


def _add_use(result: Contents, use: Use, place: str, kind: str) -> None:
    """Add a use to the matches of a content, for `check/uses.py` to weigh it by the path."""
    why = "\t".join((use.client, use.facts, " ".join(use.roles), str(use.words)))
    marker = Marker(
        f"{kind} {use.vendor} {use.models} {use.facts}", use.vendor, use.vendor, use.model, kind, "", why,
        models=use.models,
    )  # fmt: skip
    matches = result.get_marker_matches(marker, "use", "")
    matches.count += 1
    if len(matches.places) < EXCERPTS:
        shown = " with ".join(filter(None, (use.client, use.model))) or describe_ways(use.facts)
        matches.places.append(Place(use.line, sanitise_text(shown), place))


def _join_cells(text: str) -> str:
    """Return the code of a notebook's cells; what isn't whole JSON is unescaped as it is."""
    try:
        cells = json.loads(text)["cells"]
        return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    except (ValueError, KeyError, TypeError, RecursionError):
        return text.replace("\\n", "\n").replace('\\"', '"')
