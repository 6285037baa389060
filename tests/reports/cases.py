"""Verdicts that every format has to take: none, one, many, hostile, without a path, not read, known."""

from __future__ import annotations

from reports.conftest import finding, verdict
from ringfence.excerpts import format_excerpt, format_path, sanitise_text
from ringfence.model import Location, Unread, Verdict
from ringfence.values import replace

MANY = 30_000
# Hostile text: escape sequences, markup and commands for terminals, browsers and CI runners.
HOSTILE = (
    "::error file=a.py::x",
    "a ##[add-path]/tmp/evil ##vso[task.setvariable variable=x]y ##teamcity[buildStop]",
    "]]><x/><![CDATA[ <!-- -->",
    "\x1b[2J\x1b]8;;https://evil.example\x07link\x07 \r\n \x00 \x7f \ufffe \ud800",
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "[a](javascript:alert(1)) ![b](https://evil.example/b.png) | `c` **d** @everyone #1 https://evil.example",
    "\u202eelif.txt\u202c \u2066x\u2069 \u200b\u200d",
    "{{ 7 * 7 }} {% raw %} ${jndi:x} {0} %0A%3A %s",
    "</td></table></script></style><svg/onload=alert(3)>",
)


def hostile() -> Verdict:
    """Return a verdict whose excerpts, paths and reasons have passed through the hands that every finding passes."""
    found = []
    for number, text in enumerate(HOSTILE):
        raw = text.encode("utf-8", "surrogatepass")
        shown = format_excerpt(raw, 0, len(raw))
        found.append(finding(excerpt=shown, part="message", fingerprint=f"{number:020x}"))
        also = (Location(4, shown), Location(0, shown, f"row 5, field {sanitise_text(text)}"))
        print_ = f"{number + 99:020x}"
        found.append(
            finding(excerpt=shown, part="content", path=format_path(raw), fingerprint=print_, count=3, also=also)
        )
    return verdict(*found, unread=(Unread("b" * 40, format_path(HOSTILE[5].encode()), HOSTILE[2], "block", "eval"),))


def many() -> Verdict:
    """Return a verdict of 30,000 findings, in files and in messages."""
    return verdict(
        *[
            finding(
                commit=f"{number:040x}",
                fingerprint=f"{number:020x}",
                marker=f"acme-code-{number % 50}",
                path=f"data/{number}.md" if number % 2 else "",
                part="content" if number % 2 else "message",
            )
            for number in range(MANY)
        ]
    )


CASES = {
    "none": verdict,
    "one": lambda: verdict(finding(path="a b/é.md", part="content", line=4)),
    "pathless": lambda: verdict(*[finding(part=part, line=0) for part in ("author", "ref", "message", "environment")]),
    "docs": lambda: replace(
        verdict(finding(vendor="charm", marker="charm-crush-address")), docs="https://docs.example.org/ringfence"
    ),
    "levels": lambda: verdict(*[finding(action=action) for action in ("block", "warn", "record")], finding(known=True)),
    "unread": lambda: verdict(unread=(Unread("", "", "the clone is shallow", "block", ""),)),
    "no reader": lambda: verdict(
        unread=tuple(Unread("b" * 40, f"{n}.pdf", "PDF: no decoder", "block", "eval", "", "media") for n in range(250))
    ),
    "hostile": hostile,
    "many": many,
}
