"""An organisation's own vendor files add vendors, whatever is pushed, and change none."""

from __future__ import annotations

import pytest

from conftest import Work

VENDOR = """\
name = "Acme AI"
seen = 2026-11-01

[[product]]
id = "acme-coder"
name = "Acme Coder"

[[marker]]
id = "acme-coder-address"
product = "acme-coder"
kind = "identity"
address = ["coder@acme.example"]
strength = "definitive"
why = "Acme Coder signs with it."
source = "us"
caught = ["Acme Coder <coder@acme.example>"]
passed = ["Ann Example <ann@acme.example>"]
"""
POLICY = 'version = 1\ncatalogue = ["vendors/"]\n'
MARKED = "Sort\n\nCo-authored-by: Acme Coder <coder@acme.example>\n"


@pytest.fixture
def organisation(laptop: Work) -> Work:
    laptop.write("org/policy.toml", POLICY)
    laptop.write("org/vendors/acme.toml", VENDOR)
    laptop.git("config", "ringfence.policy", str(laptop.path / "org" / "policy.toml"))
    return laptop


def said(work: Work, text: str = MARKED):
    work.write("message.txt", text)
    return work.ringfence("check", "--message", "message.txt")


def test_an_added_vendor_is_found_and_named(organisation: Work) -> None:
    assert said(organisation).status == 1
    assert "= Acme Coder (definitive, training-data) [acme-coder-address]" in said(organisation).out
    assert "acme" in organisation.ringfence("vendors", "list", "--policy", "org/policy.toml").out
    assert "vendors/  " in organisation.ringfence("policy", "show").out


def test_a_changed_vendor_file_counts_at_once(organisation: Work) -> None:
    assert said(organisation).status == 1
    organisation.write("org/vendors/acme.toml", VENDOR.replace('"definitive"', '"weak"'))
    assert said(organisation).status == 0
    organisation.write("org/vendors/beta.toml", VENDOR.replace("acme", "beta").replace("Acme", "Beta"))
    assert said(organisation, MARKED.replace("acme", "beta")).status == 1


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("acme.toml", "name = = 1", "acme.toml: not TOML: "),
        ("acme.toml", VENDOR.replace('kind = "identity"', 'kind = "smell"'), "acme.toml"),
        (
            "openai.toml",
            VENDOR,
            "openai.toml: `openai` is already in the catalogue; add markers by [[marker]] in the policy",
        ),
        ("Acme AI.toml", VENDOR, "`Acme AI` isn't a vendor id"),
        ("beta.toml", VENDOR, "marker acme-coder-address: duplicate id"),
        (
            "other.toml",
            VENDOR.replace("acme-coder-address", "openai-codex-address"),
            "marker openai-codex-address: duplicate id",
        ),
    ],
)
def test_a_vendor_file_that_cannot_be_used_is_an_error(organisation: Work, name: str, text: str, told: str) -> None:
    organisation.write(f"org/vendors/{name}", text)
    assert said(organisation).status == 4
    assert told in said(organisation).out


def test_a_folder_that_is_not_there_or_empty_is_an_error(organisation: Work) -> None:
    assert said(organisation).status == 1
    (organisation.path / "org/vendors/acme.toml").unlink()
    assert said(organisation).status == 4
    assert "vendors has no vendor file (VENDOR.toml)." in said(organisation).out
    (organisation.path / "org/vendors").rmdir()
    assert said(organisation).status == 4
    assert "vendors can't be read: No such file or directory." in said(organisation).out


def test_an_example_that_is_missed_is_told_by_policy_check(organisation: Work) -> None:
    organisation.write("org/vendors/acme.toml", VENDOR.replace('caught = ["Acme', 'caught = ["Ann <x@y.z>", "Acme'))
    checked = organisation.ringfence("policy", "check", "org/policy.toml")
    assert (checked.status, checked.out) == (4, "ringfence: marker acme-coder-address: misses 'Ann <x@y.z>'\n")


def test_a_repository_cannot_name_vendor_files(laptop: Work) -> None:
    laptop.write("vendors/acme.toml", VENDOR)
    laptop.write("ringfence.toml", POLICY)
    assert said(laptop).status == 4
    assert "ringfence.toml: catalogue: only the organisation's policy can set this" in said(laptop).out


@pytest.mark.long
def test_an_added_model_hides_no_rivals(organisation: Work) -> None:
    model = """
[[model]]
id = "acme-model"
product = "acme-coder"
pattern = 'acme gpt-5|claude[ a-z]*'
source = "us"
caught = ["acme gpt-5"]
passed = ["acme"]
"""
    organisation.write("org/vendors/acme.toml", VENDOR + model)
    organisation.write("org/policy.toml", POLICY + '[vendors]\napproved = ["acme"]\n')
    assert said(organisation, "Sort\n\nAssisted-by: acme gpt-5\n").status == 1
    assert said(organisation, "Sort\n\nCo-authored-by: Acme (Claude Opus 4.5) <coder@acme.example>\n").status == 1


def test_who_is_not_named_cannot_be_approved(laptop: Work) -> None:
    for table in ("[vendors]\napproved", "[organisation]\nown"):
        laptop.write("policy.toml", f'version = 1\n{table} = ["undisclosed"]\n')
        checked = laptop.ringfence("policy", "check", "policy.toml")
        assert checked.status == 4
        assert "`undisclosed` isn't a vendor; set its action by `tag.*.undisclosed`" in checked.out
