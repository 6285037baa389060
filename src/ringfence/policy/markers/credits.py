"""Recognises a line that credits a product by name: `Generated with NAME`, `NAME で生成`, `I used NAME to write this`.

The scanner finds the product's name; the words around it decide here. So a product needs its names alone, and every
form holds for every product, in every language that the tables below know.
"""

from __future__ import annotations

import functools
import re
import unicodedata

from ...lazy_pattern import compile_lazily
from . import credit_words as words
from .roles import MENTIONED, NOTHING, SIGNED

_TICKED = compile_lazily(r"[\s>*+•-]*(?:\[[ \t]?[xXхХ✓✔✗][ \t]?\]|[☑☒🗹])\s*")

_AROUND = 200  # bytes on each side of a name that are read
_ABOVE = 400  # bytes above a line in which its heading is looked for
_CACHED = 1000  # lines
# A heading, or a line of its own, below which lines name tools; and what says nothing of who wrote.
_DISCLOSURE_HEADING = compile_lazily(
    r"[^\w\n]*ai[ \t-]+(?:assistance|attribution|disclosure|tools?(?:[ \t]+used)?|usage|use)[^\w\n]*"
)
_NO_DISCLOSURE = compile_lazily(
    r"^[^\w\n]*<!--|\be\.g\.|\bsuch as\b|\breview(?:ed|s|ing)?\b|\bnames?\b|\bplease\b"
    r"|\bto (?:analy[sz]e|understand|research)\b"
)
# Where a name stands in such a line: at its beginning, or behind a word that makes it a means.
_AS_MEANS = compile_lazily(
    r"[^\w\n]*(?:.*(?:\b(?:used?|using|via|with|by|from|through|and|of)|[:,&+])[ \t]+(?:the[ \t]+)?[^\w\n]{0,3})?"
)
_WITH_HELP = compile_lazily(
    r"\bwith[ \t]+(?:the[ \t]+|some[ \t]+)?(?:help|assistance|aid)[ \t]+(?:of|from)[ \t]+[^\w\n]{0,3}$"
)
_VIA = compile_lazily(r"[^\w\n]*via[ \t*_`\[\"'(<@]+(?:an?[ \t]+|the[ \t]+)?")
# A line that is nothing else; prose may wrap before the word "via".
_VIA_END = compile_lazily(
    r"[^\w\n]*(?:v?\d[\w.]*[^\w\n]*)?(?:(?:and|&|\+)[ \t]+[\w.-]+(?:[ \t][\w.-]+)?[^\w\n]*)?(?:https?://\S*[^\w\n]*)?$"
)
_PROVIDER = compile_lazily(  # the vendor before the model
    r"(?<=[\s\"'`\[(])(?:[\w.-]{1,40}[./:]){1,3}$"
    r"|\b(?:alibaba|amazon|anthropic|aws|cursor|google|meta|microsoft|mistral|nvidia|openai|xai|z\.ai:?)[ \t]+$"
    r"|\bopen-$",
    re.IGNORECASE,
)
_MODEL_TAIL = compile_lazily(  # version, date, size and route in one word, then words such as "Pro"
    rb"(?:[\w.:@-]*\w)?(?![A-Za-z0-9])(?:[ \t]+(?:codex|coder|fast|flash|high|instant|lite|low|max|medium|mini|nano"
    rb"|plus|preview|pro|thinking|turbo|ultra)\b)*",
    re.IGNORECASE,
)
_TOOL = compile_lazily(  # a tool before the model in brackets
    r"\b(?:aider|amp|claude|cline|codex|copilot|crush|cursor|droid|goose|kilo|opencode|pi|roo|zed)"
    r"(?:[ \t]\w+){0,2}[ \t]*[\[(]$",
    re.IGNORECASE,
)

# What a tool puts behind a subject: a robot's footer, or a robot and a name in brackets; not what the subject removes.
_ROBOT_FOOTER = compile_lazily(
    r"[ \t]🤖[^\w\n]{0,3}(?:co-?)?(?:authored|coded|created|generated|made|written)[ \t]+(?:by|using|via|with)"
    r"[ \t]+[^\w\n]{0,3}$"
)
# `perf: automated tuning by NAME`, which nobody says of a person.
_AUTOMATED = compile_lazily(r"\bautomat(?:ed|ic)[ \t]+(?:[\w-]+[ \t]+){1,4}by[ \t]+[^\w\n]{0,3}$")
_IS_PROVIDER = compile_lazily(r"[:/]\w")  # the vendor before a model: `Model: openai:gpt-5.2`
_ROBOT_BRACKET = compile_lazily(r"[ \t][(\[]🤖[^\w\n]{0,3}$")
_REMOVED = compile_lazily(
    r"\b(?:avoid|block|delet|detect|drop|filter|forbid|hid|ignor|keep|mov|refus|reject|remov|replac|skip|strip|test)\w*"
    r"(?:[ \t]+(?:a|all|any|every|such|the))?(?:[ \t]+(?:credit|footer|line|trailer)s?)?"
    r"(?:[ \t]+(?:like|of|such as|with))?[^\w\n🤖]*🤖"
)
_REQUEST_END = compile_lazily(r"(?:[^\n()\[\]]{0,30}[)\]])?[^\w\n]*(?:\(#\d{1,9}\))?[^\w\n]*$")


def find_model_end(text: bytes, end: int) -> int:
    """Return where a model's name ends whose beginning ends at an offset; 0 if that is a part of another word."""
    found = _MODEL_TAIL.match(text, end, end + _AROUND)
    return found.end() if found else 0


def judge_credit(line: bytes, start: int, end: int, following: bytes = b"", *, is_given: bool) -> str:
    """Return whether a line credits the product whose name is between two offsets.

    Args:
        line: The line.
        start: Where the name begins.
        end: Where it ends.
        following: The line after it, into which a sentence may run on.
        is_given: People or other things bear the name too, so that fewer forms prove anything.
    """
    is_nick = line[start:end].isalnum()
    head, tail = line[max(start - _AROUND, 0) : start], line[end : end + _AROUND]
    if following and _judge_parts(head, tail, is_given, is_nick) != SIGNED:
        latin, after = _fold(head.decode("utf-8", "replace")), _fold((tail + following).decode("utf-8", "replace"))
        if words.USED.search(latin) and _says_to_write(after, is_given=is_given):
            return SIGNED
    return _judge_parts(head, tail, is_given, is_nick)


def is_below_disclosure(text: bytes, begin: int, line: bytes, start: int, *, is_given: bool) -> bool:
    """Return whether a line names a product as a means below a heading such as "AI disclosure", and doesn't deny it.

    Args:
        text: The whole text.
        begin: Where the line begins.
        line: The line.
        start: Where the name begins in it.
        is_given: People or other things bear the name too; it has to begin with a capital.
    """
    latin, head = (_fold(part.decode("utf-8", "replace")) for part in (line, line[:start]))
    if (is_given and not line[start : start + 1].isupper()) or not _AS_MEANS.fullmatch(head):
        return False
    if any(no.search(latin) for no in (words.NEGATION, _NO_DISCLOSURE, words.IF_ANY)):
        return False
    above = text[max(begin - _ABOVE, 0) : begin].decode("utf-8", "replace").splitlines()
    for earlier in reversed(above):
        if _DISCLOSURE_HEADING.fullmatch(_fold(earlier)):
            return True
        if earlier.lstrip().startswith("#"):
            return False
    return False


@functools.lru_cache(_CACHED)
def _judge_parts(head: bytes, tail: bytes, is_given: bool, is_nick: bool) -> str:
    before, behind = (unicodedata.normalize("NFC", part.decode("utf-8", "replace")) for part in (head, tail))
    if is_nick and words.ADDRESS.match(behind) and words.PERSON_KEY.match(_fold(before)):
        return NOTHING
    before = _PROVIDER.sub("", _TOOL.sub("", before))
    if ticked := _TICKED.match(before):
        return _judge_ticked(before[ticked.end() :], behind, is_given=is_given)
    return _judge_words(before, behind, is_given=is_given)


def _judge_ticked(before: str, behind: str, *, is_given: bool) -> str:
    """Judge what stands behind a ticked box: any words about help, or the name alone as a weak hint."""
    latin, whole = _fold(before), _fold(f"{before} {behind}")
    if words.NEGATION.search(whole):
        return NOTHING
    is_open = bool(words.IF_ANY.search(whole))
    if not is_open and (
        _judge_words(before, behind, is_given=is_given) == SIGNED
        or words.WAS_USED.match(_fold(behind))
        or words.HELPED_BY.search(latin)
        or (words.AI.search(latin) and words.HELP.search(whole))
    ):
        return SIGNED
    is_label = not latin.strip(" *_`\"'[(") and not behind.strip(" .*_`\"')]")
    return MENTIONED if is_label or words.HELP.search(whole) else NOTHING


def _judge_words(before: str, behind: str, *, is_given: bool) -> str:
    latin, after = _fold(before), _fold(behind)
    ends = words.GIVEN_END.match(after) if is_given else words.NAME_END.match(after)
    if not is_given and _VIA.fullmatch(latin) and _VIA_END.match(after):
        return SIGNED
    if ends:
        footer = words.TOOL_FOOTER.search(latin) if is_given else words.FOOTER.search(latin)
        if footer or words.TRAILER.fullmatch(latin) or (not is_given and words.TOOL_KEY.fullmatch(latin)):
            return SIGNED
        if words.BEHIND_ADDRESS.fullmatch(latin):
            return SIGNED
        if is_given and words.FOOTER.search(latin):
            return MENTIONED
    elif words.FOOTER.search(latin) and words.GERMAN_END.match(after):
        return SIGNED
    if _is_robots(latin, after) or (_AUTOMATED.search(latin) and _REQUEST_END.match(after)):
        return SIGNED
    if not is_given and words.FOOTER_MODEL.search(latin) and not _IS_PROVIDER.match(after):
        return SIGNED
    if words.WITH_NAME.search(latin) and words.GERMAN_END.match(after):
        return SIGNED
    for leading, following in words.EAST_ASIAN:
        if leading.search(before) and following.match(behind):
            return SIGNED
    if words.USED.search(latin) and _says_to_write(after, is_given=is_given):
        return SIGNED
    if words.USED_TWO.search(latin) and (words.FOR_THIS_REQUEST if is_given else words.FOR_THIS).match(after):
        return SIGNED
    if words.USING.search(latin) and words.TO_WRITE_THIS.match(after):
        return SIGNED
    if words.DISCLOSURE.fullmatch(latin) and not words.NEGATION.search(latin):
        return SIGNED
    if words.SENTENCE_START.search(latin) and (words.WROTE_THIS.match(after) or words.HELPED_WITH_THIS.match(after)):
        return MENTIONED if is_given else SIGNED
    if ends and _WITH_HELP.search(latin):
        return MENTIONED
    if words.ACCEPTED.search(latin) and words.SUGGESTION.match(after):
        return MENTIONED if is_given else SIGNED
    return NOTHING


def _is_robots(before: str, after: str) -> bool:
    """Return whether a subject ends with a robot's footer, or with a robot and the name in brackets."""
    is_robots = _ROBOT_FOOTER.search(before) or _ROBOT_BRACKET.search(before)
    return bool(is_robots and not _REMOVED.search(before) and _REQUEST_END.match(after))


def _says_to_write(after: str, *, is_given: bool) -> bool:
    return bool(words.TO_WRITE_THIS.match(after) or (not is_given and words.TO_WRITE.match(after)))


def _fold(text: str) -> str:
    """Return text without accents, in lower case."""
    if text.isascii():
        return text.lower()
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if unicodedata.category(char) != "Mn")
    return plain.lower()
