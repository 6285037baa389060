"""The files of one tree as modules: which file an import leads to."""

from __future__ import annotations

import posixpath

from ..scan.code_parts import CODE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..scan.code_parts import Import

_DEEPEST = 8  # folders above a file from which its imports may start
_ROOTS = ("", "src/", "lib/", "python/")  # folders in them that are put on the path of imports


def find_modules(files: Mapping[bytes, str], path: str, item: Import) -> list[tuple[str, str, bool]]:
    """Return the files that an import leads to, as (path, name taken out of it or "", whether that is the file itself).

    Args:
        files: The files of the tree, by their paths.
        path: The file that imports.
        item: What it imports.
    """
    if path.endswith((".py", ".ipynb")):
        return list(_find_python(files, path, item))
    return [(found, "", False) for found in _find_javascript(files, path, item.module)]


def _find_python(files: Mapping[bytes, str], path: str, item: Import) -> Iterator[tuple[str, str, bool]]:
    name = item.module.lstrip(".")
    dots = len(item.module) - len(name)
    folder = name.replace(".", "/")
    for base in _list_bases(path, dots):
        if name and (found := _find_first(files, f"{base}{folder}", (".py", "/__init__.py"))):
            yield found, "", False
        inner = f"{base}{folder}/" if name else base
        if not name and f"{base}__init__.py".encode() in files:
            yield f"{base}__init__.py", "", False
        for theirs, ours in item.names:
            if theirs != "*" and (found := _find_first(files, f"{inner}{theirs}", (".py", "/__init__.py"))):
                yield found, ours, True


def _list_bases(path: str, dots: int) -> list[str]:
    """Return the folders from which a module is looked for, each "" or with a slash at its end."""
    folders = path.split("/")[:-1]
    if dots:
        kept = folders[: len(folders) - dots + 1] if dots <= len(folders) + 1 else folders[:0]
        return ["".join(f"{folder}/" for folder in kept)]
    above = ["".join(f"{folder}/" for folder in folders[:count]) for count in range(len(folders), -1, -1)][:_DEEPEST]
    return list(dict.fromkeys(f"{folder}{root}" for folder in above for root in _ROOTS))


def _find_javascript(files: Mapping[bytes, str], path: str, module: str) -> Iterator[str]:
    if module.startswith("."):
        bases = [posixpath.normpath(posixpath.join(posixpath.dirname(path), module))]
    elif module.startswith(("@/", "~/", "$lib/")):
        inner = module.partition("/")[2]
        bases = [f"{base}{inner}" for base in _list_bases(path, 0)]
    else:
        return
    endings = [ending.decode() for ending in CODE if ending not in (b".py", b".ipynb")]
    every = ("", *endings, *(f"/index{ending}" for ending in endings))
    for base in bases:
        stem = base.rpartition(".")[0] if base.endswith((".js", ".mjs", ".cjs", ".jsx")) else ""
        found = _find_first(files, base, every) or (stem and _find_first(files, stem, tuple(endings)))
        if found:
            yield found


def _find_first(files: Mapping[bytes, str], stem: str, endings: tuple[str, ...]) -> str:
    """Return the first file with this stem and one of the endings; "" for none."""
    return next((name for ending in endings if (name := f"{stem}{ending}").encode() in files), "")
