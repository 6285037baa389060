"""All that a command of ringfence may import, its regular expressions compiled: what `typed` forks commands from."""

from __future__ import annotations

import gc
import importlib
import pkgutil
import sys

import ringfence
from ringfence.lazy_pattern import _LazyPattern

# What starts threads, or changes how a command goes about its work once it is there.
_LEFT_TO_COMMANDS = ("h5py", "numba", "numpy", "pyarrow", "ray")


def _import_modules() -> None:
    sys.modules.update(dict.fromkeys(_LEFT_TO_COMMANDS))  # type: ignore[arg-type]  # None: it can't be imported
    for module in pkgutil.walk_packages(ringfence.__path__, "ringfence."):
        try:
            importlib.import_module(module.name)
        except ImportError:
            continue
    for name in _LEFT_TO_COMMANDS:
        del sys.modules[name]


def _compile_patterns() -> None:
    for pattern in gc.get_objects():
        if type(pattern) is _LazyPattern:
            _ = pattern.search


_import_modules()
_compile_patterns()
gc.freeze()  # what is here stays in pages that all commands share
