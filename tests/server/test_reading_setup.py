"""`install --reads`, `uninstall --reads`, and what `status` says of who can read."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Said, Work, bare, run
from ringfence.errors import UsageError
from ringfence.setup import read_hook

pytestmark = pytest.mark.needs("root")  # others install it for themselves
BARRED = '[accounts]\nbarred = ["pat"]\n'
AGENTS = '[accounts]\nagents = ["*-bot"]\n'


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty configuration of the system, which we may write."""
    file = tmp_path / "etc/gitconfig"
    file.parent.mkdir()
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", str(file))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "global"))
    return file


def install(server: Work, *more: str) -> Said:
    said = server.ringfence("install", "--server", str(server.path), "--reads", *more)
    assert said, said.out
    return said


def reads(server: Work) -> tuple[int, list[str]]:
    """Return the status of `ringfence status`, and its lines about fetches."""
    said = server.ringfence("status", "--server", str(server.path))
    lines = [line for line in said.out.splitlines() if line[4:].startswith(("reads", "upload-pack", "permissions: /"))]
    return said.status, lines


def test_installing_twice_changes_nothing_and_undoing_leaves_nothing(server: Work, system: Path) -> None:
    before = (server.path / "config").read_text()
    said = install(server)
    script = system.parent / "ringfence/pack-objects"
    assert f"git asks {script} about each fetch (git config --system uploadpack.packObjectsHook)" in said.out
    held = system.read_text(), script.read_text(), (server.path / "config").read_text()
    install(server)
    assert (system.read_text(), script.read_text(), (server.path / "config").read_text()) == held
    assert server.did("config", "http.getanyfile") == "false"
    said = server.ringfence("uninstall", "--server", str(server.path), "--reads")
    assert "git config --system uploadpack.packObjectsHook: removed" in said.out
    assert not script.exists()
    assert read_hook.find_read_hook(str(server.path)) is None
    assert (server.path / "hooks/pre-receive").exists()
    assert (server.path / "config").read_text().replace("[http]\n", "") == before


def test_without_root_it_is_for_one_user_and_says_so(
    server: Work, system: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "an own"))  # git has the shell read the path
    (tmp_path / "an own").mkdir()
    assert "that counts where this user serves fetches with this HOME" in read_hook.install_read_hook()[-1]
    assert not system.exists()
    hook = read_hook.find_read_hook(str(server.path))
    assert hook
    assert (hook.scope, hook.path) == ("global", str(tmp_path / "an own/ringfence/pack-objects"))
    assert run("git", "clone", "-q", f"file://{server.path}", str(tmp_path / "reader"), cwd=tmp_path)
    assert read_hook.uninstall_read_hook() == ["git config --global uploadpack.packObjectsHook: removed",
                                               "pack-objects: removed"]  # fmt: skip
    assert read_hook.find_read_hook(str(server.path)) is None


def test_under_a_strict_umask_the_hook_is_open_to_every_user_all_the_same(system: Path) -> None:
    held = os.umask(0o077)
    try:
        read_hook.install_read_hook()
    finally:
        os.umask(held)
    modes = [path.stat().st_mode & 0o777 for path in (system, system.parent / "ringfence")]
    assert modes == [0o644, 0o755]
    hook = read_hook.find_read_hook("/")
    assert hook
    assert hook.hidden == ""


def test_a_hook_of_another_program_is_left_alone(server: Work, system: Path, policy) -> None:
    policy(BARRED)
    run("git", "config", "--system", read_hook.KEY, "/usr/bin/cache", cwd=server.path)
    with pytest.raises(UsageError, match="names /usr/bin/cache, and git asks only one"):
        read_hook.install_read_hook()
    status, lines = reads(server)
    assert (status, lines[0]) == (
        3, "BAD reads: git asks /usr/bin/cache about fetches (--system uploadpack.packObjectsHook)",
    )  # fmt: skip
    assert read_hook.uninstall_read_hook() == []
    assert system.read_text()


def test_gitolites_hook_knows_who_reads(tmp_path: Path, system: Path) -> None:
    said = Work(tmp_path).ringfence("install", "--server", str(tmp_path), "--forge", "gitolite", "--reads")
    assert said, said.out
    assert 'main()\' --forge gitolite "$@"' in (system.parent / "ringfence/pack-objects").read_text()
    assert "http.getanyfile" not in said.out


def test_nothing_is_installed_for_a_forge_that_asks_no_such_hook(tmp_path: Path, system: Path) -> None:
    said = Work(tmp_path).ringfence("install", "--server", str(tmp_path), "--forge", "gitlab", "--reads")
    assert said.status == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["etc"]
    assert not system.exists()


@pytest.mark.parametrize("forge", ["gitlab", "ghes", "bitbucket", "gerrit", "phorge"])
def test_a_forge_that_asks_no_such_hook_is_named(forge: str) -> None:
    with pytest.raises(UsageError, match=f"{forge} doesn't ask such a hook"):
        read_hook.install_read_hook(forge)


def test_every_repository_below_a_folder_is_closed_to_web_servers_once(tmp_path: Path, system: Path) -> None:
    for name in ("a", "b"):
        bare(tmp_path / f"srv/{name}.git", "eval")
    work = Work(tmp_path)
    said = work.ringfence("install", "--all", str(tmp_path / "srv"), "--reads")
    assert said.out.count("http.getanyfile = false") == 2
    again = work.ringfence("install", "--all", str(tmp_path / "srv"), "--reads")
    assert f"{tmp_path}/srv: 2 repositories, 2 tagged, 0 changed, 0 failed" in again.out
    work.ringfence("uninstall", "--all", str(tmp_path / "srv"), "--reads")
    assert not Work(tmp_path / "srv/a.git").git("config", "http.getanyfile")


# --- status ---


@pytest.mark.parametrize(
    ("text", "is_bad"), [(BARRED, True), (AGENTS, False), (f'{AGENTS}[tag.eval]\nreads = "block"\n', True)]
)
def test_who_can_read_without_the_hook_is_said_and_bad_where_the_policy_promises_otherwise(
    server: Work, policy, text: str, is_bad: bool
) -> None:
    policy(text)
    detail = (
        "reads: agents' and barred accounts can read it: git asks no hook about fetches (uploadpack.packObjectsHook"
    )
    for where in ("is set nowhere", "in the repository's own configuration counts for nothing"):
        status, lines = reads(server)
        assert (status, lines) == (3 if is_bad else 0, [f"{'BAD' if is_bad else 'ok '} {detail} {where})"])
        server.did("config", read_hook.KEY, "/etc/ringfence/pack-objects")


@pytest.mark.usefixtures("system")
@pytest.mark.parametrize(("text", "who"), [(BARRED, "barred"), (AGENTS, "agents")])
def test_every_repository_below_a_folder_that_they_can_read_is_counted(tmp_path: Path, text: str, who: str) -> None:
    (tmp_path / "policy.toml").write_text(f"version = 1\n{text}")
    for name, tags in (("a", ("eval",)), ("b", ())):
        bare(tmp_path / f"srv/{name}.git", *tags).did("config", "ringfence.policy", str(tmp_path / "policy.toml"))
    work = Work(tmp_path)
    said = work.ringfence("status", "--all", str(tmp_path / "srv"))
    assert said.out.splitlines()[-1].endswith(f"; 1 refusing, 1 that {who} accounts can read, 1 without a tag")
    is_bad = f"BAD {tmp_path}/srv/a.git: barred accounts can read it: git asks no hook about fetches" in said.out
    assert (said.status, is_bad) == ((3, True) if who == "barred" else (0, False))
    work.ringfence("install", "--all", str(tmp_path / "srv"), "--reads")
    assert "accounts can read" not in work.ringfence("status", "--all", str(tmp_path / "srv")).out


def test_where_nobody_is_kept_out_nothing_is_said(server: Work) -> None:
    assert reads(server) == (0, [])


@pytest.mark.usefixtures("system")
def test_a_hook_that_refuses_is_proven(server: Work, policy) -> None:
    policy(BARRED)
    install(server)
    asked = "git asks about every user's fetches; git archive, paths on this machine and lists of refs ask nobody"
    assert reads(server) == (0, [f"ok  reads: {asked}", "ok  upload-pack canary: refused, as it should be"])


def lose_the_run_bit(script: Path, _: Work) -> str:
    script.chmod(0o644)
    return f"BAD reads: {script}: it can't be run"


def hide_the_setting(script: Path, _: Work) -> str:
    (script.parents[1] / "gitconfig").chmod(0o600)
    return f"BAD reads: {script.parents[1]}/gitconfig isn't open to other users, whose git asks nobody"


def hide_the_folder(script: Path, _: Work) -> str:
    script.parent.chmod(0o700)
    return f"BAD reads: {script.parent} isn't open to other users, whose git asks nobody"


def lose_python(script: Path, _: Work) -> str:
    script.write_text(script.read_text().replace("exec /", "exec /gone/"))
    return f"BAD reads: {script}: its Python, /gone"


def let_others_write(script: Path, _: Work) -> str:
    script.chmod(0o777)
    return f"BAD permissions: {script} can be written by others"


def let_it_pass(script: Path, _: Work) -> str:
    script.write_text('#!/bin/sh\n# Asks ringfence; or did.\nexec "$@"\n')
    return "BAD upload-pack canary: a barred account could read"


def open_to_web_servers(_: Path, server: Work) -> str:
    server.did("config", "http.getanyfile", "true")
    return "BAD reads by http: git http-backend, if a web server runs it here, gives out every file"


def send_to_bundles(_: Path, server: Work) -> str:
    server.did("config", "uploadpack.advertiseBundleURIs", "true")
    return "BAD reads by archive: uploadpack.advertiseBundleURIs sends clients to bundles at other addresses"


def give_archives_by_http(_: Path, server: Work) -> str:
    server.did("config", "http.uploadarchive", "true")
    return "BAD reads by archive: http.uploadarchive lets git http-backend give out archives, and nobody is asked"


@pytest.mark.parametrize(
    "spoil",
    [
        hide_the_setting,
        hide_the_folder,
        lose_the_run_bit,
        lose_python,
        let_others_write,
        let_it_pass,
        open_to_web_servers,
        send_to_bundles,
        give_archives_by_http,
    ],
)
def test_what_lets_accounts_read_is_bad(server: Work, system: Path, policy, spoil: Callable[[Path, Work], str]) -> None:
    policy(BARRED)
    install(server)
    said = spoil(system.parent / "ringfence/pack-objects", server)
    status, lines = reads(server)
    assert status == 3
    assert [line for line in lines if line.startswith(said)], lines


FORGES = {
    "github": [
        "gh api --method PATCH orgs/acme -f default_repository_permission=none",
        "gh api --paginate orgs/acme/installations --jq '.installations[].app_slug'",
        "gh api --method PATCH repos/acme/evals -F private=true",
        "gh api --paginate repos/acme/evals/collaborators --jq '.[].login' | {grep}",
        "gh api --paginate repos/acme/evals/keys --jq '.[].title'  # nobody may be left that an agent holds",
    ],
    "gitlab": [
        "glab api --method PUT projects/acme%2Fevals -f visibility=private",
        "glab api --paginate projects/acme%2Fevals/members/all | jq -r '.[].username' | {grep}",
    ],
    "gitea": [
        (
            "curl -fsS -H \"Authorization: token $TOKEN\" -H 'Content-Type: application/json' -X PATCH "
            '-d \'{{"private": true}}\' "$URL/api/v1/repos/acme/evals"'
        ),
        (
            'curl -fsS -H "Authorization: token $TOKEN" "$URL/api/v1/repos/acme/evals/collaborators?limit=50" '
            "| jq -r '.[].login' | {grep}"
        ),
        (
            'curl -fsS -H "Authorization: token $TOKEN" "$URL/api/v1/repos/acme/evals/collaborators/pat/permission"'
            "  # must be none"
        ),
    ],
    "bitbucket": [
        (
            'curl -fsS -H "Authorization: Bearer $TOKEN" '
            '"$URL/rest/api/latest/projects/acme/repos/evals/permissions/users?limit=1000" '
            "| jq -r '.values[].user.name' | {grep}"
        ),
        (
            'curl -fsS -H "Authorization: Bearer $TOKEN" '
            '"$URL/rest/api/latest/projects/acme/permissions/PROJECT_READ/all"  # permitted must be false'
        ),
    ],
}
MATCHES = "grep -ixE '.*-bot|.*\\[bot\\]|pat'"
BOTH = '[accounts]\nagents = ["*-bot", "*[bot]"]\nbarred = ["pat"]\n'


@pytest.mark.parametrize("forge", [*FORGES, "forgejo"])
def test_forges_without_denials_are_told_who_is_on_their_lists(
    tmp_path: Path, policy: Callable[..., None], forge: str
) -> None:
    """The lines are commands that a shell reads; the pattern keeps just the accounts that the policy keeps out."""
    server = bare(tmp_path / "srv/acme/evals.git")
    policy(BOTH)
    server.did("config", "ringfence.policy", str(tmp_path / "policy.toml"))
    server.did("config", "ringfence.tag", "eval")
    bare(tmp_path / "srv/acme/website.git").did("config", "ringfence.policy", str(tmp_path / "policy.toml"))
    said = server.ringfence("ops", "--print", forge, "--all", str(tmp_path / "srv"))
    assert said.status == 0, said.out
    lines = said.out.splitlines()
    for line in FORGES["gitea" if forge == "forgejo" else forge]:
        assert any(held.startswith(line.format(grep=MATCHES)) for held in lines), said.out
    assert "website" not in said.out
    script = tmp_path / "script.sh"
    script.write_text(said.out)
    assert run("sh", "-n", str(script), cwd=tmp_path)
    names = "pat\nPat\nsvc-bot\ncopilot[bot]\npatty\nann\nrobot\n"
    kept = run("sh", "-c", f"printf '{names}' | {MATCHES}", cwd=tmp_path).out
    assert kept.split() == ["pat", "Pat", "svc-bot", "copilot[bot]"]


def test_gitlab_keeps_a_repositorys_name_in_its_configuration(tmp_path: Path, policy: Callable[..., None]) -> None:
    server = bare(tmp_path / "srv/@hashed/ab/cd/abcd.git")
    policy(BOTH)
    server.did("config", "gitlab.fullpath", "acme/evals; rm -rf /")
    for key, value in (("ringfence.policy", str(tmp_path / "policy.toml")), ("ringfence.tag", "eval")):
        server.did("config", key, value)
    said = server.ringfence("ops", "--print", "gitlab", "--all", str(tmp_path / "srv"))
    assert "projects/acme%2Fevals%3B%20rm%20-rf%20%2F -f visibility=private" in said.out
