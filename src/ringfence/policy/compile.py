"""Compiles policy and vendor files into what a hook loads: paths and accounts as databases, the rest as text rows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .. import __version__
from ..errors import PolicyError
from . import cache
from .actions import UNDISCLOSED
from .defaults import read_fields_file, read_shipped_layer, read_uses_file
from .effective import build_effective_policy, list_vendors, parse_vendors
from .kept_catalogue import open_catalogue
from .links import write_link
from .markers.catalogue import format_rows
from .markers.databases import compile_group
from .markers.globs import translate_glob
from .signed_waivers import stamp_policy, verify_waivers
from .vendor_files import Files, read_own_files, read_shipped_files, stamp_folders

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .effective_policy import EffectivePolicy
    from .inputs import Inputs
    from .markers.catalogue import Catalogue


def compile_plan(inputs: Inputs) -> tuple[dict[str, bytes], Catalogue]:
    """Compile inputs into the sections that `Plan` reads and the catalogue of markers; cache the sections.

    Raises:
        PolicyError: A policy or vendor file is invalid.
    """
    stamp = stamp_folders(inputs)  # before the files are read, so that no later change is missed
    shipped, added = read_shipped_files(), read_own_files(inputs)
    policy = build_effective_policy(inputs, list_vendors(inputs))
    vendors = (*shipped, *added)
    name = _name_catalogue(policy, added)
    markers = open_catalogue(name, lambda: (parse_vendors(shipped, added), policy))
    made_of = (
        __version__.encode(),
        read_shipped_layer().data,
        read_fields_file(),
        read_uses_file(),
        *(part for file in vendors for part in file),
    )
    # A repository's names decide nothing but its tags: all that have the same share one plan.
    tags = (tag.encode() for tag in sorted(policy.whole))
    rules = cache.compute_digest([*made_of, *inputs.iter_parts(), b"tags", *tags])
    signed = stamp_policy(policy)  # before the signatures are checked, likewise
    shared = cache.build_key([rules.encode(), name.encode(), stamp, signed])
    write_link(inputs, policy.matches, shared)
    reader = cache.open_sections(f"{shared}.plan")
    if reader and (same := reader.load_all()):
        return same, markers
    is_settled = verify_waivers(policy)
    plan = build_plan_sections(policy, name, markers.read_shipped("edition").decode(), ruleset=rules[:12])
    plan |= {"own": stamp, "signers": signed}
    if is_settled:
        cache.write_sections(f"{shared}.plan", plan)
    return plan, markers


def _name_catalogue(policy: EffectivePolicy, added: Files) -> str:
    """Return the names that `open_catalogue` takes; `added` are the vendor files of the organisation."""
    shipped = cache.build_key([b"shipped"])
    if not policy.markers and not added:
        return shipped
    markers = repr([(item.vendor, item.marker) for item in policy.markers])
    return f"{shipped} {cache.build_key([markers.encode(), *(part for file in added for part in file)])}"


def build_plan_sections(policy: EffectivePolicy, catalogue: str, edition: str, ruleset: str) -> dict[str, bytes]:
    """Return a policy as the sections that `Plan` reads, by name.

    Args:
        policy: The policy to compile.
        catalogue: The cache names of the compiled markers.
        edition: The version of the shipped catalogue, for reports.
        ruleset: The digest that names policy and catalogue together, for reports.

    Raises:
        PolicyError: A zone's path is an invalid pattern.
    """
    about = {"ruleset": ruleset, "edition": edition, "organisation": policy.name, "contact": policy.contact}
    about |= {"docs": policy.docs}
    zones, globs, refs = _build_zone_rows(policy)
    try:
        find = compile_group("zone", globs)
    except ValueError as error:
        raise PolicyError(f"zone: a path can't be used: {error.args[1]}.") from None
    people: dict[str, Iterable[str]] = {"account": policy.agents, "barred": policy.barred}
    people |= {"consumer": policy.consumers, "approved": policy.accounts or ()}
    people |= {key: policy.rollout.get(key, ()) for key in ("observe_for", "enforce_for")}
    return {
        "catalogue": catalogue.encode(),
        "plan": format_rows([*about.items(), *_build_rows(policy), *zones]),
        "zone.find": find,
        "ref.find": compile_group("zone", refs),
        **{
            f"{name}.find": compile_group("account", list(map(_translate_wildcard, sorted(people[name]))))
            for name in people
        },
    }


def _build_rows(policy: EffectivePolicy) -> list[tuple[str, ...]]:
    """Return all of a policy except its zones as rows: the kind of row, then its fields."""
    rows: list[tuple[str, ...]] = [("tag", tag) for tag in sorted(policy.whole)]
    # Whose tool isn't named may be any rival's, whoever the rivals are.
    rows += [("rival", vendor) for vendor in sorted({*policy.compute_rivals(), UNDISCLOSED})]
    rows += [("selects", "yes")] if policy.accounts is not None else []
    rows += [("limit", key, str(most)) for key, most in policy.limits.items()]
    rows += [("store", kind, folder) for kind, folders in policy.stores.items() for folder in folders]
    rows += [("ingredients", key, str(setting)) for key, setting in policy.ingredients.items() if key != "never"]
    rows += [("ingredients", "never", name) for name in policy.ingredients.get("never", ())]
    rows += [("action", tag, key, action) for tag, actions in policy.tags.items() for key, action in actions.items()]
    rows += [
        ("permission", item.id, item.vendor, " ".join(item.model), " ".join(item.account), " ".join(item.tags),
         " ".join(item.use), item.contract, item.until.isoformat())
        for item in policy.permissions
    ]  # fmt: skip
    rows += [("wall", wall.subject, " ".join(wall.tags), str(wall.days), *wall.repositories) for wall in policy.walls]
    rows += [("tool", name, *sorted(organisations)) for name, organisations in policy.tools.items()]
    rows += [("approvals", key, str(setting)) for key, setting in policy.approvals.items()]
    rows += [("observe", tag, str(policy.rollout["until"])) for tag in policy.rollout.get("observe", ())]
    rows += [("aside", tag) for tag, what in policy.on_block.items() if what == "quarantine"]
    return [*rows, *policy.waiver_rules.iter_rows(are_signed="signers" in policy.approvals)]


def _build_zone_rows(policy: EffectivePolicy) -> tuple[list[tuple[str, ...]], list[str], list[str]]:
    """Return the zones' rows, and the expressions for their paths and for their refs, each in the order of the rows."""
    rows: list[tuple[str, ...]] = []
    globs: list[str] = []
    refs: list[str] = []
    for number, zone in enumerate(policy.zones):
        rows += [("everywhere", str(number), zone.tag)] if not zone.paths else []
        rows += [("ref", str(number))] * len(zone.refs)
        refs += [_translate_wildcard(ref if ref.startswith("refs/") else f"refs/heads/{ref}") for ref in zone.refs]
        rows += [("generator", str(number), name.lower()) for name in zone.generators]
        for path in zone.paths or ("**",):
            is_out = path.startswith("!")
            rows.append(("glob", str(number), zone.tag, "out" if is_out else "in"))
            # Where case is ignored, `Evals/` is checked out into `evals/`: it lies in the zone, and not in what is out.
            globs.append(translate_glob(path.removeprefix("!"), ignores_case=not is_out))
    return rows, globs, refs


def _translate_wildcard(pattern: str) -> str:
    """Return the expression for an account or ref pattern; only `*` is special, since GitHub's bots are `name[bot]`."""
    return f"^{'.*'.join(map(re.escape, pattern.split('*')))}$"
