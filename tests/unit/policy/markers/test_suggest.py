from __future__ import annotations

import datetime as dt

import pytest

from ringfence.policy.examples import check_marker
from ringfence.policy.markers import suggest
from ringfence.policy.schema.vendor_file import VendorFile

TODAY = dt.date(2026, 1, 31)


@pytest.mark.parametrize(
    ("message", "forms"),
    [
        ("Fix\n\nCo-authored-by: Acme Bot <bot@acme.example>", ["address"]),
        ("Fix\n\nCo-authored-by: x <12+acme[bot]@users.noreply.github.com>", ["account"]),
        ("Fix\n\nAcme-Session: https://acme.example/1", ["acme-session-trailer"]),
        ("Fix\n\nGenerated with Acme Code", ["footer"]),
        ("Fix\n\nSigned-off-by: Ann <ann@example.org>\nReviewed-by: Bob <bob@example.org>", []),
        ("Generated with Acme Code", []),  # the subject is a person's
    ],
)
def test_lines_of_tools_become_markers(message: str, forms: list[str]) -> None:
    assert [entry["form"] for entry in suggest.suggest_from_message(message)] == forms


@pytest.mark.parametrize(
    "entry",
    [
        suggest.suggest_from_identity("Acme Bot <bot@acme.example>"),
        suggest.suggest_from_identity("Acme <12+acme@users.noreply.github.com>"),
        suggest.suggest_from_path(".acme/chats/"),
        suggest.suggest_from_path("ACME.md"),
    ],
)
def test_a_drafted_file_is_valid_and_matches_its_examples(entry: suggest.Entry) -> None:
    content = suggest.build_vendor_file([entry], "acme", "code", TODAY)
    for marker in VendorFile.model_validate(content).marker:
        check_marker(marker)


def test_an_identity_without_an_address_is_an_error() -> None:
    with pytest.raises(ValueError, match="Ann"):
        suggest.suggest_from_identity("Ann")


def test_ids_are_taken_from_the_example_and_unique() -> None:
    entry = suggest.suggest_from_identity("Acme Code <bot@acme.example>")
    content = suggest.build_vendor_file([entry, entry], "", "", TODAY)
    assert content["product"] == [{"id": "acme-code", "name": "Acme Code"}]
    assert [marker["id"] for marker in content["marker"]] == ["acme-code-address", "acme-code-address-2"]
