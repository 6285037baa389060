"""Opens the index of ingredients that a policy names, once for each plan."""

from __future__ import annotations

from .index_key import load_key
from .lookup import Lookup

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...policy.plan import Plan
    from .manifest import Manifest


_LOCAL_LETTERS = 16 << 10  # bytes of text in a client hook, where 10 files should cost 8 ms at most


def compute_age_days(manifest: Manifest) -> int:
    """Return how many days ago an index was last changed."""
    import datetime as dt

    updated = dt.datetime.fromisoformat(manifest.updated).replace(tzinfo=dt.UTC)
    return (dt.datetime.now(dt.UTC) - updated).days


def load_lookup(plan: Plan) -> Lookup:
    """Return the look-up of a plan that names an index.

    Raises:
        IncompleteError: The index is missing, damaged, or made with another key.
        PolicyError: Its key can't be used.
    """
    if plan.lookup is None:
        rules = plan.ingredients
        most = _LOCAL_LETTERS if plan.is_early_help else 0
        plan.lookup = Lookup(rules.index, load_key(rules.index, rules.key_file), most)
    return plan.lookup  # type: ignore[no-any-return]  # kept as it is made
