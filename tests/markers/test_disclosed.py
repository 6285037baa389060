"""The line by which a commit is to name its agent is a mark, so that the server records it."""

from __future__ import annotations

import pytest

from markers.conftest import Judge
from ringfence.check.rules.disclosure import build_trailer
from ringfence.policy.actions import UNDISCLOSED
from ringfence.policy.effective import parse_vendors
from ringfence.policy.vendor_files import read_shipped_files

PRODUCTS = sorted(
    (vendor, product.name)
    for vendor, file in parse_vendors(read_shipped_files()).items()
    for product in file.product
    if any(item.kind in ("environment", "process") and item.product == product.id for item in file.marker)
    and vendor != "git-ai"
)


@pytest.mark.parametrize(("vendor", "product"), PRODUCTS)
def test_the_line_that_is_told_is_a_mark_that_names_the_product(judge: Judge, vendor: str, product: str) -> None:
    told = build_trailer(judge.plan, vendor, product)
    found = judge.findings("message", f"x\n\n{told}\n".encode())
    assert product in told
    assert {item.vendor for item in found if item.strength != "weak"} & {vendor, UNDISCLOSED}
