"""What the pages show on a console is typed as it stands there, and says what they say it does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import SHARE_LINK, TRAILER, bare, cloned, init
from docs.conftest import read_blocks
from docs.typist import BLOCK, NOT_TYPED, TOP, Typist, find_reason, read_commands

PAGES = [
    path.relative_to(TOP).as_posix()
    for path in sorted([*TOP.glob("*.md"), *TOP.glob("docs/*.md"), *TOP.glob("docs/servers/*.md")])
    if BLOCK.search(path.read_text("utf-8"))
]


def test_every_command_of_the_docs_is_typed_or_has_its_reason() -> None:
    source = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    commands = {page: [command for command, _ in read_commands(page)] for page in PAGES}
    typed = [page for page in PAGES if f'"{page}"' in source or f'"{Path(page).name}"' in source]
    for page in set(PAGES) - set(typed):
        assert [command for command in commands[page] if not find_reason(command)] == [], page
    used = {find_reason(command) for page in PAGES for command in commands[page]}
    assert set(NOT_TYPED) - used == set()


@pytest.mark.long
def test_the_first_page_for_developers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "ann"
    origin = init(tmp_path / "origin.git", "--bare")
    (home / "src").mkdir(parents=True)
    work = cloned(origin, home / "src/evals")
    work.commit("First", files={"data/rows.jsonl": '{"a": 1}\n', "notes/a.md": "A note.\n"})
    work.did("push", "-q", "origin", "HEAD:main")
    work.commit("Second", files={"b.md": "More.\n"})
    (home / "policy.toml").write_text("version = 1\n")
    work.write("notes.md", f"See {SHARE_LINK}\n")
    work.did("add", "notes.md")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
    typist = Typist(tmp_path, {"/home/ann": f"{home}", "~/": f"{home}/"}, exact=True)
    typist.type_page("docs/getting-started-developer.md", work)
    assert len(typist.typed) == 13


@pytest.mark.long
def test_the_first_page_for_servers(tmp_path: Path) -> None:
    server = init(tmp_path / "git/pretrain.git", "--bare")
    (tmp_path / "policy.toml").write_text("version = 1\n")
    clone = cloned(server, tmp_path / "clone")
    clone.commit("First", files={"a.md": "A note.\n"})
    clone.did("push", "-q", "origin", "HEAD:main")
    places = {"/srv/git": f"{tmp_path}/git", "/etc/ringfence": f"{tmp_path}"}
    typist = Typist(tmp_path, places | {"/opt/ringfence/bin/ringfence": "ringfence"}, exact=True)
    for command, _ in typist.steps("docs/getting-started-server.md", server, clone):
        if command.startswith("ringfence policy show"):
            clone.commit("Tag it", files={"ringfence.toml": 'version = 1\ntags = ["eval"]\n'})
            assert clone.git("push", "origin", "HEAD:main")
            clone.commit("Loosen", files={"ringfence.toml": "version = 1\n"})
    assert len(typist.typed) == 8


@pytest.mark.long
def test_the_first_page_for_ci(tmp_path: Path) -> None:
    origin = init(tmp_path / "origin.git", "--bare")
    work = cloned(origin, tmp_path / "work")
    work.commit("First", files={"ringfence.toml": 'version = 1\ntags = ["eval"]\n'})
    work.did("push", "-q", "origin", "HEAD:main")
    work.commit("Second")
    typist = Typist(tmp_path, {}, exact=True)
    typist.type_page("docs/getting-started-ci.md", work)
    assert len(typist.typed) == 5
    assert (work.path / ".github/workflows/ringfence.yml").read_text().startswith("# .github/workflows/ringfence.yml")
    assert (work.path / "ringfence-baseline.txt").exists()


@pytest.mark.long
def test_the_page_about_operating(tmp_path: Path) -> None:
    server, kept = bare(tmp_path / "git/evals.git", "eval"), tmp_path / "ringfence"
    server.did("config", "ringfence.ledger", str(kept / "ledger.db"))
    clone = cloned(server, tmp_path / "clone")
    clone.commit(f"First\n\n{TRAILER}", files={"a.md": "A note of some words, long enough to be known again.\n" * 9})
    assert not clone.git("push", "origin", "HEAD:main")
    assert clone.ringfence("ingredients", "record", "--all", "--index", str(kept / "index"))
    assert clone.ringfence("audit", str(clone.path), "--out", str(kept / "audit")).status in (0, 1)
    places = {"/srv/git": f"{tmp_path}/git", "/var/lib/ringfence": str(kept)}
    places |= {"/var/lib/node_exporter": f"{tmp_path}", "/backup": f"{tmp_path}"}
    typist = Typist(tmp_path, places, exact=True)
    typist.type_page("docs/operating.md", clone)
    assert len(typist.typed) == 5
    assert 'ringfence_pushes{outcome="blocked"} 1' in (tmp_path / "ringfence.prom").read_text()
    assert clone.ringfence("ledger", "verify", "--ledger", str(tmp_path / "ledger-2026-12-01.db"))


@pytest.mark.long
def test_the_page_that_is_read_first(typist: Typist, tmp_path: Path) -> None:
    server = bare(tmp_path / "git/pretrain.git", "training-data")
    work = cloned(server, tmp_path / "work")
    work.commit("Add", files={"data/notes.md": f"See the whole conversation: {SHARE_LINK}\n"})
    typist.type_page("README.md", work)
    assert (work.path / ".github/workflows/ringfence.yml").exists()


@pytest.mark.long
def test_pages_about_markers_agents_and_settings(typist: Typist, tmp_path: Path) -> None:
    work = init(tmp_path / "work")
    work.commit("First", files={"sample.md": "Words.\n", ".codex-sessions/a": "a\n", "src/a.py": "a = 1\n"})
    work.write("message.txt", f"Change\n\n{TRAILER}\n")
    for folder in ("policy/vendors", ".claude"):
        (work.path / folder).mkdir(parents=True)
    typist.places[".venv/bin/ringfence"] = "ringfence"
    typist.type_page("docs/adding-a-marker.md", work)
    assert (work.path / "policy/vendors/acme.toml").read_text()
    typist.type_page("docs/agents.md", work)
    assert json.loads((work.path / ".claude/settings.json").read_text())
    typist.type_page("docs/pre-commit.md", work)
    typist.type_page("docs/safeguards.md", work)


@pytest.mark.long
def test_the_page_about_policies(typist: Typist, tmp_path: Path) -> None:
    work = init(tmp_path / "work")
    good, own = read_blocks("docs/policy.md", "toml")[:2]
    wrong = (
        'version = 1\n\n[vendors]\nrivals = ["*"]\n\n# Stricter.\n[tag.eval]\nweak = "reject"\n\n'
        '[[zone]]\ntag = "eval"\npath = ["evals/**"]\n'
    )
    loose = 'version = 1\n[vendors]\napproved = ["openai"]\n[tag.eval]\nweak = "record"\n'
    work.write("policy.toml", good)
    work.write("ringfence.toml", own)
    work.commit("First")
    checks = 0
    typist_steps = typist.steps("docs/policy.md", work)
    for command, _ in typist_steps:
        if command.startswith("ringfence policy explain"):
            work.write("policy.toml", wrong)
        if command == "ringfence policy check policy.toml":
            checks += 1
            if checks == 2:
                work.write("policy.toml", good)
                work.write("ringfence.toml", loose)
    assert checks == 2
