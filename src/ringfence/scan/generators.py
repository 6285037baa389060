"""Decides which names of generators, and which keys that name a model, are marks."""

from __future__ import annotations

from ..excerpts import sanitise_text
from ..lazy_pattern import compile_lazily
from ..policy.markers import escapes
from ..policy.markers.catalogue import Marker
from .decoders import generator_fields, yaml_rows
from .windows import merge_windows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..policy.plan import Plan
    from .hits import Hits

FIELD, OUTPUT_KEY, MODEL_KEY, LINE = range(4)  # the scanner's expressions, see `policy/generator_fields.py`
_BEFORE, _AFTER = 256, 64  # bytes around the end of a prefilter's hit in which the field lies
_MAX_REST = 80  # bytes of a name behind the product in it
_VALUE_END = compile_lazily(rb"[\"'\r\n,#{}\]]")
_MAX_NAMES = 1000  # names of generators counted separately in one object
_PEOPLE = (b"annotator", b"judge", b"labeler", b"labeller", b"teacher")  # fields that name people as well
_GIVEN_NAMES = ("claude", "gemini", "kimi", "bard")  # products whose names people have, or things


class Generators:
    """The names of generators in one object."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._known: dict[tuple[int, str, bool], Marker | None] = {}

    def iter_markers(self, kind: int, data: bytes, start: int, end: int, *, in_row: bool) -> Iterator[Marker]:
        """Yield the marks in a field or key between two offsets; their product is the name that is found there."""
        if kind == FIELD:
            is_person = any(word in data[start:end].lower() for word in _PEOPLE)
            for name in generator_fields.parse_values(data, start, end):
                if marker := self._find_generator(name, in_row=in_row, may_be_person=is_person):
                    yield marker
        elif kind == LINE:
            is_python = data[start - 1 : start] == b"'"
            if is_python or yaml_rows.is_in_yaml_row(data, start, end):
                line = data[data.find(b":", start) + 1 : end + _MAX_REST].lstrip(b" \t\"'")
                name = _VALUE_END.split(line, maxsplit=1)[0].decode("utf-8", "replace").strip()
                in_row = in_row if is_python else data.startswith(b"- ") or yaml_rows.is_answered_item(data, start)
                if marker := self._find_generator(sanitise_text(name), in_row=in_row, may_be_person=False):
                    yield marker
        else:
            key = data[start:end].decode("utf-8", "replace").strip('\\"[{: \t\r\n')
            if marker := self._find_key(kind, sanitise_text(key), in_row=in_row):
                yield marker

    def _find_generator(self, name: str, *, in_row: bool, may_be_person: bool) -> Marker | None:
        """Return the marker for the name of a generator; None if it is no rival and no rule concerns generators."""
        if "\\" in name or "%" in name or "&" in name:
            name = escapes.unescape_ascii(name.encode()).decode("utf-8", "replace")
        is_unsure = may_be_person and name.strip().lower() in _GIVEN_NAMES
        key = (-1 if is_unsure else FIELD, name, in_row)
        if key not in self._known:
            vendors = [vendor for _, vendor in self._plan.catalogue.find_models(name.encode())]
            vendors = vendors or [self._plan.find_product(name)]
            rival = next((vendor for vendor in vendors if vendor and self._plan.is_rival(vendor)), "")
            if len(self._known) >= _MAX_NAMES:
                # A hostile file could use another name in every row.
                name = f"and others of {rival}" if rival else "and others"
            why = "The field may name a person, and the name is that of a product too." if is_unsure else ""
            is_relevant = rival or self._plan.generators.has_rules
            strength = "strong" if in_row and not is_unsure else "weak"
            self._known[key] = _build_marker(name, rival, strength, why) if is_relevant else None
        return self._known[key]

    def _find_key(self, kind: int, name: str, *, in_row: bool) -> Marker | None:
        """Return the marker for a key that names a rival's output, or that is a rival's model."""
        if (kind, name, in_row) not in self._known:
            vendor = self._plan.find_output_vendor(name)
            if len(self._known) >= _MAX_NAMES:
                name = f"and others of {vendor}"
            why = "A key names a rival's model: what it made, or what is known of it." if kind == MODEL_KEY else ""
            strength = "strong" if in_row and not why else "weak"
            is_rival = bool(vendor) and self._plan.is_rival(vendor)
            self._known[kind, name, in_row] = _build_marker(name, vendor, strength, why) if is_rival else None
        return self._known[kind, name, in_row]


def may_name_generators(plan: Plan, data: bytes) -> bool:
    """Return whether a text has fields or keys whose values may be marks: one scan is faster than one for each."""
    kinds = plan.generator_scanner.find_matches(data)
    if not kinds:
        return False
    return plan.generators.has_rules or b"\\u00" in data or max(kinds) > FIELD or _names_model(plan, data)


def locate_generators(plan: Plan, data: bytes, hits: Hits | None) -> list[tuple[int, int, int]]:
    """Return (kind, start, end) of fields and keys, sorted; `hits` are the prefilter's in the text, if it was asked."""
    if hits is None:
        return plan.generator_scanner.locate_matches(data)
    windows = merge_windows(hits.generators, len(data), _BEFORE, _AFTER)
    return plan.generator_scanner.locate_in_windows(data, dict.fromkeys(range(LINE + 1), windows))


def _names_model(plan: Plan, data: bytes) -> bool:
    scanner = plan.catalogue.load_group("model").scanner
    return bool(scanner and scanner.find_matches(data))


def _build_marker(name: str, vendor: str, strength: str, why: str) -> Marker:
    """Build a marker; a reason says that it stays weak, whatever the file is."""
    identity = f"generator {name} {strength}{' unsure' if why else ''}"
    return Marker(identity, vendor, vendor, name, "field", strength, why)
