"""Drafts markers from an example of what a tool left: an identity, a trailer, a footer or a path."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .authorship import is_authorship

Entry = dict[str, Any]  # a `[[marker]]` without id and product, which are formed from `form` and `named`

_PERSON = re.compile(r"(?:.*[:=])?\s*([^<>:=]*?)\s*<([^<>\s]+@([^<>\s]+))>")
_TRAILER = re.compile(r"\W*([A-Za-z][A-Za-z0-9]*(?:[-_ ][A-Za-z0-9]+)+)\s*[:=]\s*(\S.*)")
_FOOTER = re.compile(
    r"(?i:\b((?:generated|made|created|written|built|authored|powered|assisted)[ \t]+(?:with|by|using|via)))"
    r"[ \t]+\[?([A-Z][\w.-]*(?:[ \t]+[A-Z][\w.-]*)*)"
)
_ACCOUNT = re.compile(r"(\d+\+[^@]+)@users\.noreply\.")
_HUMAN_TRAILERS = re.compile(
    r"(?i)(signed[- ]off|reviewed|acked|tested|reported|suggested|approved)[- ]by|change-id|see-also"
)


def suggest_from_message(text: str) -> Iterator[Entry]:
    """Yield a marker for each line after the subject that a tool may have written."""
    for line in text.split("\n")[1:]:
        trailer = _TRAILER.match(line)
        if trailer and _HUMAN_TRAILERS.fullmatch(trailer[1]):
            continue
        if is_authorship(line.encode(), 0) and _PERSON.match(line):
            yield suggest_from_identity(line)
        elif trailer:
            yield _suggest_trailer(line.strip(), trailer[1], trailer[2])
        elif footer := _FOOTER.search(line):
            yield _suggest_footer(line.strip(), footer[1], footer[2])


def suggest_from_identity(text: str) -> Entry:
    """Return a marker for an identity, `Name <address>`, or a line that ends with one.

    Raises:
        ValueError: There is no address; the argument is the text.
    """
    if not (match := _PERSON.match(text)):
        raise ValueError(text)
    name, address, domain = match.groups()
    account = _ACCOUNT.match(address)
    key, value = ("account", account[1]) if account else ("address", address)
    near_miss = "7654321+ann@users.noreply.github.com" if account else f"ann@{domain}"
    who = account[1].partition("+")[2].removesuffix("[bot]") if account else name
    return {
        "form": key,
        "named": name or who,
        "kind": "identity",
        key: [value],
        "strength": "strong",
        "why": f"{name or who} signs its commits or co-author lines with this {key}.",
        "caught": [f"{name} <{address}>".strip()],
        "passed": [f"Ann Example <{near_miss}>"],
    }


def suggest_from_path(path: str) -> Entry:
    """Return a marker for a file, or for a folder if the path ends with a slash."""
    named = next(filter(None, re.split(r"\W+", path)), "tool")
    return {
        "form": "path",
        "named": named,
        "kind": "path",
        "glob": [path],
        "strength": "strong",
        "why": f"{named} keeps its sessions there.",
        "caught": [f"{path.rstrip('/')}/a.md" if path.endswith("/") else path],
        "passed": ["src/a.md"],
    }


def _suggest_trailer(line: str, key: str, value: str) -> Entry:
    words = re.match(r"[A-Za-z][\w-]*(?:[ \t]+[A-Za-z][\w-]*)*", value)
    names_author = is_authorship(line.encode(), 0) and words
    return {
        "form": f"{_slugify(key)}-trailer",
        "named": words[0] if names_author and words else re.split(r"[-_ ]", key)[0],
        "kind": "trailer",
        "key": [key],
        **({"value": rf"^{re.escape(words[0])}\b".replace(r"\ ", " ")} if names_author and words else {}),
        "strength": "strong",
        "why": "The tool credits itself in this trailer.",
        "caught": [line],
        "passed": [f"{key}: Ann Example <ann@example.com>" if names_author else f"Leave {key} out of messages"],
    }


def _suggest_footer(line: str, how: str, name: str) -> Entry:
    return {
        "form": "footer",
        "named": name,
        "kind": "message",
        "phrase": rf"\b{re.escape(how)} \[?{re.escape(name)}\b".replace(r"\ ", " "),
        "strength": "strong",
        "why": f"{name} closes its messages with this line.",
        "caught": [line],
        "passed": [f"Compare our results with {name}"],
    }


def _slugify(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def build_vendor_file(entries: list[Entry], vendor: str, product: str, today: Any) -> dict[str, Any]:
    """Return the content of a vendor file with one product and the markers.

    Args:
        entries: The drafted markers, at least one.
        vendor: The vendor's id; "" to take it from the first example.
        product: The product's id; "" to take it from the first example.
        today: The date for `seen`.
    """
    named = entries[0]["named"]
    vendor = vendor or _slugify(named).partition("-")[0] or "vendor"
    product = product or _slugify(named) or vendor
    markers: dict[str, Entry] = {}
    for entry in entries:
        form = base = f"{vendor}-{product.removeprefix(f'{vendor}-')}-{entry['form']}"
        number = 1
        while form in markers:
            number += 1
            form = f"{base}-{number}"
        rest = {key: value for key, value in entry.items() if key not in ("form", "named")}
        markers[form] = {"id": form, "product": product, **rest, "source": "SAY WHERE IT WAS SEEN", "seen": today}
    return {
        "name": named,
        "seen": today,
        "product": [{"id": product, "name": named}],
        "marker": list(markers.values()),
    }
