"""Translates the path patterns of policies and markers into expressions for the scanner."""

import re

_PIECES = re.compile(r"\*\*/|/\*\*$|\*\*|\*|\?|\[!?[^]]+\]|.", re.DOTALL)
_MEANING = {"**/": "(.*/)?", "/**": "/.*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def translate_glob(glob: str) -> str:
    """Return the expression for a glob as in `.gitignore`.

    A glob without a slash matches a file or folder at any depth; with a slash, from the top of the repository. `**`
    matches across folders. A glob that matches a folder matches everything in it.
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
