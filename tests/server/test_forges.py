"""Each forge's contract around a real push: what is installed where, who pushes what, and how a refusal is shown."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from conftest import TRAILER, Said, Work, cloned, kept, run
from ringfence.check import deadline
from ringfence.check.check import check_changes
from ringfence.git.repo import Repo
from ringfence.model import Change
from ringfence.repository import Repository, load_local_plan, load_tagged_plan
from ringfence.setup import client_hooks, server_hooks
from ringfence.sources.forges import FORGES, load_forge
from ringfence.sources.forges.base import PushContext
from server.conftest import AGENT, marks, refs
from server.drivers import SCRIPTS, drive, put

POLICY = """version = 1
[[repository]]
match = ["acme/evals"]
tags = ["eval"]
[accounts]
agents = ["*[bot]", "svc-agent-*"]
"""
IN_REPOSITORY = {
    "gitlab": ["custom_hooks/pre-receive.d/ringfence"],
    "gitea": ["hooks/pre-receive.d/ringfence"],
    "forgejo": ["hooks/pre-receive.d/ringfence"],
    "phorge": ["hooks/pre-receive-phabricator.d/ringfence"],
}
SHARED = {
    "gitlab": ["pre-receive.d/ringfence"],
    "bitbucket": ["ringfence.sh"],
    "gerrit": ["hooks/commit-received", "hooks/ref-update", "hooks/submit"],
    "gitolite": ["hooks/common/pre-receive"],
}


class Served:
    """A repository behind a forge, a clone of it, and who pushes."""

    def __init__(self, forge: str, server: Work, clone: Work, shared: Path) -> None:
        self.forge, self.server, self.clone, self.shared = forge, server, clone, shared

    def push(self, *args: str, user: str = "ann", **env: str) -> Said:
        return self.clone.git(
            "push",
            "origin",
            *(args or ("main",)),
            AS_USER=user,
            AS_SHARED=str(self.shared),
            TMPDIR=str(self.shared),
            **env,
        )


def served(forge: str, folder: Path) -> Served:
    """Serve a repository that the policy tags by the forge's own name for it."""
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(folder / "a.git")], check=True)
    server = Work(folder / "a.git")
    server.did("config", "ringfence.policy", str(folder / "policy.toml"))
    (folder / "policy.toml").write_text(POLICY)
    shared = folder / "shared"
    shared.mkdir()
    place = server.path if forge in IN_REPOSITORY else shared
    if forge == "ghes":
        client_hooks.install_hook(str(shared), "ringfence.sh", 'pre-receive "$@"', "--forge ghes")
    else:
        server_hooks.install_forge_hooks(str(place), forge)
    load_tagged_plan(
        Repository(Repo(str(server.path)), names=["acme/evals"]).build_inputs({})
    )  # compiled now: some give it 5 s
    drive(server, forge)
    found = Served(forge, server, cloned(server, folder / "work"), shared)
    found.clone.commit("First", files={"README.md": "Rows.\n"})
    pushed = found.push()
    assert pushed, pushed.out
    return found


@pytest.fixture(params=sorted(SCRIPTS))
def forge(request: pytest.FixtureRequest, tmp_path: Path) -> Served:
    return served(request.param, tmp_path)


@pytest.fixture
def gitlab(tmp_path: Path) -> Served:
    return served("gitlab", tmp_path)


def test_a_clean_push_passes_and_a_marked_one_is_refused_in_a_repository_that_the_forge_names(forge: Served) -> None:
    """The tag comes from the repository's name as the forge's environment gives it."""
    clean = forge.clone.commit("Second", files={"rows.txt": "clean\n"})
    assert forge.push()
    forge.clone.commit(f"Third\n\n{TRAILER}")
    said = forge.push()
    assert not said
    assert ": refused, 1 mark of rival AI tools (eval)" in said.out
    assert marks(said) == ["anthropic-claude-code-address"]
    assert refs(forge.server) == {"refs/heads/main": clean}


def test_every_line_of_a_push_is_judged(forge: Served) -> None:
    """A deletion in the first line hides no marked ref after it, also where a delegate passes stdin on by echo."""
    forge.clone.did("checkout", "-q", "-b", "old")
    forge.clone.commit("An old branch")
    assert forge.push("old")
    forge.clone.did("checkout", "-q", "main")
    forge.clone.commit("Third", **AGENT)
    said = forge.push(":old", "main:refs/heads/new", "main~1:refs/heads/other", "--atomic")
    assert not said
    assert ": refused, " in said.out
    assert sorted(refs(forge.server)) == ["refs/heads/main", "refs/heads/old"]
    assert forge.push(":old")


def test_an_agents_account_is_refused_whatever_it_pushes(forge: Served) -> None:
    forge.clone.commit("Second", files={"rows.txt": "clean\n"})
    said = forge.push(user="Helper[bot]")
    assert not said
    assert ": refused, the account may not push here (eval)" in said.out
    assert "the pushing account" in said.out
    assert "    Helper[bot]" in said.out
    assert "Next: have a person review it, and push it from their own account." in said.out
    assert forge.push(user="helper")


def test_an_account_that_nobody_names_is_refused_where_some_are_kept_out(forge: Served) -> None:
    forge.clone.commit("Second", files={"rows.txt": "clean\n"})
    said = forge.push(user="")
    if forge.forge == "gitlab":  # a deploy key has no user, and GL_ID names it
        assert said
        return
    assert not said
    assert "refused as incomplete, 1 item could not be read (eval)" in said.out
    assert "this push: the server doesn't say who pushes, and some accounts are kept out here" in said.out


def test_other_repositories_take_what_they_like(forge: Served) -> None:
    forge.server.did("config", "ringfence.policy", str(forge.shared / "other.toml"))
    (forge.shared / "other.toml").write_text(POLICY.replace("acme/evals", "acme/site"))
    forge.clone.commit("Second", **AGENT)
    assert forge.push(user="helper[bot]")


def test_the_web_shows_what_has_gitlabs_prefix_and_nothing_else_is_said(gitlab: Served) -> None:
    """For a commit of the web editor, with CRLF, every line has the prefix that GitLab shows to the user."""
    tree = gitlab.clone.did("rev-parse", "HEAD^{tree}")
    message = f"Edit README.md\r\n\r\n{TRAILER}\r\n".encode()
    commit = gitlab.clone.did("commit-tree", tree, "-p", "HEAD", "-F", "-", stdin=message)
    said = gitlab.push(f"{commit}:refs/heads/main", AS_PROTOCOL="web")
    assert not said
    assert "remote: shown: ringfence pre-receive: refused, 1 mark of rival AI tools (eval)" in said.out
    assert "hidden: " not in said.out


def test_gitlabs_prefix_stands_before_errors_too(gitlab: Served) -> None:
    """The web interface shows an error of the gate, not only a verdict."""
    (gitlab.server.path.parent / "policy.toml").unlink()  # of one that is wrong, the last usable version decides
    gitlab.clone.commit("Second")
    said = gitlab.push(AS_PROTOCOL="web")
    assert not said
    assert "shown: ringfence: " in said.out
    assert "shown:   Refused because of this error, not because of what was found." in said.out
    assert "hidden: " not in said.out


def test_gitlab_takes_the_hook_of_all_repositories_from_one_folder(tmp_path: Path, gitlab: Served) -> None:
    gitlab.server.did("config", "ringfence.tag", "eval")
    assert gitlab.clone.ringfence("uninstall", "--server", str(gitlab.server.path))
    assert gitlab.clone.ringfence("install", "--server", str(gitlab.shared), "--forge", "gitlab")
    gitlab.clone.commit("Second", **AGENT)
    assert "refused, " in gitlab.push().out


def test_gerrit_judges_every_commit_that_is_sent_for_review(tmp_path: Path) -> None:
    """A mark in a commit below the tip refuses a push to refs/for/main."""
    gerrit = served("gerrit", tmp_path)
    gerrit.clone.commit(f"Second\n\n{TRAILER}")
    gerrit.clone.commit("Third")
    said = gerrit.push("HEAD:refs/for/main")
    assert not said
    assert "ringfence gerrit: refused, 1 mark" in said.out
    gerrit.clone.did("reset", "-q", "--hard", "HEAD~2")
    gerrit.clone.commit("Second")
    gerrit.clone.commit("Third")
    assert gerrit.push("HEAD:refs/for/main")


def test_gerrit_judges_a_change_that_is_older_than_the_gate_when_it_is_submitted(tmp_path: Path) -> None:
    """The submit hook refuses a marked change that came in while no hook was installed."""
    gerrit = served("gerrit", tmp_path)
    tip = gerrit.clone.commit("Second")
    marked = gerrit.clone.commit(f"Third\n\n{TRAILER}")
    gerrit.server.did("fetch", "-q", str(gerrit.clone.path), "main:refs/changes/01/1/1")  # past all hooks

    def submit(commit: str, branch: str) -> Said:
        hook = gerrit.shared / "hooks" / "submit"
        words = ("--project", "acme/evals", "--branch", branch, "--submitter", "Ann", "--patchset", "1")
        return run(str(hook), *words, "--commit", commit, cwd=gerrit.server.path, GIT_DIR=str(gerrit.server.path))

    assert "ringfence gerrit: refused, 1 mark" in submit(marked, "refs/heads/main").out
    assert submit(tip, "refs/heads/main")
    assert "ringfence gerrit: refused, 1 mark" in submit(marked, "refs/heads/new").out


def test_gerrits_hook_says_what_it_was_called_without(server: Work) -> None:
    said = server.ringfence("hook", "gerrit", "--project", "p", "--refname", "refs/heads/main")
    assert said.status == 2
    assert said.out.startswith("ringfence: Gerrit's hook was called without '--oldrev'.\n")


def test_a_trial_of_bitbucket_says_what_a_merge_would_come_to(tmp_path: Path) -> None:
    """A dry run of a merge is judged and recorded in the ledger as a trial."""
    bitbucket = served("bitbucket", tmp_path)
    bitbucket.clone.commit("Second", **AGENT)
    book = tmp_path / "ledger.db"
    bitbucket.server.did("config", "ringfence.ledger", str(book))
    said = bitbucket.push(AS_TRIAL="true", AS_TRIGGER="pull-request-merge")
    assert "refused, " in said.out
    assert [(entry["kind"], entry["outcome"]) for entry in kept(book)] == [("trial", "blocked")]


@pytest.mark.parametrize("via", ["blob#save", "pull request merge button", "git refs create api"])
def test_what_github_does_itself_is_judged_like_a_push(tmp_path: Path, via: str) -> None:
    """Commits that GitHub makes through the web editor, the merge button or the API are refused when marked."""
    github = served("ghes", tmp_path)
    github.clone.commit(f"Merge pull request #1\n\n{TRAILER}")
    assert "refused, 1 mark" in github.push(AS_VIA=via).out


# --- where files go, and how they are taken out again ---


@pytest.mark.parametrize("forge", sorted(IN_REPOSITORY))
def test_a_repositorys_hook_is_put_where_the_forge_looks_and_taken_out_again(forge: str, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / "a.git")], check=True)
    check_place(forge, tmp_path / "a.git", IN_REPOSITORY[forge])


@pytest.mark.parametrize("forge", sorted(SHARED))
def test_the_hook_of_all_repositories_is_put_where_the_forge_looks_and_taken_out_again(
    forge: str, tmp_path: Path
) -> None:
    (tmp_path / "site").mkdir()
    check_place(forge, tmp_path / "site", SHARED[forge])


def check_place(forge: str, place: Path, files: list[str]) -> None:
    work, before = Work(place.parent), everything(place)
    said = work.ringfence("install", "--server", str(place), "--forge", forge)
    assert said, said.out
    assert everything(place) - before == set(files)
    for file in files:
        assert (place / file).stat().st_mode & 0o777 == 0o755
        assert f" --forge {forge} " in (place / file).read_text()
        assert f"ringfence: {file}: installed" in said.out
    said = work.ringfence("uninstall", "--server", str(place))
    assert [f"ringfence: {file}: removed" in said.out for file in files] == [True] * len(files)
    assert everything(place) == before
    assert sorted(path.name for path in place.iterdir()) == sorted({file.split("/")[0] for file in before})


def everything(folder: Path) -> set[str]:
    """Return the files below a folder, and its empty folders."""
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    return found | {
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_dir() and not any(path.iterdir())
    }


def test_a_hook_that_is_common_to_all_runs_after_ours_and_comes_back(tmp_path: Path) -> None:
    put(tmp_path / "hooks/common/pre-receive", "#!/bin/sh\nexit 0\n")
    assert Work(tmp_path).ringfence("install", "--server", str(tmp_path), "--forge", "gitolite")
    assert '--then "${0%/*}/before-ringfence/${0##*/}"' in (tmp_path / "hooks/common/pre-receive").read_text()
    said = Work(tmp_path).ringfence("uninstall", "--server", str(tmp_path))
    assert "hooks/common/pre-receive: removed, the previous hook is restored" in said.out
    assert (tmp_path / "hooks/common/pre-receive").read_text() == "#!/bin/sh\nexit 0\n"


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("--forge", "gerrit", "--server", "a.git"), "gerrit runs no hooks from one repository."),
        (("--forge", "ghes", "--server", "."), "ghes runs no hooks from a folder that repositories share."),
        (("--forge", "gitea", "--server", "."), "gitea runs no hooks from a folder that repositories share."),
        (("--forge", "gitlab", "--server", "nowhere"), "nowhere isn't a folder."),
        (("--forge", "gitlab", "--server", "a.git", "--update"), "gitlab runs no such hook from a.git."),
        (("--forge", "gitlab"), "--forge needs --server DIR or --all ROOT."),
        (
            ("--server", "a.git", "--deadline", "0"),
            "--deadline needs --server or --all, and a positive number of seconds.",
        ),
    ],
)
def test_what_a_forge_cannot_call_is_not_installed(tmp_path: Path, args: tuple[str, ...], told: str) -> None:
    subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / "a.git")], check=True)
    said = Work(tmp_path).ringfence("install", *args)
    assert said.status == 2, said.out
    assert f"ringfence: {told}" in said.out


def test_an_unknown_forge_refuses(server: Work) -> None:
    said = server.ringfence("hook", "--forge", "sourceforge", "pre-receive", stdin=b"")
    assert said.status == 2
    assert said.out.splitlines()[0] == "ringfence: unknown forge 'sourceforge'."


# --- the environment that a forge sets ---

TOLD = [
    ("gitlab", {"GL_USERNAME": "ann", "GL_PROJECT_PATH": "a/b", "GL_PROTOCOL": "ssh"}, PushContext("ann", "a/b")),
    ("gitlab", {"GL_ID": "key-4", "GL_PROTOCOL": "web"},
     PushContext("key-4", prefix="GL-HOOK-ERR: ", limit=55.0)),
    ("gitolite", {"GL_USER": "ann", "GL_REPO": "b"}, PushContext("ann", "b")),
    ("ghes", {"GITHUB_USER_LOGIN": "ann", "GITHUB_REPO_NAME": "a/b"}, PushContext("ann", "a/b", limit=5.0)),
    ("ghes", {"GITHUB_VIA": "blob#save"}, PushContext(limit=5.0)),
    ("gitea", {"GITEA_PUSHER_NAME": "ann", "GITEA_REPO_USER_NAME": "a", "GITEA_REPO_NAME": "b"},
     PushContext("ann", "a/b")),
    ("forgejo", {"GITEA_PUSHER_NAME": "ann", "GITEA_PUSH_TRIGGER": "pr-merge-to-base"}, PushContext("ann")),
    ("bitbucket", {"BB_USER_NAME": "ann", "BB_PROJECT_KEY": "A", "BB_REPO_SLUG": "b", "BB_IS_DRY_RUN": "true"},
     PushContext("ann", "A/b", is_dry_run=True)),
    ("phorge", {"PHABRICATOR_USER": "ann", "PHABRICATOR_REPOSITORY": "b"}, PushContext("ann", "b")),
    ("plain", {"GATEWAY_INTERFACE": "CGI/1.1", "REMOTE_USER": "ann", "REMOTE_ADDR": "192.0.2.1"},
     PushContext(web_account="ann")),
    ("plain", {"REMOTE_ADDR": "192.0.2.1", "REMOTE_PORT": "4"}, PushContext()),
]  # fmt: skip


@pytest.mark.parametrize(("forge", "environ", "occasion"), TOLD)
def test_a_forge_is_understood_by_its_own_variables(forge: str, environ: dict[str, str], occasion: PushContext) -> None:
    assert load_forge(forge).parse_push_context(environ, ()) == occasion


@pytest.mark.parametrize("forge", FORGES)
def test_no_forge_believes_anothers_variables(forge: str) -> None:
    """A pusher by a local path, or by an sshd that accepts too much, may bring any variable."""
    mine = [environ for name, environ, _ in TOLD if name == forge or {name, forge} == {"gitea", "forgejo"}]
    others = {key: "x" for name, environ, _ in TOLD for key in environ if environ not in mine}
    known = {key for environ in mine for key in environ} | {"SSH_CONNECTION"}
    told = load_forge(forge).parse_push_context(
        {"SSH_CONNECTION": "1"} | {k: v for k, v in others.items() if k not in known}, ()
    )
    assert "x" not in (told.account, told.repository)


def test_gerrit_is_understood_by_its_arguments() -> None:
    arguments = (
        "--project",
        "a/b",
        "--uploader",
        "Ann (ann@example.org)",
        "--uploader-username",
        "ann",
        "--cmdref",
        "r",
    )
    assert load_forge("gerrit").parse_push_context({}, arguments) == PushContext("ann", "a/b", limit=30.0)


def test_who_comes_in_by_ssh_is_not_who_the_environment_says(server: Work) -> None:
    told = load_forge("plain").parse_push_context(
        {"SSH_CONNECTION": "1", "GATEWAY_INTERFACE": "CGI/1.1", "REMOTE_USER": "boss"}, ()
    )
    assert told == PushContext(run("id", "-un", cwd=server.path).out.strip())


# --- time ---

IN_PARTS = "git rev-list --topo-order --reverse BRANCH --not --remotes | sed -n 1p"


@pytest.mark.slow
def test_a_push_that_takes_too_long_is_refused_as_incomplete_and_told_how_to_go_on(
    clone: Work, server: Work, tmp_path: Path
) -> None:
    """The deadline also ends a git command that hangs, and the message says how to push in parts."""
    put(
        tmp_path / "bin/git",
        '#!/bin/sh\ncase " $* " in *" diff-tree "*) exec sleep 60;; esac\nexec /usr/bin/env -u X git "$@"\n'.replace(
            "/usr/bin/env -u X git", real_git(clone)
        ),
    )
    gate = server.path / "hooks/pre-receive"
    text = gate.read_text().replace(" pre-receive ", " --deadline 1 pre-receive ")
    gate.write_text(text.replace("exec ", f"PATH={tmp_path}/bin:$PATH exec ", 1))
    before, started = refs(server), time.monotonic()
    clone.commit("Second")
    said = clone.git("push", "origin", "main")
    assert not said
    assert time.monotonic() - started < 20  # the git that sleeps is ended too: git 2.55 waits for it
    assert [line[8:].rstrip() for line in said.out.splitlines() if line.startswith("remote: ")] == [
        "ringfence pre-receive: refused as incomplete, 1 item could not be read (training-data)",
        "  unread:",
        "    this push: timed out after 0 commits and 0 objects",
        f"  Next: push the oldest commits first, 1 at a time: git push REMOTE $({IN_PARTS}):refs/heads/BRANCH",
        "  If this is wrong or allowed, ask the policy's owner.",
    ]
    assert refs(server) == before


def real_git(work: Work) -> str:
    return run("sh", "-c", "command -v git", cwd=work.path).out.strip()


def test_a_mark_that_was_found_in_time_is_told(server: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Repository(Repo(str(server.path)))
    plan = load_local_plan(place)
    assert plan is not None

    def changes():
        yield from (Change("message", texts=(("message", f"x\n\n{TRAILER}\n".encode(), ""),)) for _ in range(256))
        monkeypatch.setattr(deadline._deadline, "is_over", True)
        yield from (Change("message") for _ in range(256))

    verdict = check_changes(changes(), plan, place.objects)
    assert verdict.exit_code == 1
    assert len(verdict.findings) == 256
    assert [item.reason for item in verdict.unread] == ["timed out after 256 commits and 0 objects"]
    assert {item.action for item in verdict.unread} == {"block"}


@pytest.mark.parametrize("given", ["0", "-1", "soon", "nan", "inf"])
def test_a_time_that_is_none_refuses(server: Work, given: str) -> None:
    said = server.ringfence("hook", "--deadline", given, "pre-receive", stdin=b"")
    assert said.status == 2
    assert f"ringfence: --deadline takes seconds, not '{given}'." in said.out
