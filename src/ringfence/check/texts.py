"""Judges texts of a change: identities, message and headers of a commit, names of refs, an agent's environment."""

from __future__ import annotations

from ..model import Occurrence
from ..policy.actions import UNDISCLOSED
from ..policy.markers import normalise
from ..values import replace
from .results import NO_MODEL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model import Text
    from ..policy.markers.catalogue import Marker
    from .kept_texts import KeptTexts
    from .results import Results, Tags
    from .rules.base import TaggedText

    TextMark = tuple[Marker, str, int, tuple[str, str]]  # excerpt, line, and the model named beside it

_GROUPS = {
    "author": "identity",
    "committer": "identity",
    "tagger": "identity",
    "ref": "ref",
    "environment": "environment",
}
_MENTION = "The line speaks of such a mark, or may name a person or a thing, and doesn't sign with it."
_NAMING = ("author", "committer", "tagger", "message", "header")  # parts in which a line may name a model
_ONE_LINE = ("author", "committer", "tagger", "ref")


def iter_readings(data: bytes, encoding: str) -> Iterator[tuple[bytes, list[int]]]:
    """Yield a text raw, and as a person would read it, each with its line numbers ([]: those of the text itself)."""
    yield data, []
    for text in normalise.decode_variants(data, encoding) if encoding or not normalise.is_plain(data) else ():
        lines = normalise.normalise_message(text)
        yield "\n".join(line for _, line in lines).encode("utf-8", "replace"), [number for number, _ in lines]


def judge_texts(results: Results, texts: list[TaggedText], kept: KeptTexts | None = None) -> None:
    """Judge texts of commits and tags; clean ones are sorted out many at a time.

    Texts of commits and tags can be joined for one scan; names of refs can't, as patterns for them are anchored.
    `kept` are the marks that are known from earlier checks, and takes those that are found.
    """
    new = [item for item in texts if item[0] not in kept.known] if kept else texts
    suspected = _find_suspects(results, new)
    for commit, tags, text in new:
        is_suspect = (_GROUPS.get(text[0], "message"), text[1]) in suspected
        marks = judge_text(results, commit, tags, text) if is_suspect else []
        if kept:
            kept.note_marks(commit, text, marks)
    if kept and len(new) < len(texts):
        for commit, tags, text, marks in kept.iter_known(texts):
            _add_marks(results, commit, tags, text, marks)


def _find_suspects(results: Results, texts: list[TaggedText]) -> set[tuple[str, bytes]]:
    """Return the texts that may have marks, each with its group of markers."""
    suspected: set[tuple[str, bytes]] = set()
    groups: dict[str, dict[bytes, list[bytes]]] = {}
    for _, _, (part, data, encoding) in texts:
        group = _GROUPS.get(part, "message")
        if encoding:
            suspected.add((group, data))
        elif data not in (known := groups.setdefault(group, {})):
            known[data] = [piece for piece, _ in iter_readings(data, "")]
    for group, known in groups.items():
        scanner = results.plan.catalogue.load_group(group).scanner
        owned = [(data, piece) for data, pieces in known.items() for piece in pieces]
        numbers = scanner.find_suspects([piece for _, piece in owned]) if scanner else []
        suspected.update((group, owned[number][0]) for number in numbers)
    return suspected


def judge_text(results: Results, commit: str, tags: Tags, text: Text) -> list[TextMark]:
    """Add a finding for each marker in a text, once, and return all marks, those of vendors who are no rivals too."""
    part, _, encoding = text
    if part == "message" and not normalise.is_known_encoding(encoding):
        results.add_unread(commit, b"", f"its message is in an unknown encoding, {encoding[:40]!r}", tags)
    marks = _find_marks(results, text)
    _add_marks(results, commit, tags, text, marks)
    return marks


def _add_marks(results: Results, commit: str, tags: Tags, text: Text, marks: list[TextMark]) -> None:
    for marker, excerpt, line, model in marks:
        results.add_mark(marker, tags, Occurrence(commit, text[0], excerpt, line=line, context=text[1]), model)


def _find_marks(results: Results, text: Text) -> list[TextMark]:
    """Return each marker in a text once, by the plan and the text alone."""
    part, data, encoding = text
    group = results.plan.catalogue.load_group(_GROUPS.get(part, "message"))
    found: dict[tuple[str, str], TextMark] = {}
    mentioned: set[tuple[str, int]] = set()  # by marker and line: a further reading has lost what is around a line
    # Environment variables aren't disguised, and normalising one takes a millisecond.
    for piece, numbers in iter_readings(data, encoding) if part != "environment" else [(data, [])]:
        line_end, model = -1, NO_MODEL
        matches = group.scanner.locate_matches(piece) if group.scanner else ()
        if matches:
            from .. import excerpts  # a clean text doesn't load these
            from ..policy.markers.roles import ABOUT_CHANGE, SIGNED, judge_role
        for index, start, end in matches:
            marker, roles = group.load_row(index)
            if end > line_end and part in _NAMING:  # once for each line, however many matches it has
                line_end = piece.find(b"\n", max(end - 1, start)) % (len(piece) + 1)  # -1: the last line
                model = results.find_model(excerpts.extract_lines(piece, start, end))
            named = NO_MODEL if roles == ABOUT_CHANGE else model
            known = found.get((marker.id, named[1]))
            if known and known[0].strength == marker.strength:
                continue
            if not (how := judge_role(roles, part, piece, start, end)):
                continue
            row = piece.count(b"\n", 0, excerpts.find_match_start(piece, start, end))
            place = marker.id, numbers[row] if numbers else row + 1
            if how != SIGNED and not numbers:
                mentioned.add(place)
            if known and (how != SIGNED or (numbers and place in mentioned)):
                continue
            line = place[1] if part in ("message", "description") else 0
            excerpt = (
                _extract_variable_name(piece, start)
                if part == "environment"
                else excerpts.format_excerpt(piece, start, end)
            )
            if how != SIGNED and marker.strength != "weak":
                marker = replace(marker, strength="weak", why=_MENTION)
            found[marker.id, named[1]] = marker, excerpt, line, named
    if part == "environment":
        hidden = {name for marker, *_ in found.values() for name in marker.instead_of.split(",")}
        found = {key: mark for key, mark in found.items() if key[0] not in hidden}
    return _drop_told([*found.values()], is_one_line=part in _ONE_LINE)


def _drop_told(found: list[TextMark], *, is_one_line: bool) -> list[TextMark]:
    """Return marks without those that say no more than others in the same line; only messages have numbers of lines."""
    told = {(marker.vendor, line) for marker, _, line, _ in found if _tells_all(marker)}
    lines = {line for vendor, line in told if vendor != UNDISCLOSED}
    told_names = {line for marker, _, line, _ in found if (line or is_one_line) and _names_strongly(marker)}
    kept: list[TextMark] = []
    for mark in found:
        marker, _, line, _ = mark
        is_told = (marker.vendor, line) in told if marker.kind == "credit" else False
        # A line that names a tool isn't also one of a tool that isn't named.
        is_named = marker.vendor == UNDISCLOSED and (
            line in told_names or (marker.strength == "weak" and line in lines)
        )
        if not is_told and not is_named:
            kept.append(mark)
            if marker.kind == "credit" and marker.strength != "weak":
                told.add((marker.vendor, line))  # a product's name and its model's are one credit
    return kept


def _names_strongly(marker: Marker) -> bool:
    """Return whether a marker says whose tool it was, and isn't weak."""
    return marker.vendor != UNDISCLOSED and marker.strength != "weak"


def _tells_all(marker: Marker) -> bool:
    """Return whether a credit in the same line says no more than this marker of the same vendor."""
    return marker.kind != "credit" and marker.strength != "weak"


def _extract_variable_name(line: bytes, start: int) -> str:
    """Return a variable's name; its value may be a secret."""
    return line[start:].partition(b"=")[0].decode("ascii", "replace")
