"""Baseline of accepted findings, keyed by fingerprint, so that rebases and moved lines don't matter."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ..errors import PolicyError
from ..values import replace
from .findings import compute_fingerprint

if TYPE_CHECKING:
    from ..model import Verdict

_HEADER = "# ringfence baseline: fingerprint, how often, marker; what it lists is known and refuses nothing.\n"


def render(verdict: Verdict) -> str:
    """Return a verdict's findings as a baseline: a line for each fingerprint, sorted, so that merges are easy."""
    often = Counter((item.fingerprint, item.marker) for item in verdict.findings)
    return _HEADER + "".join(f"{key} {number} {marker}\n" for (key, marker), number in sorted(often.items()))


def parse(data: bytes, origin: str) -> Counter[str]:
    """Parse a baseline to a count for each fingerprint.

    Raises:
        PolicyError: A line can't be parsed.
    """
    found: Counter[str] = Counter()
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            fields = line.split()
            if len(fields) != 3 or not fields[1].isdecimal():  # noqa: PLR2004 - the three fields
                raise PolicyError(f"{origin}: line {number} is no `fingerprint count marker`.", "Write it anew.")
            found[fields[0]] += int(fields[1])
    return found


def mark_known(verdict: Verdict, baseline: Counter[str]) -> Verdict:
    """Return a verdict in which the findings of a baseline are known, each as often as the baseline counts it."""
    left = Counter(baseline)
    findings = []
    for item in verdict.findings:
        names = (item.fingerprint, compute_fingerprint(item.marker, (item.path or item.part).encode(), item.excerpt))
        name = next((name for name in names if left[name] > 0), "")  # up to 0.1.0 a line was named by its excerpt
        left[name] -= 1
        findings.append(replace(item, known=bool(name)))
    return replace(verdict, findings=tuple(findings))
