"""The re-check in CI: base and head as the service says, the base's policy, and never green over what is hidden."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ci.conftest import TAGGED, ci, pull, pushed
from conftest import SHARE_LINK, TRAILER, Work
from server.conftest import API_ID, ZERO, marks, raw_tag

# --- GitHub ---


def test_a_clean_pull_request_passes(forge: Work) -> None:
    forge.commit("Add rows", files={"rows.txt": "rows\n"})
    said = ci(forge).github(pull(forge))
    assert said.status == 0
    assert said.out.startswith("ringfence: allowed (training-data)\n  examined: 1 commit, 1 ref, 1 path, ")


def test_a_pull_request_with_a_mark_in_its_middle_is_refused(forge: Work) -> None:
    forge.commit("One", files={"one.txt": "1\n"})
    bad = forge.commit(f"Two\n\n{TRAILER}", files={"two.txt": "2\n"})
    forge.commit("Three", files={"three.txt": "3\n"})
    said = ci(forge).github(pull(forge))
    assert said.status == 1
    assert marks(said) == ["anthropic-claude-code-address"]
    assert bad[:12] in said.out


def test_the_head_of_a_pull_request_is_judged_and_not_the_merge_that_is_checked_out(forge: Work) -> None:
    """The commits to judge come from the event, not from what the workflow has checked out."""
    forge.commit(f"Two\n\n{TRAILER}", files={"two.txt": "2\n"})
    run = ci(forge)
    run.work.did("switch", "-q", "--detach", "origin/main")
    assert run.github(pull(forge)).status == 1


def test_what_main_got_in_the_meantime_is_not_the_pull_requests(forge: Work) -> None:
    forge.commit("One", files={"one.txt": "1\n"})
    forge.did("switch", "-q", "main")
    forge.commit(f"On main\n\n{TRAILER}")
    run = ci(forge)
    assert run.github(pull(forge)).status == 0


def test_a_pull_request_from_a_marked_branch_is_refused(forge: Work) -> None:
    forge.commit("One", files={"one.txt": "1\n"})
    said = ci(forge).github(pull(forge, ref="claude/issue-42-20250801"))
    assert said.status == 1
    assert marks(said) == ["anthropic-claude-code-branch"]


def test_a_clean_push_passes(forge: Work) -> None:
    before = forge.did("rev-parse", "HEAD")
    forge.commit("One")
    assert ci(forge).github(pushed(forge, before), GITHUB_REF_NAME="topic").status == 0


def test_a_marked_push_is_refused(forge: Work) -> None:
    before = forge.did("rev-parse", "HEAD")
    forge.commit(f"One\n\n{TRAILER}")
    assert ci(forge).github(pushed(forge, before)).status == 1


@pytest.mark.parametrize(("message", "status"), [("Two", 0), (f"Two\n\n{TRAILER}", 1)])
def test_a_created_branch_is_judged_from_the_default_branch_on(forge: Work, message: str, status: int) -> None:
    """A push without an old tip is judged from the merge base, so that a mark below the tip counts."""
    forge.commit("One")
    forge.commit(message)
    forge.commit("Three")
    assert ci(forge).github(pushed(forge, ZERO, created=True), GITHUB_REF_NAME="topic").status == status


def test_a_created_branch_without_commits_of_its_own_passes(forge: Work) -> None:
    assert ci(forge).github(pushed(forge, ZERO, created=True), GITHUB_REF_NAME="topic").status == 0


def test_a_created_branch_with_a_marked_name_is_refused(forge: Work) -> None:
    said = ci(forge).github(pushed(forge, ZERO, created=True, ref="refs/heads/claude/issue-42"))
    assert said.status == 1


def test_a_created_branch_where_the_default_branch_is_not_fetched_is_incomplete(forge: Work) -> None:
    """Without the default branch there is no base to judge from, and the run must not pass."""
    forge.commit("One")
    run = ci(forge, "--single-branch")
    assert run.github(pushed(forge, ZERO, created=True)).status == 3


@pytest.mark.parametrize(("message", "status"), [("Two", 0), (f"Two\n\n{TRAILER}", 1)])
def test_a_forced_push_that_lost_its_old_tip_is_judged_from_the_default_branch_on(
    forge: Work, message: str, status: int
) -> None:
    """An old tip that the clone doesn't have is replaced by the default branch as the base."""
    forge.commit(message)
    assert ci(forge).github(pushed(forge, "1" * 40, forced=True)).status == status


def test_a_forced_push_over_the_default_branch_never_passes_unseen(forge: Work) -> None:
    """Here `origin/main` is the commit under check itself, so that it can't serve as the base."""
    forge.did("switch", "-q", "main")
    forge.did("commit", "-q", "--amend", "-m", f"First\n\n{TRAILER}")
    run = ci(forge, branch="main")
    said = run.github(pushed(forge, "1" * 40, forced=True, ref="refs/heads/main"), GITHUB_REF_NAME="main")
    assert said.status == 3, said.out
    assert f"{'1' * 12}, where this push began, isn't in this clone." in said.out


def test_the_creation_of_the_default_branch_never_passes_unseen(forge: Work) -> None:
    """A first push to the default branch has no base, and an empty range must not count as clean."""
    forge.did("switch", "-q", "main")
    forge.commit(f"Second\n\n{TRAILER}")
    run = ci(forge, branch="main")
    said = run.github(pushed(forge, ZERO, created=True, ref="refs/heads/main"), GITHUB_REF_NAME="main")
    assert said.status == 1, said.out
    said.assert_refused("refused, 1 mark")


def test_a_deletion_brings_nothing(forge: Work) -> None:
    """A run for a deleted branch has nothing to check and exits 0."""
    said = ci(forge).github({"before": forge.did("rev-parse", "HEAD"), "after": ZERO, "deleted": True})
    assert (said.status, said.out) == (0, "ringfence: a deletion has nothing to check.\n")


@pytest.mark.parametrize(("message", "status"), [("Two", 0), (f"Two\n\n{TRAILER}", 1)])
def test_a_merge_group_is_judged(forge: Work, message: str, status: int) -> None:
    """The range of a merge queue's run is taken from `base_sha` and `head_sha` of its event."""
    base = forge.did("rev-parse", "main")
    head = forge.commit(message)
    assert ci(forge).github({"merge_group": {"base_sha": base, "head_sha": head}}).status == status


def test_a_nightly_run_judges_everything_by_the_policy_that_is_there(forge: Work) -> None:
    """A scheduled run scans the whole history, so that an old marked commit is reported under a clean tip."""
    bad = forge.commit(f"Two\n\n{TRAILER}")
    forge.commit("Three")
    said = ci(forge).github({"schedule": "0 3 * * *"})
    assert said.status == 1
    assert bad[:12] in said.out


def test_a_marked_tag_that_is_pushed_is_refused(forge: Work) -> None:
    """The message of an annotated tag is judged although the commit it points to is accepted already."""
    tag = raw_tag(forge, forge.did("rev-parse", "main"), message=f"Release\n\n{TRAILER}\n".encode())
    forge.did("update-ref", "refs/tags/v1", tag)
    forge.did("push", "-q", "origin", "v1")
    event = {"before": ZERO, "after": tag, "created": True, "ref": "refs/tags/v1"}
    assert ci(forge).github(event, GITHUB_REF_NAME="v1").status == 1


def test_a_squash_that_keeps_who_wrote_its_parts_is_refused(forge: Work) -> None:
    """A trailer that a forge indented in the body of a squash commit is found, with the number of its line."""
    base = forge.did("rev-parse", "main")
    forge.commit(f"Add rows (#12)\n\n* Add a row\n\n* Correct it\n\n  {TRAILER}\n\n* Sort them\n\nReviewed, thanks.")
    said = ci(forge).github(pushed(forge, base))
    assert said.status == 1
    assert "message, line 7" in said.out


@pytest.mark.parametrize(
    "content",
    [
        None, "", "{", "[]", "[1, 2]", '{"pull_request": {}}', '{"merge_group": {"base_sha": 1}}',
        '{"merge_group": {"base_sha": 7, "head_sha": "HEAD"}}',
        '{"merge_group": {"base_sha": true, "head_sha": "HEAD"}}',
        '{"before": 0, "after": 1, "ref": "refs/heads/main"}', '{"before": "a", "after": "b", "ref": 5}',
        '{"pull_request": {"base": {"sha": 1}, "head": {"sha": 2}}}',
    ],
)  # fmt: skip
def test_an_event_that_cannot_be_read_is_incomplete(forge: Work, content: str | None) -> None:
    run = ci(forge)
    event = run.path.parent / "broken.json"
    if content is not None:
        event.write_text(content)
    said = run.github({}, GITHUB_EVENT_PATH=str(event))
    assert said.status == 3, said.out
    assert "can't read the range from GitHub Actions" in said.out


def test_no_service_is_a_wrong_call(forge: Work) -> None:
    said = forge.ringfence("ci")
    assert said.status == 2
    assert said.out == (
        "ringfence: no known CI service detected.\n  Give the range to check: ringfence ci --range BASE..HEAD.\n"
    )


# --- GitLab ---


@pytest.mark.parametrize(("message", "status"), [("Two", 0), (f"Two\n\n{TRAILER}", 1)])
def test_a_merge_request_is_judged(forge: Work, message: str, status: int) -> None:
    forge.commit(message)
    forge.commit("Three")
    said = ci(forge).gitlab(CI_MERGE_REQUEST_DIFF_BASE_SHA=forge.did("rev-parse", "main"))
    assert said.status == status


def test_the_source_of_a_merged_result_is_judged(forge: Work) -> None:
    """In a merged results pipeline the source branch's head is judged, not the checked out CI_COMMIT_SHA."""
    head = forge.commit(f"Two\n\n{TRAILER}")
    run = ci(forge)
    base = forge.did("rev-parse", "main")
    env = {"CI_COMMIT_SHA": base, "CI_MERGE_REQUEST_DIFF_BASE_SHA": base, "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": head}
    assert run.gitlab(**env).status == 1


def test_a_merge_request_from_a_marked_branch_is_refused(forge: Work) -> None:
    forge.commit("Two")
    env = {"CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "claude/issue-42"}
    assert ci(forge).gitlab(CI_MERGE_REQUEST_DIFF_BASE_SHA=forge.did("rev-parse", "main"), **env).status == 1


@pytest.mark.parametrize(("message", "status"), [("Two", 0), (f"Two\n\n{TRAILER}", 1)])
@pytest.mark.parametrize("before", ["known", "zeros", "lost"])
def test_a_branch_pipeline_is_judged(forge: Work, message: str, status: int, before: str) -> None:
    """A branch pipeline is judged whether the commit before is known, all zeros, or missing from the clone."""
    known = forge.commit("One")
    forge.commit(message)
    shas = {"known": known, "zeros": ZERO, "lost": "1" * 40}
    said = ci(forge).gitlab(CI_COMMIT_BEFORE_SHA=shas[before], CI_COMMIT_REF_NAME="topic")
    assert said.status == status


def test_the_first_pipeline_of_the_default_branch_never_passes_unseen(forge: Work) -> None:
    """Zeros as the commit before leave no base, and an empty range must not count as clean."""
    forge.did("switch", "-q", "main")
    forge.commit(f"Second\n\n{TRAILER}")
    said = ci(forge, branch="main").gitlab(CI_COMMIT_BEFORE_SHA=ZERO, CI_COMMIT_REF_NAME="main")
    assert said.status == 1, said.out
    said.assert_refused("refused, 1 mark")


def test_a_scheduled_pipeline_judges_everything(forge: Work) -> None:
    """A scheduled pipeline scans the whole history, so that an old marked commit fails it under a clean tip."""
    forge.commit(f"Two\n\n{TRAILER}")
    forge.commit("Three")
    assert ci(forge).gitlab(CI_PIPELINE_SOURCE="schedule", CI_COMMIT_BEFORE_SHA=ZERO).status == 1


# --- a range by hand ---


@pytest.mark.parametrize(
    ("range_", "status"),
    [
        ("main..topic", 1), ("main..", 1), ("main..topic~1", 0), ("topic..topic", 3), ("topic..main", 3),
        ("nowhere..topic", 3), ("main..nowhere", 3), ("main", 2), ("main...topic", 2), ("--all..topic", 5),
    ],
)  # fmt: skip
def test_a_range_is_judged_by_its_ends(forge: Work, range_: str, status: int) -> None:
    forge.commit("One", files={"one.txt": "1\n"})
    forge.commit(f"Two\n\n{TRAILER}", files={"two.txt": "2\n"})
    said = forge.ringfence("ci", f"--range={range_}")
    assert said.status == status, said.out


def test_a_range_without_a_beginning_is_judged_by_the_tag_that_is_given(forge: Work) -> None:
    forge.commit(f"Two\n\n{TRAILER}")
    assert forge.ringfence("ci", "--range=..topic", "--tag", "eval").status == 1


def test_an_empty_range_says_that_nothing_was_checked(forge: Work) -> None:
    said = forge.ringfence("ci", "--range", "topic..topic")
    assert said.out == (
        "ringfence: no commits between topic and topic: nothing was checked.\n  Give the range to check.\n"
    )


# --- shallow clones ---


@pytest.fixture
def four(forge: Work) -> Work:
    """A pull request of four commits, the first of them marked."""
    forge.commit(f"One\n\n{TRAILER}", files={"1.txt": "1\n"})
    for number in (2, 3, 4):
        forge.commit(f"Number {number}", files={f"{number}.txt": f"{number}\n"})
    return forge


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
@pytest.mark.parametrize("is_base_there", [False, True], ids=["alone", "with-base"])
def test_a_clone_that_hides_commits_is_incomplete(four: Work, depth: int, is_base_there: bool) -> None:
    """A clone too shallow for the request exits 3 and names the setting that makes it deeper."""
    run = ci(four, "--depth", str(depth), "--single-branch")
    if is_base_there:
        run.work.did("fetch", "-q", "--depth", "1", "origin", "main:refs/remotes/origin/main")
    said = run.github(pull(four))
    assert said.status == 3, said.out
    assert "ringfence ci --fetch, or `fetch-depth: 0` for actions/checkout" in said.out


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_clean_pull_request_is_not_passed_unseen_either(forge: Work, depth: int) -> None:
    """A clone too shallow for the request is incomplete even where all commits that it shows are clean."""
    for number in (1, 2, 3, 4):
        forge.commit(f"Number {number}", files={f"{number}.txt": f"{number}\n"})
    run = ci(forge, "--depth", str(depth), "--single-branch")
    run.work.did("fetch", "-q", "--depth", "1", "origin", "main:refs/remotes/origin/main")
    assert run.github(pull(forge)).status == 3


def test_a_clone_that_is_just_deep_enough_is_judged(four: Work) -> None:
    """A shallow clone that reaches the merge base is enough; its cut below that doesn't make the run incomplete."""
    assert ci(four, "--depth", "5", "--single-branch").github(pull(four)).status == 1


def test_a_nightly_run_over_a_shallow_clone_is_incomplete(four: Work) -> None:
    """A scan of the whole history needs the whole history, so that a shallow clone exits 3."""
    assert ci(four, "--depth", "2", "--single-branch").github({"schedule": "x"}).status == 3


def test_a_clone_without_file_contents_is_not_passed(four: Work) -> None:
    """Without --fetch, missing blobs of a partial clone end the run with exit code 3."""
    four.did("config", "uploadpack.allowFilter", "true")
    Work(Path(four.did("config", "remote.origin.url"))).did("config", "uploadpack.allowFilter", "true")
    run = ci(four, "--filter=blob:none", "--no-checkout")
    said = run.github(pull(four))
    assert said.status == 3, said.out
    assert "ringfence: ringfence.toml can't be read (git can't read it (" in said.out
    assert "Fetch the whole history: ringfence ci --fetch" in said.out


# --- the policy ---


def test_a_pull_request_that_takes_the_tag_away_is_judged_by_its_base(forge: Work) -> None:
    (forge.path / "ringfence.toml").unlink()
    forge.commit(f"Take the tag away\n\n{TRAILER}")
    assert ci(forge).github(pull(forge)).status == 1


def test_a_pull_request_that_loosens_is_judged_by_its_base(forge: Work) -> None:
    loose = TAGGED + '[vendors]\napproved = ["anthropic"]\n'
    forge.commit(f"Approve\n\n{TRAILER}", files={"ringfence.toml": loose})
    said = ci(forge).github(pull(forge))
    assert said.status == 1, said.out
    said.assert_refused("refused, 1 mark")


def test_a_pull_request_to_an_untagged_base_is_not_judged(forge: Work) -> None:
    forge.did("switch", "-q", "--orphan", "main2")
    forge.commit("First")
    forge.did("branch", "-q", "-f", "main", "main2")
    forge.did("switch", "-q", "-C", "topic", "main")
    forge.commit(f"Two\n\n{TRAILER}", files={"ringfence.toml": TAGGED})
    said = ci(forge).github(pull(forge))
    assert said.status == 0
    assert "this repository has no tag: nothing was checked" in said.out


def test_a_policy_in_the_work_tree_is_not_asked(forge: Work) -> None:
    forge.commit(f"Two\n\n{TRAILER}")
    run = ci(forge)
    (run.path / "ringfence.toml").write_text("broken = [")
    assert run.github(pull(forge)).status == 1


def test_the_organisations_policy_is_given_by_name(forge: Work, tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text('version = 1\n[organisation]\nown = ["anthropic"]\n')
    forge.commit(f"Two\n\n{TRAILER}")
    run = ci(forge)
    assert run.github(pull(forge)).status == 1
    assert run.github(pull(forge), "--policy", str(tmp_path / "policy.toml")).status == 0
    assert run.github(pull(forge), RINGFENCE_POLICY=str(tmp_path / "policy.toml")).status == 0


# --- the report for machines ---

FINDING = {
    "marker", "vendor", "product", "kind", "strength", "action", "commit", "path", "line", "excerpt", "tag",
    "fingerprint",
}  # fmt: skip
EXAMINED = {"refs", "commits", "tags", "paths", "objects", "bytes"}


def test_the_report_has_every_field(forge: Work) -> None:
    bad = forge.commit("Add rows", files={"rows.txt": f"clean\n{API_ID}\n"})
    said = ci(forge).github(pull(forge), "--format", "json")
    assert said.status == 1
    report = json.loads(said.out)
    assert {"schema", "verdict", "findings", "unread", "examined", "ruleset"} <= report.keys()
    (finding,) = report["findings"]
    assert finding.keys() >= FINDING
    assert report["examined"].keys() >= EXAMINED
    assert (report["schema"], report["verdict"], report["unread"]) == (1, "blocked", [])
    expected = {
        "marker": "anthropic-api-message-id", "vendor": "anthropic", "kind": "content", "strength": "definitive",
        "action": "block", "commit": bad, "path": "rows.txt", "line": 2, "excerpt": API_ID, "tag": "training-data",
    }  # fmt: skip
    assert {key: finding[key] for key in expected} == expected
    assert (report["examined"]["commits"], report["examined"]["refs"], report["examined"]["paths"]) == (1, 1, 1)
    assert len(report["ruleset"]) == 12


def test_the_report_says_what_was_not_read(forge: Work) -> None:
    bad = forge.commit("Add rows", files={"rows.gz": b"\x1f\x8b\x08\0\0"})
    said = ci(forge).github(pull(forge), "--format", "json")
    assert said.status == 3
    report = json.loads(said.out)
    assert report["verdict"] == "incomplete"
    assert report["unread"] == [
        {"commit": bad, "path": "rows.gz", "reason": "damaged (truncated)", "action": "block",
         "tag": "training-data", "advice": "", "extra": ""}
    ]  # fmt: skip


def test_the_report_of_a_clean_run_is_allowed(forge: Work) -> None:
    forge.commit("Add rows", files={"rows.txt": "rows\n"})
    report = json.loads(ci(forge).github(pull(forge), "--format", "json").out)
    assert (report["verdict"], report["findings"], report["tags"]) == ("allowed", [], ["training-data"])


@pytest.mark.parametrize("how", ["text", "json", "jsonl"])
def test_the_format_never_changes_the_exit_code(forge: Work, how: str) -> None:
    forge.commit("Add rows", files={"rows.txt": SHARE_LINK})
    assert ci(forge).github(pull(forge), "--format", how).status == 1


def test_the_fingerprint_survives_a_rebase(forge: Work) -> None:
    forge.commit("Add rows", files={"rows.txt": API_ID})
    run = ci(forge)
    first = json.loads(run.github(pull(forge), "--format", "json").out)["findings"][0]
    forge.did("commit", "-q", "--amend", "-m", "Add rows, said better")
    run.work.did("fetch", "-q", "file://" + str(forge.path), "topic")
    second = json.loads(run.github(pull(forge), "--format", "json").out)["findings"][0]
    assert first["commit"] != second["commit"]
    assert first["fingerprint"] == second["fingerprint"]
