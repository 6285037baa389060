"""Later layers only tighten, and what is pushed can't decide which vendors are rivals."""

from __future__ import annotations

import itertools
import json

import pytest

from ringfence.errors import PolicyError
from ringfence.policy.effective import build_effective_policy, parse_vendors
from ringfence.policy.effective_policy import EffectivePolicy
from ringfence.policy.inputs import Inputs, Layer, normalise_address
from ringfence.policy.load import load_plan
from ringfence.policy.vendor_files import read_shipped_files

VENDORS = parse_vendors(read_shipped_files())


def org(text: str, *, is_authoritative: bool = True) -> Layer:
    return Layer("org.toml", "organisation", f"version = 1\n{text}".encode(), is_authoritative)


def own(text: str) -> Layer:
    return Layer("ringfence.toml", "repository", f"version = 1\n{text}".encode())


def merged(*given: Layer, tags: tuple[str, ...] = ("eval",), names: tuple[str, ...] = ()) -> EffectivePolicy:
    return build_effective_policy(Inputs(given, tuple((tag, "a test") for tag in tags), names), VENDORS)


def refusal(*given: Layer, tags: tuple[str, ...] = ("eval",)) -> str:
    with pytest.raises(PolicyError) as refused:
        merged(*given, tags=tags)
    return refused.value.message


def test_a_tag_alone_is_enough() -> None:
    policy = merged()
    assert policy.compute_rivals() == set(VENDORS)
    assert policy.tags["eval"] == {
        "definitive": "block", "strong": "block", "weak": "warn", "unread": "block", "undisclosed": "block",
        "agents": "block",
        "accounts": "block",
        "identities": "block",
        "ingredient": "block",
        "ingredient_weak": "warn",
        "rival_use": "warn",
        "extraction": "block",
    }  # fmt: skip
    assert sorted(policy.tags) == [
        "benchmark", "benchmark-generation", "eval", "internal-dataset", "post-training", "reward-model",
        "training-data", "training-pipeline",
    ]  # fmt: skip


def test_the_organisation_settles_who_is_no_rival() -> None:
    policy = merged(org('[organisation]\nown = ["meta"]\n[vendors]\napproved = ["mistral"]'))
    assert set(VENDORS) - policy.compute_rivals() == {"meta", "mistral"}


def test_naming_rivals_makes_them_the_only_ones() -> None:
    assert merged(org('[vendors]\nrivals = ["openai", "anthropic"]')).compute_rivals() == {"openai", "anthropic"}


@pytest.mark.parametrize("second", [org, own])
def test_a_later_layer_cannot_approve_more(second) -> None:
    first = org('[vendors]\napproved = ["mistral"]')
    said = refusal(first, second('[vendors]\napproved = ["mistral", "openai"]'))
    assert "vendors.approved: would loosen ['mistral'] to ['mistral', 'openai'], which adds openai" in said


def test_a_layer_that_may_not_settle_cannot_approve_at_all() -> None:
    assert "vendors.approved: would loosen" in refusal(org('[vendors]\napproved = ["openai"]', is_authoritative=False))
    assert "organisation.own: would loosen" in refusal(org('[organisation]\nown = ["openai"]', is_authoritative=False))


def test_a_repository_cannot_approve_where_nobody_settled_anything() -> None:
    assert "would loosen" in refusal(own('[vendors]\napproved = ["openai"]'))


def test_a_later_layer_can_name_an_approved_vendor_a_rival() -> None:
    first = org('[vendors]\napproved = ["mistral", "openai"]')
    assert "mistral" in merged(first, own('[vendors]\nrivals = ["mistral"]')).compute_rivals()


def test_lowering_an_action_names_file_key_and_both_values() -> None:
    assert refusal(own('[tag.eval]\nstrong = "warn"')) == (
        "ringfence.toml: tag.eval.strong: would loosen block to warn; a later layer can only tighten"
    )


def test_raising_an_action_is_taken_and_remembered() -> None:
    policy = merged(own('[tag.eval]\nweak = "block"'))
    assert policy.tags["eval"]["weak"] == "block"
    assert policy.origins["tag.eval.weak"] == "ringfence.toml"


def test_a_tag_of_ones_own_may_be_lenient_and_later_layers_may_not_lower_it() -> None:
    first = org('[tag.scratch]\nstrong = "record"\nunread = "warn"')
    assert merged(first, tags=("scratch",)).tags["scratch"]["strong"] == "record"
    assert "would loosen warn to record" in refusal(first, own('[tag.scratch]\nunread = "record"'))


def test_states_of_a_repositorys_file_do_not_loosen_one_another_and_the_strictest_counts() -> None:
    before, after = (
        own('tags = ["eval"]\n[tag.eval]\nweak = "block"'),
        own('[[zone]]\ntag = "benchmark"\npaths = ["b/**"]'),
    )
    for order in itertools.permutations((before, after)):
        policy = merged(*order, tags=())
        assert policy.tags["eval"]["weak"] == "block"
        assert policy.whole == {"eval"}
        assert [zone.tag for zone in policy.zones] == ["benchmark"]


def test_only_an_organisation_says_where_reports_lead() -> None:
    with_docs = '[organisation]\ndocs = "https://docs.example.org/ringfence/"'
    assert merged(org(with_docs)).docs == "https://docs.example.org/ringfence"
    assert "organisation.docs: only the organisation's policy can set this" in refusal(own(with_docs))
    for address in ("javascript:alert(1)", "docs/", 'https://a.example/"x', "https://a.example/?x=1"):
        assert "organisation.docs: must be an address such as" in refusal(
            org(f"[organisation]\ndocs = {json.dumps(address)}")
        )


def test_only_an_organisation_says_which_repositories_are_tagged() -> None:
    assert "only the organisation's policy can set this" in refusal(
        own('[[repository]]\nmatch = ["*"]\ntags = ["eval"]')
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('tags = ["evals"]', "tag: unknown tag `evals`; did you mean `eval`?"),
        ('[vendors]\napproved = ["mistrall"]', "vendors: unknown vendor `mistrall`; did you mean `mistral`?"),
        ('[[zone]]\ntag = "evil"', "tag: unknown tag `evil`; did you mean `eval`?"),
    ],
)
def test_unknown_words_get_a_suggestion(text: str, said: str) -> None:
    assert said in refusal(org(text))


def test_a_tag_that_would_protect_nothing_is_an_error() -> None:
    assert "no rival vendor is left" in refusal(org("[vendors]\nrivals = []"))


@pytest.mark.parametrize("name", ["github.com/acme/pretrain-7b", "/srv/git/pretrain-7b", "acme/pretrain-x"])
def test_a_repository_is_matched_by_its_names(name: str) -> None:
    layer = org('[[repository]]\nmatch = ["*/pretrain-*"]\ntags = ["training-data"]')
    assert merged(layer, tags=(), names=("example.org/other", name)).whole == {"training-data"}
    assert merged(layer, tags=(), names=("example.org/other",)).whole == set()


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/acme/evals.git",
        "https://user:secret@github.com:443/acme/evals/",
        "git@github.com:acme/evals.git",
        "ssh://git@github.com:22/acme/evals",
        "github.com/acme/evals",
    ],
)
def test_an_address_has_one_name(address: str) -> None:
    assert normalise_address(address) == "github.com/acme/evals"


def test_a_marker_of_ones_own_is_found_like_any_other() -> None:
    text = """
[[marker]]
vendor = "openai"
id = "acme-openai-gateway"
product = "gateway"
kind = "message"
phrase = 'via acme-gateway/[0-9]+'
strength = "definitive"
why = "Our gateway writes this."
source = "us"
caught = ["via acme-gateway/7"]
passed = ["the acme gateway"]
"""
    plan = load_plan(Inputs((org(text),), (("eval", "a test"),)))
    assert "acme-openai-gateway" in {marker.id for marker in plan.catalogue.markers}


def test_adding_a_layer_never_turns_block_into_pass() -> None:
    """Whatever two layers say, the second leaves every action, tag and rival at least as strict, or is refused."""
    statements = [
        '[tag.eval]\nweak = "block"',
        '[tag.eval]\nstrong = "warn"',
        '[tag.mine]\nweak = "record"',
        '[tag.mine]\nweak = "block"',
        '[vendors]\nrivals = ["openai"]',
        '[vendors]\napproved = ["openai", "mistral"]',
        '[vendors]\napproved = ["mistral"]',
        '[organisation]\nown = ["openai"]',
        'tags = ["benchmark"]',
        '[[zone]]\ntag = "eval"\npaths = ["x/**", "!x/y/**"]',
    ]
    rank = {"record": 0, "warn": 1, "block": 2}
    for first, second in itertools.product(statements, repeat=2):
        try:
            before = merged(org(first))
        except PolicyError:
            continue
        for layer in (org(second), own(second), org(second, is_authoritative=False)):
            try:
                after = merged(org(first), layer)
            except PolicyError:
                continue
            settles = layer.is_authoritative and not before.has_vendor_lists and after.has_vendor_lists
            assert settles or before.compute_rivals() <= after.compute_rivals(), (first, second)
            assert before.whole <= after.whole
            assert all(zone in after.zones for zone in before.zones)
            for tag, actions in before.tags.items():
                assert all(rank[after.tags[tag][key]] >= rank[action] for key, action in actions.items())


def test_a_missing_reader_means_as_much_as_unread_until_the_organisation_says_otherwise() -> None:
    def action(*given: Layer, tag: str = "eval") -> str:
        plan = load_plan(Inputs(given, ((tag, "a test"),)))
        return plan.actions.find_strictest((tag,), "no_reader")[0]

    assert action() == "block"
    assert action(org('[tag.scratch]\nunread = "warn"'), tag="scratch") == "warn"
    milder = org('[tag.eval]\nno_reader = "warn"')
    assert action(milder) == "warn"
    assert action(milder, own('[tag.eval]\nno_reader = "block"')) == "block"
    assert "tag.eval.no_reader: would loosen block to warn" in refusal(own('[tag.eval]\nno_reader = "warn"'))
    assert "would loosen warn to record" in refusal(milder, own('[tag.eval]\nno_reader = "record"'))
