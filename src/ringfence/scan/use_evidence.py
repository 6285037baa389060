"""The evidence in one content that a rival's models are called, and what it adds up to."""

from __future__ import annotations

from .use import Use

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .use_facts import Table

HOST = "its address"
VAGUE = "?"  # ends the role of a word that is said of many other things, too
UNNAMED = "undisclosed"  # the vendor of a model that a framework takes from elsewhere
# Keys of settings and arguments that say what the model in them is for.
_ROLE_KEYS = {
    "teacher": ("teacher",),
    "judge": ("judge", "grader", "evaluator", "critic"),
    "labeller": ("annotator", "labeler", "labeller", "labeling", "labelling", "annotation"),
    "generator": ("generator", "generation_model", "synthetic"),
}
_PAST_LIMITS = ("pool", "hiding")  # ways past a vendor's limits, whoever is asked
_PAST_CLIENTS = ("private", "package")  # ways past the clients of one vendor


class Evidence:
    """What was seen in one content.

    Attributes:
        seen: The line in which a fact was seen first, by its kind and name.
        role_words: What a model may be for, by the number of the expression that says so.
        models: The line in which a rival's model was named first, and the role that its key gives it, by model and
            vendor.
        has_others: Models of nobody who is a rival are named, too.
    """

    def __init__(self, table: Table, is_rival: Callable[[str], bool]) -> None:
        _, self._vendors, self._jobs = table
        self._is_rival = is_rival
        self.seen: dict[tuple[str, str], int] = {}
        self.role_words: dict[int, str] = {}
        self.models: dict[tuple[str, str], tuple[int, str]] = {}
        self.has_others = False

    def add_model(self, model: str, vendor: str, key: str, line: int) -> None:
        """Add a rival's model that is the value of a key, and the line in which it was named first."""
        role = next((role for role, words in _ROLE_KEYS.items() if any(word in key for word in words)), "")
        known = self.models.get((model, vendor))
        if known is None or (role and not known[1]):
            self.models[model, vendor] = line, role

    def list_uses(self) -> list[Use]:
        """Return the uses that the evidence adds up to, one for each vendor."""
        if self.models:
            return self._list_named()
        if self.has_others or ("local", "") in self.seen:
            return []
        return self._list_unnamed()

    def list_extractions(self) -> list[Use]:
        """Return by which ways past its clients and limits a rival's models are asked, one for each vendor."""
        past = {kind: line for kind in _PAST_LIMITS if (line := self.seen.get((kind, "")))}
        ways: dict[str, dict[str, int]] = {}
        for (kind, vendor), line in self.seen.items():
            if kind in _PAST_CLIENTS and self._is_rival(vendor):
                ways.setdefault(vendor, {}).setdefault(kind, line)
        driven = self.seen.get(("session", ""))
        for vendor in (name for kind, name in self.seen if kind == "site" and driven and self._is_rival(name)):
            ways.setdefault(vendor, {}).setdefault("session", driven or 0)
        if ways:
            return [Use(vendor, next(iter(own.values())), (*own, *past)) for vendor, own in ways.items()]
        called = [use.vendor for use in self.list_uses() if "called" in use.facts] if past else []
        return [Use(vendor, min(past.values()), tuple(past)) for vendor in called]

    def list_loops(self) -> list[Use]:
        """Return what shows that code keeps rows of a kind that models make, though it calls none: [] if it doesn't.

        Another file may have the call: `check/joined_uses.py` looks for it.
        """
        line = self.seen.get(("kept", ""))
        if not (line and self.role_words and ("code", "") in self.seen) or ("local", "") in self.seen:
            return []
        facts = self._list_facts()
        if facts["called"] or facts["setting"]:
            return []
        roles, words = self._rank_roles()
        models = list(dict.fromkeys(model for model, _ in self.models))
        certain = tuple(name for name in ("kept", "vague") if facts[name])
        return [Use("", line, certain, models=" ".join(models), roles=tuple(roles), words=words)]

    def _list_named(self) -> list[Use]:
        """Return a use for each vendor whose models are named; a model whose key says what it is for goes first."""
        clients = list(self._iter_clients())
        models: dict[str, list[str]] = {}
        for model, vendor in self.models:
            models.setdefault(vendor, []).append(model)
        roles, words = self._rank_roles()
        roles += [role for role in _ROLE_KEYS if role not in roles and role in dict(self.models.values()).values()]
        facts = self._list_facts()
        uses: dict[str, Use] = {}
        for (model, vendor), (line, role) in self.models.items():
            if vendor in uses and not (role and "setting" not in uses[vendor].facts):
                continue
            certain = tuple(name for name, is_true in facts.items() if is_true or (name == "setting" and role))
            named = tuple(dict.fromkeys([role, *roles] if role else roles))
            client = next((name for name, owner, _ in clients if owner == vendor), self._find_any_client())
            uses[vendor] = Use(vendor, line, certain, model, " ".join(models[vendor]), client, named, words)
        return list(uses.values())

    def _list_unnamed(self) -> list[Use]:
        """Return a use for each rival whose client is asked, though no model is named."""
        roles, words = self._rank_roles()
        certain = tuple(name for name, is_true in self._list_facts().items() if is_true)
        uses: dict[str, Use] = {}
        for name, vendor, line in self._iter_clients():
            if vendor and self._is_rival(vendor):
                uses.setdefault(vendor, Use(vendor, line, certain, client=name, roles=tuple(roles), words=words))
        makers = [name for name in self._list_frameworks() if self._jobs[name] == "generator"]
        if not uses and makers and self._is_rival(UNNAMED):
            line = self.seen["set", makers[0]]
            uses[UNNAMED] = Use(UNNAMED, line, ("unnamed",), client=makers[0], roles=tuple(roles), words=words)
        return list(uses.values())

    def _iter_clients(self) -> Iterator[tuple[str, str, int]]:
        """Yield the name, vendor and line of clients that are loaded and asked, and of hosts that requests go to."""
        for (kind, name), line in self.seen.items():
            if kind == "call" and ("load", name) in self.seen:
                yield name, self._vendors[name], line
        for (kind, name), line in self.seen.items():
            if kind == "host" and ("posts", "") in self.seen:
                yield HOST, name, line

    def _list_frameworks(self) -> list[str]:
        """Return the frameworks that the content is about and that are given a model."""
        return [name for kind, name in self.seen if kind == "set" and ("about", name) in self.seen]

    def _find_any_client(self) -> str:
        return next((name for name, _, _ in self._iter_clients()), next(iter(self._list_frameworks()), ""))

    def _list_facts(self) -> dict[str, bool]:
        return {
            "setting": bool(self._list_frameworks()),
            "called": any(True for _ in self._iter_clients()),
            "kept": ("kept", "") in self.seen,
            "vague": all(word.endswith(VAGUE) for word in self.role_words.values()),
        }

    def _rank_roles(self) -> tuple[list[str], int]:
        """Return what models are for, by frameworks and then by the number of words; and how many words say so."""
        jobs = [self._jobs[name] for name in self._list_frameworks()]
        counts = dict.fromkeys(jobs, 1)
        for word in self.role_words.values():
            role = word.removesuffix(VAGUE)
            counts[role] = counts.get(role, 0) + 1
        return sorted(counts, key=lambda role: (role not in jobs, -counts[role])), sum(counts.values())
