"""Who may read what is tagged, by the policy alone: nobody whom it names, and everybody else."""

from __future__ import annotations

import functools
import re
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringfence.gate.reading import judge_reader
from ringfence.policy.inputs import Inputs, Layer
from ringfence.policy.load import load_plan
from ringfence.policy.plan import Plan

PATTERNS = ((), ("*-bot",), ("pat",), ("*[bot]", "svc-*"), ("*",))
ACTIONS = ("block", "warn", "record")
accounts = st.one_of(
    st.sampled_from(("pat", "PAT", "patricia", "a-bot", "renovate[bot]", "b", "svc-7", "-bot")),
    st.text("abotsvc-[]*7P", min_size=1, max_size=9),
)


@functools.cache
def load(agents: tuple[str, ...], barred: tuple[str, ...], action: str = "", own: str = "") -> Plan:
    text = f"[accounts]\nagents = {list(agents)}\nbarred = {list(barred)}\n".replace("'", '"')
    text += f'[tag.eval]\nreads = "{action}"\n' if action else ""
    layers = [Layer("org", "organisation", f"version = 1\n{text}".encode(), is_authoritative=True)]
    layers += [Layer("own", "repository", f"version = 1\n{own}".encode())] if own else []
    return load_plan(Inputs(tuple(layers), (("eval", "a test"),)))


def is_named(patterns: tuple[str, ...], account: str) -> bool:
    """Say by itself whether a pattern names an account: `*` stands for anything, and case doesn't count."""
    expressions = (".*".join(map(re.escape, pattern.split("*"))) for pattern in patterns)
    return any(re.fullmatch(expression, account, re.IGNORECASE) for expression in expressions)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(PATTERNS), st.sampled_from(PATTERNS[:3]), accounts)
def test_whom_the_policy_names_may_not_read_and_everybody_else_may(
    agents: tuple[str, ...], barred: tuple[str, ...], account: str
) -> None:
    verdict = judge_reader(load(agents, barred), account)
    assert bool(verdict.exit_code) == is_named((*agents, *barred), account)


@pytest.mark.parametrize(("agents", "barred"), list(product(PATTERNS[:2], PATTERNS[:3])))
def test_an_account_that_isnt_known_reads_only_where_nobody_is_kept_out(
    agents: tuple[str, ...], barred: tuple[str, ...]
) -> None:
    assert bool(judge_reader(load(agents, barred), "").exit_code) == bool(agents or barred)


@pytest.mark.parametrize("action", ACTIONS)
def test_the_strictest_of_the_tags_decides(action: str) -> None:
    plan = load((), ("pat",), action)
    assert bool(judge_reader(plan, "pat").exit_code) == (action == "block")
    zone = '[[zone]]\ntag = "training-data"\npaths = ["rows/**"]\n'
    assert judge_reader(load((), ("pat",), action, zone), "pat").exit_code


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(("bo", "pat", "a-bot")), st.sampled_from(PATTERNS[:3]), st.sampled_from(ACTIONS))
def test_a_repositorys_own_file_bars_more_and_lets_nobody_in(account: str, own: tuple[str, ...], action: str) -> None:
    text = f"[accounts]\nbarred = {list(own)}\n".replace("'", '"')
    before, after = load(("*-bot",), ("pat",), action), load(("*-bot",), ("pat",), action, text)
    assert bool(judge_reader(after, account).exit_code) >= bool(judge_reader(before, account).exit_code)
    if action == "block":
        assert bool(judge_reader(after, account).exit_code) == is_named(("*-bot", "pat", *own), account)
