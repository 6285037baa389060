"""Compiles markers into the sections that `Catalogue` reads: the catalogue's, and own ones with numbers that follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import PolicyError
from .effective import compute_edition, parse_vendors
from .examples import check_patterns
from .generator_fields import build_generator_fields
from .markers.catalogue import FIRST_OWN, SURFACES, format_rows, join_patterns, split_patterns
from .markers.databases import GROUPS, compile_beside, compile_group, compile_mixed
from .markers.widened import compile_widened
from .uses import build_uses
from .vendor_files import list_shipped_vendors, read_shipped_files

_BESIDE = ("message", "model")  # groups that take as long to compile as all others, and what is compiled with them

if TYPE_CHECKING:
    from collections.abc import Callable

    from .effective_policy import EffectivePolicy
    from .markers.base import MarkerEntry
    from .markers.kinds import AnyMarker
    from .schema.vendor_file import VendorFile

    Vendors = dict[str, VendorFile]
    Section = Callable[[str], bytes]


def compile_shipped() -> dict[str, bytes]:
    """Compile the catalogue, and what else is the same for all policies: fields that name generators, and uses."""
    vendors = parse_vendors(read_shipped_files())
    table = _Table(vendors)
    for vendor, file in vendors.items():
        for marker in file.iter_markers():
            table.add_marker(vendor, marker)
        table.add_models(vendor)
    wait = compile_beside(*([(group, pattern) for pattern in table.expressions[group]] for group in _BESIDE))
    found = {group: compile_group(group, table.expressions[group]) for group in GROUPS if group not in _BESIDE}
    sections = {
        **build_generator_fields(),
        **build_uses(),
        "terms": _format_terms(vendors),
        "edition": compute_edition().encode(),
    }
    found |= zip(_BESIDE, wait(), strict=True)
    return table.build_sections(found) | sections


def compile_own(vendors: Vendors, policy: EffectivePolicy, shipped: Section) -> dict[str, bytes]:
    """Compile the markers of an organisation's vendor files and of a policy.

    `shipped` reads the sections of the catalogue.

    Raises:
        PolicyError: A pattern is invalid.
    """
    for item in policy.markers:
        check_patterns(item.marker)  # tests do it for the shipped ones
    known = set(list_shipped_vendors())
    table = _Table(vendors, first=shipped("markers").count(b"\n") + 1)
    for vendor, file in vendors.items():
        if vendor not in known:
            for marker in file.iter_markers():
                table.add_marker(vendor, marker)
            table.add_models(vendor, "added")
    terms = _format_terms({vendor: file for vendor, file in vendors.items() if vendor not in known})
    for item in policy.markers:
        table.add_marker(item.vendor, item.marker)
    first = {group: len(split_patterns(shipped(f"{group}.patterns"))) for group in GROUPS}
    sections = table.build_sections({group: table.compile_group(group, first[group]) for group in GROUPS}, first)
    marks = [(f"{group}*", pattern) for group in SURFACES for pattern in table.expressions[group]]
    sections["text"] = compile_widened(marks, [], FIRST_OWN) if marks else b""
    sections["packed"] = compile_mixed(marks, FIRST_OWN) if marks else b""
    return sections | {"terms": terms}


def _format_terms(vendors: Vendors) -> bytes:
    return format_rows([(vendor, _cite_terms(file)) for vendor, file in vendors.items() if file.terms])


def _cite_terms(vendor: VendorFile) -> str:
    """Return the vendor's first document that bars the use, else its first, with clause, address and day."""
    terms = next((each for each in vendor.terms if each.bars), vendor.terms[0])
    clause = f", {terms.clause}" if terms.clause else ""
    version = f" (version of {terms.seen})" if terms.seen else ""
    return f"{vendor.name}'s {terms.document}{clause}{version}: {terms.says} {terms.url or ''}".rstrip()


class _Table:
    """Facts, rows and expressions of markers, as they are collected; `first` is the number of the first fact."""

    def __init__(self, vendors: Vendors, first: int = 0) -> None:
        self._vendors, self._first = vendors, first
        self._entries: list[AnyMarker] = []
        self._places: dict[str, int] = {}  # number of a fact, by the marker's id
        self._facts: list[tuple[str, ...]] = []
        self._rows: dict[str, list[tuple[str, ...]]] = {group: [] for group in GROUPS}
        self.expressions: dict[str, list[str]] = {group: [] for group in GROUPS}

    def add_marker(self, vendor: str, marker: AnyMarker) -> None:
        """Add a vendor's marker."""
        products = {product.id: product.name for product in self._vendors[vendor].product}
        product = products.get(marker.product, marker.product)
        session = "yes" if marker.session else ""
        named = (marker.id, vendor, self._vendors[vendor].name, product, marker.kind)
        in_code = "yes" if getattr(marker, "weak_in_code", False) else ""
        instead_of = ",".join(getattr(marker, "instead_of", ()))
        self._places[marker.id] = place = self._first + len(self._entries)
        self._entries.append(marker)
        self._facts.append((*named, marker.strength, marker.why, session, in_code, instead_of))
        for group, pattern, roles in marker.build_expressions():
            self._rows[group].append((str(place), roles))
            self.expressions[group].append(pattern)

    def add_models(self, vendor: str, origin: str = "") -> None:
        """Add the names of a vendor's models, whose markers were added; `origin` is "added" for those not shipped."""
        for model in self._vendors[vendor].model:
            self._rows["model"].append((str(self._places[model.marker_id]), origin))
            self.expressions["model"].append(model.expression)

    def compile_group(self, group: str, first: int) -> bytes:
        """Return a group's database, whose numbers begin with `first`.

        Raises:
            PolicyError: A pattern is invalid.
        """
        try:
            return compile_group(group, self.expressions[group], first)
        except ValueError as error:
            marker: MarkerEntry = self._entries[int(self._rows[group][error.args[0]][0]) - self._first]
            check_patterns(marker)
            raise PolicyError(f"the markers can't be compiled: {error.args[1]}.") from None

    def build_sections(self, found: dict[str, bytes], first: dict[str, int] | None = None) -> dict[str, bytes]:
        """Return the sections of all groups with their databases, `found`."""
        sections = {"markers": format_rows(self._facts)}
        for group in GROUPS:
            sections[f"{group}.find"] = found[group]
            sections[f"{group}.rows"] = format_rows(self._rows[group])
            sections[f"{group}.patterns"] = join_patterns(self.expressions[group])
        models = [("model*", expression) for expression in self.expressions["model"]]
        sections["model.ends"] = compile_mixed(models, (first or {}).get("model", 0)) if models else b""
        return sections
