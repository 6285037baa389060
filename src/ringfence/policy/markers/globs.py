"""Paths as people write them in a policy or a marker, as expressions for the scanner."""

import re

_PIECES = re.compile(r"\*\*/|/\*\*$|\*\*|\*|\?|\[!?[^]]+\]|.", re.DOTALL)
_MEANING = {"**/": "(.*/)?", "/**": "/.*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def translate_glob(glob: str) -> str:
    """Return the expression that matches what a glob means, as `.gitignore` reads it.

    Without a slash it names a file or folder at any depth, with one it begins at the top of the repository; `**`
    crosses folders; what names a folder holds for everything in it.
    """
    glob = glob.removesuffix("/")
    start = "^" if "/" in glob else "(^|.*/)"
    body = "".join(_translate_piece(piece) for piece in _PIECES.findall(glob.removeprefix("/")))
    return f"{start if start == '^' else '^(.*/)?'}{body}(/.*)?$"


def _translate_piece(piece: str) -> str:
    if piece in _MEANING:
        return _MEANING[piece]
    if len(piece) > 1:  # [abc], [!abc]
        return "[^" + piece[2:] if piece.startswith("[!") else piece
    return re.escape(piece)
