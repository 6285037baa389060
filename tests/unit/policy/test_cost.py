from __future__ import annotations

import pytest

from ringfence.errors import PolicyError
from ringfence.policy.effective import build_effective_policy, read_vendors
from ringfence.policy.inputs import Inputs, Layer

ZONE = '[[zone]]\ntag = "eval"\n{} = ["{}"]\n'
MARKER = (
    '[[marker]]\nvendor = "openai"\nid = "acme-tool-{0}"\nproduct = "codex"\nkind = "trailer"\nkey = ["Tool-{0}"]\n'
    'strength = "definitive"\nwhy = "Ours."\nsource = "us"\ncaught = ["Tool-{0}: yes"]\npassed = ["Acme: no"]\n'
)
TOO_MUCH = {
    "zones": "".join(ZONE.format("paths", f"a{number}/**/b*/**/c*") for number in range(300)),
    "paths": '[[zone]]\ntag = "eval"\npaths = [' + ", ".join(f'"a{number}"' for number in range(2001)) + "]\n",
    "refs": "".join(ZONE.format("refs", f"r{number}/*/x*") for number in range(700)),
    "stars": ZONE.format("paths", "*a" * 400) * 5,
    "length": ZONE.format("paths", "a" * 1001),
    "markers": "".join(map(MARKER.format, range(101))),
}


def build(text: str, kind: str) -> None:
    layer = Layer("x.toml", kind, f"version = 1\n{text}".encode(), is_authoritative=kind == "organisation")
    inputs = Inputs((layer,))
    build_effective_policy(inputs, read_vendors(inputs))


@pytest.mark.parametrize("what", TOO_MUCH)
def test_a_repositorys_own_policy_has_a_bound_and_the_organisations_has_none(what: str) -> None:
    with pytest.raises(PolicyError, match=r"x\.toml: (zone|marker): .*; the limit is"):
        build(TOO_MUCH[what], "repository")
    build(TOO_MUCH[what], "organisation")


def test_hundreds_of_zones_are_within_the_bound() -> None:
    build("".join(ZONE.format("paths", f"data/set{number}/**") for number in range(600)), "repository")
    build("".join(map(MARKER.format, range(100))), "repository")
