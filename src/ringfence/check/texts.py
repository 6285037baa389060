"""Judges what people and tools wrote: who made a commit, its message and headers, names of refs, the environment."""

from __future__ import annotations

from .. import excerpts
from ..policy.markers import normalise
from ..policy.markers.authorship import is_authorship

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model import Text
    from ..policy.markers.catalogue import Marker
    from .results import Results, Tags
    from .rules.declaration import Declaration

    TaggedText = tuple[str, Tags, Text]  # a commit, the tags it falls under, and one of its texts

_GROUPS = {
    "author": "identity",
    "committer": "identity",
    "tagger": "identity",
    "ref": "ref",
    "environment": "environment",
}
_NAMING = ("author", "committer", "tagger", "message", "header")  # parts whose lines may name a model


def iter_readings(data: bytes, encoding: str) -> Iterator[tuple[bytes, list[int]]]:
    """Yield a text raw, and as a person may read it, each with its line numbers ([]: the piece's own lines)."""
    yield data, []
    for text in normalise.decode_variants(data, encoding) if encoding or not normalise.is_plain(data) else ():
        lines = normalise.normalise_message(text)
        yield "\n".join(line for _, line in lines).encode("utf-8", "replace"), [number for number, _ in lines]


def judge_texts(judged: Results, texts: list[TaggedText]) -> None:
    """Note what stands in texts of commits and tags; those that nothing can stand in are told apart many at a time.

    Only they can be scanned as one: an expression for a ref begins where all of it does.
    """
    suspected: set[tuple[str, bytes]] = set()
    groups: dict[str, dict[bytes, list[bytes]]] = {}
    for _, _, (part, data, encoding) in texts:
        group = _GROUPS.get(part, "message")
        if encoding:
            suspected.add((group, data))
        elif data not in (known := groups.setdefault(group, {})):
            known[data] = [piece for piece, _ in iter_readings(data, "")]
    for group, known in groups.items():
        scanner = judged.plan.catalogue.load_group(group).scanner
        owned = [(data, piece) for data, its_own in known.items() for piece in its_own]
        numbers = scanner.find_suspects([piece for _, piece in owned]) if scanner else []
        suspected.update((group, owned[number][0]) for number in numbers)
    for commit, tags, text in texts:
        if (_GROUPS.get(text[0], "message"), text[1]) in suspected:
            judge_text(judged, commit, tags, text)
    judge_identities(judged, texts)


def judge_identities(judged: Results, texts: list[TaggedText]) -> None:
    """Note who works here by an account that the policy keeps out; each person is asked about once."""
    if not judged.plan.has_account_rules:
        return
    from .rules.accounts import find_identity_fault

    faults: dict[bytes, Marker | None] = {}
    for commit, tags, (part, data, _) in texts:
        if _GROUPS.get(part) == "identity":
            marker = faults[data] if data in faults else faults.setdefault(data, find_identity_fault(data, judged.plan))
            if marker:
                where = (commit, part, b"", 0, 1, excerpts.format_excerpt(data, 0, len(data)), data)
                judged.findings.append(judged.judge_marker(marker, ("", ""), tags, *where))


def judge_text(judged: Results, commit: str, tags: Tags, text: Text) -> None:
    """Note what a text is found to hold, each marker once."""
    part, data, encoding = text
    if part == "message" and not normalise.is_known_encoding(encoding):
        judged.add_unread(commit, b"", f"its message is in an unknown encoding, {encoding[:40]!r}", tags)
    group = judged.plan.catalogue.load_group(_GROUPS.get(part, "message"))
    told: set[tuple[str, str]] = set()
    # Nobody dresses up a variable of an environment, and one takes a millisecond to undress.
    for piece, numbers in iter_readings(data, encoding) if part != "environment" else [(data, [])]:
        line_end, model = -1, ("", "")
        for index, start, end in group.scanner.locate_matches(piece) if group.scanner else ():
            marker, roles = group.load_row(index)
            if end > line_end and part in _NAMING:  # each line is asked once, however many matches it has
                line_end = piece.find(b"\n", end) % (len(piece) + 1)  # -1: the last line
                model = judged.find_model(excerpts.extract_lines(piece, start, end))
            if (marker.id, model[1]) in told or not _is_in_role(roles, part, piece, start):
                continue
            told.add((marker.id, model[1]))
            row = piece.count(b"\n", 0, excerpts.find_match_start(piece, start, end))
            line = (numbers[row] if numbers else row + 1) if part in ("message", "description") else 0
            excerpt = (
                _extract_variable_name(piece, start)
                if part == "environment"
                else excerpts.format_excerpt(piece, start, end)
            )
            judged.add_finding(marker, model, tags, commit, part, b"", line, 1, excerpt, data)


def _is_in_role(roles: str, part: str, text: bytes, start: int) -> bool:
    """Say whether a marker that was found holds for where it was found."""
    if part in _GROUPS:
        return not roles or part in roles.split(",")
    return roles != "coauthor" or is_authorship(text, start)


def _extract_variable_name(line: bytes, start: int) -> str:
    """Return a variable's name; its value is nobody's business."""
    return line[start:].partition(b"=")[0].decode("ascii", "replace")


class DeclarationRule:
    """What commits declare of where their work comes from, until it is known what was found in them."""

    def __init__(self, judged: Results) -> None:
        self._judged = judged
        self._declared: list[tuple[str, bytes, Declaration]] = []  # commit, message, what a line of it says

    def add_message(self, commit: str, message: Text) -> None:
        """Note what a commit's message declares."""
        from .rules.declaration import parse_declarations

        _, data, encoding = message
        self._declared += [
            (commit, data, said)
            for said in parse_declarations(normalise.decode_message(data, encoding), self._judged.plan)
        ]

    def judge(self, commits: dict[str, Tags]) -> None:
        """Judge what was declared by those commits that touch something: a merge of what is there already needn't."""
        if not self._declared:
            return
        from .rules.declaration import CONTRADICTED

        marked = {item.commit for item in self._judged.findings}
        for commit, message, said in self._declared:
            fault = CONTRADICTED if said.is_human and commit in marked else said.fault
            if fault and commit in commits:
                tags = self._judged.plan.filter_demanding_tags(commits[commit])
                where = (commit, "message", b"", 0, 1, said.line, message)
                self._judged.findings.append(self._judged.judge_marker(fault, ("", ""), tags, *where))
        self._declared = []
