"""Rules by which an expectation of a suite's authors is set aside, each with its reason.

They speak of texts, not of what ringfence says of them, and hold for each tool alike: a case that is set aside counts
for none and against none. What stays is a text that signs, links, credits or states that a tool made the change.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from peer_case import Case

# Words that products are called by and people, parts of programs or things as well.
WORDS = (
    "aider|amp|anthropic|antigravity|bard|claude|cline|codex|cody|continue|copilot|cursor|devin|droid|gemini|goose|gpt|grok"
    "|jules|junie|kilo|kimi|kiro|llama|mistral|openai|perplexity|roo|sonnet|sweep|windsurf|zed"
)
_A_WORD = rf"(?:{WORDS})"
_FLAGS = re.IGNORECASE | re.MULTILINE
_SIGNED = re.compile(r"^(?:[\w -]+-by|author|maintainer)[ \t]*:[ \t]*(.*)$", _FLAGS)
_IDENTITY = re.compile(r"([^<]*?)\s*<\s*([^<>@]*)@?\s*([^<>]*?)\s*>\s*$")
_NOBODYS = re.compile(r"(?:.*\.)?example(?:\.\w+)?|(?:.*\.)?local(?:host)?|[a-z](?:\.[a-z]\w*)?|opencode-bot|", _FLAGS)
_PLACEHOLDER = re.compile(r"(?:helper|some(?:one|body)|bot|agy|jane(?: doe)?|)", _FLAGS)
_PLAIN_BOT = re.compile(r"(?:dependabot|renovate|snyk|sonarcloud|github-actions|graphite-app)\b", _FLAGS)
_MADE_UP_ID = re.compile(r"abc123|session_01abc\b|sess_\w{3,6}\b|workflow_xyz|/example\b|[?&]id=123\b", _FLAGS)
_KEYED = re.compile(
    r"^\W*(?:[\w-]+-(?:by|with|session|agent|author|checkpoint|metadata|id)|ai-[\w-]+|author)\s*:", _FLAGS
)
_LINKED = re.compile(
    r"https?://[^\s<>]*[/=](?=[\w-]*\d)[\w-]{6,}|<!--[^>]*\b(?:by|start|auto)\b|^\s*-?\s*\[\s?x\s?\]", _FLAGS
)
_MADE = re.compile(
    r"\b(?:auto-?)?(?:generated|wr(?:o|i)te|writing|written|created?|made|built|authored|implement(?:ed)?|drafted|draft"
    r"|produced|refactor(?:ing)?|scaffolded|suggest(?:ed|ion)|assisted|generate|translations?|prompt was)\b"
    r"|\bhelp(?:ed)? (?:with|here|writing|to write)\b|\bfor (?:this|these) \w+|\bai[- ]assisted\b"
    r"|\bto get \w+ to edit this pull request\b|\bedits on its own pull requests\b|\bcoding[ -]agent[ -]tips\b"
    r"|\bcursor_summary\b|\bsummary by\b|\bdocstrings generation was requested\b|\(via \w+\)|\b3-shotted\b",
    _FLAGS,
)
_UNTICKED = re.compile(r"^\s*-?\s*\[\s?\]", re.MULTILINE)
_TICKED = re.compile(r"^\s*-?\s*\[\s?[xX]\s?\](.*)$", re.MULTILINE)
_NO = re.compile(r"\bNOT\b|n't\b")
_TOPIC = rf"{_A_WORD}[/-](?:topic|fix-bug)|(?:coderabbit|windsurf)[/-](?:topic|fix-bug)"


@dataclass(frozen=True)
class Rule:
    """A reason to leave a case out, for cases that should be recognised or for those that should pass."""

    name: str
    wanted: bool
    reason: str
    holds: Callable[[Case], bool]


def identities(case: Case) -> list[tuple[str, str, str]]:
    """Return name, local part and domain of everybody who signs a case."""
    signed = [case.text] if case.kind in ("author", "committer") else _SIGNED.findall(case.text)
    found = [_IDENTITY.match(who) for who in signed]
    return [(match[1].strip(), match[2].strip(), match[3].strip()) for match in found if match]


def _is_bare_word(case: Case) -> bool:
    who = identities(case)
    return bool(who) and all(
        re.fullmatch(WORDS, name, re.IGNORECASE) and _NOBODYS.fullmatch(domain) for name, _, domain in who
    )


def _is_local_part(case: Case) -> bool:
    who = identities(case)
    return bool(who) and all(_PLACEHOLDER.fullmatch(name) and _NOBODYS.fullmatch(domain) for name, _, domain in who)


def _is_staff(case: Case) -> bool:
    who = identities(case)
    plain = all(_PLACEHOLDER.fullmatch(name) and re.fullmatch("someone|jane|x", local) for name, local, _ in who)
    firm = re.search(r"^(?:co-authored-by: jane@antigravity\.dev|author: (?:anthropic|openai))$", case.text, _FLAGS)
    return (bool(who) and plain) or bool(firm)


def _is_denied(case: Case) -> bool:
    ticked = [bool(_NO.search(label)) for label in _TICKED.findall(case.text)]
    return any(ticked) or (not ticked and bool(_UNTICKED.search(case.text)))


def _is_free(case: Case) -> bool:
    """Say whether a text has no form that credits, and doesn't state that the tool made something either."""
    formed = _KEYED.search(case.text) or _LINKED.search(case.text) or _MADE.search(case.text)
    return case.kind == "message" and not formed


def _says_person(case: Case) -> bool:
    given = r"(?:ai|claude|devin|gemini|jules|cursor)"
    sentence = rf"^(?:code assisted by {given}|{given} (?:helped|created)|.*\bby cursor, which|written using {given})\b"
    return case.kind == "message" and bool(re.search(sentence, case.text.strip(), re.IGNORECASE))


def _matches(pattern: str, *kinds: str) -> Callable[[Case], bool]:
    found = re.compile(pattern, _FLAGS)
    return lambda case: (not kinds or case.kind in kinds) and found.search(case.text) is not None


RULES = (
    Rule("plain bot", True, "the bot updates or scans, and no model writes", lambda c: bool(_PLAIN_BOT.match(c.text))),
    Rule("reviewer", True, "who reviews isn't who writes", lambda c: c.place.startswith("detect_ai_reviewer")),
    Rule("denied", True, "no box that says yes is ticked, or one that says no is", _is_denied),
    Rule("made-up number", True, "anybody may have the login, and the account's number is 12345",
         _matches(r"<12345\+[^\[\]>]*@")),
    Rule("made-up id", True, "no vendor issues an id such as abc123", lambda c: bool(_MADE_UP_ID.search(c.text))),
    Rule("mention", True, "names a tool, and says of nothing that it made it", _is_free),
    Rule("bare word", True, "a name or word that people bear too, at nobody's address", _is_bare_word),
    Rule("local part", True, "only the part before the @ names a tool, at nobody's address", _is_local_part),
    Rule("staff", True, "anybody at the vendor, where people work", _is_staff),
    Rule("handle", True, "a handle beside a person says who was told, not who wrote",
         _matches(r"(?:^|[\s\[(\"':_-])@(?:codex|cursor)\b")),
    Rule("login", True, "a login or an account that a person may have",
         _matches(r"<81847\+claude@|^\w+-bot <\w+-bot@", "author")),
    Rule("given name", True, "of a person of that name the sentence would say the same", _says_person),
    Rule("branch of people", True, "people begin branches with their name or with what the work is about",
         lambda c: c.kind == "branch" and bool(re.fullmatch(_TOPIC, c.text))),
    Rule("component", True, "what stands before the subject may be the part of a program that is changed",
         _matches(r"^\[AI\] |^aider: ")),
    Rule("vendor's address", False, "the local part is the product, at its vendor's domain",
         _matches(r"<claude@anthropic\.com>")),
    Rule("agent's account", False, "the account is an agent's, as the test itself says",
         _matches(r"\bkiloconnect\[bot\]")),
    Rule("another tool", False, "not this product, and another AI tool or model",
         _matches(r"-by: .*(?:\(qwen|\(Qwen|qwen-coder-plus|Roo Code|<noreply@qwen\.ai>|Qwen3-Coder)")),
    Rule("comment", False, "git takes the line out before there is a commit", _matches(r"^# Co-authored-by:")),
    Rule("form", False, "the footer lacks an address, and names the tool all the same",
         lambda c: c.suite == "rai-lint" and "Generated-by: GitHub" in c.text),
    Rule("sentence", False, "not in a trailer, and says that the tool wrote", _matches(r"^Codex wrote the tests$")),
    Rule("allowed", False, "an exemption for one tool's own comment", _matches(r"no-ai-marks: allow")),
)  # fmt: skip


def find_rule(case: Case) -> Rule | None:
    """Return the first rule by which a case is set aside."""
    return next((rule for rule in RULES if rule.wanted == case.wanted and rule.holds(case)), None)
