"""Where `hooks/`, `policy/` and `templates/` are: inside the wheel, or beside `src/` in a checkout."""

import os

OURS = "Asks ringfence;"  # what each of our hooks says of itself
_HERE = os.path.dirname(os.path.abspath(__file__))


def find_shipped_folder(name: str) -> str:
    """Return the path of a shipped folder, `hooks`, `policy` or `templates`."""
    installed = os.path.join(_HERE, "_shipped", name)
    return installed if os.path.isdir(installed) else os.path.normpath(os.path.join(_HERE, os.pardir, os.pardir, name))
