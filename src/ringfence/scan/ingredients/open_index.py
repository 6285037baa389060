"""Opens the index of ingredients that a policy names, once for each plan."""

from __future__ import annotations

from .index_key import load_key
from .lookup import Lookup

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...policy.plan import Plan


def load_lookup(plan: Plan) -> Lookup:
    """Return the look-up of a plan that names an index.

    Raises:
        IncompleteError: The index is missing, damaged, or made with another key.
        PolicyError: Its key can't be used.
    """
    if plan.lookup is None:
        rules = plan.ingredients
        plan.lookup = Lookup(rules.index, load_key(rules.index, rules.key_file))
    return plan.lookup  # type: ignore[no-any-return]  # kept as it is made
