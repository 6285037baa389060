"""An AI tool that isn't named may be any rival's: it has an action of its own, and values are read, not keys."""

from __future__ import annotations

import pytest

from conftest import Work
from server.conftest import marks, refused


@pytest.mark.parametrize("line", ["Assisted-by: LLM", "Generated-by: AI", "AI-Assisted: true", "Co-authored with AI"])
def test_a_tool_that_is_not_named_is_refused_with_the_advice_to_name_it(clone: Work, line: str) -> None:
    clone.commit(f"Add rows\n\n{line}")
    said = refused(clone.git("push", "origin", "main"), "name the tool and its vendor")
    assert all(name.startswith("undisclosed-") for name in marks(said))


@pytest.mark.parametrize("line", ["AI-assisted: no", "Generated-by: protoc", "Assisted-by: Ai Sato <ai@example.jp>"])
def test_who_says_no_or_names_something_else_passes(clone: Work, line: str) -> None:
    clone.commit(f"Add rows\n\n{line}")
    assert clone.git("push", "origin", "main")


def test_it_counts_whoever_the_rivals_are(clone: Work, server: Work) -> None:
    policy = server.write("policy.toml", 'version = 1\n[vendors]\nrivals = ["openai"]\n')
    server.did("config", "ringfence.policy", str(policy))
    clone.commit("Add rows\n\nAssisted-by: LLM")
    assert marks(refused(clone.git("push", "origin", "main"))) == ["undisclosed-assisted-by"]


def test_a_tag_can_let_it_pass_on_the_record_and_a_later_layer_can_not(clone: Work) -> None:
    policy = clone.write("policy.toml", 'version = 1\n[tag.mine]\nundisclosed = "record"\n')
    clone.commit("Add rows\n\nAssisted-by: LLM")
    assert clone.ringfence("check", "--all", "--tag", "mine", "--policy", str(policy))
    policy.write_text('version = 1\n[tag.eval]\nundisclosed = "record"\n')
    said = clone.ringfence("check", "--all", "--tag", "eval", "--policy", str(policy))
    assert said.status == 4
    assert "tag.eval.undisclosed: would loosen block to record" in said.out
