"""Declarations in commit messages of where the work comes from; loaded only where a tag demands them.

`Provenance: human`, `Provenance: VENDOR/PRODUCT [MODEL] [ACCOUNT]`, or `Assisted-by: AGENT:MODEL [TOOL…]` as the Linux
kernel writes it (Documentation/process/coding-assistants.rst).
"""

from __future__ import annotations

from ...excerpts import sanitise_text
from ...model import Occurrence
from ...policy.markers import normalise
from ...policy.markers.catalogue import Marker
from ...values import value
from .base import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...git.objects import Objects
    from ...model import Text
    from ...policy.plan import Plan
    from ..results import Results
    from .base import LocatedChange, TaggedText

_LONGEST = 100  # characters that are shown


def _build_marker(name: str, product: str, why: str) -> Marker:
    return Marker(f"declaration-{name}", "", "", product, "declaration", "definitive", why)


MISSING = _build_marker(
    "missing", "no declaration of where it comes from", "Here each commit says so by a line `Provenance: …`."
)
WRONG = _build_marker("wrong", "an invalid declaration", "It is `human`, or names a vendor or model of the catalogue.")
RIVAL = _build_marker("rival", "a declared rival", "Who wrote the commit says that a rival's tool had a part in it.")
ACCOUNT = _build_marker(
    "account", "a declared account that isn't allowed here", "The policy names the accounts for it."
)
CONTRADICTED = _build_marker(
    "contradicted", "a mark beside `Provenance: human`", "The commit says one thing and shows another."
)


@value
class Declaration:
    """What a line declares: `fault` is None where it is valid; `is_human`: people did all of the work."""

    line: str
    fault: Marker | None
    is_human: bool = False


class DeclarationRule(Rule):
    """Judges what commits declare, once it is known which of them carry marks."""

    def __init__(self, results: Results, _: Objects) -> None:
        self._results = results
        self._messages: dict[str, Text] = {}

    def judge_texts(self, texts: list[TaggedText]) -> None:
        """Keep the message of each commit; the last one is its own, others are those of tags that it merged."""
        for commit, _, text in texts:
            if commit and text[0] == "message":
                self._messages[commit] = text

    def judge_batch(self, batch: list[LocatedChange]) -> None:
        """Judge the commits that touch a zone: a merge of what is there already needs no declaration."""
        marked = {item.commit for item in self._results.findings if item.kind != "address"}
        commits = {change.commit: tags for change, tags, paths in batch if change.kind == "commit" and paths}
        plan = self._results.plan
        for commit, (_, data, encoding) in self._messages.items():
            tags = plan.actions.filter_demanding(commits.get(commit, ()), "declaration")
            for item in parse_declarations(normalise.decode_message(data, encoding), plan) if tags else ():
                fault = CONTRADICTED if item.is_human and commit in marked else item.fault
                if fault:
                    self._results.add_finding(fault, tags, Occurrence(commit, "message", item.line, context=data))
        self._messages = {}


def parse_declarations(message: str, plan: Plan) -> list[Declaration]:
    """Return the declarations of a message; where it has none, one whose fault is that."""
    found = list(_iter_declarations(message, plan))
    return found or [Declaration(_sanitise_line(next(filter(str.strip, message.split("\n")), "")), MISSING)]


def _iter_declarations(message: str, plan: Plan) -> Iterator[Declaration]:
    for line in message.splitlines():
        key, colon, text = line.partition(":")
        name, text = key.strip().lower(), text.strip()
        if colon and name == "provenance" and text.lower() == "human":
            yield Declaration(_sanitise_line(line), None, is_human=True)
        elif colon and name in ("provenance", "assisted-by"):
            yield Declaration(_sanitise_line(line), find_declaration_fault(text, plan, named=name == "provenance"))


def find_declaration_fault(text: str, plan: Plan, *, named: bool = True) -> Marker | None:
    """Return what is wrong with a declared tool: its vendor is unknown, or a rival. None: nothing.

    `named`: it has to begin with `VENDOR/PRODUCT`; otherwise a model's name is enough.
    """
    if named and text.lower() == "human":
        return None
    vendors = [vendor for _, vendor in plan.catalogue.find_models(text.encode("utf-8", "replace"))]
    if named:
        if any(
            plan.accounts.is_consumer(word) or not plan.accounts.is_approved(word)
            for word in text.split()[1:]
            if "@" in word
        ):
            return ACCOUNT
        vendor, slash, product = text.partition("/")
        if not slash or not product or vendor not in {marker.vendor for marker in plan.catalogue.markers}:
            return WRONG
        vendors.append(vendor)
    if not vendors:
        return WRONG
    return RIVAL if plan.is_rival(*vendors) else None


def _sanitise_line(line: str) -> str:
    return sanitise_text(line.strip())[:_LONGEST]
