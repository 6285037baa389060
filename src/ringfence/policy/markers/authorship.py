"""Lines of a message that name an author: asked of what the scanner found, not of every line.

The scanner looks for a vendor's address behind any `key:`. Spelling out the keys there, once for each of two hundred
markers, takes ten times as long to compile; here it is one expression, for the few lines that were found.
"""

from __future__ import annotations

# What the scanner takes for a key: anything up to the first colon, or the equals sign that some write.
ANY_KEY = r"^[^\n:=]*[:=][ \t]*"

_LONGEST_KEY = 80
# Keys whose value takes part in a commit's authorship, however they are spelled; a reviewer's mark isn't one.
_KEY = (
    rb"\W*(co[-_ \t]*)?(author(ed)?|develop(ed|er)|creat(ed|or)|writ(ten|er)|implemented|executed|generated|assisted"
    rb"|made|signed[-_ \t]off|ai[-_ \t]*(assisted|generated)|(ai|llm)[-_ \t]*(agent|assistant|model|tool)"
    rb"([-_ \t]*used)?)([-_ \t]*(by|with|from))?[ \t]*"
)


def is_authorship(text: bytes, start: int) -> bool:
    """Say whether the line that begins at `start` names an author, behind whatever quotes, bullets or indents it."""
    import re

    head = text[start : start + _LONGEST_KEY]
    end = next((place for place, byte in enumerate(head) if byte in b":="), len(head))
    return re.fullmatch(_KEY, head[:end], re.IGNORECASE) is not None
