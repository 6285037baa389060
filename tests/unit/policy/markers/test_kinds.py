"""Each kind of marker by its expressions: what they match, and what they don't."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from ringfence.policy.markers.credit import CreditMarker
from ringfence.policy.markers.databases import compile_group
from ringfence.policy.markers.environment import EnvironmentMarker
from ringfence.policy.markers.identity import IdentityMarker
from ringfence.policy.markers.kinds import KINDS, AnyMarker
from ringfence.policy.markers.note import NoteMarker
from ringfence.policy.markers.path import PathMarker
from ringfence.policy.markers.pattern import ContentMarker, LinkMarker, MessageMarker, RefMarker
from ringfence.policy.markers.process import ProcessMarker
from ringfence.policy.markers.scanner import Scanner
from ringfence.policy.markers.trailer import TrailerMarker

COMMON = {
    "id": "acme-code-x", "product": "code", "strength": "strong", "why": "A test.", "source": "A test.",
    "caught": ["x"], "passed": ["y"],
}  # fmt: skip


def marker(**fields: Any) -> AnyMarker:
    return TypeAdapter(AnyMarker).validate_python(COMMON | fields)


def matches(item: AnyMarker, data: bytes, group: str) -> bool:
    patterns = [pattern for name, pattern, _ in item.build_expressions() if name == group]
    return bool(Scanner(group, compile_group(group, patterns)).find_matches(data))


def test_every_kind_is_found_by_its_name() -> None:
    assert {kind.model_fields["kind"].annotation for kind in KINDS} == {
        item.model_fields["kind"].annotation
        for item in (
            IdentityMarker, TrailerMarker, MessageMarker, RefMarker, ContentMarker, PathMarker, EnvironmentMarker,
            ProcessMarker, NoteMarker, CreditMarker, LinkMarker,
        )
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "group", "caught", "passed"),
    [
        ({"kind": "environment", "variable": "ACME"}, "environment", b"A=1\nACME=x", b"ACME=\nACME2=x"),
        ({"kind": "environment", "variable": "ACME", "value": "1|on"}, "environment", b"ACME=on", b"ACME=once"),
        ({"kind": "process", "name": ["acme"]}, "environment", b"process acme", b"process acme2"),
        ({"kind": "note", "tool": ["acme"]}, "note", b'"agent_id": {"id": 1, "tool": "acme"}', b'{"tool": "acme"}'),
        ({"kind": "path", "glob": [".acme/"]}, "path", b"a/.acme/log.md", b"a/acme/log.md"),
        ({"kind": "message", "phrase": "by acme$"}, "message", b"x\nMade by Acme\ny", b"Made by Acme Inc"),
        ({"kind": "ref", "pattern": "^acme/"}, "ref", b"acme/fix", b"fix/acme"),
        ({"kind": "content", "pattern": "acme-[0-9]{4}"}, "content", b"id: acme-1234", b"id: acme-12"),
        ({"kind": "trailer", "key": ["Made-With"]}, "message", b"a\n* made with: x", b"made within: x"),
        ({"kind": "trailer", "key": ["Tool"], "value": "^acme"}, "message", b"Tool: Acme 2", b"Tool: not acme"),
        ({"kind": "trailer", "key": ["Tool"], "value": "acme"}, "message", b"Tool: by acme", b"Tool: ann"),
    ],
)
def test_what_a_kind_matches(fields: dict[str, Any], group: str, caught: bytes, passed: bytes) -> None:
    item = marker(**fields)
    assert matches(item, caught, group)
    assert not matches(item, passed, group)


@pytest.mark.parametrize(
    ("fields", "caught", "passed"),
    [
        ({"address": ["bot@acme.example"]}, b"Any <bot@acme.example>", b"Any <robot@acme.example>"),
        ({"account": ["12+acme"]}, b"a <12+acme@users.noreply.github.com>", b"a <112+acme@users.noreply.github.com>"),
        ({"name": "Acme Code"}, b"Acme Code <x@y.example>", b"Acme Codes <x@y.example>"),
        ({"name": "Acme", "address": ["x@y.example"]}, b"Acme <x@y.example>", b"Ann <x@y.example>"),
    ],
)
def test_an_identity_is_matched_by_address_account_or_name(fields: Any, caught: bytes, passed: bytes) -> None:
    item = marker(kind="identity", **fields)
    assert matches(item, caught, "identity")
    assert not matches(item, passed, "identity")
    assert matches(item, b"Co-authored-by: " + caught, "message")


def test_an_identity_needs_something_to_match() -> None:
    with pytest.raises(ValidationError, match="needs address, account, local or name"):
        marker(kind="identity")


@pytest.mark.parametrize(
    ("example", "surfaces"),
    [
        ("author: A <a@b.example>", [("author", b"A <a@b.example>")]),
        ("coauthor: A <a@b.example>", [("message", b"x\n\nCo-authored-by: A <a@b.example>\n")]),
    ],
)
def test_an_example_can_name_its_role(example: str, surfaces: list[tuple[str, bytes]]) -> None:
    assert list(marker(kind="identity", name="A").build_surfaces(example)) == surfaces


@pytest.mark.parametrize("pattern", [r"\Aacme", "acme\0", "[é]x", "é+"])
def test_patterns_that_mean_something_else_in_bytes_are_refused(pattern: str) -> None:
    with pytest.raises(ValidationError):
        marker(kind="content", pattern=pattern)
