"""Tells lines of a message that sign with a mark from lines that speak of one: rules, quotes, boxes, refusals.

A guide that forbids a footer, a list of lines to remove and an unticked box hold the same words as the footer itself.
Such a mention is weak, an unticked box nothing. What a line proves is read from the line itself, and from a sentence
that runs on from the line before or into the line after.
"""

from __future__ import annotations

import re

from ...lazy_pattern import compile_lazily
from .roles import MENTIONED, NOTHING, SIGNED
from .set_off import find_surroundings, is_spoken_of

_BULLET = r"[\s>|#*+•·–—-]*(?:\(?\d{1,3}[.)][ \t]+)?"
_UNTICKED = compile_lazily(rf"{_BULLET}(?:\[[ \t_]?\](?!\()|[☐⬜🔲❏□▢])")
_LEADING = compile_lazily(rf"(?:{_BULLET})([\"'`“”‘«„「『]+)")  # a quote around the whole mark
_CLOSING = {'"': '"', "'": "'", "`": "`", "“": "”", "‘": "’", "«": "»", "„": "“", "「": "」", "『": "』", "”": "”"}
_BEHIND_NAME = compile_lazily(r"[^\w\n]*?\]?\(https?://[^)\s]*\)|[\]\)>`\"'”’»*_]+|\.?(?=\n)")
# Words with which a sentence goes on about a line that it has named.
_GOING_ON = compile_lazily(
    r"[\s\"'`”’»*_]*(?:\((?:and|or)\b[^)]*\)\s*)?(?:"
    r"(?:and|or|&|/|,)\s[^.;\n]{0,80}?\b(?:lines?|footers?|trailers?|credits?|attributions?|signatures?)\b"
    r"|(?:-?style\s+|-?like\s+|attribution\s+|credit\s+)?(?:lines?|footers?|trailers?|signatures?|credits?|tags?"
    r"|attributions?|markers?|marks|banners?|badges?|labels?|headers?|strings?|phrases?|texts?|boilerplate|suffix(?:es)?"
    r"|comments?|co-authors?|messages?|sections?|sign-?offs?)\b"
    r"|(?!(?:is|was|were|has\s+been)\s+(?:also\s+)?used\b)(?:is|are|was|were|isn.?t|aren.?t|wasn.?t|weren.?t|must|mustn.?t|should|shouldn.?t|shall|may|might|can|can.?t"
    r"|cannot|could|won.?t|would|needs?\s+to|has\s+to|have\s+to|will|never|doesn.?t|don.?t|counts?|appears?|belongs?"
    r"|no\s+longer|gets?|makes?|breaks?|means?|says?|shows?|ends?\s+up|remains?|stays?|goes|gone)\b"
    r"|(?:in|to|from|out\s+of|into|at\s+the\s+end\s+of)\s+(?:(?:the|our|your|any|all|a|every|new|this|its)\s+)*"
    r"(?:commits?|commit\s+messages?|messages?|pull\s+requests?|prs?|histor(?:y|ies)|trailers?|footers?|bod(?:y|ies)"
    r"|templates?|descriptions?)\b(?!\s*$)"
    r"|[:?=–—-]+\s*(?:no|none|never|false|not)\b(?!\s*-?\s*verify)"
    r")",
    re.IGNORECASE,
)
_DENIED = compile_lazily(r"\b(?:not|never|nor|without|no\s+part|none\s+of|neither|nothing)\b|n['’]t\b", re.IGNORECASE)
_ABOUT = compile_lazily(
    r"\b(?:no|not|never|without|n['’]t|don['’]?t|forbid\w*|ban(?:s|ned)?|remov\w+|drop\w*|strip\w*|delet\w+|reject\w*"
    r"|refus\w+|detect\w*|block\w*|disallow\w*|prohibit\w*|avoid\w*|omit\w*|suppress\w*|disabl\w+|instead\s+of|such\s+as"
    r"|e\.g\.|like|says?|contain\w*|match\w*|lines?|footers?|trailers?|leave\s+out|look\w*\s+for|example)\b",
    re.IGNORECASE,
)
# How a line ends whose sentence goes on in the next.
_OPEN_END = compile_lazily(
    r"(?:\b(?:not|never|cannot|can.t|n['’]t)\s+(?:\w+\s+){0,2}(?:accept|allow|bear|carry|have|hold|keep|need|show|take|use|want)"
    r"|\b(?:carry|carries|carrying|includ(?:e|es|ing)|(?:begin|end|start)s?\s+with|quot(?:e|es|ing)"
    r"|a|add|adds|adding|an|any|as|called|contain|contains|containing|drop|e\.g\.|forbid|forbids"
    r"|footer|footers|like|line|lines|never|no|not|of|or|phrase|quote|reads?|refuse|refuses|reject|rejects|remove|removes"
    r"|saying|says?|strip|strips|such\s+as|that|the|trailer|trailers|without|with\s+a|with\s+the|writes?|write))"
    r"\s*[:,]?\s*[\"'`“«]?\s*$",
    re.IGNORECASE,
)
_ALTERNATIVE = compile_lazily(
    r"\s*n?or\s+(?:with\s+|by\s+|the\s+|a\s+)*[\"'`“‘«]", re.IGNORECASE
)  # a list in a sentence
# A footer up to its link, of which some expressions match the address alone.
_FOOTER_WORDS = compile_lazily(
    r"\W*(?:(?:co-)?created|generated|written|made|built)[ \t]+(?:with|by|using|via)[ \t]+\[[^\[\]]{1,40}",
    re.IGNORECASE,
)
_AROUND = 400  # bytes of a line on each side of a match; a text may be one line with a mark in every word
_LOOKBACK = 120  # characters before a match in which a sentence may say what it is about


def extract_line(text: bytes, start: int, end: int) -> tuple[bytes, int]:
    """Return the line or lines that contain a match, at most 400 bytes on each side, and where they begin."""
    while start < end - 1 and text[start] in b"\r\n":
        start += 1
    earliest, latest = max(0, start - _AROUND), end + _AROUND
    newline = text.rfind(b"\n", earliest, start)
    begin = newline + 1 if newline >= 0 else earliest
    newline = text.find(b"\n", end, latest)
    return text[begin : newline if newline >= 0 else latest], begin


def classify_line(text: bytes, line: bytes, begin: int, start: int, end: int, *, is_name: bool = False) -> str:
    """Return what the line around a match does with it: signs, mentions, or says nothing.

    Args:
        text: The whole text.
        line: The line or lines of the match.
        begin: Where they begin.
        start: Where the match begins.
        end: Where it ends.
        is_name: The match is a product's name alone, without the words of the line before it.
    """
    shown = line.decode("utf-8", "replace")
    before = line[: max(start - begin, 0)].decode("utf-8", "replace")
    matched = line[max(start - begin, 0) : end - begin].decode("utf-8", "replace")
    if _UNTICKED.match(shown):
        return NOTHING
    offset = len(before) + len(matched)
    rest = _skip_name_end(shown, offset)
    signs = matched[: len(matched) - len(matched.lstrip(" \t\"'`\u201c\u00ab[(*"))]
    is_bare = is_name or not re.search(r"\w", before) or bool(_FOOTER_WORDS.fullmatch(before))
    # What a tool puts behind a subject, in brackets, says nothing of the sentence: `Don't hide the header (TOOL)`.
    is_behind = matched.lstrip().startswith("(") and matched.rstrip().endswith(")") and not rest.strip()
    if (
        _is_quoted(shown, offset)
        or _GOING_ON.match(rest)
        or _ALTERNATIVE.match(before)
        or (not is_behind and _DENIED.search(f"{_get_last_sentence(before)}{matched}"))
        or (
            not is_bare
            and not is_behind
            and _ABOUT.search(before[-_LOOKBACK:])
            and _is_inside_quotes(before + signs, shown[offset:])
        )
        or (is_name and _ABOUT.search(_get_before_quote(before)) and _is_inside_quotes(before, shown[offset:]))
        or (is_bare and _runs_on(text, begin, begin + len(line), rest))
    ):
        return MENTIONED
    return SIGNED


def _get_before_quote(before: str) -> str:
    """Return what a line says before a quote that is still open, at most 120 characters."""
    at = max((before.rfind(sign) for sign in '"`' if before.count(sign) % 2), default=before.rfind("\u201c"))
    return before[max(at - _LOOKBACK, 0) : max(at, 0)]


def _get_last_sentence(before: str) -> str:
    return re.split(r"[.!?;]\s", before[-_LOOKBACK:])[-1]


def _skip_name_end(line: str, offset: int) -> str:
    """Return the rest of a line behind a match and the address, link or brackets that belong to it."""
    offset -= 2 * line[:offset].endswith("](")  # an expression may end in the middle of a link
    rest = line[offset:]
    if "@" in line[:offset][-80:] or rest[:80].lstrip().startswith("<"):
        rest = rest[rest.find(">") + 1 :] if ">" in rest[:80] else rest
    for _ in range(3):
        found = _BEHIND_NAME.match(rest)
        if not found or not found.end():
            break
        rest = rest[found.end() :]
    return rest


def _is_quoted(line: str, end: int) -> bool:
    """Return whether a quote begins before the mark's first word and ends behind it, and the line says more."""
    opened = _LEADING.match(line)
    if not opened or opened.end() > end:
        return False
    sign = opened[1][-1]
    close = line.find(_CLOSING[sign], end)
    if close < 0:
        return False
    behind = line[close + 1 :]
    return bool(re.search(r"\w", behind)) or (sign == "`" and bool(re.search(r"[*+•-]|\d", line[: opened.start(1)])))


def _is_inside_quotes(before: str, behind: str) -> bool:
    """Return whether a match in the middle of a line stands between quotes or is a link's text."""
    if before.rstrip(" ").endswith(("`", '"', "'", "“", "«", "[", "(", "*")):
        return True
    return any(before.count(sign) % 2 and sign in behind for sign in '`"') or before.count("“") > before.count("”")


def _runs_on(text: bytes, begin: int, end: int, rest: str) -> bool:
    """Return whether the sentence began in the line before or goes on in the line after."""
    last = max(begin - 1, 0)
    earliest = max(last - _AROUND, 0)
    previous = text[max(text.rfind(b"\n", earliest, last) + 1, earliest) : last].decode("utf-8", "replace")
    if len(previous.split()) > 2 and _OPEN_END.search(previous[-40:]):  # noqa: PLR2004 - a sentence has more words
        return True
    if rest.strip(" \t\r.*_`\"'"):
        return False
    following = text[end + 1 : end + 200].partition(b"\n")[0].decode("utf-8", "replace")
    if following[:1].islower() and _GOING_ON.match(following):
        return True
    around = find_surroundings(text, begin, end)
    return around is not None and _speaks_of_passage(*around)


def _speaks_of_passage(before: str, behind: str) -> bool:
    """Return whether the lines around a passage that is set off speak of it."""
    has_lead = len(before.split()) > 2 and bool(_OPEN_END.search(before[-40:]))  # noqa: PLR2004 - as above
    return has_lead or bool(behind[:1].islower() and _GOING_ON.match(behind)) or is_spoken_of(before, behind)
