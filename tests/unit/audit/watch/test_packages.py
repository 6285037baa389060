"""The shipped list of packages finds what the shipped file says was found."""

from __future__ import annotations

import pytest

from ringfence.audit.watch.evidence import Evidence, find_evidence
from ringfence.audit.watch.packages import Package, find_seen_file, read_packages, read_seen

SEEN = read_seen(find_seen_file(None))
PACKAGES = read_packages(None)


@pytest.mark.parametrize("package", PACKAGES, ids=[package.name for package in PACKAGES])
def test_each_known_variable_is_found_where_it_is_set(package: Package) -> None:
    known = SEEN[package.name]["found"].get("environment", [])
    program = "".join(f'{{{name}:"1"}}' for name in known).encode()
    found = {item for item in find_evidence([("main.js", program)], package) if item.kind == "environment"}
    assert found == {Evidence("environment", name) for name in known}
