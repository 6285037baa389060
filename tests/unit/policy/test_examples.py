from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from ringfence.errors import PolicyError
from ringfence.policy.examples import check_marker, check_patterns
from ringfence.policy.markers.kinds import AnyMarker

MARKER = {
    "id": "acme-code-footer",
    "product": "code",
    "kind": "message",
    "phrase": "made with Acme Code",
    "strength": "strong",
    "why": "It closes messages so.",
    "source": "A test.",
    "caught": ["Made with Acme Code"],
    "passed": ["Made with care"],
}


def marker(**changed: object) -> AnyMarker:
    return TypeAdapter(AnyMarker).validate_python(MARKER | changed)


def test_a_marker_that_matches_its_examples_passes() -> None:
    check_marker(marker())


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"caught": ["Made by Ann"]}, "marker acme-code-footer: misses 'Made by Ann'"),
        ({"passed": ["made with Acme Code 2"]}, "marker acme-code-footer: catches 'made with Acme Code 2'"),
    ],
)
def test_an_example_with_the_wrong_result_is_an_error(changed: dict[str, object], message: str) -> None:
    with pytest.raises(PolicyError) as refused:
        check_marker(marker(**changed))
    assert refused.value.message == message


def test_an_invalid_pattern_is_an_error_that_names_the_marker() -> None:
    with pytest.raises(PolicyError) as refused:
        check_patterns(marker(phrase="(?=x)"))
    assert refused.value.message.startswith("marker acme-code-footer: invalid pattern: ")


@pytest.mark.parametrize(
    ("role", "is_caught"), [("author", True), ("coauthor", True), ("committer", False), ("tagger", False)]
)
def test_an_identity_is_matched_in_its_roles_only(role: str, is_caught: bool) -> None:
    example = f"{role}: Bot <bot@acme.example>"
    table = {key: value for key, value in MARKER.items() if key != "phrase"}
    table |= {"kind": "identity", "roles": ["author", "coauthor"], "address": ["bot@acme.example"]}
    table |= {"caught": [example], "passed": ["Ann <ann@acme.example>"]}
    if not is_caught:
        table |= {"caught": ["Bot <bot@acme.example>"], "passed": [example]}
    check_marker(TypeAdapter(AnyMarker).validate_python(table))
