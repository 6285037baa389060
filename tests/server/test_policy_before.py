"""A push is judged by the policy that held before it, and nothing on the pusher's side can loosen that."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import TRAILER, Work, bare, cloned
from server.conftest import DECLINED, brought, hook, judged, line, marks, refs, refused

TAGGED = 'version = 1\ntags = ["training-data"]\n'
LOOSE = 'version = 1\n[vendors]\napproved = ["anthropic"]\n'


@pytest.fixture
def own(tmp_path: Path) -> Work:
    """A clone of a server that is tagged by its own ringfence.toml alone."""
    server = bare(tmp_path / "own.git")
    work = cloned(server, tmp_path / "own")
    work.commit("First", files={"ringfence.toml": TAGGED})
    work.did("push", "-q", "origin", "main")
    return work


def the_server(work: Work) -> Work:
    return Work(Path(work.did("config", "remote.origin.url")))


def test_a_repository_is_tagged_by_its_own_file(own: Work) -> None:
    own.commit(f"Add rows\n\n{TRAILER}")
    refused(own.git("push", "origin", "main"), "(training-data)")


def test_the_push_that_brings_the_first_tag_is_not_judged_by_it(tmp_path: Path) -> None:
    work = cloned(bare(tmp_path / "new.git"), tmp_path / "new")
    work.commit(f"First\n\n{TRAILER}", files={"ringfence.toml": TAGGED})
    work.did("push", "-q", "origin", "main")
    work.commit(f"Second\n\n{TRAILER}")
    refused(work.git("push", "origin", "main"))


def without_the_tag(work: Work, how: str) -> None:
    file = work.path / "ringfence.toml"
    if how == "removed":
        file.unlink()
    elif how == "renamed":
        file.rename(work.path / "ringfence.txt")
    else:
        file.write_text("version = 1\n")


@pytest.mark.parametrize("how", ["removed", "renamed", "untagged"])
def test_a_clean_push_that_takes_the_default_branchs_tag_away_is_refused(own: Work, how: str) -> None:
    without_the_tag(own, how)
    own.commit("Change the policy")
    said = judged(own, the_server(own), ref="refs/heads/main", old=own.did("rev-parse", "HEAD~1"))
    assert said.status == 4
    assert "the pushed ringfence.toml: tags: would remove `training-data`; a push can only tighten" in said.out


@pytest.mark.parametrize("how", ["removed", "renamed", "untagged"])
def test_a_push_of_two_commits_is_judged_by_the_tag_that_the_first_takes_away(own: Work, how: str) -> None:
    without_the_tag(own, how)
    own.commit("Change the policy")
    own.commit(f"Go on\n\n{TRAILER}")
    refused(own.git("push", "origin", "main:topic"))
    own.git("push", "origin", "main").assert_refused(DECLINED)


def test_a_branch_without_the_tag_is_still_judged_the_next_time(own: Work) -> None:
    without_the_tag(own, "removed")
    own.commit("Take the tag away here")
    own.did("push", "-q", "origin", "main:topic")
    own.commit(f"Go on\n\n{TRAILER}")
    refused(own.git("push", "origin", "main:topic"))


def test_a_branch_without_the_file_is_judged_by_the_default_branchs(own: Work) -> None:
    own.did("switch", "-q", "--orphan", "other")
    own.commit(f"Begin again\n\n{TRAILER}", files={"rows.txt": "rows\n"})
    refused(own.git("push", "origin", "other"))


def test_a_forced_push_over_the_default_branch_is_refused(own: Work) -> None:
    own.did("switch", "-q", "--orphan", "other")
    own.commit(f"Begin again\n\n{TRAILER}", files={"rows.txt": "rows\n"})
    own.git("push", "-f", "origin", "other:main").assert_refused(DECLINED)


def test_deleting_the_default_branch_in_the_same_push_changes_nothing(own: Work) -> None:
    """The policy is read from the default branch as it was before the push."""
    the_server(own).did("config", "receive.denyDeleteCurrent", "ignore")
    own.did("switch", "-q", "--orphan", "other")
    own.commit(f"Begin again\n\n{TRAILER}", files={"rows.txt": "rows\n"})
    refused(own.git("push", "origin", ":main", "other"))


def test_another_branchs_tag_holds_for_that_branch(tmp_path: Path) -> None:
    server = bare(tmp_path / "server.git")
    work = cloned(server, tmp_path / "work")
    work.commit("First", files={"README.md": "text\n"})
    work.did("push", "-q", "origin", "main")
    work.did("switch", "-q", "-c", "data")
    work.commit("Tag this branch", files={"ringfence.toml": TAGGED})
    work.did("push", "-q", "origin", "data")
    work.commit(f"Add rows\n\n{TRAILER}")
    refused(work.git("push", "origin", "data"))


def test_every_branch_counts_where_head_points_to_none(own: Work) -> None:
    the_server(own).did("symbolic-ref", "HEAD", "refs/heads/unborn")
    own.did("switch", "-q", "--orphan", "other")
    own.commit(f"Begin again\n\n{TRAILER}", files={"rows.txt": "rows\n"})
    refused(own.git("push", "origin", "other"))


def test_a_clean_push_passes_where_head_points_to_none(own: Work) -> None:
    the_server(own).did("symbolic-ref", "HEAD", "refs/heads/unborn")
    own.commit("Go on")
    assert own.git("push", "origin", "main")


UNUSABLE = {
    "syntax": ("version = 1\ntags = [\n", ["the pushed ringfence.toml: not TOML: "]),
    "key": ('version = 1\ntag = ["x"]\n', ["the pushed ringfence.toml:2: tag: "]),
    "misspelt": ('version = 1\ntagss = ["eval"]\n', ["ringfence.toml:2: tagss: unknown key; did you mean `tags`?"]),
    "tag": ('version = 1\ntags = ["evil"]\n', ["ringfence.toml: tag: unknown tag `evil`; did you mean `eval`?"]),
    "loosens": (TAGGED + '[tag.training-data]\nstrong = "warn"\n', ["tag.training-data.strong: would loosen block to"]),
    "approves": (TAGGED + '[vendors]\napproved = ["openai"]\n', ["vendors.approved: would loosen [] to ['openai']"]),
    "encoding": (b"version = 1 # \xff\n", ["ringfence.toml: byte 14: not UTF-8."]),
}


@pytest.mark.parametrize("what", sorted(UNUSABLE))
def test_an_unusable_file_is_refused_by_name_before_it_locks_everybody_out(own: Work, what: str) -> None:
    text, expected = UNUSABLE[what]
    own.commit("Change the policy", files={"ringfence.toml": text})
    said = judged(own, the_server(own), ref="refs/heads/main")
    assert said.status == 4, said.out
    for part in expected:
        assert part in said.out
    assert "Refused because of this error, not because of what was found." in said.out


def test_an_unusable_file_is_refused_where_nothing_is_tagged_yet(tmp_path: Path) -> None:
    work = cloned(bare(tmp_path / "new.git"), tmp_path / "new")
    work.commit("First", files={"ringfence.toml": "version = 2\n"})
    said = work.git("push", "origin", "main")
    assert not said
    assert "the pushed ringfence.toml:1: version: 2 is not one of " in said.out


def test_an_unusable_file_is_refused_with_a_command_that_can_be_typed(own: Work) -> None:
    own.commit("Change the policy", files={"ringfence.toml": "version = 2\n"})
    said = judged(own, the_server(own), ref="refs/heads/main")
    assert said.status == 4, said.out
    said.assert_refused("run `ringfence policy check ringfence.toml`")


def test_a_file_of_sixty_mebibytes_is_refused(own: Work) -> None:
    own.commit("Change the policy", files={"ringfence.toml": TAGGED + "#" * (60 << 20)})
    said = judged(own, the_server(own), ref="refs/heads/main")
    assert said.status == 4
    size = len(TAGGED) + (60 << 20)
    assert f"ringfence.toml: the policy file has {size:,} bytes; the limit is 1 MiB." in said.out


def test_an_unusable_file_on_any_pushed_branch_is_refused(own: Work) -> None:
    own.did("switch", "-q", "-c", "broken")
    own.commit("Change the policy", files={"ringfence.toml": "tags = 1\n"})
    own.git("push", "origin", "main:fine", "broken").assert_refused("the pushed ringfence.toml")


def test_a_folder_in_the_files_place_is_refused(own: Work) -> None:
    (own.path / "ringfence.toml").unlink()
    own.commit("Make it a folder", files={"ringfence.toml/x": "x\n"})
    said = judged(own, the_server(own), ref="refs/heads/main")
    assert said.status == 4, said.out
    said.assert_refused("ringfence.toml")


def test_a_usable_change_passes_and_holds_from_then_on(own: Work) -> None:
    own.commit("Tighten", files={"ringfence.toml": TAGGED + '[tag.training-data]\nweak = "block"\n'})
    own.did("push", "-q", "origin", "main")
    own.commit("Say how", files={"CLAUDE.md": "Be brief.\n"})
    assert marks(refused(own.git("push", "origin", "main"))) == ["anthropic-claude-code-config"]


def test_a_push_may_not_settle_who_is_a_rival(own: Work) -> None:
    own.commit("Say who is one", files={"ringfence.toml": TAGGED + '[vendors]\nrivals = ["openai"]\n'})
    own.did("push", "-q", "origin", "main")
    own.commit(f"Add rows\n\n{TRAILER}")
    refused(own.git("push", "origin", "main"))


# --- what the one who pushes can set ---

PUSHERS = {
    "variable": {"RINGFENCE_POLICY": "{loose}"},
    "count": {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "ringfence.policy", "GIT_CONFIG_VALUE_0": "{loose}"},
    "parameters": {"GIT_CONFIG_PARAMETERS": "'ringfence.policy'='{loose}'"},
    "global": {"GIT_CONFIG_GLOBAL": "{config}"},
    "system": {"GIT_CONFIG_SYSTEM": "{config}"},
    "nosystem": {"GIT_CONFIG_NOSYSTEM": "1"},
    "python": {"PYTHONPATH": "{folder}", "PYTHONSTARTUP": "{folder}/usercustomize.py"},
    "tags": {"RINGFENCE_TAGS": "", "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "ringfence.tag",
             "GIT_CONFIG_VALUE_0": ""},
    "grafts": {"GIT_GRAFT_FILE": "{folder}/grafts", "GIT_NO_REPLACE_OBJECTS": ""},
    "namespace": {"GIT_NAMESPACE": "elsewhere"},
}  # fmt: skip


@pytest.mark.parametrize("how", sorted(PUSHERS))
def test_nothing_in_the_pushers_environment_loosens(clone: Work, server: Work, tmp_path: Path, how: str) -> None:
    """Variables that a client may get through to the server can't remove the tag or the policy, or run code."""
    (tmp_path / "loose.toml").write_text(LOOSE)
    (tmp_path / "config").write_text(f"[ringfence]\n\tpolicy = {tmp_path}/loose.toml\n\ttag = \n")
    (tmp_path / "ringfence.py").write_text("raise SystemExit(0)\n")
    (tmp_path / "usercustomize.py").write_text("raise SystemExit(0)\n")
    commit = clone.commit(f"Add rows\n\n{TRAILER}")
    (tmp_path / "grafts").write_text(f"{commit}\n")
    places = {"loose": f"{tmp_path}/loose.toml", "config": f"{tmp_path}/config", "folder": str(tmp_path)}
    env = {name: text.format(**places) for name, text in PUSHERS[how].items()}
    said = judged(clone, server, **env)
    assert said.status in (1, 4), said.out
    said.assert_refused()


def test_settings_on_the_pushers_command_line_do_not_loosen(clone: Work, tmp_path: Path) -> None:
    """`git -c` at the client sets nothing on the server."""
    (tmp_path / "loose.toml").write_text(LOOSE)
    clone.commit(f"Add rows\n\n{TRAILER}")
    given = ("-c", f"ringfence.policy={tmp_path}/loose.toml", "-c", "ringfence.tag=", "-c", "core.hooksPath=/dev/null")
    refused(clone.git(*given, "push", "origin", "main"))


def test_a_policy_in_the_environment_tightens(clone: Work, server: Work, tmp_path: Path) -> None:
    (tmp_path / "strict.toml").write_text('version = 1\n[tag.training-data]\nweak = "block"\n')
    clone.commit("Say how", files={"CLAUDE.md": "Be brief.\n"})
    assert judged(clone, server).status == 0
    said = judged(clone, server, RINGFENCE_POLICY=f"{tmp_path}/strict.toml")
    assert said.status == 1
    assert marks(said) == ["anthropic-claude-code-config"]


# --- the organisation's policy, in the server's own configuration ---


@pytest.fixture
def untagged(server: Work) -> Work:
    """The server, without the tag of its configuration."""
    server.did("config", "--unset-all", "ringfence.tag")
    return server


def test_a_repository_is_tagged_by_its_path_on_the_server(clone: Work, untagged: Work, policy) -> None:
    policy(f'[[repository]]\nmatch = ["{untagged.path.parent}/*"]\ntags = ["benchmark"]')
    clone.commit(f"Add rows\n\n{TRAILER}")
    refused(clone.git("push", "origin", "main"), "(benchmark)")


@pytest.mark.parametrize(
    ("match", "env"),
    [
        ("*/server", {}),
        ("*/server.git", {}),
        ("*/SERVER", {}),
        ("acme/evals", {"GL_PROJECT_PATH": "acme/evals"}),
        ("acme/evals", {"GITEA_REPO_USER_NAME": "acme", "GITEA_REPO_NAME": "evals"}),
        ("acme/evals", {"GL_REPO": "acme/evals"}),
    ],
)
def test_a_repository_is_found_by_any_of_its_names(
    clone: Work, untagged: Work, policy, match: str, env: dict[str, str]
) -> None:
    policy(f'[[repository]]\nmatch = ["{match}"]\ntags = ["benchmark"]')
    clone.commit(f"Add rows\n\n{TRAILER}")
    assert judged(clone, untagged, **env).status == 1


def test_a_repository_that_nothing_matches_takes_everything(clone: Work, untagged: Work, policy) -> None:
    policy('[[repository]]\nmatch = ["*/other", "acme/*"]\ntags = ["benchmark"]')
    clone.commit(f"Add rows\n\n{TRAILER}")
    assert clone.git("push", "origin", "main")


def test_the_organisations_own_marks_pass(clone: Work, policy) -> None:
    policy('[organisation]\nname = "Anthropic"\nown = ["anthropic"]')
    clone.commit(f"Add rows\n\n{TRAILER}")
    assert clone.git("push", "origin", "main")


def test_an_approved_vendors_marks_pass_and_anothers_do_not(clone: Work, policy) -> None:
    policy('[vendors]\napproved = ["anthropic"]')
    clone.commit(f"Add rows\n\n{TRAILER}")
    clone.did("push", "-q", "origin", "main")
    clone.commit("Add rows\n\nCo-authored-by: Codex <noreply@openai.com>")
    assert "openai-codex-address" in marks(refused(clone.git("push", "origin", "main")))


def test_only_named_rivals_count(clone: Work, policy) -> None:
    policy('[vendors]\nrivals = ["openai"]')
    clone.commit(f"Add rows\n\n{TRAILER}")
    assert clone.git("push", "origin", "main")


def test_a_refusal_names_whom_to_ask(clone: Work, policy) -> None:
    policy('[organisation]\ncontact = "data-office@example.org"')
    clone.commit(f"Add rows\n\n{TRAILER}")
    refused(clone.git("push", "origin", "main"), "If this is wrong or allowed, ask data-office@example.org.")


@pytest.mark.long
def test_a_marker_of_the_organisations_own_is_found(clone: Work, policy) -> None:
    policy(
        '[[marker]]\nvendor = "openai"\nid = "acme-openai-tool"\nproduct = "codex"\nkind = "trailer"\n'
        'key = ["Acme-Tool"]\nstrength = "definitive"\nwhy = "Our wrapper writes it."\nsource = "us"\n'
        'caught = ["Acme-Tool: yes"]\npassed = ["Acme: no"]\n'
    )
    clone.commit("Add rows\n\nAcme-Tool: yes")
    assert marks(refused(clone.git("push", "origin", "main"))) == ["acme-openai-tool"]


def test_the_organisations_zone_holds_for_a_repository_that_names_none(clone: Work, untagged: Work, policy) -> None:
    policy('[[zone]]\ntag = "eval"\npaths = ["evals/**"]')
    clone.commit(f"Add code\n\n{TRAILER}", files={"src/a.py": "pass\n"})
    clone.did("push", "-q", "origin", "main")
    clone.commit(f"Add evals\n\n{TRAILER}", files={"evals/a.jsonl": "{}\n"})
    refused(clone.git("push", "origin", "main"), "(eval)")


def test_two_policies_add_up(clone: Work, untagged: Work, policy) -> None:
    policy('[vendors]\napproved = ["mistral"]', "first.toml")
    policy('[[repository]]\nmatch = ["*"]\ntags = ["eval"]', "second.toml")
    clone.commit(f"Add rows\n\n{TRAILER}")
    refused(clone.git("push", "origin", "main"), "(eval)")


def test_a_second_policy_that_loosens_the_first_makes_all_unusable(clone: Work, server: Work, policy) -> None:
    policy('[vendors]\napproved = ["mistral"]', "first.toml")
    policy('[vendors]\napproved = ["anthropic"]', "second.toml")
    clone.commit("Clean")
    said = judged(clone, server)
    assert said.status == 4
    assert "vendors.approved: would loosen ['mistral'] to ['anthropic'], which adds anthropic" in said.out


def test_a_policy_is_read_again_after_it_changed(clone: Work, policy) -> None:
    path = policy('[vendors]\napproved = ["anthropic"]')
    clone.commit(f"Add rows\n\n{TRAILER}")
    clone.did("push", "-q", "origin", "main")
    path.write_text("version = 1\n")
    clone.commit(f"Add more rows\n\n{TRAILER}")
    refused(clone.git("push", "origin", "main"))


def test_tags_in_the_configuration_are_split_at_commas_and_blanks(clone: Work, untagged: Work) -> None:
    untagged.tag("eval, benchmark post-training")
    clone.commit(f"Add rows\n\n{TRAILER}")
    refused(clone.git("push", "origin", "main"), "(benchmark, eval, post-training)")


def test_a_tag_over_everything_and_a_zone_hold_together(clone: Work, server: Work, policy) -> None:
    policy('[[zone]]\ntag = "eval"\npaths = ["evals/**"]')
    commit = clone.commit(f"Add code\n\n{TRAILER}", files={"src/a.py": "pass\n"})
    said = hook(server, line(brought(clone, server, commit)))
    assert said.status == 1
    assert "(training-data)" in said.out
    assert refs(server)
