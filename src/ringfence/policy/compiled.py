"""Compiles files into what a hook loads: validated by pydantic, markers as Hyperscan databases, tables as text."""

from __future__ import annotations

import os
import re
from functools import partial
from typing import TYPE_CHECKING

from .. import __version__
from ..errors import PolicyError
from ..markers import escapes
from ..markers.catalogue import Catalogue, joined, table
from ..markers.globs import expression
from ..markers.scanner import GROUPS, Scanner, compile_group, compile_one
from . import cache, own
from .layers import FILE_NAME, WAIVERS, Inputs, Layer, fields_file, repository, shipped_layer, vendor_files
from .merge import Effective, loosened, merge
from .plan import UNDISCLOSED, Plan
from .policyfile import PolicyFile
from .read import did_you_mean, parse
from .vendorfile import FieldsFile, VendorFile
from .waiverfile import WaiverFile

if TYPE_CHECKING:
    from ..markers.base import MarkerEntry
    from ..markers.kinds import AnyMarker
    from .waiverfile import Waiver

PEOPLE = ("author", "committer", "tagger")
Files = tuple[tuple[bytes, bytes], ...]


def compile_plan(inputs: Inputs, key: str) -> Plan:
    """Compile what was found and keep it under `key`.

    Raises:
        PolicyError: A file can't be used.
    """
    stamp = own.stamp(inputs)  # before the files are read, so that no later change is missed
    shipped, added = vendor_files(), own.vendor_files(inputs)
    catalogue = parse_vendors(shipped, added)
    policy = effective(inputs, catalogue)
    markers = repr([(item.vendor, item.marker) for item in policy.markers])
    vendors = (*shipped, *added)
    name = cache.key([markers.encode(), *(part for file in added for part in file)])
    again = partial(compile_markers, catalogue, policy, name)
    kept = cache.read(f"{name}.markers") or again().__getitem__
    made_of = (__version__.encode(), shipped_layer().data, fields_file(), *(part for file in vendors for part in file))
    plan = _plan(policy, name, edition(), ruleset=cache.digest([*made_of, *inputs.parts()])[:12])
    plan["own"] = stamp
    cache.write(f"{key}.plan", plan)
    return Plan(plan.__getitem__, Catalogue(cache.sturdy(kept, again)))


def all_vendors(inputs: Inputs) -> dict[str, VendorFile]:
    """Read the shipped vendors, and those that an organisation's policy adds.

    Raises:
        PolicyError: With every mistake in every file.
    """
    return parse_vendors(vendor_files(), own.vendor_files(inputs))


def parse_vendors(shipped: Files, added: Files = ()) -> dict[str, VendorFile]:
    """Read vendor files as id → vendor; what is added can't take the place of what is shipped.

    Raises:
        PolicyError: With every mistake in every file.
    """
    found: dict[str, VendorFile] = {}
    mistakes: list[str] = []
    for file, data in (*shipped, *added):
        name = os.fsdecode(file)
        vendor = os.path.basename(name).removesuffix(".toml")
        if vendor in found:
            mistakes.append(f"{name}: `{vendor}` is in the catalogue already; add to it by [[marker]] in the policy")
        elif not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", vendor):
            mistakes.append(f"{name}: `{vendor}` can't be a vendor's id: small letters, digits, hyphens")
        else:
            try:
                found[vendor] = parse(VendorFile, data, name)
            except PolicyError as error:
                mistakes.append(error.message)
    ids = [marker.id for vendor in found.values() for marker in vendor.markers()]
    mistakes += [f"marker {twice}: the id stands twice" for twice in sorted({i for i in ids if ids.count(i) > 1})]
    if not found and not mistakes:
        mistakes.append("the catalogue has no vendor: nothing could be found")
    if mistakes:
        raise PolicyError("\n".join(mistakes))
    return found


def effective(inputs: Inputs, vendors: dict[str, VendorFile]) -> Effective:
    """Add up shipped defaults and all layers.

    Raises:
        PolicyError: A file can't be used; every mistake of every file is named.
    """
    files: list[tuple[Layer, PolicyFile]] = []
    waivers: list[tuple[str, Waiver]] = []
    mistakes: list[PolicyError] = []
    for layer in (shipped_layer(), *inputs.layers):
        try:
            if layer.kind == "waivers":
                waivers += [(layer.origin, item) for item in parse(WaiverFile, layer.data, layer.origin).waiver]
            else:
                files.append((layer, parse(PolicyFile, layer.data, layer.origin)))
        except PolicyError as error:
            mistakes.append(error)
    if mistakes:
        raise PolicyError("\n".join(error.message for error in mistakes), mistakes[0].advice)
    policy = merge(files, inputs, vendors)
    policy.word.waivers += waivers
    return policy


def compile_markers(vendors: dict[str, VendorFile], policy: Effective, name: str) -> dict[str, bytes]:
    """Compile all markers, the catalogue's and a policy's own, into what `Catalogue` reads, and keep it by a name.

    Raises:
        PolicyError: A pattern can't be used.
    """
    entries: list[tuple[str, AnyMarker]] = []
    for vendor, file in vendors.items():
        entries += [(vendor, marker) for marker in file.markers()]
    entries += [(item.vendor, item.marker) for item in policy.markers]
    for item in policy.markers:
        _compile(item.marker)  # tests do it for the shipped ones
    facts: list[tuple[str, ...]] = []
    rows: dict[str, list[tuple[str, ...]]] = {group: [] for group in GROUPS}
    expressions: dict[str, list[str]] = {group: [] for group in GROUPS}
    for index, (vendor, marker) in enumerate(entries):
        products = {product.id: product.name for product in vendors[vendor].product}
        product = products.get(marker.product, marker.product)
        session = "yes" if marker.session else ""
        named = (marker.id, vendor, vendors[vendor].name, product, marker.kind)
        facts.append((*named, marker.strength, marker.why, session))
        for group, pattern, roles in marker.expressions():
            rows[group].append((str(index), roles))
            expressions[group].append(pattern)
    places = {marker.id: str(index) for index, (_, marker) in enumerate(entries)}
    shipped = {os.fsdecode(file).removesuffix(".toml") for file, _ in vendor_files()}
    for vendor, model in ((vendor, model) for vendor, file in vendors.items() for model in file.model):
        rows["model"].append((places[model.marker_id], "" if vendor in shipped else "added"))
        expressions["model"].append(model.expression)
    sections = {"markers": table(facts)}
    for group in GROUPS:
        try:
            find = compile_group(group, expressions[group])
        except ValueError as error:
            _compile(entries[int(rows[group][error.args[0]][0])][1])
            raise PolicyError(f"the markers can't be compiled: {error.args[1]}.") from None
        sections |= {f"{group}.rows": table(rows[group]), f"{group}.find": find}
        sections[f"{group}.patterns"] = joined(expressions[group])
    cache.write(f"{name}.markers", sections)
    return sections


def check_own_markers(policy: Effective, vendors: dict[str, VendorFile]) -> None:
    """Hold a policy's own markers to what those of the catalogue are held to.

    Raises:
        PolicyError: A product isn't the vendor's, a pattern can't be used, or an example isn't caught or not passed.
    """
    for item in policy.markers:
        products = {product.id for product in vendors[item.vendor].product}
        if item.marker.product not in products:
            hint = did_you_mean(item.marker.product, products)
            raise PolicyError(f"marker {item.marker.id}: {item.vendor} has no product `{item.marker.product}`{hint}")
        check_marker(item.marker)


def check_marker(marker: MarkerEntry) -> None:
    """Hold a marker to its own examples.

    Raises:
        PolicyError: A pattern can't be used, or an example isn't caught or not passed.
    """
    _compile(marker)
    for example, is_caught in [(text, True) for text in marker.caught] + [(text, False) for text in marker.passed]:
        if any(_finds(marker, *surface) is not is_caught for surface in marker.surfaces(example)):
            raise PolicyError(f"marker {marker.id}: {'misses' if is_caught else 'catches'} {example!r:.80}")


def _finds(marker: MarkerEntry, part: str, data: bytes) -> bool:
    """Say whether a marker alone finds something in a part of a change."""
    for group, pattern, roles in marker.expressions():
        is_asked = group == ("identity" if part in PEOPLE else part) and (
            part == "message" or not roles or part in roles.split(",")
        )
        if is_asked and Scanner(group, compile_group(group, [pattern])).which(data):
            return True
    return False


def _compile(marker: MarkerEntry) -> None:
    """Compile one marker alone.

    Raises:
        PolicyError: Its pattern can't be used.
    """
    for group, pattern, _ in marker.expressions():
        try:
            compile_one(group, pattern)
        except ValueError as error:
            raise PolicyError(f"marker {marker.id}: the pattern can't be used: {error.args[1]}.") from None


def edition() -> str:
    """Return what a report calls the shipped catalogue: the day its marks were last confirmed, and a digest of it."""
    files = vendor_files()
    seen = max(vendor.seen for vendor in parse_vendors(files).values() if vendor.seen)
    return f"{seen:%Y.%m.%d}+{cache.digest(part for file in files for part in file)[:8]}"


def _plan(policy: Effective, catalogue: str, edition: str, ruleset: str) -> dict[str, bytes]:
    """Write a policy into the sections that `Plan` reads."""
    rows: list[tuple[str, ...]] = [
        ("ruleset", ruleset),
        ("edition", edition),
        ("organisation", policy.name),
        ("contact", policy.contact),
    ]
    rows += [("tag", tag) for tag in sorted(policy.whole)]
    # Whose tool isn't named may be any rival's, whoever the rivals are.
    rows += [("rival", vendor) for vendor in sorted({*policy.judged(), UNDISCLOSED})]
    rows += [("selects", "yes")] if policy.accounts is not None else []
    rows += [("limit", key, str(most)) for key, most in policy.limits.items()]
    rows += [("store", kind, folder) for kind, folders in policy.stores.items() for folder in folders]
    rows += [("action", tag, key, action) for tag, actions in policy.tags.items() for key, action in actions.items()]
    rows += policy.word.rows()
    rows += [("aside", tag) for tag, what in policy.on_block.items() if what == "quarantine"]
    globs: list[str] = []
    refs: list[str] = []
    for number, zone in enumerate(policy.zones):
        rows += [("everywhere", str(number), zone.tag)] if not zone.paths else []
        rows += [("ref", str(number))] * len(zone.refs)
        refs += [_wildcard(ref if ref.startswith("refs/") else f"refs/heads/{ref}") for ref in zone.refs]
        rows += [("generator", str(number), name.lower()) for name in zone.generators]
        for path in zone.paths or ("**",):
            rows.append(("glob", str(number), zone.tag, "out" if path.startswith("!") else "in"))
            globs.append(expression(path.removeprefix("!")))
    try:
        find = compile_group("zone", globs)
    except ValueError as error:
        raise PolicyError(f"zone: a path can't be used: {error.args[1]}.") from None
    on = compile_group("zone", refs)
    people = {"account": policy.agents, "consumer": policy.consumers, "approved": policy.accounts or ()}
    found = {"catalogue": catalogue.encode(), "plan": table(rows), "zone.find": find}
    fields = "|".join(map(re.escape, parse(FieldsFile, fields_file(), "fields.toml").generator))
    quote = r'(\\{0,7}"|"")'  # inside a string of JSON, or a cell of CSV
    other = r"-?\d|-?Infinity|NaN|true|false"  # no name: nothing that a list of generators could allow
    named = [rf"{quote}({fields}){quote}\s{{0,8}}:\s{{0,8}}(\\{{0,7}}\"|\[|\{{|null|{other})"]
    cell = f'"?({fields})"?'
    signs = [
        rf'"({fields})[\\"]{{1,8}}\s{{0,8}}:',  # wider than `named`, and faster beside all others
        rf"(^|^\xef\xbb\xbf|[,;|\t]){cell}[,;|\t]",
        rf"[,;|\t]{cell}\r?$",
    ]
    # What is looked for is less than what is found: with the signs in front and behind, it takes five times as long.
    found |= {"generator.find": compile_group("generator", [rf'"({fields})[\\"]']), "generator.patterns": joined(named)}
    found["escape.find"] = compile_group("escape", escapes.EXPRESSIONS)
    found["sign.patterns"] = joined(signs)
    for name, patterns in people.items():
        found[f"{name}.find"] = compile_group("account", [_wildcard(pattern) for pattern in sorted(patterns)])
    return found | {"ref.find": on}


def _wildcard(pattern: str) -> str:
    """Return the expression for an account or a ref; only `*` is special: `name[bot]` is how GitHub writes a bot."""
    return f"^{'.*'.join(map(re.escape, pattern.split('*')))}$"


def lost_between(inputs: Inputs, before: bytes | None, after: bytes | None) -> list[str]:
    """Name what a repository's `ringfence.toml` protects in one state, and in another state of it would not.

    Raises:
        PolicyError: One of them can't be used.
    """
    vendors = all_vendors(inputs)
    base = tuple(layer for layer in inputs.layers if layer.kind != "repository")
    old, new = (
        effective(Inputs((*base, *repository([(FILE_NAME, data)])), inputs.tags, inputs.names), vendors)
        for data in (before, after)
    )
    _plan(new, "", "", "")
    check_own_markers(new, vendors)
    return loosened(old, new)


def approvers_of_more(before: bytes | None, after: bytes | None) -> list[str]:
    """Return who is said to have approved the waivers that one state of `waivers.toml` has and another hasn't.

    Raises:
        PolicyError: The later state can't be used.
    """
    old, new = (parse(WaiverFile, data, WAIVERS).waiver if data is not None else () for data in (before, after))
    return sorted({item.approved_by for item in new if item not in old})


def refuse_change(inputs: Inputs, before: bytes | None, after: bytes | None) -> None:
    """Refuse a change of a repository's `ringfence.toml` that can't be used, or that takes away what held before.

    Raises:
        PolicyError: With every mistake, or every attempt to loosen.
    """
    if lost := lost_between(inputs, before, after):
        raise PolicyError(
            "\n".join(f"{FILE_NAME}: {line}; a push can only tighten" for line in lost),
            "Whoever keeps the server can change it there, past the hook.",
        )
