"""Weighs a use of a rival's model by the path that it stands in; loaded only where there is one."""

from __future__ import annotations

import re

from ..policy.markers.catalogue import Marker
from ..scan.use import read_use
from ..values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..scan.use import Use

# Files about code: what stands in them is text, a list of prices, rows or somebody else's work.
_TEXTS = re.compile(
    r"""\.(?:md|mdx|markdown|rst|adoc|txt|html?|css|scss|svg|csv|tsv|jsonl|ndjson|lock|log|po|pot|snap|map|pdf|xml
        |patch|diff|tex|bib)$
    |(?:^|/)(?:changelog|license|notice|readme)$
    |(?:package-lock|pnpm-lock|[\w.-]{0,60}(?:swagger|open-?api)[\w.-]{0,60})\.(?:json|ya?ml)$""",
    re.IGNORECASE | re.VERBOSE,
)
_TESTS = re.compile(
    r"""(?:^|/)(?:node_modules|vendor|third_party|site-packages|cassettes|__snapshots__|locales?|i18n|tests?|testing
        |testdata|__tests__|spec|fixtures?|mocks?|docs?|documentation|examples?|samples?|cookbooks?|tutorials?|demos?
        |notebooks?/examples)(?:/|$)
    |(?:^|/)(?:test_[^/]*|conftest)\.py$|[._-](?:test|spec|example)s?\.[a-z]{1,4}$|_test\.(?:go|py|rs)$""",
    re.IGNORECASE | re.VERBOSE,
)
_CLIENTS = re.compile(
    r"""(?:^|/)(?:openai|anthropic|google/genai|generativeai|mistralai|cohere|groq|litellm|dashscope|zhipuai)
        /[^\n]*\.\w+$
    |(?:^|/)inspect_ai/(?:_\w+|agent|analysis|approval|dataset|event|hooks|log|model|scorer|solver|tool|util)/[^\n]*\.py$
    |(?:^|/)dist/[^\n]*\.[cm]?js$""",
    re.IGNORECASE | re.VERBOSE,
)
_SETTINGS = re.compile(
    r"\.(?:ya?ml|toml|json|sh|bash|ini|cfg|conf|env|mk|hcl|jsonnet)$|(?:^|/)Makefile$", re.IGNORECASE
)
_JSON = re.compile(r"\.json$", re.IGNORECASE)
_ROLES = {
    "teacher": re.compile(r"teacher|distill", re.IGNORECASE),
    "judge": re.compile(r"judge|grad(?:er|ing)|critique|pairwise|gpt\w{0,9}(?:eval|review|score)", re.IGNORECASE),
    "labeller": re.compile(r"annotat|label(?!_?map)|preference", re.IGNORECASE),
    "generator": re.compile(
        r"""synth|(?:self|evol|code)[-_]?instruct|instruct\w{0,6}[-_]?(?:gen|data|tun)|generate_instruct|evol[-_v]
        |augment|data_?gen|data(?:set)?s?[-_](?:creat|synthe|construct)|self[-_]?chat|(?:^|/)collect\w*\.\w+$|paraphras|gen_(?:data|answer|qa)
        |generat(?:e|ing|ion)_(?:\w{0,24}_)?(?:data|instance|question|dialog|conversation|caption|sample|inference|event)
        |(?:instance|question|dialog\w*|conversation|caption|sample|inference|event)s?_generat""",
        re.IGNORECASE | re.VERBOSE,
    ),
}
# What an agent keeps is its conversation, and a word or two of a purpose stand in its code by chance.
_STATE = re.compile(
    rb"(?:conversation|chat|message)s?_?history|auto_?save|(?:save|load)_(?:state|session|memory)",
    re.IGNORECASE,
)
_ROWS = re.compile(rb"jsonl|\.to_(?:json|csv|parquet)\(|\bcsv\.|push_to_hub|save_to_disk|Dataset\.from_")
_ENOUGH_WORDS = 2  # different words that say what a model is for; its path counts twice
_CERTAIN = "Code or settings call a rival's model, and what it answers becomes a label or a row."
_PAST = "Code asks a rival's models by ways that its terms close: automated extraction."
_MAYBE_PAST = "Code has what automated extraction uses; whether a rival's models are asked by it isn't certain."
_UNSURE = "Code or settings name or call a rival's model; whether its answers become labels or rows isn't certain."


def build_use_marker(marker: Marker, path: bytes) -> Marker | None:
    """Return the marker for a use in this file; None where the file only speaks of a model, or nobody asks."""
    name = path.decode("utf-8", "replace")
    if is_text(name):
        return None
    if marker.kind == "extraction":
        return _build_extraction_marker(marker, is_aside=bool(_TESTS.search(name)))
    client, facts, roles, words = read_use(marker.why)
    if "setting" not in facts and _JSON.search(name):
        return None
    by_path = [role for role, named in _ROLES.items() if named.search(name)]
    roles = list(dict.fromkeys([*roles, *by_path]))
    is_setting = "setting" in facts and ("called" in facts or bool(client or by_path or _SETTINGS.search(name)))
    is_certain = (is_setting and bool(roles)) or _become_rows(
        facts, words, is_named=bool(marker.product), is_in_path=bool(by_path)
    )
    if not is_certain and (is_aside(name) or facts.isdisjoint(("called", "setting", "unnamed"))):
        return None
    is_certain = is_certain and not is_aside(name)
    role = roles[0] if roles else "model"
    named = "a model that isn't named" if "unnamed" in facts else marker.product or marker.vendor
    return replace(
        marker,
        id="rival-use",
        product=f"{named} as {role}",
        uses=" ".join(roles),
        strength="strong" if is_certain else "weak",
        why=_CERTAIN if is_certain else _UNSURE,
    )


def build_joined_marker(call: Use, loop: Use, path: str, code: bytes) -> Marker | None:
    """Return the marker for a file that keeps what a call in another file answers; None where that isn't certain."""
    by_path = [role for role, named in _ROLES.items() if named.search(path)]
    facts = frozenset(("called", *loop.facts))
    is_state = _STATE.search(code) and not _ROWS.search(code)
    if loop.words + len(by_path) < _ENOUGH_WORDS + bool(is_state):
        return None
    if not _become_rows(facts, loop.words, is_named=bool(call.model or loop.models), is_in_path=bool(by_path)):
        return None
    roles = list(dict.fromkeys([*loop.roles, *by_path]))
    product = f"{call.model or call.vendor} as {roles[0]}"
    models = " ".join(dict.fromkeys(f"{call.models} {loop.models}".split()))
    return Marker(
        "rival-use", call.vendor, call.vendor, product, "use", "strong", _CERTAIN, models=models, uses=" ".join(roles)
    )


def is_text(path: str) -> bool:
    """Return whether a path is that of a text, in which code is shown."""
    return bool(_TEXTS.search(path))


def is_aside(path: str) -> bool:
    """Return whether a path is that of a test, an example, a build's output or a client's own source."""
    return bool(_TESTS.search(path) or _CLIENTS.search(path))


def _become_rows(facts: frozenset[str], words: int, *, is_named: bool, is_in_path: bool) -> bool:
    """Return whether what a model answers becomes labels or rows.

    Args:
        facts: What is certain of the file.
        words: How many different words of the file say what the model is for.
        is_named: The model is named.
        is_in_path: The path says what it is for.
    """
    if "called" in facts and is_in_path and words >= _ENOUGH_WORDS:
        return True
    if "kept" not in facts:
        return False
    if "called" in facts and (is_in_path or words >= (1 if is_named and "vague" not in facts else _ENOUGH_WORDS)):
        return True
    return is_named and (is_in_path or words > _ENOUGH_WORDS)


def _build_extraction_marker(marker: Marker, *, is_aside: bool) -> Marker:
    """Return the marker for asking a rival's models past its clients and limits."""
    _, ways, _, _ = read_use(marker.why)
    is_certain = not is_aside and (len(ways) > 1 or not ways.isdisjoint(("private", "package", "session")))
    return replace(
        marker,
        id="rival-extraction",
        product=f"{marker.vendor}'s models past its clients and limits",
        strength="strong" if is_certain else "weak",
        why=_PAST if is_certain else _MAYBE_PAST,
    )
