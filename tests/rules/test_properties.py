"""Whatever a later layer says, what was blocked stays blocked; whatever is waived, only what is named passes."""

from __future__ import annotations

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from reports.conftest import finding
from ringfence.check import waivers
from ringfence.errors import PolicyError
from ringfence.policy.actions import Actions
from ringfence.policy.effective import build_effective_policy, parse_vendors
from ringfence.policy.effective_policy import EffectivePolicy
from ringfence.policy.inputs import Inputs, Layer
from ringfence.policy.schema.table import ACTIONS, rank_action
from ringfence.policy.vendor_files import read_shipped_files

VENDORS = parse_vendors(read_shipped_files())
TAGS = ("eval", "training-data", "own")
SOME = ("openai", "anthropic", "mistral", "meta")
KEYS = ("definitive", "strong", "weak", "unread", "agents", "accounts", "identities", "declaration", "provenance",
        "disclosure", "reads", "tools", "walls", "rival_use", "extraction", "undisclosed", "ingredient")  # fmt: skip

tags = st.sampled_from(TAGS)
accounts = st.lists(st.sampled_from(("*@a.example", "*@b.example")), unique=True)
logins = st.lists(st.sampled_from(("*-bot", "pat")), unique=True)
vendors = st.lists(st.sampled_from(SOME), unique=True, max_size=3)
organisations = st.lists(st.sampled_from(("ours", "other")), unique=True)
actions = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(ACTIONS), max_size=3)


@st.composite
def said(draw: st.DrawFn) -> str:
    """Return a policy as a layer may hold it."""
    lines = ["version = 1", f"tags = {draw(st.lists(tags, unique=True, max_size=2))}"]
    if draw(st.booleans()):
        lines += ["[organisation]", f"own = {draw(vendors)}"]
    if draw(st.booleans()):
        lines += ["[vendors]", f"rivals = {draw(st.one_of(vendors, st.just(['*'])))}"]
        lines += [f"approved = {draw(vendors)}"]
    if draw(st.booleans()):
        lines += ["[accounts]", f"approved = {draw(accounts)}", f"consumer = {draw(accounts)}"]
        lines += [f"agents = {draw(logins)}", f"barred = {draw(logins)}"]
        for tool in draw(st.lists(st.sampled_from(("codex", "copilot")), unique=True)):
            lines += [f"tools.{tool} = {draw(organisations)}"]
    for tag in ("own", *draw(st.lists(st.sampled_from(TAGS[:2]), unique=True))):
        lines += [f"[tag.{tag}]", *(f"{key} = '{action}'" for key, action in draw(actions).items())]
    for tag in draw(st.lists(tags, max_size=2)):
        lines += [
            "[[zone]]",
            f"tag = '{tag}'",
            f"paths = {draw(st.sampled_from([['a/**'], ['**'], ['b/**', '!b/c']]))}",
        ]
    return "\n".join(lines).replace("'", '"')


def merged(*given: Layer) -> EffectivePolicy | None:
    """Return the policy that layers make, or None where they refuse everything."""
    try:
        return build_effective_policy(Inputs(given, (("eval", "a test"),)), VENDORS)
    except PolicyError:
        return None


@settings(max_examples=150, deadline=None)
@given(st.lists(said(), min_size=1, max_size=2), said(), st.sampled_from(["organisation", "repository"]), st.booleans())
def test_adding_a_layer_never_turns_block_into_pass(held: list[str], added: str, kind: str, settles: bool) -> None:
    organisation = [Layer(f"org{number}", "organisation", text.encode(), True) for number, text in enumerate(held)]
    before = merged(*organisation)
    after = merged(*organisation, Layer("more", kind, added.encode(), settles and kind == "organisation"))
    if before is None or after is None:
        return  # everything is refused
    # The first layer that says who is a rival settles it; until one did, an organisation's later one still may.
    if before.has_vendor_lists or kind == "repository" or not settles:
        assert after.compute_rivals() >= before.compute_rivals()
    assert after.consumers >= before.consumers
    assert (after.agents >= before.agents, after.barred >= before.barred) == (True, True)
    assert before.accounts is None or (after.accounts is not None and after.accounts <= before.accounts)
    for tool, allowed in before.tools.items():
        assert after.tools[tool] <= allowed
    assert after.whole >= before.whole
    assert all(zone in after.zones for zone in before.zones)
    for tag, held_actions in before.tags.items():
        for key, action in held_actions.items():
            assert ACTIONS.index(after.tags[tag][key]) >= ACTIONS.index(action)
    if kind == "repository":
        # What no organisation's layer says about reading is as strict as can be, and a repository can't change that.
        for tag, held_actions in before.tags.items():
            for key, default in (("reads", "block"), ("walls", "block"), ("tools", "warn"), ("rival_use", "warn")):
                assert rank_action(after.tags[tag].get(key, default)) >= rank_action(held_actions.get(key, default))
        assert after.waiver_rules == before.waiver_rules


FINGERPRINTS = ("a" * 20, "b" * 20)
COMMITS = ("c" * 40, "d" * 40)
row = st.tuples(
    st.sampled_from(("", *FINGERPRINTS)),
    st.sampled_from(("", *COMMITS)),
    tags,
    st.just("T-1"),
    st.integers(-3, 99).map(lambda days: (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=days)).isoformat()),
    st.sampled_from(["", "approved by the one who asked"]),
    st.just("policy.toml"),
    st.sampled_from(["", "*lab/evals", "*lab/other"]),
)


class Plan:
    """The part of a plan that waivers use."""

    waiver_days, contact, names = 90, "", ("git.example.org/lab/evals",)

    def __init__(self, waivers: list[tuple[str, ...]], actions: dict[str, str]) -> None:
        self.waivers = waivers
        self.actions = Actions({"action": [[tag, "strong", action] for tag, action in actions.items()]})


@settings(max_examples=400, deadline=None)
@given(
    st.lists(row, max_size=5),
    st.fixed_dictionaries({tag: st.sampled_from(ACTIONS) for tag in TAGS}),
    st.lists(tags, min_size=1, unique=True),
    st.sampled_from(FINGERPRINTS),
    st.sampled_from(COMMITS),
)
def test_what_passes_was_named_by_a_waiver_that_holds_for_each_tag_that_blocks(
    rows: list[tuple[str, ...]], actions: dict[str, str], its_tags: list[str], fingerprint: str, commit: str
) -> None:
    plan = Plan(rows, actions)
    action, tag = plan.actions.find_strictest(its_tags, "strong")
    judged = finding(action=action, tag=tag, fingerprint=fingerprint, commit=commit)
    passed = waivers.Waivers(plan).apply(judged, its_tags, "strong")  # type: ignore[arg-type]
    today = dt.datetime.now(dt.UTC).date().isoformat()
    last = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=90)).isoformat()
    named = {
        waived for mark, its_commit, waived, _, until, fault, _, place in rows
        if (mark == fingerprint or its_commit == commit) and not fault and today <= until <= last
        and place != "*lab/other"
    }  # fmt: skip
    blocking = {name for name in its_tags if actions[name] == "block"}
    assert passed.is_blocking == bool(blocking - named)
