"""OASIS Data Provenance Metadata 1.0: the files with their digests, their parts by tool, and what generated them.

A trace knows neither who issues the data, nor where, nor what for. The standard wants these: they are said
to be unknown, and the document is a draft. Source: Committee Specification Draft 01 of 7 May 2026 and its schema,
https://docs.oasis-open.org/dps/prov-meta/v1.0/csd01/prov-meta-v1.0-csd01.md.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from ... import __version__
from ...git.raw import parse_raw_object
from .facts import iter_file_facts, name_agent, name_source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...git.objects import Objects
    from ..trace.model import Origin, Piece, Trace
    from .facts import FileFacts

_SCHEMA = "https://docs.oasis-open.org/dps/prov-meta/v1.0/schema/data-provenance.json"
_UNKNOWN = "unknown"
_SECONDS = re.compile(rb"\d{1,11}")  # up to the year 5138; Python knows none after 9999
_METHODS = f"urn:ringfence:{__version__}:methods"


def build_document(trace: Trace, objects: Objects, now: dt.datetime) -> dict[str, Any]:
    """Return the metadata of a traced commit."""
    files = list(iter_file_facts(trace, objects))
    return {
        "$schema": _SCHEMA,
        "set": _build_set(trace, now.strftime("%Y-%m-%dT%H:%M:%SZ")),
        "source": {
            "about": {
                "content": f"{len(files)} of {len(trace.files)} files of this commit hold what rivals' tools wrote.",
                "purpose": "Not known to a trace.",
                "scope": "What bears no mark and isn't recorded isn't listed; what a person edited since isn't either.",
            },
            "id": {"uris": [f"swh:1:rev:{trace.commit}"], **_identify_files(files)},
            "issuer": [{"legal-name": _UNKNOWN}],
            "location": trace.repository,
            "name": trace.repository,
            "data-version": f"0.0.0+{trace.commit}",
        },
        "provenance": {
            "origin-geography": [{"country": _UNKNOWN}],
            "date": _read_date(trace.commit, objects),
            **_build_period(files),
            "generation-method": _build_methods(files),
        },
        "use": {"intended-purpose": [{"code": _UNKNOWN, "long-description": "Not known to a trace."}]},
    }


def _build_set(trace: Trace, now: str) -> dict[str, Any]:
    """Return what the document says of itself."""
    return {
        "category": "dp_base",
        "schema-version": "1.0",
        "publisher": {"name": "ringfence", "namespace": f"urn:ringfence:{__version__}"},
        "label": f"Ingredients of {trace.repository} at {trace.commit}",
        "tracking": {
            "current-release-date": now,
            "generator": {"date": now, "engine": {"name": f"ringfence {__version__}"}},
            "id": f"ringfence-trace-{trace.commit}",
            "initial-release-date": now,
            "revision-history": [{"date": now, "number": "1", "summary": "As traced."}],
            "status": "draft",
            "version": "1",
        },
    }


def _identify_files(files: Sequence[FileFacts]) -> dict[str, Any]:
    """Return the digests of the files, and each part of one with its tool; the standard has no empty lists."""
    if not files:
        return {}
    return {
        "hashes": [
            {"path": facts.path, "tree-hashes": [{"algorithm": "sha256", "value": facts.sha256}]} for facts in files
        ],
        "custom-ids": [_identify_piece(facts.path, piece) for facts in files for piece in facts.pieces],
    }


def _identify_piece(path: str, piece: Piece) -> dict[str, Any]:
    origin = piece.origin
    place = f"#L{piece.first}-L{piece.last}" if piece.first else f"#row={piece.row}" if piece.row else ""
    return {
        "method": "part-by-tool",
        "tool": name_agent(origin),
        "parameter-list": list(dict.fromkeys((origin.evidence, origin.strength, name_source(origin)))),
        "value": path + place + (f",field={piece.field}" if piece.field else ""),
    }


def _build_methods(files: Sequence[FileFacts]) -> list[dict[str, str]]:
    """Return the tools, those that wrote most pieces first; the standard wants one, and each only once."""
    tools = Counter(name_agent(piece.origin) for facts in files for piece in facts.pieces)
    return [
        {"code": "written-by-a-tool", "system": _METHODS, "long-description": f"{tool}: {count} pieces"}
        for tool, count in tools.most_common()
    ] or [{"code": _UNKNOWN, "system": _METHODS}]


def _build_period(files: Sequence[FileFacts]) -> dict[str, dict[str, str]]:
    """Return when the oldest and the newest piece was written, if that is known."""
    times = sorted(filter(None, (_read_time(piece.origin) for facts in files for piece in facts.pieces)))
    return {"generation-period": {"start": times[0], "end": times[-1]}} if times else {}


def _read_time(origin: Origin) -> str:
    """Return when a text was written, with its zone; "" where that is unknown."""
    try:
        return dt.datetime.fromisoformat(origin.written).replace(tzinfo=dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        return ""


def _read_date(commit: str, objects: Objects) -> str:
    """Return the day of a commit, in UTC; that of the epoch, as git has it, where the commit has no date to be read."""
    committer = dict(parse_raw_object(objects.read_object(commit) or b"")[0]).get(b"committer", b"")
    seconds = committer.rpartition(b"> ")[2].partition(b" ")[0]
    return dt.datetime.fromtimestamp(int(seconds) if _SECONDS.fullmatch(seconds) else 0, dt.UTC).date().isoformat()
