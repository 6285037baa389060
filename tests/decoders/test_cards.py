"""What describes a data set, a card or Croissant, may say who made its rows."""

from __future__ import annotations

import json

import pytest

from conftest import Work

from .test_generators import check, found, zoned

__all__ = ["zoned"]  # a fixture

CARD = "---\nlicense: mit\ntask_categories:\n- text-generation\n{}---\n\n# Rows\n\nA page about gpt-4o.\n"
CROISSANT = {
    "@context": {"rai": "http://mlcommons.org/croissant/RAI/", "prov": "http://www.w3.org/ns/prov#"},
    "@type": "sc:Dataset",
    "name": "rows",
}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("head", "field"),
    [
        ("generated_by: openai/gpt-4o\n", "generated_by"),
        ("synthetic: true\ngenerators: [ours, gpt-4o]\n", "generators"),
        ("configs:\n- config_name: a\n  teacher: &x gpt-4o\n", "teacher"),
    ],
)
def test_a_card_says_what_made_the_rows(laptop: Work, head: str, field: str, end: str) -> None:
    said = check(laptop, "README.md", CARD.format(head).replace("\n", end))
    assert said.status == 1
    ((marker, _, line, place, count),) = found(said)
    assert (marker, line, place, count) == ("generator-of-a-rival", 0, f"card, field {field}", 1)


def test_a_tag_of_a_card_may_only_be_what_it_is_about(laptop: Work) -> None:
    said = check(laptop, "README.md", CARD.format("tags:\n- synthetic\n- gpt-4o\n"))
    assert (said.status, found(said)) == (
        0, [("generator-named", "generator 'gpt-4o'", 0, "card, field tags", 1)],
    )  # fmt: skip


def test_a_short_card_names_a_model_that_may_have_made_the_rows(laptop: Work) -> None:
    """It has no key that only cards of data sets have."""
    said = check(laptop, "README.md", "\n---\nlicense: mit\ntags: [synthetic]\ngenerator: gpt-4o\n---\n# Rows\n")
    assert (said.status, found(said)) == (
        0, [("generator-named", "generator 'gpt-4o'", 0, "card, field generator", 1)],
    )  # fmt: skip


@pytest.mark.parametrize("key", ["base_model: gpt2", "name: rows", "layout: post", "pipeline_tag: text-generation"])
def test_a_head_of_something_else_is_no_short_card(laptop: Work, key: str) -> None:
    said = check(laptop, "README.md", f"---\nlicense: mit\ntags: [a]\n{key}\ngenerator: gpt-4o\n---\n# Page\n")
    assert (said.status, found(said)) == (0, [])


def test_a_zones_list_holds_for_a_card(zoned: Work) -> None:
    assert check(zoned, "rows/README.md", CARD.format("generated_by: ours-7b\ntags: [a]\n")).status == 0
    said = check(zoned, "rows/README.md", CARD.format("generated_by: mystery\n"))
    assert [item[0] for item in found(said)] == ["generator-not-allowed"]


@pytest.mark.parametrize(
    "text",
    [
        "---\nmodel: gpt-4o\ndescription: a prompt\n---\nWrite rows.\n",
        "---\nno: [yaml\n---\ntask_ids\n",
        "---\n- task_ids\n---\n",
        "---\n",
        CARD.format("language: [en]\nconfigs: []\n"),
    ],
)
def test_other_pages_with_a_head_pass(laptop: Work, text: str) -> None:
    assert check(laptop, "README.md", text).status == 0


def test_a_card_that_could_grow_without_end_is_unread(laptop: Work) -> None:
    bomb = "a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    (item,) = json.loads(check(laptop, "README.md", CARD.format(bomb)).out)["unread"]
    assert item["reason"] == "card: it has YAML aliases"


def test_other_yaml_that_refers_to_parts_of_itself_is_read(laptop: Work) -> None:
    said = check(laptop, "tasks.yml", "---\n- set_fact: &fact\n    rows: 3\n- debug: *fact\n")
    assert json.loads(said.out)["unread"] == []


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"rai:machineAnnotationTools": ["a spell checker", "gpt-4o"]}, "rai:machineAnnotationTools"),
        (
            {"prov:wasGeneratedBy": {"@type": "prov:Activity", "name": "a run",
                                     "prov:wasAssociatedWith": {"@type": "prov:SoftwareAgent", "name": "gpt-4o"}}},
            "prov:wasGeneratedBy",
        ),
    ],
)  # fmt: skip
def test_croissant_says_what_made_the_rows(laptop: Work, more: dict[str, object], field: str) -> None:
    said = check(laptop, "croissant.json", json.dumps(CROISSANT | more, indent=2))
    assert said.status == 1
    ((marker, _, _, place, _),) = found(said)
    assert (marker, place) == ("generator-of-a-rival", f"field {field}")
    assert check(laptop, "croissant.json", json.dumps(CROISSANT, indent=2)).status == 0
