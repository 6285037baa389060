from __future__ import annotations

import pytest

from ringfence.errors import PolicyError
from ringfence.policy.compile import build_plan_sections
from ringfence.policy.effective import build_effective_policy, parse_vendors
from ringfence.policy.effective_policy import EffectivePolicy
from ringfence.policy.inputs import Inputs, Layer
from ringfence.policy.vendor_files import read_shipped_files

VENDORS = parse_vendors(read_shipped_files())


def effective(text: str) -> EffectivePolicy:
    layer = Layer("org.toml", "organisation", f"version = 1\n{text}".encode(), is_authoritative=True)
    return build_effective_policy(Inputs((layer,)), VENDORS)


def rows(text: str) -> list[list[str]]:
    plan = build_plan_sections(effective(text), "name", "2026.01.31+0a1b2c3d", "abc123")["plan"]
    return [line.split("\t") for line in plan.decode().split("\n")]


def test_a_plan_names_ruleset_edition_and_organisation() -> None:
    assert rows('[organisation]\nname = "Acme"\ncontact = "data@acme.example"')[:4] == [
        ["ruleset", "abc123"],
        ["edition", "2026.01.31+0a1b2c3d"],
        ["organisation", "Acme"],
        ["contact", "data@acme.example"],
    ]


def test_zones_are_numbered_with_their_paths_refs_and_generators() -> None:
    found = rows('[[zone]]\ntag = "eval"\npaths = ["a/**", "!a/b"]\nrefs = ["main"]\ngenerators = ["Human"]\n')
    assert [row for row in found if row[0] in ("ref", "generator", "glob", "everywhere")] == [
        ["ref", "0"],
        ["generator", "0", "human"],
        ["glob", "0", "eval", "in"],
        ["glob", "0", "eval", "out"],
    ]


def test_an_unnamed_tool_is_a_rival_under_every_policy() -> None:
    found = rows('tags = ["eval"]\n[vendors]\nrivals = ["openai"]')
    assert [row[1] for row in found if row[0] == "rival"] == ["openai", "undisclosed"]


def test_an_invalid_path_of_a_zone_is_a_mistake() -> None:
    with pytest.raises(PolicyError) as refused:
        rows('[[zone]]\ntag = "eval"\npaths = ["[z-a]"]\n')
    assert refused.value.message.startswith("zone: a path can't be used: ")
