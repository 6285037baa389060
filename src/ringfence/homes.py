"""Where a user's own files go, by the XDG rules; a home that does not exist is not created."""

import os


def user_folder(variable: str, default: str) -> str:
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
