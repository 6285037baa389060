"""Which tags hold for a path: the zones of a plan, by path and by ref."""

from __future__ import annotations

from .markers.scanner import Scanner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Rows = Mapping[str, list[list[str]]]
    ZoneNumbers = frozenset[int]  # zones by their number in the policy


class Zones:
    """The zones of a repository.

    Attributes:
        whole_tags: Tags that hold for the whole repository, sorted.
        path_tags: Tags that hold for some paths, sorted.
    """

    def __init__(self, rows: Rows, section: Callable[[str], bytes]) -> None:
        globs = rows.get("glob", [])
        self._globs = [(int(number), tag, effect == "in") for number, tag, effect in globs]
        self._all_paths = [(int(number), tag) for number, tag in rows.get("everywhere", [])]
        self._ref_zones = [int(number) for (number,) in rows.get("ref", [])]  # the zone of each expression for refs
        self._bound = frozenset(self._ref_zones)
        self.whole_tags = tuple(sorted({tag for (tag,) in rows.get("tag", [])}))
        self.path_tags = tuple(sorted({tag for _, tag, _ in self._globs}))
        self._path_scanner = Scanner("zone", section("zone.find")) if globs else None
        self._ref_scanner = Scanner("zone", section("ref.find")) if self._ref_zones else None

    @property
    def has_refs(self) -> bool:
        """Whether some zones hold on some refs only."""
        return bool(self._bound)

    def find_bound(self, ref: bytes) -> ZoneNumbers:
        """Return the zones that are bound to refs and hold on this one."""
        matches = self._ref_scanner.find_matches(ref) if self._ref_scanner else ()
        return frozenset(self._ref_zones[index] for index in matches)

    def list_all_path_tags(self, within: ZoneNumbers | None = None) -> set[str]:
        """Return the tags of the zones that hold for all paths."""
        return {tag for number, tag in self._all_paths if self._is_in_force(number, within)}

    def find_tags(self, path: bytes, within: ZoneNumbers | None = None) -> tuple[str, ...]:
        """Return the tags that hold for a path, sorted; in each zone the last glob that matches decides.

        `within` are the zones bound to refs that hold here; None: all of them.
        """
        if self._path_scanner is None:
            return self.whole_tags
        found = {tag for number, tag in self.find_zones_of_path(path) if self._is_in_force(number, within)}
        return tuple(sorted(found.union(self.whole_tags))) if found else self.whole_tags

    def find_zones_of_path(self, path: bytes) -> list[tuple[int, str]]:
        """Return the zones that a path lies in, on any ref, with their tags."""
        last: dict[int, int] = {}
        for index in sorted(self._path_scanner.find_matches(path)) if self._path_scanner else ():
            last[self._globs[index][0]] = index
        return [(number, self._globs[index][1]) for number, index in last.items() if self._globs[index][2]]

    def _is_in_force(self, number: int, within: ZoneNumbers | None) -> bool:
        return within is None or number not in self._bound or number in within


class GeneratorRules:
    """What may have made the rows of a zone."""

    def __init__(self, rows: Rows, zones: Zones) -> None:
        self._zones = zones
        self._allowed: dict[int, list[str]] = {}
        for number, pattern in rows.get("generator", []):
            self._allowed.setdefault(int(number), []).append(pattern)

    @property
    def has_rules(self) -> bool:
        """Whether some zone lists what may have made its rows."""
        return bool(self._allowed)

    def is_restricted(self, path: bytes) -> bool:
        """Return whether a zone around a path lists what may have made its rows."""
        return any(number in self._allowed for number, _ in self._zones.find_zones_of_path(path))

    def find_allowed_instead(self, path: bytes, generator: str) -> list[str]:
        """Return what a zone around a path allows instead of this generator, or [] when each zone allows it."""
        from fnmatch import fnmatchcase

        for number, _ in self._zones.find_zones_of_path(path):
            allowed = self._allowed.get(number)
            if allowed and not any(fnmatchcase(generator.lower(), pattern) for pattern in allowed):
                return allowed
        return []
