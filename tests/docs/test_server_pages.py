"""The pages about servers and what they keep: their commands are typed, and say what the pages say they do."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from conftest import SHARE_LINK, TRAILER, Work, bare, cloned, init
from docs.conftest import make_signers, read_blocks
from docs.typist import Typist
from ringfence.records import ledger
from rules.conftest import ME, day, waiver


@pytest.mark.long
def test_the_page_about_the_ledger(typist: Typist, tmp_path: Path) -> None:
    server = bare(tmp_path / "git/pretrain.git", "training-data")
    clone = cloned(server, tmp_path / "clone")
    first = clone.commit("First", files={"a.md": "A note.\n"})
    typist.places["  ann  "] = f"  {ME}  "
    typist.places |= {"OLD NEW": f"{'0' * 40} {first}", "--tip 17:3f2a9c…": "--tip TIP"}
    for command, said in typist.steps("docs/ledger.md", server, clone):
        if "ringfence.ledger " in command:  # a hook believes no GIT_CONFIG_SYSTEM
            server.did("config", "ringfence.ledger", str(tmp_path / "var/ledger.db"))
            assert clone.git("push", "origin", "HEAD:main")
        if command == "ringfence check --all --record":
            clone.commit("Second", files={"a.md": f"{SHARE_LINK}\n", "b.md": f"{SHARE_LINK}\n"})
            assert not clone.git("push", "origin", "HEAD:main")
            last = server.ringfence("ledger", "query", "SELECT max(id) AS id FROM entries")
            typist.places["ledger show 17"] = f"ledger show {json.loads(last.out)['id']}"
            clone.did("reset", "-q", "--hard", "HEAD~1")
        if command.startswith("ringfence install"):
            clone.commit("Third", files={"c.md": "c\n"})
            assert clone.git("push", "origin", "HEAD:main")
        if command == "ringfence ledger verify":
            typist.places["TIP"] = said.out.split()[-1]


@pytest.mark.long
@pytest.mark.needs("ssh-keygen")
def test_the_page_about_quarantine(typist: Typist, tmp_path: Path) -> None:
    server = init(tmp_path / "git/pretrain.git", "--bare")
    server.tag("training-data")
    clone = cloned(server, tmp_path / "clone")
    clone.commit("First", files={"a.md": "A note.\n"})
    clone.did("push", "-q", "origin", "main")
    signers = make_signers(tmp_path / "keys", "carl", "bob")
    base = read_blocks("docs/quarantine.md", "toml")[0]
    policy = tmp_path / "policy.toml"
    policy.write_text(f"{base}[approvals]\nsame_login = true\n")
    server.did("config", "ringfence.policy", str(policy))
    server.did("config", "ringfence.ledger", str(tmp_path / "var/ledger.db"))
    keys = {f"{name} --key ~/.ssh/id_ed25519": f"{name} --key {signers.parent}/{name}" for name in ("carl", "bob")}
    typist.places = {**keys, "  ann  refs": f"  {ME}  refs", **typist.places}
    for command, said in typist.steps("docs/quarantine.md", server, clone):
        if command.startswith("ringfence install"):
            clone.commit(f"Second\n\n{TRAILER}")
        if command.startswith("git push"):
            [number] = set(re.findall(r"quarantined as (\d{8}-[0-9a-f]{8})", said.out))
            typist.places = {"20260131-c3bc7988": number, **typist.places}
        if command.endswith("--approve --by bob"):
            policy.write_text(f'{base}[approvals]\nsigners = "{signers}"\n')
            clone.commit(f"Third\n\n{TRAILER}", files={"c.md": "c\n"})
            out = clone.git("push", "origin", "main").out
            [number] = set(re.findall(r"quarantined as (\d{8}-[0-9a-f]{8})", out))
            typist.places["20260131-c3bc7988"] = number
    assert server.did("rev-parse", "main") == clone.did("rev-parse", "main")


@pytest.mark.long
@pytest.mark.needs("root")
def test_the_page_about_reading(typist: Typist, tmp_path: Path) -> None:
    server = bare(tmp_path / "git/pretrain.git", "training-data")
    bare(tmp_path / "git/evals/math.git", "eval")
    policy = tmp_path / "policy.toml"
    policy.write_text('version = 1\n[accounts]\nagents = ["*-bot"]\nbarred = ["pat"]\n')
    for name in ("pretrain", "evals/math"):
        Work(tmp_path / f"git/{name}.git").did("config", "ringfence.policy", str(policy))
    shutil.copytree(tmp_path / "git", tmp_path / "ann/repositories")
    mirror = bare(tmp_path / "mirrors/acme/evals.git", "eval")
    mirror.did("config", "ringfence.policy", str(policy))
    server.did("config", "ringfence.ledger", str(tmp_path / "var/ledger.db"))
    typist.places |= {"/srv/gerrit/git": f"{tmp_path}/git", "/srv/mirrors": f"{tmp_path}/mirrors"}
    decision = ledger.Decision("read", "svc-agent-7", f"{tmp_path}/git/pretrain", "blocked", {})
    ledger.append_entry(str(tmp_path / "var/ledger.db"), decision)
    typist.type_page("docs/reading.md", server)


@pytest.mark.long
def test_what_follows_the_story_of_rolling_out(typist: Typist, tmp_path: Path) -> None:
    """The story itself is typed in test_rolling_out, on fifty repositories."""
    work, policy = init(tmp_path / "work"), tmp_path / "etc/ringfence/policy.toml"
    for number in range(4):
        init(tmp_path / f"git/evals-{number}.git", "--bare")

    def write(file: Path, match: str, more: str = "") -> None:
        rollout = f'[rollout]\nobserve = ["training-data"]\nuntil = {day(30)}\n'
        table = f'[[repository]]\nmatch = ["{match}"]\ntags = ["training-data"]\n'
        file.write_text(f"version = 1\n{table}{more}{rollout}")

    write(policy, "*/evals-*")
    typist.places |= {
        "policy install --previous": f"policy install --previous --to {policy}",
        "install new.toml": f"install new.toml --to {policy}",
    }
    for command, said in typist.steps("docs/rolling-out.md", work, after="<!-- /story -->"):
        assert said, said.out
        if command.startswith("ringfence install --all") and "--ledger" in command:
            clone = cloned(Work(tmp_path / "git/evals-1.git"), tmp_path / "clone")
            clone.commit(f"First\n\n{TRAILER}", files={"a.md": "a\n"})
            assert clone.git("push", "origin", "HEAD:main")
        if command.startswith("ringfence uninstall"):
            write(policy, "*/evals-[12]")
            assert work.ringfence("install", "--all", f"{tmp_path}/git")
            both = '[[repository]]\nmatch = ["*/evals-1"]\ntags = ["eval"]\n'
            write(work.path / "new.toml", "*/evals-[12]", both)


@pytest.mark.long
def test_pages_about_servers(typist: Typist, tmp_path: Path) -> None:
    work = init(tmp_path / "work")
    work.commit("First", files={"a.md": "A note.\n"})
    work.did("checkout", "-q", "-b", "topic")
    work.commit(f"Second\n\n{TRAILER}", files={"b.md": "b\n"})
    work.did("checkout", "-q", "main")
    bare(tmp_path / "git/pretrain.git", "training-data")
    bare(tmp_path / "git/website.git")
    work.write("ringfence.sh", "#!/bin/sh\n")
    for place, path in {
        "/srv/gerrit": "gerrit", "/var/lib/gitea/data/gitea-repositories": "gitea", "/var/opt/gitlab": "gitlab",
        "/var/repo": "phorge", "~/local": "ann/local",
    }.items():  # fmt: skip
        typist.places = {place: f"{tmp_path}/{path}", **typist.places}
    for name in ("gitea/acme/evals.git", "gitlab/git-data/repositories/@hashed/ab/cd/abcd.git", "phorge/12"):
        init(tmp_path / name, "--bare")
    for name in ("gerrit/hooks", "gitlab/gitaly/custom_hooks", "ann/local"):
        (tmp_path / name).mkdir(parents=True)
    for page in (
        "README.md", "bitbucket.md", "gerrit.md", "gitea.md", "gitlab.md", "phorge.md", "plain.md", "gitolite.md",
        "ghes.md",
    ):  # fmt: skip
        typist.type_page(f"docs/servers/{page}", work)


@pytest.mark.long
@pytest.mark.needs("ssh-keygen")
def test_the_page_about_waivers(typist: Typist, tmp_path: Path) -> None:
    server = bare(tmp_path / "git/pretrain.git", "training-data")
    clone = cloned(server, tmp_path / "clone")
    clone.tag("training-data")
    clone.commit("First", files={"a.md": "A note.\n", "waivers.toml": "version = 1\n"})
    clone.did("push", "-q", "origin", "main")
    clone.commit("Second", files={"notes.md": f"See {SHARE_LINK}\n"})
    [found] = json.loads(clone.ringfence("check", "--range", "origin/main..", "--format", "json").out)["findings"]
    signers, policy = make_signers(tmp_path / "keys", "ann", "bob"), tmp_path / "etc/ringfence/policy.toml"
    ended = waiver(finding="77d0c5a9be1f2a334455", ticket="LEGAL-2", until="2026-01-31")
    policy.write_text(
        f'version = 1\n[approvals]\nsigners = "{signers}"\n[waivers]\nemergency = ["{ME}"]\n'
        f'[tag.training-data]\napprovers = ["bob"]\n{ended}'
    )
    for place in (server, clone):
        place.did("config", "ringfence.policy", str(policy))
    server.did("config", "ringfence.ledger", str(tmp_path / "var/ledger.db"))
    server.did("config", "receive.advertisePushOptions", "true")
    keys = {
        "bob --key ~/.ssh/id_ed25519": f"bob --key {signers.parent}/bob",
        "--key ~/.ssh/id_ed25519": f"--key {signers.parent}/ann",
    }
    typist.places = {**keys, "0f8b1618f79856ea4332": found["fingerprint"], **typist.places}
    typist.places["2026-12-31"] = day(30)
    for command, _ in typist.steps("docs/waivers.md", clone):
        if "--approve " in command:
            clone.commit("Waive it")
    assert "valid (waivers.toml of HEAD)" in clone.ringfence("waive", "--check").out
