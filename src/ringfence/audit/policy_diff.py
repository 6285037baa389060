"""What a new version of the organisation's policy changes: for every repository below a folder, and in the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..git.repo import Repo
from ..policy.effective import build_effective_policy, list_vendors
from ..policy.inputs import Inputs
from ..repository import Repository
from ..values import replace
from .many import list_repositories

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..policy.effective_policy import EffectivePolicy
    from ..policy.inputs import Layer


def compare_rules(old: Layer, new: Layer) -> list[str]:
    """Return what differs between two policies beside the tags of repositories, a line each.

    Raises:
        PolicyError: One of them can't be used.
    """
    before, after = (_collect_rules(_build(Inputs((layer,)))) for layer in (old, new))
    return list(_format_changes(before, after))


def compare_repositories(root: str, old: Layer, new: Layer) -> Iterator[tuple[str, list[str]]]:
    """Yield each repository in which something differs, with what it gains (`+`) and loses (`-`).

    Raises:
        UsageError: The folder has no bare repository.
        RingfenceError: A repository can't be read, or one of the policies can't be used there.
    """
    for directory in list_repositories(root):
        repository = Repository(Repo(directory), server=True)
        state = ["HEAD"] if repository.has_head() else []
        inputs = repository.build_inputs(repository.read_files(state), *state)
        own = tuple(layer for layer in inputs.layers if layer.kind != "organisation")
        names = repository.list_names()
        before, after = (_list_tags(_build(replace(inputs, layers=(layer, *own), names=names))) for layer in (old, new))
        changes = [f"+ {tag}" for tag in after if tag not in before] + [
            f"- {tag}" for tag in before if tag not in after
        ]
        if changes:
            yield directory, changes


def _build(inputs: Inputs) -> EffectivePolicy:
    return build_effective_policy(inputs, list_vendors(inputs))


def _list_tags(policy: EffectivePolicy) -> list[str]:
    """Return the tags that hold, those of a part with its paths and refs."""
    zones = [" ".join((zone.tag, "in", *(zone.paths or ("**",)), *zone.refs)) for zone in policy.zones]
    return [*sorted(policy.whole), *dict.fromkeys(zones)]


def _collect_rules(policy: EffectivePolicy) -> dict[str, str]:
    """Return all that a policy says beside the tags of repositories, as text by key."""
    rules = {f"tag.{tag}.{key}": action for tag, actions in policy.tags.items() for key, action in actions.items()}
    rules |= {f"tag.{tag}.on_block": action for tag, action in policy.on_block.items()}
    for table, settings in (
        ("limits", policy.limits), ("stores", policy.stores), ("ingredients", policy.ingredients),
        ("rollout", policy.rollout),
    ):  # fmt: skip
        rules |= {f"{table}.{key}": _format(setting) for key, setting in settings.items()}
    rules |= {f"rival {vendor}": "yes" for vendor in policy.compute_rivals()}
    rules |= {f"marker {own.marker.id}": own.vendor for own in policy.markers}
    lists = {
        "agents": policy.agents,
        "barred": policy.barred,
        "consumer": policy.consumers,
        "approved": policy.accounts or (),
    }
    rules |= {
        f"wall.{wall.subject} {' '.join(wall.repositories)}": f"{' '.join(wall.tags)}, {wall.days} days"
        for wall in policy.walls
    }
    rules |= {f"accounts.tools.{name}": _format(tuple(sorted(ids))) for name, ids in policy.tools.items()}
    return rules | {f"accounts.{key} {name}": "yes" for key, names in lists.items() for name in names}


def _format(setting: object) -> str:
    return ", ".join(map(str, setting)) if isinstance(setting, tuple) else str(setting)


def _format_changes(before: dict[str, str], after: dict[str, str]) -> Iterator[str]:
    for key in sorted({*before, *after}):
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        if "yes" in (old, new):
            yield f"{'+' if new else '-'} {key}"
        else:
            yield f"{key}: {old or 'not set'} → {new or 'not set'}"
