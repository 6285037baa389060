"""Which paths lie in which zones, and what follows."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from ringfence.policy import cache, defaults, vendor_files
from ringfence.policy.inputs import Inputs, Layer
from ringfence.policy.load import load_plan
from ringfence.policy.plan import Plan

TEXT = b"""
version = 1
[[zone]]
tag = "eval"
paths = ["evals/**", "!evals/docs/**", "evals/docs/answers.md"]
[[zone]]
tag = "training-data"
paths = ["data", "*.jsonl"]
"""


@pytest.fixture(scope="module")
def zoned() -> Plan:
    return load_plan(Inputs((Layer("ringfence.toml", "repository", TEXT),)))


@pytest.mark.parametrize(
    ("path", "tags"),
    [
        (b"evals/a.txt", ("eval",)),
        (b"evals/docs/intro.md", ()),
        (b"evals/docs/answers.md", ("eval",)),
        (b"evals/rows.jsonl", ("eval", "training-data")),
        (b"src/data/x", ("training-data",)),
        (b"src/main.py", ()),
        (b"evals/\xff\xfe", ("eval",)),
        (b"evals/with\nline", ("eval",)),
    ],
)
def test_a_path_lies_in_the_zones_whose_last_matching_glob_takes_it_in(
    zoned: Plan, path: bytes, tags: tuple[str, ...]
) -> None:
    assert zoned.zones.find_tags(path) == tags


def test_a_tag_of_the_repository_holds_everywhere(zoned: Plan) -> None:
    both = load_plan(Inputs((Layer("ringfence.toml", "repository", TEXT),), (("benchmark", "a test"),)))
    assert both.zones.find_tags(b"src/main.py") == ("benchmark",)
    assert both.zones.find_tags(b"evals/a") == ("benchmark", "eval")


def test_among_tags_the_strictest_action_counts_and_says_whose_it_is(zoned: Plan) -> None:
    zoned.actions.by_tag["mine"] = dict.fromkeys(zoned.actions.by_tag["eval"], "record")
    assert zoned.actions.find_strictest(("eval", "mine"), "weak") == ("warn", "eval")


def test_a_plan_from_the_cache_says_the_same() -> None:
    inputs = Inputs((Layer("ringfence.toml", "repository", TEXT),), (("benchmark", "again"),))
    fresh, cached = load_plan(inputs), load_plan(inputs)
    assert (fresh.ruleset, fresh.rivals, fresh.actions.by_tag) == (
        cached.ruleset,
        cached.rivals,
        cached.actions.by_tag,
    )
    assert fresh.catalogue.markers == cached.catalogue.markers


def test_changed_defaults_are_not_answered_from_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = Inputs(tags=(("eval", "a test"),))
    assert load_plan(inputs).actions.by_tag["eval"]["weak"] == "warn"
    changed = tmp_path / "policy"
    shutil.copytree(cache.find_shipped_folder("policy"), changed)
    file = changed / "defaults.toml"
    file.write_text(file.read_text().replace('weak = "warn"', 'weak = "block"'))
    for module in (cache, defaults, vendor_files):
        monkeypatch.setattr(module, "find_shipped_folder", lambda _: str(changed))
    assert load_plan(inputs).actions.by_tag["eval"]["weak"] == "block"


def test_an_edit_that_keeps_size_and_date_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = tmp_path / "policy"
    shutil.copytree(cache.find_shipped_folder("policy"), changed)
    monkeypatch.setattr(cache, "find_shipped_folder", lambda _: str(changed))
    before = cache.build_key([])
    assert cache.build_key([]) == before
    vendor = changed / "vendors" / "openai.toml"
    times = vendor.stat()
    vendor.write_bytes(vendor.read_bytes().replace(b"ChatGPT", b"ChatGPS"))
    os.utime(vendor, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert cache.build_key([]) != before
