"""Prefilter: one scan that recognises the many contents without any mark or format to decode.

It may suspect a clean content, but never the reverse: for a content that it doesn't suspect, `contents.scan_object`
has no matches and nothing unread.
"""

from __future__ import annotations

from ..policy import cache
from ..policy.markers.catalogue import SURFACES
from ..policy.markers.scanner import Scanner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..policy.plan import Plan
    from .hits import Expression, Hits, Layout


_HEADER = 2048  # bytes that are searched for the names of a table's columns
# Bytes that are scanned without the prefilter (6 to 17 MB/s) before it is compiled, which takes seconds.
_UNSCREENED, _UNSCREENED_AT_FIRST = 1 << 20, 4 << 20


def load_prefilter(plan: Plan, kind: str = "text") -> Scanner:
    """Return the scanner of a plan, loaded once; `kind` is text, header, packed, embedded or wide.

    The scanner for packed (binary) bytes lacks the patterns of formats to decode, which match there by chance; the one
    for embedded formats has only their signatures, and the one for wide text only that text's signs.
    """
    if kind not in plan.prefilters:
        load = {"embedded": _load_signatures, "wide": _load_wide_runs}.get(kind)
        plan.prefilters[kind] = load() if load else _load_scanner(plan, kind)
    return plan.prefilters[kind]


def find_hits(plan: Plan, data: bytes, kind: str = "text") -> Hits:
    """Return what the prefilter finds in a text, or in packed bytes."""
    found = load_prefilter(plan, kind).find_ends(data) if data else []
    if kind == "packed" and found:
        wide = len(load_layout(plan).shipped) + len(plan.load_generator_patterns())  # the last expression
        if any(index == wide for index, _ in found) and not load_prefilter(plan, "wide").find_matches(data):
            found = [(index, end) for index, end in found if index != wide]
    return _sort_hits(plan, found, kind)


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


def _load_wide_runs() -> Scanner:
    """Return the scanner for wide text; it is compiled in some milliseconds."""
    from ..policy.markers.databases import compile_mixed
    from .decoders.encoding import WIDE_RUNS

    return Scanner("sign", compile_mixed([("sign", run) for run in WIDE_RUNS]))


def is_compiled(plan: Plan) -> bool:
    """Return whether a plan's scanners are loaded, or in the cache; compiling them takes two seconds."""
    return "text" in plan.prefilters or cache.has_file(f"{plan.prefilter_key}.sieve")


def is_worth_loading(plan: Plan, size: int) -> bool:
    """Return whether to ask the prefilter about so many bytes more, though it may have to be compiled first.

    A check that had to compile the catalogue scans more without it, so that no push has to wait for both.
    """
    if is_compiled(plan):
        return True
    plan.unscreened += size
    return plan.unscreened > (_UNSCREENED_AT_FIRST if plan.catalogue.is_new else _UNSCREENED)


def _load_scanner(plan: Plan, kind: str) -> Scanner:
    """Return a scanner from the cache; compiling it takes two seconds."""
    name = f"{plan.prefilter_key}.sieve"
    sections = cache.open_sections(name) or _compile_prefilter(plan, name).__getitem__
    find = cache.build_repairing_reader(sections, lambda: _compile_prefilter(plan, name))(kind)
    return Scanner("sign", find, own=b"" if kind == "header" else plan.catalogue.read_own(kind))


def load_layout(plan: Plan, kind: str = "text") -> Layout:
    """Return what a scanner's expressions are for."""
    if kind not in plan.layouts:
        from ..policy.markers import spellings
        from .decoders.prefilter_patterns import CARD, list_decoder_patterns
        from .hits import Layout

        marks, own = _list_expressions(plan)
        if kind == "packed":  # its last expression is a sign of wide text
            plan.layouts[kind] = Layout(marks, own)
        else:
            formats = list_decoder_patterns()
            plan.layouts[kind] = Layout(
                marks, own, len(spellings.WHOLE), len(spellings.RARE), len(formats), formats.index(CARD),
                len(plan.load_generator_patterns()),
            )  # fmt: skip
    layout: Layout = plan.layouts[kind]
    return layout


def _list_expressions(plan: Plan) -> tuple[list[Expression], list[Expression]]:
    """Return the markers' expressions in the order of their numbers, of shipped markers and of own ones."""
    groups = [(part, plan.catalogue.load_group(part)) for part in SURFACES]
    shipped = {part: len(group.list_shipped()) for part, group in groups}
    own = [(part, shipped[part] + index) for part, group in groups for index in range(len(group.list_own()))]
    return [(part, index) for part, count in shipped.items() for index in range(count)], own


def _compile_prefilter(plan: Plan, name: str) -> dict[str, bytes]:
    """Compile the scanners of the shipped markers, store them in the cache, and return them by kind."""
    from ..policy.markers import spellings
    from ..policy.markers.databases import compile_beside
    from ..policy.markers.widened import compile_widened
    from .decoders.encoding import WIDE_CHARACTER
    from .decoders.prefilter_patterns import list_decoder_patterns

    groups = [(part, plan.catalogue.load_group(part)) for part in SURFACES]
    marks = [(f"{part}*", expression) for part, group in groups for expression in group.list_shipped()]
    generators = [("spelled", expression) for expression in plan.load_generator_patterns()]  # every end is wanted
    formats = [("sign", expression) for expression in list_decoder_patterns()]
    letters = [("spelled", expression) for expression in (*spellings.WHOLE, *spellings.RARE)]
    header = [("sign", expression) for expression in plan.load_header_patterns()]
    packed = [*marks, *generators, ("sign", WIDE_CHARACTER)]
    wait = compile_beside(header, packed, *map(plan.list_expressions, plan.list_scanners()))
    uses = [("sign", expression) for expression in plan.load_use_patterns()]
    text = compile_widened(marks, [*letters, *formats, *generators, *uses])
    sections = dict(zip(("text", "header", "packed"), (text, *wait()[:2]), strict=True))
    cache.write_sections(name, sections)
    return sections
