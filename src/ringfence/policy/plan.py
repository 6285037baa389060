"""The policy in force for one repository, compiled, as a hook loads it."""

from __future__ import annotations

from ..model import Limits
from . import cache
from .actions import COMMIT_RULES, USE_RULES, Actions
from .markers.catalogue import split_patterns
from .markers.scanner import Scanner
from .zones import GeneratorRules, Zones

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from .accounts import AccountRules
    from .ingredients import IngredientRules
    from .markers.catalogue import Catalogue
    from .rollout import Rollout
    from .walls import Wall

# What the scanners of a plan are compiled from: flags by the name of a group, and the catalogue's section.
_EXPRESSIONS = {
    "generator": ("generator", "broad.patterns"),
    "use": ("sign", "use.patterns"),
    "fact": ("sign", "fact.patterns"),
}


class Plan:
    """An effective policy.

    Attributes:
        names: The repository's names; plans are shared by repositories, and this is none of what is compiled.
        zones: Which tags hold for a path.
        generators: What may have made the rows of a zone.
        actions: What follows from a finding.
        catalogue: The markers.
        rivals: Ids of the vendors whose marks count.
        limits: How much of an object may be unpacked.
        waivers: Rows of what may pass; `check/waivers.py` reads them.
        permissions: Rows of what a contract allows; `check/permissions.py` reads them.
        account: Who acts, as far as it is known.
        waiver_days: How many days ahead a waiver may end at most.
        prefilters, layouts: Scanners by kind, and what their expressions are for; `scan/prefilter.py` keeps them here.
        unscreened: Bytes that were scanned without it, since it isn't compiled.
        has_index: Whether recorded output is looked up in an index of ingredients.
        lookup: The open index of ingredients that `scan/ingredients/open_index.py` keeps here.
        use_table, model_owners: What the expressions of facts show, and whose models are, as `scan/uses.py` found out.
        has_children: A file was read in a process of its own, by `scan/contents.py`.
        is_early_help: A client hook judges, which may leave to the server what takes long.
        own_stores: Returns the folders in which the repository keeps the content of its pointers, by their kind.
        ruleset: The name of this policy and catalogue together in reports: same name, same verdicts.
        edition: The name of the shipped catalogue in reports: its day and a digest.
        organisation, contact: For messages; may be empty.
        docs: Where these pages are, for reports; may be empty.
    """

    def __init__(self, section: Callable[[str], bytes], catalogue: Catalogue, names: tuple[str, ...] = ()) -> None:
        self._section, self.catalogue, self.names = section, catalogue, names
        self._scanners: dict[str, Scanner] = {}
        self._products: list[tuple[str, str]] = []
        self.prefilters: dict[str, Scanner] = {}
        self.layouts: dict[str, Any] = {}
        self.unscreened = 0
        self.own_stores: Callable[[str], list[str]] = lambda _: []
        rows: dict[str, list[list[str]]] = {}
        for key, *fields in (line.split("\t") for line in section("plan").decode().split("\n")):
            rows.setdefault(key, []).append(fields)
        self.zones = Zones(rows, section)
        self.generators = GeneratorRules(rows, self.zones)
        self._rows = rows
        self._accounts: AccountRules | None = None
        self.actions = Actions(rows)
        self.rivals = {vendor for (vendor,) in rows.get("rival", [])}
        self.limits = Limits(**{key: int(most) for key, most in rows.get("limit", [])})
        self.waivers = [tuple(row) for row in rows.get("waiver", [])]
        self.permissions = [tuple(row) for row in rows.get("permission", [])]
        self.account = ""
        self._stores = rows.get("store", [])
        self.has_index = any(key == "index" for key, _ in rows.get("ingredients", []))
        self.lookup: Any = None
        self.use_table: Any = None
        self.model_owners: dict[bytes, str] = {}
        self.has_children = False
        self.is_early_help = False
        self.ruleset, self.edition, self.organisation, self.contact, self.docs, days = (
            rows.get(key, [[""]])[-1][0] for key in ("ruleset", "edition", "organisation", "contact", "docs", "days")
        )
        self.waiver_days = int(days or 0)

    @property
    def is_tagged(self) -> bool:
        """Whether there is anything here to protect."""
        return bool(self.zones.whole_tags or self.zones.path_tags)

    @property
    def has_commit_rules(self) -> bool:
        """Whether commits are judged by rules beside marks, see `check/rules`."""
        tags = (*self.zones.whole_tags, *self.zones.path_tags)
        has_account_rules = "selects" in self._rows or bool(self._section("consumer.find"))
        return has_account_rules or any(self.actions.filter_demanding(tags, rule) for rule in COMMIT_RULES)

    @property
    def has_use_rules(self) -> bool:
        """Whether code and settings that call models are judged here."""
        return any(self.actions.filter_not_ignoring(self.list_tags(), rule) for rule in USE_RULES)

    @property
    def needs_use_patterns(self) -> bool:
        """Whether the prefilter looks for uses: what is compiled where no tag holds yet is for those that will."""
        tags = self.list_tags() or self.actions.by_tag
        return any(self.actions.filter_not_ignoring(tags, rule) for rule in USE_RULES)

    def is_rival(self, *vendors: str) -> bool:
        """Return whether one of the vendors is a rival here: an approved tool's mark counts for a rival's model."""
        return not self.rivals.isdisjoint(vendors)

    def list_stores(self, kind: str) -> list[str]:
        """Return the folders in which contents of a kind lie: the repository's own, then those of the policy."""
        return [*self.own_stores(kind), *(folder for store, folder in self._stores if store == kind)]

    @property
    def paths_elsewhere(self) -> list[str]:
        """The paths of submodules that may stay unread."""
        return [path for kind, path in self._stores if kind == "elsewhere"]

    @property
    def accounts(self) -> AccountRules:
        """Who may push, commit and waive; loaded on first use."""
        if self._accounts is None:
            from .accounts import AccountRules

            self._accounts = AccountRules(self._rows, self._section)
        return self._accounts

    @property
    def tools(self) -> dict[str, frozenset[str]]:
        """The organisations that a vendor's tool may be logged in to, by the tool."""
        return {name: frozenset(organisations) for name, *organisations in self._rows.get("tool", [])}

    @property
    def walls(self) -> list[Wall]:
        """The walls around clean rooms."""
        if "wall" not in self._rows:
            return []
        from .walls import parse_walls

        return parse_walls(self._rows["wall"])

    @property
    def rollout(self) -> Rollout | None:
        """Which tags observe; None where the policy names none."""
        if "observe" not in self._rows:
            return None
        from .rollout import Rollout

        return Rollout(self._rows, self._section)

    @property
    def approvals(self) -> dict[str, str]:
        """What the policy says of approvals, by key: `same_login` (True or False), `signers`."""
        return {key: setting for key, setting in self._rows.get("approvals", [])}  # noqa: C416 - a row is a list

    def start_observing(self, account: str = "") -> str:
        """Let the tags that observe what an account does refuse nothing; return what pushers are told of its end."""
        self.account = account
        rollout = self.rollout
        self.actions.observed = rollout.find_observed(account) if rollout else frozenset()
        return rollout.notice if rollout and self.actions.observed.intersection(self.list_tags()) else ""

    def list_tags(self) -> list[str]:
        """Return the tags of the repository and of its zones."""
        return [*self.zones.whole_tags, *self.zones.path_tags]

    @property
    def ingredients(self) -> IngredientRules:
        """What holds for recorded output."""
        from .ingredients import IngredientRules

        return IngredientRules(self._rows)

    @property
    def generator_scanner(self) -> Scanner:
        """The scanner for fields that say what made a row."""
        return self._load_scanner("generator")

    def find_product(self, name: str) -> str:
        """Return the vendor of a product whose name stands for a model in a generator field, or ""."""
        from .products import find_product_vendor

        return find_product_vendor(name, self._load_products())

    def find_output_vendor(self, key: str) -> str:
        """Return the vendor that a key such as `chatgpt_answers` names, or ""."""
        models = self.catalogue.find_models(key.encode())
        letters = "".join(filter(str.isalnum, key.lower()))
        products = [vendor for product, vendor in self._load_products() if letters.startswith(product)]
        return next((vendor for vendor in (*(vendor for _, vendor in models), *products)), "")

    def _load_products(self) -> list[tuple[str, str]]:
        if not self._products:
            rows = self.catalogue.read_shipped("products").decode().split("\n")
            self._products = [(product, vendor) for product, _, vendor in (row.partition("\t") for row in rows)]
        return self._products

    def _load_scanner(self, group: str) -> Scanner:
        """Return a scanner, loaded on first use: a clean commit does without."""
        if group not in self._scanners:
            from .markers.databases import compile_mixed

            self._scanners[group] = Scanner(
                group,
                compile_mixed(self.list_expressions(group)),
                lambda: split_patterns(self.catalogue.read_shipped(f"{group}.patterns")),
            )
        return self._scanners[group]

    def load_scanners(self) -> None:
        """Load the scanners that contents may need, for the processes that read them."""
        for group in self.list_scanners():
            self._load_scanner(group)

    def list_expressions(self, group: str) -> list[tuple[str, str]]:
        """Return what a scanner is compiled from, as `compile_mixed` takes it."""
        kind, section = _EXPRESSIONS[group]
        return [(kind, text) for text in split_patterns(self.catalogue.read_shipped(section))]

    def list_scanners(self) -> tuple[str, ...]:
        """Return the groups for `list_expressions` that checks by this plan may need."""
        return ("generator", "use", "fact") if self.needs_use_patterns else ("generator",)

    def load_generator_patterns(self) -> list[str]:
        """Return broad patterns for the prefilter: of generator fields, and of what names a rival's output."""
        return split_patterns(self.catalogue.read_shipped("sign.patterns"))

    def load_use_patterns(self) -> list[str]:
        """Return patterns for the prefilter of code and settings that may call a model, or keep what one answers.

        There are none if no tag asks for it.
        """
        groups = ("use", "loop") if self.needs_use_patterns else ()
        return [line for name in groups for line in split_patterns(self.catalogue.read_shipped(f"{name}.patterns"))]

    @property
    def use_scanner(self) -> Scanner:
        """The scanner for those of calls."""
        return self._load_scanner("use")

    def find_terms(self, vendor: str) -> str:
        """Return what a vendor's terms say of using its answers, with document, clause and day; "" if unknown."""
        texts = (self.catalogue.read_shipped("terms"), self.catalogue.read_own("terms"))
        rows = (line.partition("\t") for text in texts for line in text.decode().split("\n"))
        return next((text for name, _, text in rows if name == vendor), "")

    @property
    def fact_scanner(self) -> Scanner:
        """The scanner for what shows how a file uses a model; `load_use_rows` says what its expressions show."""
        return self._load_scanner("fact")

    def load_use_rows(self) -> list[list[str]]:
        """Return the rows of facts, clients and frameworks, each with its kind first."""
        return [line.split("\t") for line in self.catalogue.read_shipped("use.rows").decode().split("\n")]

    def load_header_patterns(self) -> list[str]:
        """Return patterns for the prefilter of a table's line of names that contains a generator field."""
        return split_patterns(self.catalogue.read_shipped("header.patterns"))

    @property
    def prefilter_key(self) -> str:
        """A digest of all that decides whether a content is surely clean, but for own markers."""
        shipped = self._section("catalogue").partition(b" ")[0]
        return cache.compute_digest([shipped, b"uses" if self.needs_use_patterns else b""])

    def iter_digest_parts(self) -> Iterator[bytes]:
        """Yield all that decides what is found and left unread, for a digest; not the origins of rules."""
        for name in ("catalogue", "zone.find", "ref.find"):
            yield self._section(name)
        yield b"\n".join(line for line in self._section("plan").split(b"\n") if not line.startswith(b"ruleset\t"))
