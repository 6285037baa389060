"""A receipt: what a run examined, as an in-toto statement with a SLSA verification summary, for a later stage.

https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md and https://slsa.dev/spec/v1.1/verification_summary;
additional facts are in fields of our own, whose names must be URIs.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING
from urllib.parse import quote

from .. import __version__
from ..excerpts import format_path
from ..values import fields

if TYPE_CHECKING:
    from typing import Any

    from ..model import Verdict

STATEMENT = "https://in-toto.io/Statement/v1"
RULESET = "ringfence:ruleset/"  # and the ruleset's name
SUMMARY = "https://slsa.dev/verification_summary/v1"


def render(verdict: Verdict) -> str:
    """Return the statement as JSON; its subject is the last commit that was checked, or each file that was."""
    about = verdict.about
    commit = [{"name": about.repository, "digest": {"gitCommit": about.head}}] if about.head else []
    files = [{"name": format_path(os.fsencode(path)), "digest": {"sha256": digest}} for path, digest in about.files]
    statement = {
        "_type": STATEMENT,
        "subject": commit + files,
        "predicateType": SUMMARY,
        "predicate": _build_summary(verdict) | _build_extensions(verdict),
    }
    return json.dumps(statement, indent=2) + "\n"


def _build_summary(verdict: Verdict) -> dict[str, Any]:
    passed = verdict.exit_code == 0 and verdict.outcome != "observed" and bool(verdict.tags)
    return {
        "verifier": {"id": "ringfence:gate", "version": {"ringfence": __version__}},
        "timeVerified": f"{verdict.about.began}Z",
        "resourceUri": f"{'git+' if verdict.about.head else ''}{_format_uri(verdict.about.repository)}",
        "policy": {"uri": f"{RULESET}{verdict.ruleset}"},
        "verificationResult": "PASSED" if passed else "FAILED",
        "verifiedLevels": [_format_level(tag) for tag in verdict.tags] if passed else ["FAILED"],
        "slsaVersion": "1.1",
    }


def _build_extensions(verdict: Verdict) -> dict[str, Any]:
    return {
        "ringfence:verdict": verdict.outcome,
        "ringfence:catalogue": verdict.catalogue,
        "ringfence:tags": list(verdict.tags),
        "ringfence:base": verdict.about.base,
        "ringfence:findings": len(verdict.findings),
        "ringfence:known": sum(finding.known for finding in verdict.findings),
        "ringfence:waived": sum(bool(finding.waiver) for finding in verdict.findings),
        "ringfence:examined": verdict.examined.collect_counts(),
        "ringfence:unread": [fields(item) for item in verdict.unread],
        "ringfence:inputs": [{"name": name, "digest": {"sha256": digest}} for name, digest in verdict.about.inputs],
    }


def _format_level(tag: str) -> str:
    """Return the verified level for a tag; names that begin with `SLSA_` are reserved."""
    return f"RINGFENCE_{tag.upper().replace('-', '_')}"


def _format_uri(repository: str) -> str:
    """Return a repository's name, `host/path` or an absolute path, as a URI."""
    return f"file://{quote(repository)}" if repository.startswith("/") else f"https://{quote(repository)}"
