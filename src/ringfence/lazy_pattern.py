"""Regular expressions that are compiled when they are first used: a hook imports many and uses few."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from typing import Any, AnyStr


class _LazyPattern:
    """Stands for a compiled pattern, and becomes like it at the first use of a method."""

    def __init__(self, pattern: Any, flags: int) -> None:
        self._source = pattern, flags

    def __getattr__(self, name: str) -> Any:
        import re

        compiled = re.compile(*self._source)
        for method in ("finditer", "fullmatch", "match", "search", "split", "sub"):
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def compile_lazily(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return a pattern that is compiled at its first use."""
    return _LazyPattern(pattern, flags)  # type: ignore[return-value]  # it has the methods of one
