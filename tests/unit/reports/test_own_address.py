from __future__ import annotations

import importlib.metadata
import json
from email.message import Message

import pytest

from reports.cases import finding, verdict
from ringfence.reports import sarif
from ringfence.reports.own_address import find_own_address


def use_package(monkeypatch: pytest.MonkeyPatch, *urls: str) -> None:
    """Let the installed package have these `Project-URL` fields."""
    fields = Message()
    for url in urls:
        fields["Project-URL"] = url
    monkeypatch.setattr(importlib.metadata, "metadata", {"ringfence": fields}.__getitem__)


@pytest.mark.parametrize(
    ("urls", "address"),
    [
        ((), ""),
        (("Changelog, https://git.example.org/changes",), ""),
        (("Homepage, https://example.org", "Documentation, https://docs.example.org"), "https://docs.example.org"),
        (("homepage,https://example.org",), "https://example.org"),
        (("Documentation, javascript:alert(1)",), ""),
    ],
)
def test_the_documentations_address_is_the_packages(
    monkeypatch: pytest.MonkeyPatch, urls: tuple[str, ...], address: str
) -> None:
    use_package(monkeypatch, *urls)
    assert find_own_address() == address
    (run,) = json.loads(sarif.render(verdict(finding())))["runs"]
    assert run["tool"]["driver"].get("informationUri", "") == address


def test_what_was_never_installed_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def miss(name: str) -> Message:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "metadata", miss)
    assert find_own_address() == ""
