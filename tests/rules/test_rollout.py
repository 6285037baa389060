"""While a tag observes, pushes are judged and recorded, and pass; its end, its accounts, and what goes wrong."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import TRAILER, Said, Work, cloned, kept
from ringfence.policy.rollout import Rollout
from rules.conftest import ME, day, found

MARKED = f"Add rows\n\n{TRAILER}"
LINE = "ringfence pre-receive: observed, 1 mark of rival AI tools (training-data)"


def rollout(until: str, *more: str, tags: str = '"training-data"') -> str:
    """Return a policy that observes."""
    return "\n".join(["[rollout]", f"observe = [{tags}]", f"until = {until}", *more, ""])


def push(clone: Work, message: str = MARKED, name: str = "rows.txt") -> Said:
    """Push a commit, with a mark unless the message has none."""
    clone.commit(message, files={name: "rows\n"})
    return clone.git("push", "origin", "HEAD:main")


def lines(said: Said) -> list[str]:
    """Return what ringfence said to the pusher."""
    return [line.partition("remote: ")[2].rstrip() for line in said.out.splitlines() if "ringfence" in line]


# --- while a tag observes ---


def test_a_marked_push_passes_with_one_line_and_is_recorded(clone: Work, policy: Callable, book: Path) -> None:
    policy(rollout(day(30)))
    said = push(clone)
    assert said
    assert lines(said) == [LINE]
    [entry] = kept(book)
    assert (entry["kind"], entry["outcome"], entry["body"]["observed"]) == ("push", "observed", ["training-data"])
    [finding] = entry["body"]["findings"]
    assert (finding["action"], finding["vendor"]) == ("block", "anthropic")


def test_a_clean_push_is_told_nothing(clone: Work, policy: Callable, book: Path) -> None:
    policy(rollout(day(30)))
    said = push(clone, "Add rows")
    assert said
    assert lines(said) == []
    assert [entry["outcome"] for entry in kept(book)] == ["allowed"]


def test_what_cannot_be_read_passes_too(clone: Work, policy: Callable, book: Path) -> None:
    policy(rollout(day(30)))
    clone.commit("Add rows", files={"rows.gz": b"\x1f\x8b\x08\x00"})
    said = clone.git("push", "origin", "HEAD:main")
    assert said
    assert lines(said) == ["ringfence pre-receive: observed, 1 item could not be read (training-data)"]
    assert [entry["outcome"] for entry in kept(book)] == ["observed"]


def test_another_tag_refuses_what_both_would_refuse(server: Work, clone: Work, policy: Callable) -> None:
    server.tag("eval")
    policy(rollout(day(30)))
    push(clone).assert_refused("refused, 1 mark of rival AI tools")


def test_both_tags_may_observe(server: Work, clone: Work, policy: Callable) -> None:
    server.tag("eval")
    policy(rollout(day(30), tags='"training-data", "eval"'))
    assert push(clone)


def test_quarantine_does_nothing_while_observing(server: Work, clone: Work, policy: Callable, book: Path) -> None:
    policy('[tag.training-data]\non_block = "quarantine"\n' + rollout(day(30)))
    assert server.ringfence("install", "--server", str(server.path))
    assert push(clone)
    assert server.did("for-each-ref", "refs/quarantine") == ""
    assert "quarantine" not in kept(book)[0]["body"]


def test_a_push_that_takes_protection_away_is_refused_all_the_same(server: Work, clone: Work, policy: Callable) -> None:
    own = 'version = 1\ntags = ["training-data"]\n'
    clone.commit("Tag", files={"ringfence.toml": own})
    clone.did("push", "-q", "origin", "HEAD:main")
    server.did("config", "--unset-all", "ringfence.tag")
    policy(rollout(day(30)))
    clone.commit("Untag", files={"ringfence.toml": "version = 1\n"})
    clone.git("push", "origin", "HEAD:main").assert_refused("would remove `training-data`")


def test_hooks_of_a_clone_and_its_ci_observe_too(laptop: Work, tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text("version = 1\n" + rollout(day(30)))
    laptop.did("config", "ringfence.policy", str(path))
    base = laptop.did("rev-parse", "HEAD")
    laptop.write("rows.txt")
    laptop.did("add", ".")
    said = laptop.git("commit", "-m", MARKED)
    assert said
    assert "ringfence commit-msg: observed, 1 mark" in said.out
    receipt = str(tmp_path / "receipt.json")
    said = laptop.ringfence("ci", "--range", f"{base}..HEAD", "--receipt", receipt)
    assert said
    assert "observed, 1 mark of rival AI tools: would be refused (training-data)" in said.out
    head = laptop.did("rev-parse", "HEAD")
    said = laptop.ringfence("receipt", "verify", receipt, "--commit", head, "--base", base)
    assert said.status == 7  # what is only observed isn't taken for clean by a later stage


def test_an_audit_says_what_would_be_refused(laptop: Work, tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text("version = 1\n" + rollout(day(30)))
    laptop.did("config", "ringfence.policy", str(path))
    laptop.commit(MARKED)
    assert laptop.ringfence("check", "--all").status == 1
    assert [item["action"] for item in found(laptop)] == ["block"]


# --- until when, and for whom ---


@pytest.mark.parametrize(("offset", "passes"), [(0, True), (1, True), (-1, False)])
def test_the_last_day_is_inclusive(clone: Work, policy: Callable, offset: int, passes: bool) -> None:
    policy(rollout(day(offset)))
    assert bool(push(clone)) == passes


@pytest.mark.parametrize(("offset", "is_told"), [(0, True), (6, True), (7, False)])
def test_everybody_is_told_a_week_ahead(clone: Work, policy: Callable, offset: int, is_told: bool) -> None:
    policy(rollout(day(offset)))
    end = f"refused from {day(offset + 1)} on"
    assert lines(push(clone)) == [LINE + f"; {end}" * is_told]
    told = [f"ringfence pre-receive: marks are {end} (training-data)"] * is_told
    assert lines(push(clone, "Add more", "more.txt")) == told


@pytest.mark.parametrize(
    ("more", "passes"),
    [
        (f'enforce_for = ["{ME}"]', False),
        (f'enforce_for = ["{ME.upper()}"]', False),
        ('enforce_for = ["nobody-else"]', True),
        (f'observe_for = ["{ME[:2]}*"]', True),
        ('observe_for = ["nobody-else"]', False),
        (f'observe_for = ["*"]\nenforce_for = ["{ME}"]', False),
    ],
)
def test_a_pilot_group_goes_first(clone: Work, policy: Callable, more: str, passes: bool) -> None:
    policy(rollout(day(30), more))
    assert bool(push(clone)) == passes


def test_the_first_day_after_it_is_a_day_of_the_calendar() -> None:
    def first(until: str) -> str:
        return Rollout({"observe": [["eval", until]]}, lambda _: b"").enforced_from

    assert [first(until) for until in ("2027-01-31", "2028-02-28", "2027-12-31", "2027-03-27")] == [
        "2027-02-01", "2028-02-29", "2028-01-01", "2027-03-28",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('[rollout]\nobserve = ["eval"]\n', "need each other"),
        ("[rollout]\nuntil = 2027-01-01\n", "need each other"),
        ('[rollout]\nenforce_for = ["ann"]\n', "need `observe`"),
        (rollout("2027-01-01", tags='"evil"'), "unknown tag `evil`"),
        (rollout('"soon"'), "rollout.until"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, part: str) -> None:
    work = Work(tmp_path)
    work.write("policy.toml", f"version = 1\n{text}")
    said = work.ringfence("policy", "check", "policy.toml")
    assert said.status == 4
    assert part in said.out


def test_a_repository_cannot_let_itself_be_observed(tmp_path: Path) -> None:
    work = Work(tmp_path)
    work.write("ringfence.toml", "version = 1\n" + rollout("2027-01-01"))
    said = work.ringfence("policy", "check", "ringfence.toml")
    assert said.status == 4
    assert "rollout: only the organisation's policy can set this" in said.out


def test_whoever_pushes_cannot_either(server: Work, clone: Work, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("version = 1\n" + rollout(day(30)))
    said = clone.commit(MARKED)
    said = clone.git("push", "origin", "HEAD:main", RINGFENCE_POLICY=str(path))
    said.assert_refused("only the organisation's policy can set this")


# --- what goes wrong ---


def test_an_error_of_ours_passes_and_is_recorded_as_an_error(
    server: Work, clone: Work, policy: Callable, book: Path
) -> None:
    policy(rollout(day(30)))
    path = server.path / "hooks" / "pre-receive"
    text = path.read_text()
    broken = "import ringfence.gate.judge_push as it; it.judge_tagged = lambda *_: 1 // 0; main()'"
    path.write_text(text.replace("main()'", broken, 1))
    said = push(clone)
    assert said
    assert lines(said) == ["ringfence pre-receive: observed, 1 item could not be read (training-data)"]
    [entry] = kept(book)
    assert (entry["outcome"], entry["body"]["code"], entry["body"]["observed"]) == ("error", 70, ["training-data"])
    assert "division" in entry["body"]["reason"]


def test_an_error_refuses_where_a_tag_does_not_observe(server: Work, clone: Work, policy: Callable, book: Path) -> None:
    server.tag("eval")
    policy(rollout(day(30)))
    path = server.path / "hooks" / "pre-receive"
    broken = "import ringfence.gate.judge_push as it; it.judge_tagged = lambda *_: 1 // 0; main()'"
    path.write_text(path.read_text().replace("main()'", broken, 1))
    assert not push(clone)
    assert [entry["outcome"] for entry in kept(book)] == ["error"]


def test_a_ledger_that_cannot_be_written_passes_too(clone: Work, policy: Callable, book: Path) -> None:
    policy(rollout(day(30)))
    book.parent.mkdir(parents=True, exist_ok=True)
    book.write_bytes(b"no database, but something else\n" * 100)
    said = push(clone)
    assert said
    assert len(lines(said)) == 1


@pytest.mark.parametrize("broken", ["version = 1\nrules = 3\n", "version = ", '[[repository]]\nmatch = ["*"]\n'])
def test_the_last_good_policy_decides_where_an_edit_broke_it(
    server: Work, clone: Work, policy: Callable, book: Path, broken: str
) -> None:
    path = policy(rollout(day(30)))
    assert push(clone)
    path.write_text(broken)
    said = push(clone, name="b.txt")
    assert said
    assert lines(said) == [LINE]
    entry = kept(book)[-1]
    assert entry["outcome"] == "observed"
    assert str(path) in entry["body"]["policy_fault"]
    said = server.ringfence("status", "--server", str(server.path))
    assert said.status == 3
    assert f"BAD policy: {path}" in said.out
    assert "the last usable one decides" in said.out


def test_without_one_a_broken_policy_refuses(clone: Work, policy: Callable) -> None:
    policy("rules = 3\n")
    push(clone).assert_refused("rules")


def test_an_older_good_policy_is_forgotten_for_a_newer_one_also_when_it_comes_back(
    clone: Work, policy: Callable
) -> None:
    observing, refusing = rollout(day(30)), ""
    policy(observing)
    assert push(clone)
    policy(refusing)
    assert not push(clone, name="b.txt")
    policy(observing)
    assert clone.git("push", "origin", "HEAD:main")
    policy("rules = 3\n")
    assert push(clone, name="c.txt")


def test_a_repository_whose_own_file_is_wrong_gets_no_older_policy(server: Work, clone: Work, policy: Callable) -> None:
    clone.commit("Own rules", files={"ringfence.toml": 'version = 1\n[tag.training-data]\nweak = "warn"\n'})
    clone.did("push", "-q", "origin", "HEAD:main")
    policy('[tag.training-data]\nweak = "block"\n')
    push(clone, "Add rows").assert_refused("would loosen block to warn")


def test_no_other_account_can_plant_a_policy(server: Work, clone: Work, policy: Callable) -> None:
    path = policy(rollout(day(30)))
    assert push(clone)
    path.write_text("version = ")
    for name in (Path(os.environ["XDG_CACHE_HOME"]) / "ringfence").glob("*.good"):
        name.chmod(0o666)
    assert not push(clone, name="b.txt")


def test_a_clone_beside_another_is_judged_alike(server: Work, clone: Work, policy: Callable, tmp_path: Path) -> None:
    policy(rollout(day(30)))
    other = cloned(server, tmp_path / "other")
    assert lines(push(other)) == [LINE]
