"""Records what rivals' models answered, by logs of calls, into the index of ingredients."""

from __future__ import annotations

import os
from hashlib import blake2b

from ..scan.ingredients.index import IndexWriter
from ..scan.ingredients.pairs import SHORTEST_PROMPT, fingerprint_pair, fingerprint_prompt
from ..scan.ingredients.scheme import CALLS
from ..scan.ingredients.sessions.base import UnreadTranscriptError
from ..scan.ingredients.sessions.calls import Call, read_calls
from ..scan.ingredients.sources import Source
from ..values import value
from .recorded_texts import find_places, key_places
from .recording import format_now

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..policy.plan import Plan
    from .recorded_texts import Places

_BATCH = 2000  # calls that are added at once
_REPOSITORY = "calls"


@value
class CallCounts:
    """What was recorded: calls that were new, fingerprints, calls of nobody in the catalogue, and logs not read."""

    calls: int
    fingerprints: int
    nameless: int
    unread: tuple[tuple[str, str], ...]


def record_calls(plan: Plan, paths: Iterable[str], folder: str, key: bytes) -> CallCounts:
    """Record the answers in logs; a call that was recorded from another log isn't recorded again.

    Raises:
        IncompleteError: The index can't be used.
    """
    unread: list[tuple[str, str]] = []
    calls = fingerprints = nameless = 0
    with IndexWriter(folder, key) as writer:
        done = writer.table.list_done(_REPOSITORY)
        for path in paths:
            batch: dict[str, tuple[Call, str]] = {}
            try:
                for call in read_calls(path):
                    vendor = find_vendor(plan, call.model)
                    nameless += not vendor
                    item = _name_call(call, key)
                    if not vendor or item in done:
                        continue
                    done.add(item)
                    batch[item] = call, vendor
                    calls += 1
                    if len(batch) >= _BATCH:
                        fingerprints += _add_calls(writer, batch, path)
                        batch = {}
            except UnreadTranscriptError as error:
                unread.append((path, str(error)))
            fingerprints += _add_calls(writer, batch, path)
    return CallCounts(calls, fingerprints, nameless, tuple(unread))


def find_vendor(plan: Plan, model: str) -> str:
    """Return whose model it is, by the catalogue; "" if nobody's there."""
    named = plan.catalogue.find_models(model.encode("utf-8", "surrogatepass"))
    return named[0][1] if named else plan.find_product(model) if model else ""


def _add_calls(writer: IndexWriter, batch: dict[str, tuple[Call, str]], path: str) -> int:
    """Add the answers of calls to an index, one source for each call; return the number of fingerprints."""
    if not batch:
        return 0
    now, name = format_now(), os.path.basename(path)
    sources = [
        Source(_REPOSITORY, call.id, f"{name}, call {call.id}", vendor, call.model, call.model, vendor, "call", "", now)
        for call, vendor in batch.values()
    ]
    places = _find_answers([call for call, _ in batch.values()])
    for number, (call, _) in enumerate(batch.values()):
        places |= dict.fromkeys(_fingerprint_question(call), (number, 0))
    entries = key_places(places, writer.key)
    writer.add(sources, entries, [(_REPOSITORY, item) for item in batch], now)
    return len(entries)


def _find_answers(calls: Sequence[Call]) -> Places:
    """Return the call and line of each fingerprint of answers; what they repeat of a prompt isn't theirs."""
    asked = find_places([prompt for call in calls for prompt in call.prompts])
    owners = [number for number, call in enumerate(calls) for _ in call.answers]
    places = find_places([answer for call in calls for answer in call.answers], asked)
    return {number: (owners[text], line) for number, (text, line) in places.items()}


def _fingerprint_question(call: Call) -> list[int]:
    """Return the fingerprints of the last prompt of a call, alone and with each answer, if it is long enough."""
    if not call.prompts or len(prompt := call.prompts[-1]) < SHORTEST_PROMPT:
        return []
    return [fingerprint_prompt(prompt), *(fingerprint_pair(prompt, answer) for answer in call.answers), CALLS]


def _name_call(call: Call, key: bytes) -> str:
    """Return what a call is noted as: logs of different tools have the same one under other ids."""
    text = "\0".join((call.model, *call.prompts, "", *call.answers))
    return blake2b(text.encode("utf-8", "surrogatepass"), key=key, digest_size=12).hexdigest()
