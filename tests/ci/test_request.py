"""What a pull or merge request could slip through: its own text, its policy, its files."""

from __future__ import annotations

import json

import pytest

from ci.conftest import Run, ci, pull, pushed
from conftest import SHARE_LINK, TRAILER, Work
from rules.conftest import found, waiver
from server.conftest import AGENT, ZERO, marks

FOOTER = "Generated with [Claude Code](https://claude.com/claude-code)"


def requested(work: Work, **told: object) -> dict[str, object]:
    event = pull(work)
    event["pull_request"] |= told
    return event


# --- what a merge would write ---


@pytest.mark.parametrize(
    ("told", "place"),
    [
        ({"title": f"Add rows. {FOOTER}", "body": None}, "title of the request"),
        ({"title": "Add rows", "body": f"Rows.\r\n\r\n{TRAILER}\r\n"}, "description of the request, line 3"),
        (
            {"title": "Add rows", "body": "", "auto_merge": {"commit_title": "Add", "commit_message": TRAILER}},
            "description of the request, line 1",
        ),
    ],
)
def test_what_a_squash_would_write_is_judged_before_it_is_written(
    forge: Work, told: dict[str, object], place: str
) -> None:
    """A mark in the title, the description or the auto-merge message of a request fails the run, with its place."""
    forge.commit("One")
    said = ci(forge).github(requested(forge, **told))
    assert said.status == 1, said.out
    assert f"  {place}\n" in said.out
    assert "Next: remove the tool's text from the request's title and description." in said.out


def test_a_clean_title_and_description_pass(forge: Work) -> None:
    forge.commit("One")
    assert ci(forge).github(requested(forge, title="Add rows", body="We talked about Claude.", commits=1)).status == 0


def test_a_squash_that_would_carry_a_mark_into_a_zone_is_told(forge: Work) -> None:
    """The mark passes outside of the zone, but the run notes that a squash would move it into one."""
    forge.did("switch", "-q", "main")
    forge.commit("Zone", files={"ringfence.toml": 'version = 1\n[[zone]]\ntag = "eval"\npaths = ["evals/**"]\n'})
    forge.did("switch", "-q", "-C", "topic")
    forge.commit("One", files={"docs.md": "a\n"}, **AGENT)
    forge.commit("Two", files={"evals/a.txt": "a\n"})
    run = ci(forge)
    base, head = forge.did("rev-parse", "main"), forge.did("rev-parse", "topic")
    check = f"ringfence check --squash {base[:12]}..{head[:12]}"
    said = run.github(requested(forge, title="Add rows"))
    assert said.status == 0, said.out
    assert f"\n  note: a squash would carry a mark into a zone: {check}\n" in said.out
    assert run.work.ringfence(*check.split()[1:]).status == 1


@pytest.mark.parametrize("files", [{"evals/a.txt": "a\n"}, {"docs.md": "b\n"}])
def test_a_squash_that_carries_nothing_is_not_spoken_of(forge: Work, files: dict[str, str | bytes]) -> None:
    forge.did("switch", "-q", "main")
    forge.commit("Zone", files={"ringfence.toml": 'version = 1\n[[zone]]\ntag = "eval"\npaths = ["evals/**"]\n'})
    forge.did("switch", "-q", "-C", "topic")
    forge.commit("One", files={"docs.md": "a\n"}, **({} if "evals/a.txt" in files else AGENT))
    forge.commit("Two", files=files)
    said = ci(forge).github(requested(forge, title="Add rows"))
    assert (said.status, "squash" in said.out) == (0, False)


def test_a_request_is_judged_where_only_some_paths_are_tagged(forge: Work) -> None:
    forge.did("switch", "-q", "main")
    forge.commit("Zone", files={"ringfence.toml": 'version = 1\n[[zone]]\ntag = "eval"\npaths = ["evals/**"]\n'})
    forge.did("switch", "-q", "-C", "topic")
    forge.commit("One", files={"evals/a.txt": "a\n"})
    assert ci(forge).github(requested(forge, title="Add rows", body=TRAILER)).status == 1


def test_gitlabs_title_and_description_are_judged(forge: Work) -> None:
    """CI_MERGE_REQUEST_TITLE and CI_MERGE_REQUEST_DESCRIPTION are scanned as the text that a squash would write."""
    forge.commit("One")
    run = ci(forge)
    given = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": run.base(), "CI_MERGE_REQUEST_TITLE": "Add rows"}
    assert run.gitlab(**given, CI_MERGE_REQUEST_DESCRIPTION="Rows.").status == 0
    assert run.gitlab(**given, CI_MERGE_REQUEST_DESCRIPTION=f"Rows.\n\n{TRAILER}").status == 1


def test_a_description_that_gitlab_cut_is_told(forge: Work) -> None:
    forge.commit("One")
    run = ci(forge)
    given = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": run.base(), "CI_MERGE_REQUEST_DESCRIPTION_IS_TRUNCATED": "true"}
    said = run.gitlab(**given, CI_MERGE_REQUEST_DESCRIPTION="x" * 2700)
    assert said.status == 0
    assert said.out.startswith("ringfence: incomplete, 1 item could not be read (training-data)")
    assert "this run: GitLab passes on the first 2,700 characters" in said.out


def test_a_merge_train_is_judged_as_what_it_merges(forge: Work) -> None:
    """On a merge train CI_COMMIT_SHA is judged, since it holds the requests ahead as well."""
    forge.commit("One")
    run = ci(forge)
    given = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": run.base(), "CI_MERGE_REQUEST_EVENT_TYPE": "merge_train"}
    train = forge.commit(f"Another request\n\n{TRAILER}")
    run.pulled(forge)
    assert run.gitlab(**given, CI_COMMIT_SHA=train, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=run.base()).status == 1


# --- what it does to its own check ---


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"ringfence.toml": 'version = 1\n[vendors]\napproved = ["anthropic"]\n'}, "Approve"),
        ({".github/workflows/ringfence.yml": "on: never\n"}, "Edit the workflow"),
        ({".mailmap": "Ann Example <ann@example.org> Claude <noreply@anthropic.com>\n"}, "Map names"),
        ({".gitattributes": "* -text -diff binary\n"}, "Call it binary"),
        ({".ringfenceignore": "*\n", "ringfence-baseline.txt": "# all\n"}, "Ignore everything"),
        ({".gitlab-ci.yml": "include: []\n", "Jenkinsfile": "\n", ".circleci/config.yml": "{}\n"}, "Edit the pipeline"),
        ({"sitecustomize.py": "raise SystemExit(0)\n", "ringfence/__init__.py": "raise SystemExit(0)\n"}, "Be Python"),
        ({"a.txt": "a\n"}, "Add [skip ci]"),
        ({"a.txt": "a\n"}, "Add\n\nskip-checks: true"),
    ],
)
def test_no_change_turns_a_finding_into_a_pass(forge: Work, files: dict[str, str | bytes], message: str) -> None:
    """Nothing that a branch can contain switches the check off: policy, workflow, attributes, modules, skip-ci."""
    forge.commit("One", files=files, **AGENT)
    forge.commit(message, files=files)
    said = ci(forge).github(pull(forge))
    assert said.status == 1, said.out
    assert "anthropic-claude-code-address" in marks(said)


def test_a_waiver_counts_in_the_base_and_not_in_the_request(forge: Work) -> None:
    policy = forge.write("../policy.toml", 'version = 1\n[tag.training-data]\napprovers = ["bob"]\n')
    forge.commit("Add rows", files={"a.md": f"{SHARE_LINK}\n"})
    [mark] = found(forge, "--range", "main..HEAD")
    waivers = "version = 1\n" + waiver(finding=mark["fingerprint"])
    forge.commit("Waive it", files={"waivers.toml": waivers})
    run = ci(forge)
    assert run.github(pull(forge), "--policy", str(policy)).status == 1
    forge.did("switch", "-q", "main")
    forge.commit("Waive it", files={"waivers.toml": waivers})
    forge.did("push", "-q", "origin", "main")
    run.work.did("fetch", "-q")
    said = run.github(pull(forge), "--policy", str(policy))
    assert (said.status, "allowed by waiver" in said.out) == (0, True), said.out


def test_a_request_that_loosens_the_policy_is_refused_as_that(forge: Work) -> None:
    forge.commit("Untag", files={"ringfence.toml": "version = 1\n"})
    said = ci(forge).github(pull(forge))
    assert said.status == 4
    assert said.out == (
        "ringfence: ringfence.toml: tags: would remove `training-data`; a push can only tighten\n"
        "  The policy's owner can merge such a change without this check.\n"
    )


def test_a_request_that_tightens_the_policy_passes_and_is_told(forge: Work) -> None:
    forge.commit("Tighten", files={"ringfence.toml": 'version = 1\ntags = ["training-data", "eval"]\n'})
    said = ci(forge).github(pull(forge))
    assert said.status == 0, said.out
    assert "  note: ringfence.toml is changed, and only tightens\n" in said.out


def test_a_request_with_a_policy_that_cannot_be_read_is_refused(forge: Work) -> None:
    forge.commit("Break", files={"ringfence.toml": "version = ["})
    assert ci(forge).github(pull(forge)).status == 4


def test_a_branch_from_before_the_policy_was_tightened_does_not_loosen_it(forge: Work) -> None:
    forge.commit("One")
    forge.did("switch", "-q", "main")
    forge.commit("Tighten", files={"ringfence.toml": 'version = 1\ntags = ["training-data", "eval"]\n'})
    said = ci(forge).github(pull(forge))
    assert said.status == 0, said.out
    assert "(eval, training-data)" in said.out


@pytest.mark.parametrize("event", ["push", "dispatch"])
def test_a_branch_without_the_policy_is_judged_by_the_default_branchs(forge: Work, event: str) -> None:
    """A branch that drops the file, and then is pushed to or run by hand, would otherwise be a green check to show."""
    forge.did("rm", "-q", "ringfence.toml")
    before = forge.commit("Drop the policy")
    forge.commit(f"One\n\n{TRAILER}")
    run = ci(forge)
    told = pushed(forge, before) if event == "push" else {"inputs": {}}
    assert run.github(told, GITHUB_REF_NAME="topic").status == 1


def test_a_new_branch_where_only_the_head_is_fetched_is_incomplete(forge: Work) -> None:
    forge.did("rm", "-q", "ringfence.toml")
    forge.commit("Drop the policy")
    run: Run = ci(forge, "--single-branch")
    assert run.github({"inputs": {}}).status == 3
    assert run.github(pushed(forge, ZERO, created=True), GITHUB_REF_NAME="topic").status == 3


def test_every_report_tells_why_a_run_could_not_judge(forge: Work) -> None:
    """A run that ended early overwrites the reports of an earlier run with its own verdict and reason."""
    forge.commit("One")
    run = ci(forge, "--depth", "1")
    (run.path / "a.json").write_text("stale")
    said = run.github(pull(forge), "--report", "json=a.json", "--report", "sarif=a.sarif")
    assert said.status == 3
    told = json.loads((run.path / "a.json").read_text())
    assert told["verdict"] == "incomplete"
    assert "isn't in this clone" in told["unread"][0]["reason"] or "shallow" in told["unread"][0]["reason"]
    assert json.loads((run.path / "a.sarif").read_text())["runs"][0]["results"][0]["level"] == "error"
