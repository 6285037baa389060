"""Fetches are refused to accounts that the policy keeps out, over real servers, and everybody else's pass."""

from __future__ import annotations

import getpass
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from conftest import Said, Work, bare, kept, run
from ringfence.setup import read_hook
from server import hosts
from server.conftest import HOSTS, RULES, on
from server.hosts import Host, Yard

ME = getpass.getuser()
REFUSED = "may not read this repository (training-data)"


class Wall:
    """A repository on a server that asks ringfence about fetches, and what clients need to get there."""

    def __init__(self, folder: Path, server: Work, url: str, env: dict[str, str]) -> None:
        self.folder, self.server, self.url, self.env = folder, server, url, env
        self.ledger = folder / "ledger.db"
        server.did("config", "ringfence.ledger", str(self.ledger))
        server.did("config", "ringfence.policy", str(folder / "policy.toml"))
        self.allow()

    def write_policy(self, text: str) -> None:
        (self.folder / "policy.toml").write_text(f'version = 1\n[organisation]\ncontact = "data@lab.example"\n{text}')

    def bar(self, *names: str, kind: str = "barred", more: str = "") -> None:
        self.write_policy(f"[accounts]\n{kind} = {list(names)}\n{more}".replace("'", '"'))

    def allow(self) -> None:
        self.bar("nobody-here")

    def clone(self, *options: str, name: str = "reader") -> Said:
        subprocess.run(["rm", "-rf", str(self.folder / name)], check=True)
        return run("git", "clone", "-q", *options, self.url, name, cwd=self.folder, **self.env)

    def recorded(self) -> list[tuple[str, str, object]]:
        """Return who read with what outcome, and the number of times on that day."""
        rows = kept(self.ledger, "kind = 'read'") if self.ledger.exists() else []
        return [(row["who"], row["outcome"], row["body"].get("times")) for row in rows]


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's configuration, in which git is told to ask ringfence about fetches."""
    file = tmp_path / "etc/gitconfig"
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", str(file))
    file.parent.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "geteuid", lambda: 0)
        read_hook.install_read_hook()
    return file


@pytest.fixture
def wall(asked: Path, clone: Work, server: Work, tmp_path: Path) -> Wall:
    """A repository that is read by `git upload-pack` on this machine."""
    (tmp_path / "wall").mkdir()
    return Wall(tmp_path / "wall", server, f"file://{server.path}", {})


@pytest.fixture(scope="module")
def _serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Host]]:
    base = tmp_path_factory.mktemp("reading")
    running: dict[str, Host] = {}
    with ExitStack() as stack:

        def host(name: str) -> Host:
            if name not in running:
                yard = Yard(tmp_path_factory.getbasetemp(), base / name)
                yard.env["GIT_CONFIG_SYSTEM"] = str(base / name / "etc/gitconfig")
                (base / name / "etc").mkdir(parents=True)
                with pytest.MonkeyPatch.context() as patch:
                    patch.setenv("GIT_CONFIG_SYSTEM", yard.env["GIT_CONFIG_SYSTEM"])
                    patch.setattr(os, "geteuid", lambda: 0)
                    read_hook.install_read_hook("gitolite" if name == "gitolite" else "plain")
                running[name] = stack.enter_context(HOSTS[name](yard))
            return running[name]

        yield host


@pytest.fixture
def served(
    request: pytest.FixtureRequest, _serve: Callable[[str], Host], clone: Work, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[Wall, str]:  # fmt: skip
    """A repository on a real server, and the account that clients have there."""
    host = _serve(request.param)
    for key, text in host.env.items():
        monkeypatch.setenv(key, text)
    name = f"p/{tmp_path.name}.git"
    url = host.url.format(name)
    if request.param == "gitolite":
        clone.did("ls-remote", url)  # makes it
        made = Work(host.folder / name)
        made.tag("training-data")
    else:
        (host.folder / "p").mkdir(exist_ok=True)
        made = bare(host.folder / name, "training-data")
    made.did("config", "http.receivepack", "true")
    made.did(
        "config", "ringfence.webUser", "33" if request.param == "apache" and os.getuid() == 0 else str(os.getuid())
    )
    clone.did("push", "-q", url, "main")
    (tmp_path / "wall").mkdir()
    return Wall(tmp_path / "wall", made, url, host.env), ME if request.param == "ssh" else "alice"


@pytest.mark.slow
@pytest.mark.parametrize("served", [on(name) for name in ("ssh", "nginx", "apache", "gitolite")], indirect=True)
def test_over_each_server_a_barred_accounts_clone_is_refused_and_a_persons_passes(served: tuple[Wall, str]) -> None:
    wall, account = served
    assert wall.clone()
    wall.bar(account)
    said = wall.clone()
    assert not said
    words = [line[8:].rstrip() for line in said.out.splitlines() if line.startswith("remote: ")]
    assert words[:4] == [
        f"ringfence upload-pack: refused, {account} {REFUSED}",
        "  = a barred account (definitive, training-data) [barred-account]",
        "  Why: the policy keeps this account out of tagged repositories.",
        "  If this is wrong or allowed, ask data@lab.example.",
    ]
    wall.bar("al*", "root", kind="agents")
    assert "  = a coding agent's account (definitive, training-data) [agent-account]" in wall.clone().out
    wall.allow()
    assert wall.clone()
    assert wall.recorded() == [(account, "allowed", 1), (account, "blocked", 1), (account, "blocked", 2),
                               (account, "allowed", 1)]  # fmt: skip


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("served", [on("ssh"), on("nginx")], indirect=True)
def test_fifty_clones_at_once_pass_or_are_refused(served: tuple[Wall, str]) -> None:
    wall, account = served
    for is_barred in (False, True):
        if is_barred:
            wall.bar(account)
        command = ("git", "clone", "-q", wall.url)
        env = os.environ | wall.env
        running = [
            subprocess.Popen([*command, f"{is_barred}-{number}"], cwd=wall.folder, env=env, stderr=subprocess.PIPE)
            for number in range(50)
        ]
        said = [process.communicate(timeout=120)[1].decode() for process in running]
        assert {process.returncode for process in running} == ({128} if is_barred else {0}), said
        assert all((REFUSED in text) == is_barred for text in said)
    assert {outcome for _, outcome, _ in wall.recorded()} == {"allowed", "blocked"}


@pytest.mark.parametrize(
    "options",
    [(), ("--depth", "1"), ("--filter=blob:none", "--no-checkout"), ("--mirror",), ("-c", "protocol.version=0")],
)
def test_however_it_is_cloned_a_barred_account_gets_nothing(wall: Wall, options: tuple[str, ...]) -> None:
    wall.server.did("config", "uploadpack.allowFilter", "true")
    wall.bar(ME)
    assert REFUSED in wall.clone(*options).out
    assert not (wall.folder / "reader").exists()


def test_what_was_left_out_of_a_clone_is_refused_later(wall: Wall) -> None:
    wall.server.did("config", "uploadpack.allowFilter", "true")
    assert wall.clone("--filter=blob:none", "--no-checkout")
    wall.bar(ME)
    assert REFUSED in run("git", "checkout", "main", cwd=wall.folder / "reader").out


def test_a_fetch_of_what_is_new_is_refused_and_one_of_nothing_asks_nobody(wall: Wall, clone: Work) -> None:
    assert wall.clone()
    wall.bar(ME)
    assert run("git", "fetch", cwd=wall.folder / "reader")
    wall.allow()
    clone.commit("Second", files={"rows.txt": "more\n"})
    clone.did("push", "-q", "origin", "main")
    wall.bar(ME)
    assert REFUSED in run("git", "fetch", cwd=wall.folder / "reader").out


def test_what_git_asks_nobody_about_goes_round_it(wall: Wall, asked: Path) -> None:
    """The list of refs, a path that the reader can read, an archive, and settings of a reader's own on this machine."""
    wall.bar(ME)
    assert "refs/heads/main" in run("git", "ls-remote", wall.url, cwd=wall.folder).out
    assert run("git", "clone", "-q", str(wall.server.path), "by-path", cwd=wall.folder)
    assert run("git", "archive", f"--remote={wall.url}", "--output=all.tar", "main", cwd=wall.folder)
    assert (wall.folder / "all.tar").stat().st_size
    own = {"GIT_CONFIG_SYSTEM": os.devnull}
    assert run("git", "clone", "-q", wall.url, "by-settings", cwd=wall.folder, **own)
    asked.rename(asked.with_suffix(".away"))
    wall.server.did("config", read_hook.KEY, str(asked.parent / "ringfence/pack-objects"))
    assert wall.clone(), "git takes the setting from no repository's own configuration"


@pytest.mark.needs("nginx")
@pytest.mark.slow
@pytest.mark.parametrize("served", [on("nginx")], indirect=True)
def test_a_web_server_gives_out_no_files_past_the_hook(served: tuple[Wall, str]) -> None:
    wall, account = served
    wall.bar(account)
    wall.server.did("repack", "-adq")
    wall.server.did("update-server-info")
    dumb = {"GIT_SMART_HTTP": "0"}
    assert run("git", "clone", "-q", wall.url, "before", cwd=wall.folder, **dumb)
    wall.server.did("config", *read_hook.DUMB)
    assert not run("git", "clone", "-q", wall.url, "after", cwd=wall.folder, **dumb)
    assert REFUSED in wall.clone().out
    wall.allow()
    assert wall.clone()


@pytest.mark.slow
@pytest.mark.needs("gitolite", "sshd")
@pytest.mark.long
def test_the_rules_that_are_printed_for_gitolite_refuse_there(
    clone: Work, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Without any hook: clones and archives of tagged repositories are denied, those of others pass."""
    yard = Yard(tmp_path_factory.getbasetemp(), tmp_path / "yard")
    (tmp_path / "policy.toml").write_text('version = 1\n[accounts]\nbarred = ["alice"]\nagents = ["*-bot"]\n')
    with hosts.gitolite(yard, "rules", lambda _: None, RULES) as host:
        for name in ("p/open", "p/tagged"):
            assert run("git", "ls-remote", host.url.format(name), cwd=tmp_path, **host.env)  # makes it
            assert clone.git("push", "-q", host.url.format(name), "main", **host.env)
        made = Work(host.folder / "p/tagged.git")
        made.tag("eval")
        made.did("config", "ringfence.policy", str(tmp_path / "policy.toml"))
        said = made.ringfence("ops", "--print", "gitolite", "--all", str(host.folder))
        assert said.out.splitlines() == [
            "# gitolite.conf, before all other rules of these repositories; then: gitolite compile",
            "# gitolite knows no patterns: add the accounts that these stand for: *-bot",
            "repo p/tagged",
            "    -   = alice",
            "    option deny-rules = 1",
        ]
        home = host.folder.parent
        (home / ".gitolite/conf/gitolite.conf").write_text(said.out + RULES)
        yard.run("gitolite", "compile", HOME=str(home))
        archive = ("archive", "--output=all.tar", "--remote")
        for name, passes in (("p/open", True), ("p/tagged", False)):
            for command in (("clone", "-q"), archive):
                more = ("main",) if command is archive else ()
                said = run("git", *command, host.url.format(name), *more, cwd=tmp_path, **host.env)
                assert (bool(said), "DENIED" in said.out) == (passes, not passes), said.out


def test_the_rules_for_gerrit_block_a_group(wall: Wall) -> None:
    wall.bar("pat", kind="agents")
    said = wall.server.ringfence("ops", "--print", "gerrit", "--all", str(wall.server.path.parent))
    assert said.out.splitlines() == [
        "# ringfence-kept-out: pat",
        "# project.config, on refs/meta/config of a project that these inherit from: server",
        '[access "refs/*"]',
        "\tread = block group ringfence-kept-out",
    ]
    wall.write_policy("")
    said = wall.server.ringfence("ops", "--print", "gerrit", "--all", str(wall.server.path.parent))
    assert said.status == 2
    assert "has no tagged repository whose policy keeps accounts out" in said.out


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("served", [on("daemon")], indirect=True)
def test_where_the_server_cant_say_who_reads_nobody_does(served: tuple[Wall, str]) -> None:
    wall, _ = served
    said = wall.clone()
    assert not said
    assert "refused as incomplete, the server doesn't say who reads, and some accounts are kept out here" in said.out
    assert "Next: fetch by a way that says who you are" in said.out
    wall.write_policy("")
    assert wall.clone()


# --- what decides, and what it costs to forget ---


def settle(wall: Wall) -> None:
    """Let an account read until its answer is remembered: nothing may have been changed a moment before."""
    time.sleep(0.2)
    assert wall.clone()


def bar_by_policy(wall: Wall) -> None:
    wall.bar(ME)


def put_own_file(wall: Wall, text: str) -> None:
    """Give HEAD a `ringfence.toml` past every hook."""
    work = Work(wall.folder / "author")
    assert run("git", "clone", "-q", str(wall.server.path), "author", cwd=wall.folder)
    oid = work.commit("Change the rules", files={"ringfence.toml": text})
    wall.server.did("fetch", "-q", str(work.path), f"{oid}:refs/heads/main", GIT_CONFIG_SYSTEM=os.devnull)


def bar_by_own_file(wall: Wall) -> None:
    put_own_file(wall, f'version = 1\n[accounts]\nbarred = ["{ME}"]\n')


def bar_by_further_policy(wall: Wall) -> None:
    (wall.folder / "more.toml").write_text(f'version = 1\n[accounts]\nagents = ["{ME}"]\n')
    wall.server.did("config", "--add", "ringfence.policy", str(wall.folder / "more.toml"))


def put_an_older_policy_in_place(wall: Wall) -> None:
    held = (wall.folder / "policy.toml").read_text()
    stricter = wall.folder / "stricter.toml"
    stricter.write_text(held.replace("nobody-here", ME))
    os.utime(stricter, (1, 1))
    stricter.rename(wall.folder / "policy.toml")


@pytest.mark.parametrize(
    "change", [bar_by_policy, bar_by_own_file, bar_by_further_policy, put_an_older_policy_in_place]
)
def test_a_change_counts_for_the_next_fetch(wall: Wall, change: Callable[[Wall], None]) -> None:
    settle(wall)
    change(wall)
    assert REFUSED in wall.clone().out


def test_a_tag_that_is_set_later_counts_for_the_next_fetch(wall: Wall) -> None:
    wall.bar(ME)
    wall.server.did("config", "--unset-all", "ringfence.tag")
    settle(wall)
    assert wall.recorded() == []
    wall.server.tag("eval")
    assert "may not read this repository (eval)" in wall.clone().out


def test_a_tag_of_a_zone_counts_since_a_fetch_brings_every_path(wall: Wall) -> None:
    wall.server.did("config", "--unset-all", "ringfence.tag")
    wall.bar(ME, more='[[zone]]\ntag = "eval"\npaths = ["rows/**"]\nrefs = ["release"]\n')
    assert "may not read this repository (eval)" in wall.clone().out


def test_what_is_remembered_for_one_account_is_not_for_another(wall: Wall) -> None:
    settle(wall)
    web = {"GATEWAY_INTERFACE": "CGI/1.1", "REMOTE_USER": "pat"}
    wall.server.did("config", "ringfence.webUser", ME)
    wall.bar("pat")
    assert wall.clone()
    assert "pat may not read" in run("git", "clone", "-q", wall.url, "pats", cwd=wall.folder, **web).out


@pytest.mark.long
def test_reads_are_recorded_a_few_times_a_day_however_many_there_are(wall: Wall) -> None:
    for _ in range(5):
        settle(wall)
    wall.bar(ME)
    for _ in range(9):
        assert not wall.clone()
    allowed, blocked = ([row for row in wall.recorded() if row[1] == outcome] for outcome in ("allowed", "blocked"))
    assert allowed[0] == (ME, "allowed", 1)
    assert len(allowed) <= 2
    assert blocked == [(ME, "blocked", times) for times in (1, 2, 4, 8)]
    body = kept(wall.ledger, "outcome = 'blocked'")[0]["body"]
    assert [(row["marker"], row["excerpt"]) for row in body["findings"]] == [("barred-account", ME)]


@pytest.mark.parametrize("action", ["warn", "record"])
def test_what_a_tag_only_warns_of_passes(wall: Wall, action: str) -> None:
    wall.bar(ME, more=f'[tag.training-data]\nreads = "{action}"\n')
    said = wall.clone()
    assert said
    assert ("allowed, with a warning" in said.out) == (action == "warn")


def test_a_repositorys_own_file_can_not_let_anybody_read(wall: Wall) -> None:
    wall.bar(ME)
    put_own_file(wall, 'version = 1\n[tag.training-data]\nreads = "record"\n')
    said = wall.clone()
    assert not said
    assert "tag.training-data.reads: would loosen block to record" in said.out


def test_while_a_tag_observes_a_read_passes_and_is_recorded_as_observed(wall: Wall) -> None:
    wall.bar(ME, more='[rollout]\nobserve = ["training-data"]\nuntil = 2999-01-01\n')
    said = wall.clone()
    assert said
    assert f"observed, {ME} {REFUSED}" in said.out
    assert wall.recorded() == [(ME, "observed", 1)]


def break_policy(wall: Wall) -> None:
    (wall.folder / "policy.toml").write_text("version = 1\n[acounts]\n")


def break_own_file(wall: Wall) -> None:
    put_own_file(wall, "version = 2\n")


def break_ledger(wall: Wall) -> None:
    wall.server.did("config", "ringfence.ledger", "/dev/null/ledger.db")


def break_head(wall: Wall) -> None:
    tree = wall.server.did("rev-parse", "HEAD^{tree}")
    (wall.server.path / "objects" / tree[:2] / tree[2:]).unlink()


@pytest.mark.parametrize("fault", [break_policy, break_own_file, break_ledger, break_head])
def test_what_cant_be_judged_is_refused(wall: Wall, fault: Callable[[Wall], None]) -> None:
    fault(wall)
    said = wall.clone()
    assert not said
    assert "Refused because of this error" in said.out


@pytest.mark.long
def test_errors_are_recorded_a_few_times_a_day(wall: Wall) -> None:
    put_own_file(wall, "version = 2\n")
    for _ in range(5):
        assert not wall.clone()
    assert wall.recorded() == [(ME, "error", times) for times in (1, 2, 4)]


def test_while_the_organisations_policy_is_broken_the_last_usable_one_decides(wall: Wall) -> None:
    wall.bar(ME)
    assert REFUSED in wall.clone().out
    break_policy(wall)
    assert REFUSED in wall.clone().out


@pytest.mark.parametrize(("old", "new"), [("-x /", "-x /gone"), ("ringfence.fetch", "ringfence.gone")])
def test_without_its_python_or_package_the_hook_refuses(wall: Wall, asked: Path, old: str, new: str) -> None:
    script = asked.parent / "ringfence/pack-objects"
    script.write_text(script.read_text().replace(old, new))
    said = wall.clone()
    assert not said
    assert "nothing was checked." in said.out
    assert "Traceback" not in said.out


def test_an_untagged_repository_is_read_by_anybody_and_nothing_is_recorded(wall: Wall) -> None:
    wall.bar(ME)
    wall.server.did("config", "--unset-all", "ringfence.tag")
    assert wall.clone()
    assert wall.recorded() == []


# --- the program that serves the fetch ---


def served_by(wall: Wall, asked: Path, *program: str, stdin: bytes = b"") -> Said:
    """Run the hook in the repository as git does."""
    hook = asked.parent / "ringfence/pack-objects"
    return run(str(hook), *program, cwd=wall.server.path, stdin=stdin, GIT_DIR=".")


@pytest.mark.parametrize(("old", "new"), [("", ""), ("-x /", "-x /gone"), ("ringfence.fetch", "ringfence.gone")])
def test_a_refusal_reads_what_git_sends_so_that_git_passes_it_on(wall: Wall, asked: Path, old: str, new: str) -> None:
    """Git would end by SIGPIPE: more is sent here than a pipe holds."""
    wall.bar(ME)
    script = asked.parent / "ringfence/pack-objects"
    script.write_text(script.read_text().replace(old, new) if old else script.read_text())
    sent = b"0" * (1 << 20)
    done = subprocess.Popen(
        [script, "git", "pack-objects"], cwd=wall.server.path, env=os.environ | {"GIT_DIR": "."},
        stdin=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert done.stdin is not None
    assert done.stderr is not None
    assert done.stdin.write(sent) == len(sent)
    done.stdin.close()
    assert b"refused" in done.stderr.read() or new
    assert done.wait() != 0


def test_the_program_gets_its_arguments_and_all_that_git_sends_it(wall: Wall, asked: Path) -> None:
    sent = bytes(range(256)) * 5000
    said = subprocess.run(
        [asked.parent / "ringfence/pack-objects", "cat", "-", "/dev/null"], cwd=wall.server.path, input=sent,
        env=os.environ | {"GIT_DIR": "."}, capture_output=True, check=True,
    )  # fmt: skip
    assert (said.stdout, said.stderr) == (sent, b"")
    assert served_by(wall, asked, "printf", "%s|", "", "a b", "$HOME;*").out == "|a b|$HOME;*|"


def test_the_program_ends_with_its_reader_as_it_would_without_the_hook(wall: Wall, asked: Path) -> None:
    assert served_by(wall, asked, "sh", "-c", "kill -PIPE $$; echo alive").status == -13


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ((), "the hook needs the program to run"), (("--forge",), "the hook needs the program to run"),
        (("--forge", "nowhere", "cat"), "unknown forge 'nowhere'"), (("no-such-program",), "could not be started"),
    ],
)  # fmt: skip
def test_a_call_that_makes_no_sense_is_refused(wall: Wall, asked: Path, program: tuple[str, ...], said: str) -> None:
    served_by(wall, asked, *program).assert_refused(said)


def test_a_damaged_memory_of_answers_is_made_anew(wall: Wall) -> None:
    settle(wall)
    for file in Path(os.environ["XDG_CACHE_HOME"], "ringfence").glob("*.pass"):
        file.write_bytes(file.read_bytes()[:-7])
    assert wall.clone()
    wall.bar(ME)
    assert REFUSED in wall.clone().out
