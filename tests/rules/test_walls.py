"""Who brought a rival's mark to a subject's repositories stays out of its clean rooms for the days of the wall."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import TRAILER, Work, bare, cloned, kept
from ringfence.errors import PolicyError
from ringfence.gate import walls
from ringfence.model import ScanCounts, Verdict
from ringfence.policy.effective import build_effective_policy, read_vendors
from ringfence.policy.inputs import Inputs, Layer
from ringfence.policy.load import load_plan
from ringfence.policy.plan import Plan
from ringfence.records import ledger
from rules.conftest import ME, day, waiver

WALL = '[[wall]]\nsubject = "tokenizer"\nrepositories = ["*/lab"]\ntags = ["training-data"]\ndays = 30\n'
ORDINARY = (
    '[[repository]]\nmatch = ["*/lab", "*/elsewhere"]\ntags = ["ordinary"]\n'
    '[tag.ordinary]\ndefinitive = "record"\nstrong = "record"\n'
)
APPROVERS = '[tag.training-data]\napprovers = ["bob"]\n'
REFUSED = "refused, a wall keeps the account out for now (training-data)"


@pytest.fixture
def written(policy, book: Path) -> Callable[..., None]:
    """Write the policy, with a wall; the room is `server`, and its ledger is everybody's."""

    def write(*more: str) -> None:
        policy("".join((*more, ORDINARY, WALL)))

    write()
    return write


def work_in(tmp_path: Path, name: str, book: Path, message: str) -> None:
    """Push a commit to another repository of the server."""
    server = bare(tmp_path / f"{name}.git")
    server.did("config", "ringfence.policy", str(tmp_path / "policy.toml"))
    server.did("config", "ringfence.ledger", str(book))
    clone = cloned(server, tmp_path / name)
    clone.commit(message, files={"a.txt": "text\n"})
    clone.did("push", "-q", "origin", "main")


def push(clone: Work) -> str:
    clone.commit("Add a row", files={f"{time.monotonic_ns()}.txt": "a row\n"})
    return clone.git("push", "origin", "HEAD:main").out


def test_who_worked_on_a_subject_with_a_rivals_tool_is_kept_out_of_its_rooms(
    clone: Work, tmp_path: Path, book: Path, written: Callable[..., None]
) -> None:
    assert REFUSED not in push(clone)
    work_in(tmp_path, "lab", book, f"Try it\n\n{TRAILER}")
    today = dt.datetime.now(dt.UTC).date()
    said = push(clone)
    assert f"ringfence pre-receive: {REFUSED}" in said
    assert (
        f"{ME}: work with anthropic's tools in {str(tmp_path).lstrip('/')}/lab on {today}; "
        f"from {today + dt.timedelta(days=31)} on it may push"
    ) in said.replace(f"in /{str(tmp_path).lstrip('/')}", f"in {str(tmp_path).lstrip('/')}")
    assert "= the wall around tokenizer (definitive, training-data) [wall]" in said
    assert kept(book)[-1]["outcome"] == "blocked"


@pytest.mark.parametrize(("name", "message"), [("elsewhere", f"Try it\n\n{TRAILER}"), ("lab", "By hand")])
def test_other_work_counts_for_nothing(
    clone: Work, tmp_path: Path, book: Path, written: Callable[..., None], name: str, message: str
) -> None:
    work_in(tmp_path, name, book, message)
    assert REFUSED not in push(clone)


def lift(said: str, **changed: str) -> str:
    found = re.search(r'For a waiver by two: finding = "([0-9a-f]{20})", tag = "training-data"', said)
    assert found, said
    return APPROVERS + waiver(finding=found[1], **changed)


def test_two_people_lift_a_wall_for_everything_that_follows(
    clone: Work, tmp_path: Path, book: Path, written: Callable[..., None]
) -> None:
    work_in(tmp_path, "lab", book, f"Try it\n\n{TRAILER}")
    said = push(clone)
    for changed in ({"approved_by": "ann"}, {"until": day(-1)}, {"tag": "eval"}):  # by one, ended, for another room
        written(lift(said, **changed))
        assert REFUSED in push(clone)
    written(lift(said))
    assert "allowed by waiver (training-data)" in push(clone)
    assert "allowed by waiver (training-data)" in push(clone)
    assert kept(book)[-1]["body"]["findings"][0]["waiver"] == "LEGAL-7"


def test_nobody_breaks_the_glass_of_a_wall_alone(
    clone: Work, server: Work, tmp_path: Path, book: Path, written: Callable[..., None]
) -> None:
    server.did("config", "receive.advertisePushOptions", "true")
    written(f'[waivers]\nemergency = ["{ME}"]\n')
    work_in(tmp_path, "lab", book, f"Try it\n\n{TRAILER}")
    clone.commit("Add a row")
    assert REFUSED in clone.git("push", "-o", "ringfence.waive=INC-3", "origin", "HEAD:main").out


def test_without_a_ledger_nobody_gets_through_a_wall(clone: Work, server: Work, written: Callable[..., None]) -> None:
    server.did("config", "--unset", "ringfence.ledger")
    assert "this push: no ledger is kept here, and a wall stands around tokenizer" in push(clone)


@pytest.mark.usefixtures("written")
def test_a_ledger_that_cant_be_read_refuses(clone: Work, book: Path) -> None:
    book.parent.mkdir(parents=True, exist_ok=True)
    book.write_text("no ledger")
    clone.commit("Add a row")
    clone.git("push", "origin", "HEAD:main").assert_refused("the ledger")


def test_a_server_that_cant_say_who_pushes_lets_nobody_through(
    clone: Work, server: Work, written: Callable[..., None]
) -> None:
    clone.commit("Add a row")
    web = {"GATEWAY_INTERFACE": "CGI/1.1", "REMOTE_USER": "pat"}
    said = clone.git("push", "origin", "HEAD:main", **web)
    said.assert_refused("the server doesn't say who pushes, and a wall stands around tokenizer")


# --- by the ledger alone ---


def load(text: str = WALL, more: str = "") -> Plan:
    policy = Layer("policy.toml", "organisation", f"version = 1\n{more}{text}".encode(), is_authoritative=True)
    return load_plan(Inputs((policy,), (("training-data", "a test"),)))


class Room:
    """The part of a repository that walls use."""

    def __init__(self, path: Path) -> None:
        self.ledger = str(path)


def judge(plan: Plan, path: Path, account: str = "ann") -> Verdict:
    verdict = Verdict((), (), ScanCounts(), "", ("training-data",))
    return walls.judge_walls(Room(path), plan, verdict, account)  # type: ignore[arg-type]


def record(
    path: Path, monkeypatch: pytest.MonkeyPatch, *, who: str = "ann", name: str = "srv/lab", ago: int = 0,
    kind: str = "push", **finding: str,
) -> None:  # fmt: skip
    now = time.gmtime(time.time() - ago * 86400)
    row = {"vendor": "openai", "strength": "strong", "evidence": "declared"} | finding
    with monkeypatch.context() as patch:
        patch.setattr(time, "gmtime", lambda *_: now)
        ledger.append_entry(str(path), ledger.Decision(kind, who, name, "allowed", {"findings": [row]}))


@pytest.mark.parametrize(
    ("said", "is_kept_out"),
    [
        ({}, True), ({"ago": 29}, True), ({"ago": 30}, True), ({"ago": 31}, False), ({"who": "bob"}, False),
        ({"name": "srv/lab2"}, False), ({"kind": "read"}, False), ({"strength": "weak"}, False),
        ({"evidence": "mention"}, False), ({"evidence": "use"}, False), ({"evidence": "artefact"}, True),
        ({"vendor": "mistral"}, False), ({"kind": "override"}, True), ({"vendor": "undisclosed"}, True),
    ],
)  # fmt: skip
def test_what_counts_is_a_mark_of_a_rival_that_the_account_pushed_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: dict[str, object], is_kept_out: bool
) -> None:
    record(tmp_path / "ledger.db", monkeypatch, **said)  # type: ignore[arg-type]
    plan = load(more='[vendors]\napproved = ["mistral"]\n')
    assert bool(judge(plan, tmp_path / "ledger.db").exit_code) == is_kept_out


def test_the_last_of_several_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for ago, vendor in ((3, "openai"), (2, "mistral"), (20, "meta")):
        record(tmp_path / "ledger.db", monkeypatch, ago=ago, vendor=vendor)
    [finding] = judge(load(), tmp_path / "ledger.db").findings
    assert f"work with mistral's tools in srv/lab on {day(-2)}; from {day(29)} on it may push" in finding.excerpt


days = st.integers(0, 60)
sessions = st.lists(
    st.tuples(days, st.sampled_from(("srv/lab", "srv/other")), st.sampled_from(("openai", "none"))), max_size=4
)


@settings(max_examples=200, deadline=None)
@given(sessions, st.integers(1, 40), st.sampled_from(("*/lab", "*", "srv/none")))
def test_a_wall_keeps_out_whom_it_names_and_nobody_else(
    given: list[tuple[int, str, str]], stands: int, where: str
) -> None:
    """Property: an account gets through only where no session of a rival's within the days lies in its repositories."""
    plan = PLAN
    wall = next(iter(plan.walls))
    wall = type(wall)(wall.subject, wall.tags, stands, (where,))
    rows = sorted((walls._Session(day(-ago), name, vendor) for ago, name, vendor in given), key=lambda it: it.day)
    verdict = Verdict((), (), ScanCounts(), "", ("training-data",))
    found = walls._judge_wall(plan, wall, verdict, "ann", rows[::-1])
    covered = {"*/lab": {"srv/lab"}, "*": {"srv/lab", "srv/other"}, "srv/none": set()}[where]
    assert bool(found) == any(ago <= stands and name in covered and vendor == "openai" for ago, name, vendor in given)
    assert found is None or found.is_blocking


PLAN = load()


def test_a_repositorys_own_file_can_set_no_wall_and_lower_none() -> None:
    organisation = Layer("org", "organisation", f"version = 1\n{WALL}".encode(), is_authoritative=True)
    for text in (WALL, '[tag.training-data]\nwalls = "warn"\n'):
        inputs = Inputs((organisation, Layer("own", "repository", f"version = 1\n{text}".encode())))
        with pytest.raises(
            PolicyError, match=r"only the organisation's policy can set this|would loosen block to warn"
        ):
            build_effective_policy(inputs, read_vendors(inputs))
