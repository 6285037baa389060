"""Decides whether a match in a text counts: an expression may hold for some roles only, such as co-authors or credits.

The scanner finds where a pattern matches; what the line around it says is asked here, for those few lines.
"""

from __future__ import annotations

import re

from ...lazy_pattern import compile_lazily

_FOLLOWING = 100  # bytes of the line after a name that are read
_LINK = compile_lazily(rb"\W?(https?://|[a-z][a-z-]*\.[a-z]{2,6}/)", re.IGNORECASE)
SIGNED, MENTIONED, NOTHING = "signed", "mentioned", ""
PEOPLE = ("author", "committer", "tagger")
ABOUT_CHANGE = "about"  # the line says what the change is about, and a model in it needn't have made it
CREDIT_ROLES = ("credit", "given", "model")  # a product's name, one that people or things bear too, a model's


def judge_role(roles: str, part: str, text: bytes, start: int, end: int) -> str:
    """Return whether a match is a mark (`SIGNED`), only speaks of one (`MENTIONED`), or says nothing (`NOTHING`).

    Args:
        roles: The roles of the expression that matched, separated by commas; "" for all. Of an environment's, what
            must be set besides, separated by semicolons.
        part: The part of the change that the text is, as in `model.Text`.
        text: The text.
        start: Where the match begins.
        end: Where it ends.
    """
    if part == "environment":
        return SIGNED if all(_is_set(need, text) for need in roles.split(";") if need) else NOTHING
    if part in PEOPLE or part == "ref":
        return SIGNED if not roles or part in roles.split(",") else NOTHING
    if roles == "coauthor" and part != "header":  # a header has no prose
        from .authorship import is_authorship

        if not is_authorship(text, start):
            return NOTHING
    if _LINK.match(text[start:end]):  # a session's or answer's address proves the same in any sentence
        return SIGNED
    from . import mentions

    line, begin = mentions.extract_line(text, start, end)
    kind = SIGNED
    if roles in CREDIT_ROLES:
        from .credits import find_model_end, is_below_disclosure, judge_credit

        end = find_model_end(text, end) if roles == "model" else end
        following = text[begin + len(line) : begin + len(line) + _FOLLOWING]
        is_given = roles == "given"
        kind = judge_credit(line, start - begin, end - begin, following, is_given=is_given) if end else NOTHING
        if end and kind != SIGNED and is_below_disclosure(text, begin, line, start - begin, is_given=is_given):
            kind = SIGNED
    line_kind = (
        mentions.classify_line(text, line, begin, start, end, is_name=roles in CREDIT_ROLES) if kind else NOTHING
    )
    if line_kind == SIGNED:
        return kind
    return NOTHING if roles in CREDIT_ROLES else line_kind


def _is_set(need: str, text: bytes) -> bool:
    """Return whether an environment has a variable that isn't empty, or a variable with exactly this value."""
    if "=" in need:
        return need.encode() in text.split(b"\n")
    return any(line.startswith(f"{need}=".encode()) and len(line) > len(need) + 1 for line in text.split(b"\n"))
