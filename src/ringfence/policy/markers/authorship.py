"""Decides whether a line of a message names an author; called for lines that the scanner matched, not for every line.

The scanner matches a vendor's address after any `key:`. Listing the keys in the expression of each of two hundred
markers makes compiling take ten times as long; here they are one expression, applied to the few lines that matched.
"""

from __future__ import annotations

# A key for the scanner: anything up to the first colon, or the equals sign that some use instead.
ANY_KEY = r"^[^\n:=]*[:=][ \t]*"

_LONGEST_KEY = 80
# Keys whose value is an author or helper, in any spelling; reviewers aren't authors.
_KEY = (
    rb"\W*((ai|commit)[-_ \t]*)?(co[-_ \t]*)?(author(ed)?|develop(ed|er)|creat(ed|or)"
    rb"|writ(ten|er)|implemented|executed|generated|assisted"
    rb"|made|signed[-_ \t]off|ai[-_ \t]*(assisted|generated)|(ai|llm)[-_ \t]*(agent|assistant|model|tool)"
    rb"([-_ \t]*used)?)([-_ \t]*(by|with|from))?[ \t]*"
)


def is_authorship(text: bytes, start: int) -> bool:
    """Return whether the line that begins at `start` has an authorship key, after any quote sign, bullet or indent."""
    import re

    head = text[start : start + _LONGEST_KEY]
    end = next((place for place, byte in enumerate(head) if byte in b":="), len(head))
    return re.fullmatch(_KEY, head[:end], re.IGNORECASE) is not None
