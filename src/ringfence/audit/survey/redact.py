"""Shows names and paths as ids, so that an audit of confidential repositories can be handed on."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .model import Row

_KEY_FILE = ".redact.key"
_ROW = re.compile(r"\brow \d+\b")
_NAMED = re.compile(r"\S*[/\\]\S*")


class Redactor:
    """Replaces names by ids that are the same in each audit of a folder, which has the key."""

    def __init__(self, folder: str) -> None:
        path = os.path.join(folder, _KEY_FILE)
        if not os.path.exists(path):
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(os.urandom(32))
        with open(path, "rb") as file:
            self._key = file.read()

    def name(self, text: str, kind: str) -> str:
        """Return the id of a unit or a path; "" stays so."""
        if not text:
            return ""
        digest = hmac.new(self._key, f"{kind}\0{text}".encode("utf-8", "surrogateescape"), hashlib.sha256)
        return f"{kind}-{digest.hexdigest()[:12]}"

    def finding(self, row: Row) -> Row:
        """Return a finding without what it quotes."""
        place = " ".join(_ROW.findall(row["place"]))
        origin = self.name(row["origin"], "origin")
        return row | {"path": self.name(row["path"], "path"), "place": place, "excerpt": "", "origin": origin}

    def unread(self, row: Row) -> Row:
        """Return what could not be read without names."""
        return row | {"path": self.name(row["path"], "path"), "reason": self.reason(row["reason"])}

    def traced(self, row: Row) -> Row:
        """Return where a part comes from without names."""
        paths = {name: self.name(row[name] or "", "path") for name in ("path", "source_path")}
        return row | paths | {"field": None}

    def reason(self, text: str) -> str:
        """Return a reason without the names in it, of which the last part has none but paths."""
        return _NAMED.sub("…", text.rpartition(": ")[2])
