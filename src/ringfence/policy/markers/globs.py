"""Translates the path patterns of policies and markers into expressions for the scanner."""

import re
import unicodedata

_PIECES = re.compile(r"\*\*/|/\*\*$|\*\*|\*|\?|\[!?[^]]+\]|.", re.DOTALL)
_MEANING = {"**/": "(.*/)?", "/**": "/.*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def translate_glob(glob: str, *, ignores_case: bool = False) -> str:
    """Return the expression for a glob as in `.gitignore`.

    A glob without a slash matches a file or folder at any depth; with a slash, from the top of the repository. `**`
    matches across folders. A glob that matches a folder matches everything in it.

    `ignores_case`: also names that are the same file where file systems ignore case.
    """
    glob = glob.removesuffix("/")
    start = "^" if "/" in glob else "(^|.*/)"
    translate = _translate_any_case if ignores_case else _translate_piece
    body = "".join(map(translate, _PIECES.findall(glob.removeprefix("/"))))
    return f"{'(?i)' if ignores_case else ''}{start if start == '^' else '^(.*/)?'}{body}(/.*)?$"


def _translate_piece(piece: str) -> str:
    if piece in _MEANING:
        return _MEANING[piece]
    if len(piece) > 1:  # [abc], [!abc]
        return "[^" + piece[2:] if piece.startswith("[!") else piece
    return re.escape(piece)


def _translate_any_case(piece: str) -> str:
    """Return a piece's expression in any case; the scanner itself ignores the case of ASCII only."""
    if piece.startswith("[!"):
        return f"(?-i:{_translate_piece(piece)})"  # a letter that it leaves out is left out in this case alone
    if piece.isascii() or len(piece) > 1:
        return _translate_piece(piece)
    cases = {piece, piece.lower(), piece.upper()}
    forms = {unicodedata.normalize(form, case) for form in ("NFC", "NFD") for case in cases}  # macOS composes, too
    return f"({'|'.join(map(re.escape, sorted(forms)))})"
