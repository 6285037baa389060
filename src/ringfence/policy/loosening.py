"""What a policy protects and a later version of it would not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .schema.table import rank_action
from .schema.tag import format_zone

if TYPE_CHECKING:
    from .effective_policy import EffectivePolicy


def find_loosenings(before: EffectivePolicy, after: EffectivePolicy) -> list[str]:
    """Return what a policy protects and a later version of it would not, a line of text for each."""
    lost = [f"tags: would remove `{tag}`" for tag in sorted(before.whole - after.whole)]
    zones = [zone for zone in before.zones if zone not in after.zones and zone.tag not in after.whole]
    lost += [f"zone: would remove `{zone.tag}` from {format_zone(zone)}" for zone in zones]
    for tag, actions in before.tags.items():
        for key, action in actions.items():
            later = after.tags.get(tag, {}).get(key, "nothing")
            if later == "nothing" or rank_action(later) < rank_action(action):
                lost.append(f"tag.{tag}.{key}: would loosen {action} to {later}")
    lost += [
        f"vendors: would remove the rival {vendor}"
        for vendor in sorted(before.compute_rivals() - after.compute_rivals())
    ]
    lost += [f"accounts.agents: would allow {account}" for account in sorted(before.agents - after.agents)]
    lost += [f"accounts.barred: would allow {account}" for account in sorted(before.barred - after.barred)]
    lost += [f"accounts.consumer: would allow {account}" for account in sorted(before.consumers - after.consumers)]
    if before.accounts is not None:
        added = ["any account"] if after.accounts is None else sorted(after.accounts - before.accounts)
        lost += [f"accounts.approved: would allow {account}" for account in added]
    for name, organisations in before.tools.items():
        added = ["any login"] if name not in after.tools else sorted(after.tools[name] - organisations)
        lost += [f"accounts.tools.{name}: would allow {organisation}" for organisation in added]
    remaining = {own.marker for own in after.markers}
    lost += [f"marker {own.marker.id}: would be removed" for own in before.markers if own.marker not in remaining]
    return lost
