"""Where files are: those that ringfence ships (in the wheel, or beside `src/` in a checkout), and a user's own."""

import os

OURS = "Asks ringfence;"  # a comment in each of our hooks, by which we recognise them
KEPT = "before-ringfence"  # the folder, beside our hooks, of those that were there before and run as well
_HERE = os.path.dirname(os.path.abspath(__file__))


def find_shipped_folder(name: str) -> str:
    """Return the absolute path of a shipped folder: `hooks`, `policy` or `templates`."""
    installed = os.path.join(_HERE, "_shipped", name)
    return installed if os.path.isdir(installed) else os.path.normpath(os.path.join(_HERE, os.pardir, os.pardir, name))


def find_user_folder(variable: str, default: str) -> str:
    """Return the path of our folder in one of a user's XDG folders, or "" where creating it would create the home.

    A service's user often has a home that isn't there (`/nonexistent`, `/var/www`), or none at all.

    Args:
        variable: The variable that names the XDG folder, such as `XDG_CACHE_HOME`.
        default: The folder below the home where the variable is not set.
    """
    home = os.path.expanduser("~") if os.environ.get("HOME") != "" else ""
    named = os.environ.get(variable, "")
    if not os.path.isdir(home) and (not named or (home and named.startswith(os.path.join(home, "")))):
        return ""
    return os.path.join(named or os.path.join(home, default), "ringfence")
