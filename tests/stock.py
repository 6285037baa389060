"""Repositories that are made once in a run, in a tenth of a second, and then copied, in milliseconds."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

_folder: list[Path] = []
_made: dict[str, Path] = {}


def keep_in(folder: Path) -> None:
    """Set the folder that they are kept in during the run."""
    _folder[:] = [folder]


def copy(into: Path, make: Callable[..., object], *given: str, only: Iterable[str] = ("",)) -> None:
    """Copy what `make(folder, *given)` leaves in a folder, or only some of it, into another.

    A clone's remote that lies beside it in that folder is then the one beside the copy.
    """
    name = "-".join((make.__module__, make.__name__, *given))  # pytest loads a conftest twice, with two such functions
    if name not in _made:
        (_folder[0] / name).mkdir()
        make(_folder[0] / name, *given)
        _made[name] = _folder[0] / name
    for part in filter(lambda part: (_made[name] / part).exists(), only):
        shutil.copytree(_made[name] / part, into / part, dirs_exist_ok=True, symlinks=True)
    for config in into.glob("*/.git/config"):
        config.write_text(config.read_text().replace(f"{_made[name]}/", f"{into}/"))
