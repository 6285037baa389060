"""Finds the shipped folders `hooks/`, `policy/` and `templates/`: in the wheel, or beside `src/` in a checkout."""

import os

OURS = "Asks ringfence;"  # a comment in each of our hooks, by which we recognise them
_HERE = os.path.dirname(os.path.abspath(__file__))


def find_shipped_folder(name: str) -> str:
    """Return the absolute path of a shipped folder: `hooks`, `policy` or `templates`."""
    installed = os.path.join(_HERE, "_shipped", name)
    return installed if os.path.isdir(installed) else os.path.normpath(os.path.join(_HERE, os.pardir, os.pardir, name))
