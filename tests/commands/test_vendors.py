"""What is known of vendors, how old it is, and how a marker is added from an example."""

from __future__ import annotations

import datetime as dt

from conftest import Work

MESSAGE = """\
Sort rows

🤖 Made with [Acme Coder](https://acme.example)

Acme-Session: https://acme.example/s/123
Assisted-by: Acme Coder 1.2
Signed-off-by: Jo Example <jo@example.com>
Co-authored-by: Acme Coder <coder@acme.example>
"""


def test_all_vendors_are_listed(laptop: Work) -> None:
    lines = laptop.ringfence("vendors", "list").out.splitlines()
    assert lines[0].split() == ["id", "name", "products", "markers", "models", "confirmed"]
    (aider,) = [line for line in lines if line.startswith("aider ")]
    assert aider.split()[:3] == ["aider", "Aider", "Aider"]
    dt.date.fromisoformat(aider.split()[-1])


def test_all_that_is_known_of_a_vendor_is_shown(laptop: Work) -> None:
    said = laptop.ringfence("vendors", "show", "charm")
    assert said.out.startswith("Charm (charm), confirmed 20")
    assert "\ncharm-crush-trailer: trailer, definitive, of crush\n" in said.out
    assert "\n  caught: Assisted-by: Crush\n" in said.out
    assert "\n  passed: Assisted-by: Crush Example <crush@example.org>\n" in said.out


def test_terms_are_shown_with_whether_they_bar_learning_from_answers(laptop: Work) -> None:
    shown = laptop.ringfence("vendors", "show", "moonshot").out
    assert "\nterms: Kimi's Terms of Service, Service Misuse, 2024-01-05: Kimi must not be used to" in shown
    assert "\nterms: MIT License with a rider, of the Kimi K2 weights, 2025-07-11 (no bar): " in shown
    assert "\nterms: none that could be read\n" in laptop.ringfence("vendors", "show", "reka").out
    assert "terms:" not in laptop.ringfence("vendors", "show", "charm").out


def test_a_vendor_that_is_not_there_is_told_with_the_nearest(laptop: Work) -> None:
    said = laptop.ringfence("vendors", "show", "opnai")
    assert (said.status, said.out) == (
        2,
        "ringfence: unknown vendor or marker `opnai`; did you mean `openai`?\n  See ringfence vendors list.\n",
    )


def test_what_was_not_confirmed_for_a_year_is_stale(laptop: Work) -> None:
    told = laptop.ringfence("vendors", "stale").out
    assert told.startswith("catalogue 20")
    assert "never" not in told
    proposed = laptop.ringfence("vendors", "propose", "--author", "Acme Coder <coder@acme.example>").out
    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    laptop.write("own/acme.toml", proposed.replace(today, "2020-01-31"))
    laptop.write("policy.toml", 'version = 1\ncatalogue = ["own"]\n')
    said = laptop.ringfence("vendors", "stale", "--policy", "policy.toml").out
    assert "acme acme-coder-address 2020-01-31" in " ".join(said.split())


def test_what_is_proposed_can_be_used_as_it_is(laptop: Work) -> None:
    laptop.write("message.txt", MESSAGE)
    assert laptop.ringfence("check", "--message", "message.txt")
    proposed = laptop.ringfence("vendors", "propose", "--message", "message.txt")
    assert proposed, proposed.out
    assert "Jo Example" not in proposed.out
    laptop.write("own/acme.toml", proposed.out)
    laptop.write("policy.toml", 'version = 1\ncatalogue = ["own/"]\n')
    right = laptop.ringfence("policy", "check", "policy.toml")
    assert right, right.out
    said = laptop.ringfence("check", "--message", "message.txt", "--policy", "policy.toml")
    assert said.status == 1
    for form in ("footer", "acme-session-trailer", "assisted-by-trailer", "address"):
        assert f"[acme-coder-{form}]" in said.out


def test_for_a_known_vendor_only_the_markers_are_proposed(laptop: Work) -> None:
    said = laptop.ringfence("vendors", "propose", "--vendor", "charm", "--path", ".crush-sessions/")
    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    assert said.out == (
        "# add to charm.toml; then fill in the source, and review each line\n"
        "\n[[marker]]\n"
        'id = "charm-crush-path"\nproduct = "crush"\nkind = "path"\nglob = [".crush-sessions/"]\nstrength = "strong"\n'
        'why = "crush keeps its sessions there."\ncaught = [".crush-sessions/a.md"]\npassed = ["src/a.md"]\n'
        f'source = "SAY WHERE IT WAS SEEN"\nseen = {today}\n'
    )


def test_an_example_without_a_mark_is_told(laptop: Work) -> None:
    laptop.write("message.txt", "Sort\n\nSigned-off-by: Jo Example <jo@example.com>\n")
    said = laptop.ringfence("vendors", "propose", "--message", "message.txt")
    assert said.status == 2
    assert said.out.startswith("ringfence: no mark of a tool in the message: no co-author, no trailer, no footer.\n")
    assert laptop.ringfence("vendors", "propose", "--author", "Acme").status == 2
    assert laptop.ringfence("vendors", "propose", "--message", "nothing.txt").status == 2
