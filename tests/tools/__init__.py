"""What tests validate with beside Python: tools from npm, which `make .venv/ready-npm` puts here."""

from __future__ import annotations

from needs import MODULES


def tool(name: str) -> str:
    """Return the path of a tool below node_modules; the test says that it needs it."""
    return str(MODULES / name)
