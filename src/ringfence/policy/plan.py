"""The policy in force for one repository, as a hook uses it: which paths lie in which zones, and what follows."""

from __future__ import annotations

import os

from ..model import Limits
from . import cache
from .markers.catalogue import split_patterns
from .markers.scanner import Scanner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ..model import Verdict
    from .markers.catalogue import Catalogue, Marker

    Zones = frozenset[int]  # by their number in the policy

UNDISCLOSED = "undisclosed"  # the vendor that isn't named, and the action for its marks
_RULES = ("declaration", "provenance", "disclosure", "retention")  # kinds of marker that are actions' names too
_SESSION = ("environment", "process")  # kinds by which a session is known
STRICTNESS = {"record": 0, "warn": 1, "block": 2}


class Plan:
    """An effective policy.

    Attributes:
        whole: Tags that hold for everything in the repository, sorted.
        zoned: Tags that hold for some paths, sorted.
        actions: By tag, what to do by strength, and for what has an action of its own.
        rivals: Ids of the vendors whose marks count.
        limits: How much of an object may be unpacked.
        catalogue: The markers.
        own_stores: Tells in which folders the repository itself keeps what its pointers point to, by kind.
        ruleset: What a report calls this policy and catalogue together: same name, same verdicts.
        edition: What a report calls the shipped catalogue: its day and a digest.
        organisation, contact: For messages; may be empty.
        waivers: Rows of what may pass; `ringfence.waivers` reads them.
        days: The furthest that a waiver's end may lie from today.
        emergency: Accounts that may waive by a push option.
        selects: Whether only approved accounts may commit; "" for no.
        approvers: Rows of a tag and who may agree to an exception from it.
        aside: Tags of which a server keeps what it refuses.
    """

    def __init__(self, section: Callable[[str], bytes], catalogue: Catalogue) -> None:
        self._section, self.catalogue = section, catalogue
        self._scanners: dict[str, Scanner] = {}
        self.actions: dict[str, dict[str, str]] = {}
        self.rivals: set[str] = set()
        limits: dict[str, int] = {}
        self._stores: dict[str, list[str]] = {}
        self.own_stores: Callable[[str], list[str]] = lambda _: []
        self.ruleset = self.edition = self.organisation = self.contact = ""
        self.waivers: list[tuple[str, ...]] = []
        self.approvers: list[tuple[str, ...]] = []
        self.emergency: set[str] = set()
        self.aside: set[str] = set()
        self.days = "0"
        self.selects = ""
        whole: set[str] = set()
        sets = {"tag": whole, "rival": self.rivals, "emergency": self.emergency, "aside": self.aside}
        rows = {"waiver": self.waivers, "approver": self.approvers}
        self._globs: list[tuple[int, str, bool]] = []  # zone, its tag, whether the path is taken in
        self._everywhere: list[tuple[int, str]] = []  # zones of all paths, with their tags
        self._allowed: dict[int, list[str]] = {}  # by zone, what may have made its rows
        self._ref_zone_numbers: list[int] = []  # the zone of each expression for refs
        for key, *fields in (line.split("\t") for line in section("plan").decode().split("\n")):
            if key in sets:
                sets[key].add(fields[0])
            elif key in rows:
                rows[key].append(tuple(fields))
            elif key == "action":
                self.actions.setdefault(fields[0], {})[fields[1]] = fields[2]
            elif key == "limit":
                limits[fields[0]] = int(fields[1])
            elif key == "store":
                self._stores.setdefault(fields[0], []).append(fields[1])
            elif key == "generator":
                self._allowed.setdefault(int(fields[0]), []).append(fields[1])
            elif key == "everywhere":
                self._everywhere.append((int(fields[0]), fields[1]))
            elif key == "ref":
                self._ref_zone_numbers.append(int(fields[0]))
            elif key == "glob":
                self._globs.append((int(fields[0]), fields[1], fields[2] == "in"))
            else:
                setattr(self, key, fields[0])
        self.limits = Limits(**limits)
        self.whole = tuple(sorted(whole))
        self.zoned = tuple(sorted({tag for _, tag, _ in self._globs}))
        self._agents, self._consumers, self._approved = map(section, ("account.find", "consumer.find", "approved.find"))
        self._zones = Scanner("zone", section("zone.find")) if self._globs else None
        self._refs = Scanner("zone", section("ref.find")) if self._ref_zone_numbers else None
        self._ref_zones = frozenset(self._ref_zone_numbers)

    def list_stores(self, kind: str) -> list[str]:
        """Return the folders in which contents of a kind lie: the repository's own, then those of the policy."""
        return [*self.own_stores(kind), *self._stores.get(kind, ())]

    @property
    def generator_scanner(self) -> Scanner:
        """Return what finds fields that say what made a row."""
        return self._load_scanner("generator")

    @property
    def escape_scanner(self) -> Scanner:
        """Return what finds plain letters that are escaped, so that only a file that has some is read once more."""
        return self._load_scanner("escape")

    def _load_scanner(self, group: str) -> Scanner:
        """Return a scanner, loaded when it is asked for: a clean commit does without."""
        if group not in self._scanners:
            self._scanners[group] = Scanner(
                group, self._section(f"{group}.find"), lambda: split_patterns(self._section(f"{group}.patterns"))
            )
        return self._scanners[group]

    def load_generator_patterns(self) -> list[str]:
        """Return wide expressions for what may say what made a row: such a field, or a line of names with one."""
        return split_patterns(self._section("sign.patterns"))

    @property
    def prefilter_key(self) -> str:
        """Return a name for what decides whether a content is surely clean."""
        return cache.compute_digest(map(self._section, ("catalogue", "sign.patterns")))

    def iter_digest_parts(self) -> Iterator[bytes]:
        """Yield all that decides what is found and left unread, for a digest; not where it was said."""
        for name in ("catalogue", "zone.find", "ref.find", "generator.find"):
            yield self._section(name)
        yield b"\n".join(line for line in self._section("plan").split(b"\n") if not line.startswith(b"ruleset\t"))

    @property
    def is_tagged(self) -> bool:
        """Whether there is anything here to protect."""
        return bool(self.whole or self._globs)

    @property
    def has_ref_zones(self) -> bool:
        """Whether some zones hold on some refs only."""
        return bool(self._ref_zones)

    def find_ref_zones(self, ref: bytes) -> Zones:
        """Return the zones that are bound to refs and hold on this one."""
        return (
            frozenset(self._ref_zone_numbers[index] for index in self._refs.find_matches(ref))
            if self._refs
            else frozenset()
        )

    def list_all_path_tags(self, within: Zones | None = None) -> set[str]:
        """Return the tags of the zones that hold for all paths."""
        return {tag for zone, tag in self._everywhere if self._is_in_force(zone, within)}

    def _is_in_force(self, zone: int, within: Zones | None) -> bool:
        return within is None or zone not in self._ref_zones or zone in within

    def find_tags(self, path: bytes, within: Zones | None = None) -> tuple[str, ...]:
        """Return the tags of the zones that a path lies in; in each zone the last glob that matches decides.

        `within` are the zones bound to refs that hold here; None: all of them.
        """
        if self._zones is None:
            return self.whole
        found = {tag for zone, tag in self._find_zones(path) if self._is_in_force(zone, within)}
        return tuple(sorted(found.union(self.whole))) if found else self.whole

    def _find_zones(self, path: bytes) -> list[tuple[int, str]]:
        """Return the zones that a path lies in, with their tags."""
        last: dict[int, int] = {}
        for index in sorted(self._zones.find_matches(path)) if self._zones else ():
            last[self._globs[index][0]] = index
        return [(zone, self._globs[index][1]) for zone, index in last.items() if self._globs[index][2]]

    @property
    def has_generator_rules(self) -> bool:
        """Whether some zone says what may have made its rows."""
        return bool(self._allowed)

    def find_violated_rule(self, path: bytes, generator: str) -> list[str]:
        """Return what a zone around a path allows instead of this generator, or [] when each zone allows it."""
        from fnmatch import fnmatchcase

        for allowed in (self._allowed[zone] for zone, _ in self._find_zones(path) if zone in self._allowed):
            if not any(fnmatchcase(generator.lower(), pattern) for pattern in allowed):
                return allowed
        return []

    def is_generator_restricted(self, path: bytes) -> bool:
        """Say whether a zone around a path says what may have made the rows there."""
        return any(zone in self._allowed for zone, _ in self._find_zones(path))

    @property
    def has_barred_accounts(self) -> bool:
        """Whether some accounts are kept out, so that it matters who pushes."""
        return bool(self._agents)

    def is_agent(self, account: str) -> bool:
        """Say whether an account is a coding agent's, by the policy."""
        return _is_account_match(self._agents, account)

    @property
    def has_account_rules(self) -> bool:
        """Whether the policy says by whose accounts commits and tags are made."""
        return bool(self._consumers or self.selects)

    def is_consumer(self, address: str) -> bool:
        """Say whether an address is a consumer account's, by the policy."""
        return _is_account_match(self._consumers, address)

    def is_approved(self, address: str) -> bool:
        """Say whether an address is an approved account's, as any is where the policy names none."""
        return not self.selects or _is_account_match(self._approved, address)

    def is_rival(self, *vendors: str) -> bool:
        """Say whether one of the vendors is a rival here: an approved tool's mark counts for a rival's model."""
        return not self.rivals.isdisjoint(vendors)

    def filter_demanding_tags(self, tags: Iterable[str], what: str = "declaration") -> tuple[str, ...]:
        """Return which of the tags demand what nobody is asked for otherwise."""
        return tuple(tag for tag in tags if what in self.actions[tag])

    def needs_quarantine(self, verdict: Verdict) -> bool:
        """Say whether a server keeps a push that is refused by this verdict."""
        tags = {item.tag for item in verdict.findings if item.is_blocking}
        tags |= {item.tag for item in verdict.unread if item.action == "block"}
        return bool(verdict.exit_code) and not tags.isdisjoint(self.aside)

    def find_strictest_action(self, tags: Iterable[str], strength: str) -> tuple[str, str]:
        """Return the strictest action that a strength has among tags, and the tag that asks for it."""
        return max(
            ((self.actions[tag][strength], tag) for tag in tags),
            key=lambda pair: (STRICTNESS[pair[0]], pair[1]),
        )


def _is_account_match(patterns: bytes, account: str) -> bool:
    """Say whether an account fits one of some compiled patterns."""
    return bool(patterns) and bool(Scanner("account", patterns).find_matches(os.fsencode(account)))


def find_action_key(marker: Marker) -> str:
    """Return which of a tag's actions a marker falls under: some of what is found has one of its own."""
    if marker.kind in _RULES:
        return marker.kind
    if marker.kind == "address":
        return "identities"
    if marker.vendor == UNDISCLOSED and marker.strength != "weak":
        return UNDISCLOSED
    return "agents" if marker.kind in _SESSION and marker.strength != "weak" else marker.strength
