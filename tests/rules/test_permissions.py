"""A permission of the organisation's policy lets pass what it names, and no more."""

from __future__ import annotations

import json
from itertools import product

import pytest

from conftest import Work
from ringfence.check.permissions import Permission

from .conftest import day
from .test_uses import TEACHER

GENERATOR = TEACHER
BOTH = TEACHER + 'more = client.chat.completions.create(model="gpt-5", messages=m)\n'
JUDGE = f"{TEACHER}# the judge: which answer is better\n"


def permission(**said: str) -> str:
    """Return a permission in TOML with the given keys changed."""
    held = {
        "id": '"msa-7"', "vendor": '"openai"', "model": '["gpt-4o*"]', "tags": '["training-pipeline"]',
        "use": '["generator"]', "contract": '"MSA 7, section 4"', "until": day(10),
    }  # fmt: skip
    return "\n".join(["[[permission]]", *(f"{key} = {text}" for key, text in (held | said).items()), ""])


@pytest.fixture
def asked(clone: Work, policy):
    """Push a file under a policy, and return what was said."""

    def push(text: str, said: str, name: str = "make.py", tag: str = "training-pipeline"):
        policy(f'[[repository]]\nmatch = ["*"]\ntags = ["{tag}"]\n{said}')
        clone.commit("Add it", files={name: text})
        return clone.git("push", "origin", "HEAD:main")

    return push


def test_what_is_permitted_passes_and_is_recorded_with_the_permissions_id(asked, server: Work, clone: Work) -> None:
    said = asked(GENERATOR, permission(tags='["training-pipeline", "training-data"]'))  # the fixture's tag holds too
    assert said.status == 0, said.out
    report = json.loads(clone.ringfence("check", "--all", "--format", "json", "--repo", str(server.path)).out)
    assert [item["waiver"] for item in report["findings"] if item["kind"] == "use"] == ["permission msa-7"]


@pytest.mark.parametrize(
    "changed",
    [
        {"until": day(-1)}, {"vendor": '"anthropic"'}, {"model": '["gpt-5*"]'}, {"tags": '["eval"]'},
        {"use": '["judge"]'}, {"account": '["nobody-*"]'},
    ],
)  # fmt: skip
def test_after_its_day_or_for_anything_else_it_is_refused(asked, changed: dict[str, str]) -> None:
    asked(GENERATOR, permission(**changed)).assert_refused("gpt-4o as generator")


def test_a_call_that_nothing_says_the_use_of_isnt_what_it_names(asked) -> None:
    text = 'import openai\n\nprint(openai.ChatCompletion.create(model="gpt-4o", messages=asked))\n'
    said = asked(text, permission(), "chat.py")
    assert (said.status, "gpt-4o as model" in said.out, "permission msa-7" in said.out) == (0, True, False)


@pytest.mark.parametrize("text", [BOTH, JUDGE])
def test_a_file_that_does_more_than_is_named_is_refused(asked, text: str) -> None:
    asked(text, permission()).assert_refused("[rival-use]")


def test_another_tag_of_the_same_file_still_holds(asked) -> None:
    asked(GENERATOR, f'{permission()}[[zone]]\ntag = "post-training"\n').assert_refused("post-training")


def test_rows_pass_where_rows_are_named(asked) -> None:
    row = '{"model": "gpt-4o", "answer": "x"}\n'
    said = permission(use='["rows"]', tags='["training-data"]')
    assert asked(row, said, "rows.jsonl", "training-data").status == 0


def test_rows_of_another_model_are_refused(asked) -> None:
    rows = '{"model": "gpt-4o", "answer": "x"}\n{"model": "claude-opus-4", "answer": "x"}\n'
    said = permission(use='["rows"]', tags='["training-data"]')
    asked(rows, said, "rows.jsonl", "training-data").assert_refused("claude-opus-4")


def test_extraction_is_never_permitted(asked) -> None:
    text = 'requests.post("https://chatgpt.com/backend-api/conversation")\n'
    every = permission(model="[]", use='["teacher", "judge", "labeller", "generator", "rows"]')
    asked(text, every).assert_refused("[rival-extraction]")


def test_a_repositorys_own_file_cant_permit_anything(asked, clone: Work) -> None:
    clone.write("ringfence.toml", f"version = 1\n{permission()}")
    clone.did("add", ".")
    asked(GENERATOR, "").assert_refused("[rival-use]")
    said = clone.ringfence("policy", "check", "ringfence.toml")
    assert "permission: only the organisation's policy can set this" in said.out


def test_explain_says_which_permission_applies(server: Work, policy) -> None:
    policy(f'[[repository]]\nmatch = ["*"]\ntags = ["training-pipeline"]\n{permission()}')
    said = server.ringfence("policy", "explain", "make.py", "--repo", str(server.path)).out
    line = f"permission msa-7: gpt-4o* of openai as generator, until {day(10)}, by MSA 7, section 4"
    assert line in said


def test_no_permission_covers_more_than_it_names() -> None:
    vendors, uses, accounts = ("openai", "google"), ("judge", "teacher", "rows"), ("", "ann", "bob")
    for models in ("", "gpt-4o*", "gpt-4o gpt-5"):
        assert not Permission("p", "openai", models, "", "eval", "judge", "MSA", "9999-01-01").is_for(
            "openai", ["gpt-4o"], [], "ann"
        )
        item = Permission("p", "openai", models, "ann*", "eval", "judge rows", "MSA", "9999-01-01")
        for vendor, use, second, account in product(vendors, uses, uses, accounts):
            for named in ([], ["gpt-4o"], ["gpt-4o", "gpt-5"], ["gpt-4o-mini", "o3"]):
                if item.is_for(vendor, named, [use, second], account):
                    assert vendor == "openai"
                    assert account == "ann"
                    assert {use, second} <= {"judge", "rows"}
                    assert not models or (named and "o3" not in named)
                    assert models != "gpt-4o*" or "gpt-5" not in named
