"""Finds the names by which code asks a rival's model that other files call: it follows imports to the calls."""

from __future__ import annotations

from ..scan.code_parts import iter_mentions
from ..scan.use_facts import load_table
from ..values import value
from .modules import find_modules
from .uses import is_aside, is_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ..policy.plan import Plan
    from ..scan.code_parts import Code
    from ..scan.use import Use

    Names = dict[str, "Origin"]  # by a name, or by a module's and a name with a dot between them

_DEEPEST = 3  # imports from the file that keeps rows to the one that calls
_MOST_FILES = 300  # that are looked at for one file that keeps rows
_DEFAULT = "default"  # what a module of JavaScript exports without a name


@value
class Origin:
    """The call behind a name: the use, and the file that it is in."""

    use: Use
    path: str


@value
class CodeFile:
    """What a file of code shows by itself.

    Attributes:
        code: Its imports and parts.
        uses: The calls of rivals' models in it.
        loops: What shows that it keeps rows, as in `Evidence.list_loops`.
        asked: The clients that it loads, and "" if it has the address of a host.
    """

    code: Code
    uses: tuple[Use, ...]
    loops: tuple[Use, ...]
    asked: frozenset[str]


class NameFinder:
    """Follows the imports of one file through a bounded number of others."""

    def __init__(self, plan: Plan, files: Mapping[bytes, str], load: Callable[[str], CodeFile | None]) -> None:
        """Take the files of a tree, and a function that returns one of them."""
        self._plan, self._files, self._load = plan, files, load
        self._known: dict[tuple[str, int], Names] = {}
        self._open: set[str] = set()
        self._left = _MOST_FILES

    def find_names(self, path: str, file: CodeFile, depth: int = _DEEPEST) -> Names:
        """Return the names in a file that lead to a call in another, each with that call."""
        found: Names = {}
        for item in file.code.imports if depth else ():
            for module, name, is_itself in find_modules(self._files, path, item):
                if not (behind := self._find_carriers(module, depth - 1)):
                    continue
                alias = name if is_itself else item.alias or ("" if item.names else item.module)
                if alias:
                    found |= {f"{alias}.{carrier}": origin for carrier, origin in behind.items()}
                if not is_itself:
                    found |= dict(_take_names(item.names, behind))
        return found

    def _find_carriers(self, path: str, depth: int) -> Names:
        """Return the names that a file offers to others and that lead to a call."""
        if (path, depth) in self._known or path in self._open or not self._left:
            return self._known.get((path, depth), {})
        self._left -= 1
        file = self._load(path)
        if file is None:
            return {}
        self._open.add(path)
        inner = self.find_names(path, file, depth)
        self._open.remove(path)
        carriers = self._find_calls(path, file)
        # What is handed on without being used, as packages do.
        carriers |= {name: origin for name, origin in inner.items() if "." not in name}
        _spread(file.code, inner, carriers)
        self._known[path, depth] = carriers
        return carriers

    def _find_calls(self, path: str, file: CodeFile) -> Names:
        """Return the parts of a file that call a rival's model."""
        if not file.uses or is_aside(path) or is_text(path):
            return {}
        origin = Origin(next((use for use in file.uses if use.model), file.uses[0]), path)
        facts, _, _ = load_table(self._plan)
        calls: Names = {}
        for name, text in file.code.parts.items():
            found = (facts[number] for number in self._plan.fact_scanner.find_matches(text))
            asked = {client for kind, client in found if kind in ("call", "posts")}
            if not asked.isdisjoint(file.asked):
                calls[name] = origin
        return calls


def find_mention(text: bytes, names: Names) -> tuple[int, Origin] | None:
    """Return where code first has one of the names, and the call behind it; None if it has none."""
    found = ((at, names[name]) for at, name in iter_mentions(text) if name in names) if names else iter(())
    return next(found, None)


def _take_names(pairs: tuple[tuple[str, str], ...], behind: Names) -> Iterator[tuple[str, Origin]]:
    """Yield the names that are taken out of a module and lead to a call."""
    for theirs, ours in pairs:
        if theirs == "*":
            yield from behind.items()
        elif theirs in behind:
            yield ours, behind[theirs]
        elif theirs == _DEFAULT:
            yield ours, next(iter(behind.values()))


def _spread(code: Code, inner: Names, carriers: Names) -> None:
    """Add the parts that use what leads to a call, until there are no more."""
    parts: dict[str, list[str]] = {}
    for part, mentions in code.mentions.items():
        for name in mentions if part else ():
            parts.setdefault(name, []).append(part)
    waiting = list((inner | carriers).items())
    while waiting:
        name, origin = waiting.pop(0)
        for part in parts.pop(name, ()):
            if part not in carriers:
                carriers[part] = origin
                waiting.append((part, origin))
