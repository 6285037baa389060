"""Every marker is held to its own examples: what it must catch, and what it must pass."""

from __future__ import annotations

import pytest

from markers.conftest import Judge
from ringfence.policy.effective import parse_vendors
from ringfence.policy.vendor_files import read_shipped_files

VENDORS = parse_vendors(read_shipped_files())


def vendor_of(marker) -> str:
    return next(name for name, vendor in VENDORS.items() if marker in vendor.iter_markers())


MARKERS = [pytest.param(marker, id=marker.id) for vendor in VENDORS.values() for marker in vendor.iter_markers()]


@pytest.mark.parametrize("marker", MARKERS)
def test_what_must_be_caught_is_caught_by_this_marker(marker, judge: Judge) -> None:
    for example in marker.caught:
        for part, data in marker.build_surfaces(example):
            marks = {
                found.marker
                for found in judge.findings(part, data)
                if found.strength != "weak" or marker.strength == "weak"
            }
            # A credit isn't told beside another mark of its vendor in the same line.
            beside = (
                {item.id for item in VENDORS[vendor_of(marker)].iter_markers()} if marker.kind == "credit" else set()
            )
            assert marks & {marker.id, *beside}, f"{example!r} as {part}"


@pytest.mark.parametrize("marker", MARKERS)
def test_what_must_pass_is_refused_by_no_marker(marker, judge: Judge) -> None:
    for example in marker.passed:
        for part, data in marker.build_surfaces(example):
            found = judge.findings(part, data)
            assert marker.id not in {item.marker for item in found}, f"{example!r} as {part}"
            refusing = {item.marker for item in found if item.action == "block" and item.kind == marker.kind}
            assert not refusing, f"{example!r} as {part}"


def test_every_vendor_has_a_definitive_or_strong_marker() -> None:
    weak = [name for name, vendor in VENDORS.items() if all(m.strength == "weak" for m in vendor.iter_markers())]
    assert weak == []


def test_ids_begin_with_the_vendor() -> None:
    strays = [
        m.id for name, vendor in VENDORS.items() for m in vendor.iter_markers() if not m.id.startswith(name + "-")
    ]
    assert strays == []


def test_the_catalogue_knows_the_commonest_products() -> None:
    products = {product.id for vendor in VENDORS.values() for product in vendor.product}
    assert len(products) >= 20
    assert {"claude-code", "codex", "cursor", "devin", "aider", "jules"} <= products
