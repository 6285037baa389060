"""Weighs a use of a rival's model by the path that it stands in; loaded only where there is one."""

from __future__ import annotations

import re

from ..values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..policy.markers.catalogue import Marker

# Files about code: what stands in them is text, a list of prices, rows or somebody else's work.
_TEXTS = re.compile(
    r"\.(?:md|mdx|markdown|rst|adoc|txt|html?|css|scss|svg|csv|tsv|jsonl|ndjson|lock|log|po|pot|snap|map|pdf|xml|patch"
    r"|diff|tex|bib)$"
    r"|(?:^|/)(?:changelog|license|notice|readme)$"
    r"|(?:package-lock|pnpm-lock|[\w.-]{0,60}(?:swagger|open-?api)[\w.-]{0,60})\.(?:json|ya?ml)$",
    re.IGNORECASE,
)
_TESTS = re.compile(
    r"(?:^|/)(?:node_modules|vendor|third_party|site-packages|cassettes|__snapshots__|locales?|i18n|tests?|testing|testdata|__tests__|spec|fixtures?|mocks?|docs?|documentation|examples?|samples?|cookbooks?|tutorials?|demos?|notebooks?/examples)(?:/|$)"
    r"|(?:^|/)(?:test_[^/]*|conftest)\.py$|[._-](?:test|spec|example)s?\.[a-z]{1,4}$|_test\.(?:go|py|rs)$",
    re.IGNORECASE,
)
_CLIENTS = re.compile(
    r"(?:^|/)(?:openai|anthropic|google/genai|generativeai|mistralai|cohere|groq|litellm|dashscope|zhipuai)/[^\n]*\.\w+$",
    re.IGNORECASE,
)
_SETTINGS = re.compile(
    r"\.(?:ya?ml|toml|json|sh|bash|ini|cfg|conf|env|mk|hcl|jsonnet)$|(?:^|/)Makefile$", re.IGNORECASE
)
_JSON = re.compile(r"\.json$", re.IGNORECASE)
_ROLES = {
    "teacher": re.compile(r"teacher|distill", re.IGNORECASE),
    "judge": re.compile(r"judge|grader|critique|pairwise|gpt\w{0,9}(?:eval|review|score)", re.IGNORECASE),
    "labeller": re.compile(r"annotat|label(?!_?map)|preference", re.IGNORECASE),
    "generator": re.compile(
        r"synth|(?:self|evol|code)[-_]?instruct|instruct\w{0,6}[-_]?(?:gen|data|tun)|generate_instruct|evol[-_v]|augment|generate_\w*data|data_?gen|self[-_]?chat|(?:^|/)collect\w*\.\w+$|paraphras|gen_(?:data|answer|qa)",
        re.IGNORECASE,
    ),
}
_CERTAIN_WORDS = 2  # different words that say what a model is for; its path counts twice
_CERTAIN = "Code or settings call a rival's model, and what it answers becomes a label or a row."
_PAST = "Code asks a rival's models by ways that its terms close: automated extraction."
_MAYBE_PAST = "Code has what automated extraction uses; whether a rival's models are asked by it isn't certain."
_UNSURE = "Code or settings name or call a rival's model; whether its answers become labels or rows isn't certain."


def build_use_marker(marker: Marker, path: bytes) -> Marker | None:
    """Return the marker for a use in this file; None where the file only speaks of a model, or nobody asks."""
    name = path.decode("utf-8", "replace")
    if _TEXTS.search(name):
        return None
    if marker.kind == "extraction":
        return _build_extraction_marker(marker, is_aside=bool(_TESTS.search(name)))
    client, facts, named, count = marker.why.split("\t")
    roles = named.split()
    by_path = [role for role, words in _ROLES.items() if words.search(name)]
    roles += [role for role in by_path if role not in roles]
    if _JSON.search(name) and "setting" not in facts:
        return None
    words = int(count) + 2 * len(by_path)
    is_called, is_kept, is_setting = "called" in facts, "kept" in facts, "setting" in facts
    is_certain = is_called and (
        (is_kept and words >= _CERTAIN_WORDS) or (bool(by_path) and int(count) >= _CERTAIN_WORDS)
    )
    is_certain |= is_setting and bool(roles) and (is_called or bool(client or by_path or _SETTINGS.search(name)))
    is_certain |= bool(marker.product) and is_kept and is_called and bool(words)
    is_certain |= bool(marker.product) and is_kept and (words > _CERTAIN_WORDS or bool(by_path))
    is_hint = is_called or is_setting
    is_aside = bool(_TESTS.search(name) or _CLIENTS.search(name))
    if not is_certain and (is_aside or not is_hint):
        return None
    is_certain = is_certain and not is_aside
    role = roles[0] if roles else "model"
    return replace(
        marker,
        id="rival-use",
        product=f"{marker.product or marker.vendor} as {role}",
        uses=" ".join(roles),
        strength="strong" if is_certain else "weak",
        why=_CERTAIN if is_certain else _UNSURE,
    )


def _build_extraction_marker(marker: Marker, *, is_aside: bool) -> Marker:
    """Return the marker for asking a rival's models past its clients and limits."""
    ways = marker.why.split("\t")[1].split()
    is_certain = not is_aside and (not {"private", "package"}.isdisjoint(ways) or len(ways) > 1)
    return replace(
        marker,
        id="rival-extraction",
        product=f"{marker.vendor}'s models past its clients and limits",
        strength="strong" if is_certain else "weak",
        why=_PAST if is_certain else _MAYBE_PAST,
    )
