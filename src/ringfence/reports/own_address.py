"""Where this installation of ringfence says its documentation is: what whoever built the package wrote into it."""

from __future__ import annotations

_LABELS = ("documentation", "docs", "homepage", "repository", "source")  # well-known labels of `[project.urls]`


def find_own_address() -> str:
    """Return the first address of `[project.urls]` that leads to documentation, or "" where the package has none."""
    from importlib.metadata import PackageNotFoundError, metadata

    try:
        entries = metadata("ringfence").get_all("Project-URL") or []
    except PackageNotFoundError:  # run from a folder that was never installed
        return ""
    rows = (entry.partition(",") for entry in entries)
    named = {label.strip().lower(): address.strip() for label, _, address in rows}
    return next((named[label] for label in _LABELS if named.get(label, "").startswith(("https://", "http://"))), "")
