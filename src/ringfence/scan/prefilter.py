"""Prefilter: one scan that recognises the many contents without any mark or format to decode.

It may suspect a clean content, but never the reverse: for a content that it doesn't suspect, `contents.scan_object`
has no matches and nothing unread.
"""

from __future__ import annotations

from ..policy import cache
from ..policy.markers.scanner import Scanner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..policy.plan import Plan
    from .hits import Hits, Layout


_HEADER = 2048  # bytes that are searched for the names of a table's columns
SURFACES = ("content", "note")


def load_prefilter(plan: Plan, kind: str = "text") -> Scanner:
    """Return the scanner of a plan, loaded once; `kind` is text, header, packed or embedded.

    The scanner for packed (binary) bytes lacks the patterns of formats to decode, which match there by chance; the one
    for embedded formats has only their signatures.
    """
    if kind not in plan.prefilters:
        plan.prefilters[kind] = _load_signatures() if kind == "embedded" else _load_scanner(plan, kind)
    return plan.prefilters[kind]


def find_hits(plan: Plan, data: bytes, kind: str = "text") -> Hits:
    """Return what the prefilter finds in a text, or in packed bytes."""
    return _sort_hits(plan, load_prefilter(plan, kind).find_ends(data) if data else [], kind)


def find_suspects(plan: Plan, pieces: list[bytes]) -> list[tuple[int, Hits]]:
    """Return the contents that aren't surely clean, as (number, hits); only beginnings may have names of columns."""
    prefilter = load_prefilter(plan)
    tables = set(load_prefilter(plan, "header").find_suspects([piece[:_HEADER] for piece in pieces]))
    suspects: list[tuple[int, Hits]] = []
    for number, piece in enumerate(pieces):
        found = prefilter.find_ends(piece) if piece else []
        if found or number in tables:
            hits = _sort_hits(plan, found)
            if number in tables or _is_suspect(plan, piece, hits):
                suspects.append((number, hits))
    return suspects


def _sort_hits(plan: Plan, found: list[tuple[int, int]], kind: str = "text") -> Hits:
    from . import hits  # clean contents do without

    return hits.Hits(found, load_layout(plan, kind)) if found else hits.NOTHING


def _is_suspect(plan: Plan, data: bytes, hits: Hits) -> bool:
    """Return whether hits may come to anything: most of those in clean texts are of the kinds that are asked here."""
    if hits.marks or hits.is_whole or hits.has_format or hits.has_use:
        return True
    from . import escaped, generators
    from .decoders import may_be_card

    return (
        (hits.has_card and may_be_card(data))
        or (bool(hits.generators) and generators.may_name_generators(plan, data))
        or (bool(hits.rare) and escaped.may_hide_marks(plan, data, hits.rare))
    )


def _load_signatures() -> Scanner:
    """Return the scanner for signatures; it is compiled in some milliseconds."""
    from ..policy.markers.databases import compile_mixed
    from .decoders.prefilter_patterns import escape_bytes
    from .decoders.signatures import SIGNATURES

    return Scanner("magic", compile_mixed([("magic", escape_bytes(signature.magic)) for signature in SIGNATURES]))


def is_compiled(plan: Plan) -> bool:
    """Return whether a plan's scanners are loaded, or in the cache; compiling them takes two seconds."""
    return "text" in plan.prefilters or cache.has_file(f"{plan.prefilter_key}.sieve")


def _load_scanner(plan: Plan, kind: str) -> Scanner:
    """Return a scanner from the cache; compiling it takes two seconds."""
    name = f"{plan.prefilter_key}.sieve"
    sections = cache.open_sections(name) or _compile_prefilter(plan, name).__getitem__
    return Scanner("sign", cache.build_repairing_reader(sections, lambda: _compile_prefilter(plan, name))(kind))


def load_layout(plan: Plan, kind: str = "text") -> Layout:
    """Return what a scanner's expressions are for."""
    if kind not in plan.layouts:
        from ..policy.markers import spellings
        from .decoders.prefilter_patterns import CARD, list_decoder_patterns
        from .hits import Layout

        scanners = [plan.catalogue.load_group(part).scanner for part in SURFACES]
        marks = sum(len(scanner.expressions()) for scanner in scanners if scanner)
        if kind == "packed":  # its last expressions are signs of wide text
            plan.layouts[kind] = Layout(marks, 0, 0, 0, -1)
        else:
            formats = list_decoder_patterns()
            plan.layouts[kind] = Layout(
                marks, len(spellings.WHOLE), len(spellings.RARE), len(formats), formats.index(CARD),
                len(plan.load_generator_patterns()),
            )  # fmt: skip
    layout: Layout = plan.layouts[kind]
    return layout


def _compile_prefilter(plan: Plan, name: str) -> dict[str, bytes]:
    """Compile the scanners of a plan, store them in the cache, and return them by kind."""
    from ..policy.markers import spellings
    from ..policy.markers.databases import compile_beside
    from .decoders.encoding import WIDE_RUNS
    from .decoders.prefilter_patterns import list_decoder_patterns

    scanners = [(part, plan.catalogue.load_group(part).scanner) for part in SURFACES]
    marks = [(f"{part}*", expression) for part, scanner in scanners if scanner for expression in scanner.expressions()]
    generators = [("spelled", expression) for expression in plan.load_generator_patterns()]  # every end is wanted
    formats = [("sign", expression) for expression in list_decoder_patterns()]
    letters = [("spelled", expression) for expression in (*spellings.WHOLE, *spellings.RARE)]
    header = [("sign", expression) for expression in plan.load_header_patterns()]
    packed = [*marks, *generators, *(("sign", run) for run in WIDE_RUNS)]
    wait = compile_beside(header, packed)
    uses = [("sign", expression) for expression in plan.load_use_patterns()]
    text = _compile_widened(marks, [*letters, *formats, *generators, *uses])
    sections = dict(zip(("text", "header", "packed"), (text, *wait()), strict=True))
    cache.write_sections(name, sections)
    return sections


def _compile_widened(marks: list[tuple[str, str]], others: list[tuple[str, str]]) -> bytes:
    """Compile widened expressions of markers, and others; one that can't be widened is compiled as it is."""
    from ..policy.markers.databases import compile_mixed

    expressions = [_widen(*mark) for mark in marks]
    while True:
        try:
            return compile_mixed([*expressions, *others])
        except ValueError as error:
            index = error.args[0]
            if not isinstance(index, int) or index >= len(marks) or expressions[index] == marks[index]:
                raise
            expressions[index] = marks[index]


def _widen(part: str, expression: str) -> tuple[str, str]:
    from ..policy.markers import spellings

    try:
        return "spelled", spellings.widen(expression)
    except ValueError:
        return part, expression
