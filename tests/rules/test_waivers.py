"""A finding passes by a waiver that names it, that another approved and that hasn't ended; nothing passes with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import SHARE_LINK, TRAILER, Work, bare, kept
from ringfence.check.findings import compute_fingerprint
from rules.conftest import ME, day, found, waiver

OTHER_LINK = SHARE_LINK.replace("0a1b2c3d", "9f8e7d6c")
APPROVERS = '[tag.training-data]\napprovers = ["bob"]\n'


def marked(clone: Work, text: str = SHARE_LINK, name: str = "a.md") -> str:
    """Commit a mark in a file and return its fingerprint."""
    clone.commit("Add rows", files={name: f"{text}\n"})
    [finding] = found(clone, "--range", "HEAD~1..HEAD", "--tag", "training-data")
    return str(finding["fingerprint"])


def test_a_waived_finding_passes_and_stays_in_every_report(clone: Work, book: Path, policy) -> None:
    policy(APPROVERS + waiver(finding=marked(clone)))
    said = clone.git("push", "origin", "main")
    assert said
    assert [line.removeprefix("remote: ").rstrip() for line in said.out.splitlines() if "remote: " in line] == [
        "ringfence pre-receive: allowed by waiver (training-data)",
        "  waived (LEGAL-7):",
        f"  commit {clone.did('rev-parse', 'HEAD')[:12]}, a.md, line 1",
        f"    {SHARE_LINK}",
        "    = ChatGPT (strong, training-data) [openai-chatgpt-share-link]",
    ]
    [entry] = kept(book)
    assert [(item["waiver"], item["action"]) for item in entry["body"]["findings"]] == [("LEGAL-7", "block")]


@pytest.mark.parametrize("text", [OTHER_LINK, f"{SHARE_LINK}\n{OTHER_LINK}", f"{OTHER_LINK}\n{SHARE_LINK}"])
def test_another_mark_beside_it_is_refused(clone: Work, policy, text: str) -> None:
    policy(APPROVERS + waiver(finding=marked(clone)))
    clone.did("push", "-q", "origin", "main")
    clone.commit("Add more", files={"a.md": f"{text}\n"})
    assert "refused, 1 mark" in clone.git("push", "origin", "main").out


def test_another_mark_in_the_same_commit_is_refused(clone: Work, policy) -> None:
    fingerprint = marked(clone)
    clone.did("reset", "-q", "--soft", "HEAD~1")
    clone.commit("Add rows", files={"a.md": f"{SHARE_LINK}\n{OTHER_LINK}\n"})
    policy(APPROVERS + waiver(finding=fingerprint))
    said = clone.git("push", "origin", "main").out
    assert "refused, 1 mark" in said
    assert OTHER_LINK in said


PAD = "pad " * 200
LONG = f'{{"a": "{PAD}{SHARE_LINK} {PAD}"}}'


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        (LONG, True),
        (f"a human's line\n{LONG}\nanother", True),
        (f"{LONG}\n{LONG}", True),
        (LONG.replace("}", ', "b": "more"}'), False),
        (LONG.replace("{", '{"b": "more", '), False),
        (f"{LONG}\n" + LONG.replace("}", ', "id": 2}'), False),
        ("\n".join(LONG.replace("}", f', "id": {number}}}') for number in range(6)), False),
        (LONG.replace("pad ", "pad  ", 1), False),
        (LONG.upper().replace(SHARE_LINK.upper(), SHARE_LINK), False),
    ],
)
@pytest.mark.parametrize("name", ["a.md", "a.jsonl"])
def test_a_waiver_covers_the_whole_line_and_none_that_is_alike_around_the_mark(
    clone: Work, policy, text: str, passes: bool, name: str
) -> None:
    policy(APPROVERS + waiver(finding=marked(clone, LONG, name)))
    clone.did("reset", "-q", "--hard", "HEAD~1")
    clone.commit("Add rows", files={name: f"{text}\n"})
    said = clone.git("push", "origin", "main")
    assert bool(said) == passes, said.out
    if not passes:
        assert "refused, " in said.out


ROW = '{"model": "gpt-4o", "text": "one"}'


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        (ROW, True),
        (f'{{"text": "a human\'s"}}\n{ROW}', True),
        (f"{ROW}\n{ROW.replace('one', 'two')}", False),
        ("\n".join(ROW.replace("one", f"row {number}") for number in range(6)), False),
    ],
)
def test_a_waiver_of_a_row_covers_no_row_of_the_same_model(clone: Work, policy, text: str, passes: bool) -> None:
    policy(APPROVERS + waiver(finding=marked(clone, ROW, "rows.jsonl")))
    clone.did("reset", "-q", "--hard", "HEAD~1")
    clone.commit("Add rows", files={"rows.jsonl": f"{text}\n"})
    assert bool(clone.git("push", "origin", "main")) == passes


@pytest.mark.parametrize(("rows", "passes"), [(2, True), (1, False), (3, False)])
def test_a_waiver_of_a_column_covers_the_number_of_rows_it_was_for(
    clone: Work, policy, rows: int, passes: bool
) -> None:
    def table(count: int) -> str:
        return "model,text\n" + "".join(f"gpt-4o,{number}\n" for number in range(count))

    policy(APPROVERS + waiver(finding=marked(clone, table(2), "rows.csv")))
    clone.did("reset", "-q", "--hard", "HEAD~1")
    clone.commit("Add rows", files={"rows.csv": table(rows)})
    said = clone.git("push", "origin", "main")
    assert bool(said) == passes, said.out


def test_rows_added_to_waived_ones_are_refused(clone: Work, policy) -> None:
    policy(APPROVERS + waiver(finding=marked(clone, "model,text\ngpt-4o,a\ngpt-4o,b", "rows.csv")))
    clone.did("push", "-q", "origin", "main")
    clone.commit("Add a row", files={"rows.csv": "model,text\ngpt-4o,a\ngpt-4o,b\ngpt-4o,c\n"})
    assert "refused, 1 mark" in clone.git("push", "origin", "main").out


def test_a_misleading_pointer_is_refused_whatever_else_is_waived(clone: Work, policy) -> None:
    policy(APPROVERS + waiver(finding="0" * 20))
    pointer = f"version https://git-lfs.github.com/spec/v1\nsize 5\noid sha256:{'a' * 64}\n"
    clone.commit("Add rows", files={"rows.bin": pointer})
    assert "misleading pointer" in clone.git("push", "origin", "main").out


def test_a_short_line_is_named_as_before(clone: Work) -> None:
    """Its fingerprint is that of marker, path and line, so that older waivers of it hold."""
    assert marked(clone) == compute_fingerprint("openai-chatgpt-share-link", b"a.md", SHARE_LINK)


def test_the_same_mark_elsewhere_is_refused(clone: Work, policy) -> None:
    policy(APPROVERS + waiver(finding=marked(clone)))
    clone.commit("Copy", files={"b.md": f"{SHARE_LINK}\n"})
    assert "refused, 1 mark" in clone.git("push", "origin", "main").out


def test_what_is_too_much_to_be_shown_cant_be_waived(clone: Work, policy) -> None:
    policy(APPROVERS + waiver(finding=marked(clone, f"{SHARE_LINK}\n" * 30)))
    assert "refused, 1 mark" in clone.git("push", "origin", "main").out


def test_a_copy_of_an_older_mark_does_not_pass_with_the_waived_one(clone: Work, server: Work, policy) -> None:
    server.did("config", "--unset-all", "ringfence.tag")
    clone.commit("Before the tag", files={"a.md": f"{OTHER_LINK}\n"})
    clone.did("push", "-q", "origin", "main")
    server.did("config", "ringfence.tag", "training-data")
    clone.commit("Waived alone", files={"a.md": f"{OTHER_LINK}\n{SHARE_LINK}\n"})
    [finding] = found(clone, "--range", "HEAD~1..HEAD", "--tag", "training-data")
    policy(APPROVERS + waiver(finding=finding["fingerprint"]))
    clone.did("push", "-q", "origin", "main:alone")
    clone.commit("More", files={"a.md": f"{OTHER_LINK}\n{SHARE_LINK}\n{OTHER_LINK}\n"})
    clone.did("reset", "-q", "--soft", "HEAD~2")
    clone.commit("Waived with a copy")
    assert "refused, 1 mark" in clone.git("push", "origin", "main").out


def test_the_mark_that_was_waived_makes_no_room_for_another(clone: Work, policy) -> None:
    policy(APPROVERS + waiver(finding=marked(clone, f"{SHARE_LINK}\nrow")))
    clone.did("push", "-q", "origin", "main")
    clone.commit("Change what stands around it", files={"a.md": f"{SHARE_LINK}\nanother row\n"})
    clone.did("push", "-q", "origin", "main")


def test_a_commit_can_be_waived_by_its_id_and_no_other_with_it(clone: Work, policy) -> None:
    first = clone.commit(f"Add rows\n\n{TRAILER}", files={"a.md": f"{SHARE_LINK}\n" * 30})
    policy(APPROVERS + waiver(commit=first))
    clone.did("push", "-q", "origin", "main")
    second = clone.commit(f"Add rows again\n\n{TRAILER}")
    said = clone.git("push", "origin", "main").out
    assert f"commit {second[:12]}" in said
    assert "refused, 1 mark" in said


def test_a_waiver_from_one_tag_leaves_the_other_in_force(clone: Work, server: Work, policy) -> None:
    server.tag("eval")
    fingerprint = marked(clone)
    policy(APPROVERS + waiver(finding=fingerprint))
    assert "refused, 1 mark of rival AI tools (eval, training-data)" in clone.git("push", "origin", "main").out
    both = "".join(waiver(finding=fingerprint, tag=tag) for tag in ("eval", "training-data"))
    policy(f'{APPROVERS}[tag.eval]\napprovers = ["bob"]\n{both}')
    clone.did("push", "-q", "origin", "main")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"approved_by": "ann"}, "ann both requested and approved it"),
        ({"approved_by": " Ann ", "requested_by": "ann"}, " Ann  both requested and approved it"),
        ({"approved_by": "eve"}, "eve isn't an approver of training-data"),
        ({"until": day(-1)}, f"it ended on {day(-1)}"),
        ({"until": day(91)}, f"its end, {day(91)}, is further away than 90 days"),
    ],
    ids=["self-approved", "self-approved in other letters", "no approver", "expired", "too long"],
)
def test_a_waiver_that_cant_be_used_lets_nothing_pass_and_is_reported(clone: Work, policy, said, why: str) -> None:
    fingerprint = marked(clone)
    path = policy('[tag.training-data]\napprovers = ["bob", "Ann"]\n' + waiver(finding=fingerprint, **said))
    assert "refused, 1 mark" in clone.git("push", "origin", "main").out
    told = clone.ringfence("waive", "--check", "--policy", str(path), "--tag", "training-data")
    assert told.status == (8 if "ended" in why else 4)
    until = said.get("until", day(30))
    assert told.out == f"{fingerprint}  training-data  LEGAL-7  until {until}: {' '.join(why.split())} ({path})\n"


def test_a_waiver_that_nothing_needs_is_reported(clone: Work, policy) -> None:
    path = policy(APPROVERS + waiver(finding="0" * 20))
    told = clone.ringfence("waive", "--check", "--policy", str(path), "--tag", "training-data")
    assert (told.status, "unused" in told.out) == (9, True)


def test_all_waivers_of_a_server_are_checked_where_they_are_used(
    server: Work, clone: Work, policy, tmp_path: Path
) -> None:
    fingerprint = marked(clone)
    path = policy(APPROVERS + waiver(finding=fingerprint))
    clone.did("push", "-q", "origin", "main")
    other = bare(tmp_path / "srv/other.git", "training-data")
    bare(tmp_path / "srv/untagged.git")
    server.path.rename(tmp_path / "srv/server.git")
    for name in ("server", "other"):
        Work(tmp_path / f"srv/{name}.git").did("config", "ringfence.policy", str(path))
    check = ("waive", "--check", "--all", str(tmp_path / "srv"))
    told = other.ringfence(*check)
    line = f"{fingerprint}  training-data  LEGAL-7  until {day(30)}: valid ({path} (git config ringfence.policy))"
    assert (told.status, told.out) == (0, f"{line}, in {tmp_path}/srv/server\n")
    path.write_text(f"version = 1\n{APPROVERS}" + waiver(finding=fingerprint) + waiver(finding="0" * 20))
    assert other.ringfence(*check).status == 9
    path.write_text(f"version = 1\n{APPROVERS}" + waiver(finding=fingerprint, until=day(-1)) + waiver(finding="0" * 20))
    assert other.ringfence(*check).status == 8
    Work(tmp_path / "srv/untagged.git").tag("no-such-tag")
    told = other.ringfence(*check)
    assert told.status == 4
    assert f"ringfence: {tmp_path}/srv/untagged.git: git config ringfence.tag" in told.out
    assert other.ringfence(*check, "--tag", "eval").status == 2


def test_it_ends_with_its_last_day(clone: Work, policy) -> None:
    policy(APPROVERS + waiver(finding=marked(clone), until=day(0)))
    clone.did("push", "-q", "origin", "main")


@pytest.mark.parametrize(
    "text",
    [
        '[tag.eval]\napprovers = ["eve"]',
        waiver(commit="0" * 40),
        "[waivers]\ndays = 9",
        '[waivers]\nemergency = ["eve"]',
        '[approvals]\nsigners = "/home/eve/signers"',
    ],
)
def test_a_repositorys_own_policy_has_no_word_in_it(clone: Work, text: str) -> None:
    clone.write("ringfence.toml", f"version = 1\n{text}\n")
    said = clone.ringfence("check", "--staged", "--tag", "eval")
    assert (said.status, "only the organisation's policy can set this" in said.out) == (4, True), said.out


def test_a_pushers_policy_has_no_word_in_it(clone: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "theirs.toml").write_text("version = 1\n" + APPROVERS + waiver(finding=marked(clone)))
    monkeypatch.setenv("RINGFENCE_POLICY", str(tmp_path / "theirs.toml"))
    clone.git("push", "origin", "main").assert_refused("only the organisation's policy can set this")


# --- waivers.toml ---


def test_waivers_of_the_base_state_count_and_those_of_the_push_dont(clone: Work, policy) -> None:
    policy(f'[tag.training-data]\napprovers = ["{ME}"]\n')
    fingerprint = marked(clone)
    clone.did("reset", "-q", "--soft", "HEAD~1")
    both = {"a.md": f"{SHARE_LINK}\n", "waivers.toml": "version = 1\n" + waiver(finding=fingerprint, approved_by=ME)}
    clone.commit("Both at once", files=both)
    assert "refused, 1 mark" in clone.git("push", "origin", "main").out
    clone.did("reset", "-q", "--soft", "HEAD~1")
    clone.did("reset", "-q", "a.md")
    clone.did("commit", "-q", "-m", "Waive it")
    clone.did("push", "-q", "origin", "main")
    clone.commit("Add rows", files={"a.md": f"{SHARE_LINK}\n"})
    assert "allowed by waiver" in clone.git("push", "origin", "main").out


def test_who_approves_a_waiver_pushes_it(clone: Work, policy) -> None:
    policy(APPROVERS)
    clone.commit("Waive", files={"waivers.toml": "version = 1\n" + waiver(finding="0" * 20)})
    said = clone.git("push", "origin", "main")
    assert f"the pushed waivers.toml: {ME} pushes a waiver whose approver is bob." in said.out
    assert "The approver of a waiver has to push it." in said.out


def test_waivers_that_cant_be_read_are_refused_before_they_refuse_others(clone: Work) -> None:
    clone.commit("Waive", files={"waivers.toml": "version = 1\n[[waiver]]\nfinding = 'x'\n"})
    clone.git("push", "origin", "main").assert_refused("waivers.toml:3: waiver[1].finding")


def test_waivers_on_another_branch_are_no_more_than_a_file(clone: Work, policy) -> None:
    policy(APPROVERS)
    fingerprint = marked(clone)
    clone.did("reset", "-q", "--hard", "HEAD~1")
    clone.commit("Waive", files={"waivers.toml": "version = 1\n" + waiver(finding=fingerprint)})
    clone.did("push", "-q", "origin", "main:topic")
    clone.commit("Add rows", files={"a.md": f"{SHARE_LINK}\n"})
    assert "refused, 1 mark" in clone.git("push", "origin", "main:topic").out


# --- break the glass ---


@pytest.fixture
def options(server: Work) -> None:
    server.did("config", "receive.advertisePushOptions", "true")


@pytest.mark.usefixtures("options")
def test_a_listed_person_can_break_the_glass_and_it_is_recorded(clone: Work, book: Path, policy) -> None:
    policy(f'[waivers]\nemergency = ["{ME}"]\n')
    marked(clone)
    said = clone.git("push", "-o", "ringfence.waive=INC-3", "origin", "main")
    assert said
    assert "allowed by waiver (training-data)" in said.out
    [entry] = kept(book)
    assert (entry["kind"], entry["who"], entry["outcome"]) == ("override", ME, "allowed")
    assert [item["waiver"] for item in entry["body"]["findings"]] == ["INC-3"]


@pytest.mark.usefixtures("options", "book")
def test_nobody_else_can_whatever_they_call_themselves(clone: Work, policy) -> None:
    policy('[waivers]\nemergency = ["bob"]\n')
    marked(clone)
    as_bob = {"USER": "bob", "LOGNAME": "bob", "GIT_COMMITTER_NAME": "bob", "GIT_AUTHOR_NAME": "bob"}
    said = clone.git("push", "-o", "ringfence.waive=INC-3", "origin", "main", **as_bob)
    assert not said
    assert f"ringfence: {ME} may not waive findings." in said.out


@pytest.mark.usefixtures("options")
@pytest.mark.parametrize("web_user", ["", "somebody-else"])
def test_nobody_is_a_web_servers_user_by_its_variables(
    clone: Work, server: Work, book: Path, policy, tmp_path: Path, web_user: str
) -> None:
    """A push by a local path can set what a web server sets, and is nobody's then, neither bob's nor our own."""
    policy(f'[waivers]\nemergency = ["bob", "{ME}"]\n')
    if web_user:
        server.did("config", "ringfence.webUser", web_user)
    marked(clone)
    # The client's own settings don't count, from the environment or from its home.
    claimed = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "ringfence.webUser", "GIT_CONFIG_VALUE_0": ME}
    as_bob = {"GATEWAY_INTERFACE": "CGI/1.1", "REMOTE_USER": "bob"} | claimed
    (tmp_path / "own.gitconfig").write_text(f"[ringfence]\n\twebUser = {ME}\n")
    as_bob |= {"GIT_CONFIG_GLOBAL": str(tmp_path / "own.gitconfig")}
    said = clone.git("push", "-o", "ringfence.waive=INC-3", "origin", "main", **as_bob)
    assert not said
    assert " may not waive findings." in said.out
    assert [(entry["who"], entry["outcome"]) for entry in kept(book)] == [(ME, "error")]


@pytest.mark.usefixtures("options")
def test_without_a_ledger_the_glass_holds(clone: Work, policy) -> None:
    policy(f'[waivers]\nemergency = ["{ME}"]\n')
    marked(clone)
    said = clone.git("push", "-o", "ringfence.waive=INC-3", "origin", "main")
    assert not said
    assert "a waiver by push option must be recorded, and no ledger is kept here." in said.out


@pytest.mark.usefixtures("options", "book")
def test_what_cant_be_read_is_not_waived_by_hand(clone: Work, policy) -> None:
    policy(f'[waivers]\nemergency = ["{ME}"]\n')
    clone.commit("Add", files={"a.gz": b"\x1f\x8b\x08\x00"})
    assert "refused as incomplete" in clone.git("push", "-o", "ringfence.waive=INC-3", "origin", "main").out


# --- drafts ---


def test_a_draft_names_the_finding_and_cant_be_used_as_it_is(clone: Work) -> None:
    fingerprint = marked(clone)
    said = clone.ringfence("waive", fingerprint, "--tag", "training-data", "--ticket", "LEGAL-7", "--reason", "Ours.")
    commit = clone.did("rev-parse", "HEAD")[:12]
    assert said.out == (
        f"\n# ChatGPT [openai-chatgpt-share-link]: commit {commit}, a.md, line 1\n[[waiver]]\n"
        f'finding = "{fingerprint}"\ntag = "training-data"\nreason = "Ours."\nticket = "LEGAL-7"\n'
        'requested_by = ""\napproved_by = ""\nuntil = ""\n'
    )
    clone.write("draft.toml", "version = 1\n" + said.out)
    assert clone.ringfence("policy", "check", "draft.toml").status == 4
    clone.commit("Add the draft")
    assert found(clone, "--range", "HEAD~1..HEAD", "--tag", "training-data") == []  # it holds no mark


def test_what_is_no_finding_cant_be_drafted(clone: Work) -> None:
    said = clone.ringfence("waive", "0" * 20, "--tag", "training-data")
    assert (said.status, f"there is no finding {'0' * 20}." in said.out) == (2, True)
