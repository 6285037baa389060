"""What `ringfence policy check` and `policy install` check in policy files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..policy.effective import build_effective_policy, parse_vendors, read_vendors
from ..policy.examples import check_marker, check_own_markers
from ..policy.vendor_files import read_shipped_files

if TYPE_CHECKING:
    from ..policy.inputs import Inputs


def check_layers(inputs: Inputs) -> int:
    """Check layers of a policy with the markers that they add; return how many vendors are rivals.

    Raises:
        PolicyError: They can't be used; the message has a line for each mistake.
    """
    vendors = read_vendors(inputs)
    policy = build_effective_policy(inputs, vendors)
    check_own_markers(policy, vendors)
    for vendor in vendors.keys() - parse_vendors(read_shipped_files()).keys():
        for marker in vendors[vendor].iter_markers():
            check_marker(marker)
    return len(policy.compute_rivals())
