"""`ringfence status` says what keeps the hooks from running, and where nothing does, proves that they refuse."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from client.conftest import FOOTER, assert_refused, count, hook
from conftest import Work
from ringfence.setup.client_hooks import CLIENT


def passes(work: Work) -> bool:
    """Say whether a marked commit is made."""
    return bool(work.git("commit", "--allow-empty", "-m", FOOTER))


def hooks(work: Work) -> Path:
    return work.path / ".git/hooks"


def bad(work: Work) -> str:
    """Return what status calls bad; it must end with the code for it."""
    said = work.ringfence("status")
    assert said.status == 3, said.out
    lines = said.out.splitlines()
    return "\n".join(line for line in lines if line.startswith(("BAD ", "      ")))


def test_all_in_place_is_proven_by_canaries(laptop: Work) -> None:
    said = laptop.ringfence("status")
    assert said
    assert said.out.splitlines() == [
        f"ok  hooks folder: {hooks(laptop)}",
        *(f"ok  {name}: in place" for name in CLIENT),
        "ok  policy: ringfence's defaults alone",
        "ok  tag: training-data (git config ringfence.tag)",
        "ok  mode: refuses for training-data",
        "ok  ingredients: no index: recorded output isn't looked up",
        *(
            f"ok  {name} canary: refused, as it should be"
            for name in ("pre-commit", "commit-msg", "prepare-commit-msg", "pre-push")
        ),
    ]


@pytest.mark.parametrize("rival", ["mistral", "openai", "zed"])
def test_canaries_bear_a_mark_of_whoever_is_a_rival_here(laptop: Work, tmp_path: Path, rival: str) -> None:
    (tmp_path / "policy.toml").write_text(f'version = 1\n[vendors]\nrivals = ["{rival}"]\n')
    laptop.did("config", "ringfence.policy", str(tmp_path / "policy.toml"))
    said = laptop.ringfence("status")
    assert said, said.out
    assert said.out.count(" canary: refused, as it should be") == 4


def test_status_leaves_the_repository_as_it_was(laptop: Work) -> None:
    before = laptop.did("status", "--porcelain"), laptop.did("for-each-ref"), laptop.did("config", "--list", "--local")
    laptop.ringfence("status")
    after = laptop.did("status", "--porcelain"), laptop.did("for-each-ref"), laptop.did("config", "--list", "--local")
    assert after == before
    assert count(laptop) == 1


def test_an_agents_session_does_not_spoil_the_canaries(laptop: Work) -> None:
    said = laptop.ringfence("status", CODEX_THREAD_ID="1", GIT_AUTHOR_EMAIL="noreply@anthropic.com")
    assert said
    assert "BAD" not in said.out


# --- what git passes over silently ---


def every_hook(work: Work, change: Callable[[Path], object]) -> None:
    for name in CLIENT:
        change(hooks(work) / name)


def test_lost_run_bits_let_marks_through_and_are_named(laptop: Work) -> None:
    """Git skips a hook that isn't executable; `status` reports it with the command that repairs it."""
    every_hook(laptop, lambda path: path.chmod(0o644))
    assert passes(laptop)
    said = bad(laptop)
    for name in CLIENT:
        path = hooks(laptop) / name
        assert f"BAD {name}: {path} isn't executable: git ignores it\n      chmod +x {path}\n" in said


def dead_link(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.with_name("gone"))


def test_dead_links_let_marks_through_and_are_named(laptop: Work) -> None:
    """Git skips a hook that is a dangling link; `status` reports it."""
    every_hook(laptop, dead_link)
    assert passes(laptop)
    said = bad(laptop)
    for name in CLIENT:
        assert f"BAD {name}: {hooks(laptop) / name} is a broken link: git ignores it\n      ringfence install" in said


def test_missing_files_let_marks_through_and_are_named(laptop: Work) -> None:
    """Without the hook files marked commits pass, and `status` reports each file."""
    every_hook(laptop, Path.unlink)
    assert passes(laptop)
    said = bad(laptop)
    for name in CLIENT:
        assert f"BAD {name}: {hooks(laptop) / name} doesn't exist\n      ringfence install" in said


def test_one_hook_that_is_missing_is_named_alone(laptop: Work) -> None:
    """A missing pre-push fails its own check and its canary, and nothing else."""
    (hooks(laptop) / "pre-push").unlink()
    said = bad(laptop)
    assert f"BAD pre-push: {hooks(laptop) / 'pre-push'} doesn't exist\n" in said
    assert "BAD pre-push canary: a marked commit was accepted" in said
    assert said.count("BAD") == 2


def test_a_hooks_path_to_elsewhere_lets_marks_through_and_is_named(laptop: Work, tmp_path: Path) -> None:
    """core.hooksPath makes git ignore the installed hooks; `status` names the setting and how to unset it."""
    (tmp_path / "elsewhere").mkdir()
    laptop.did("config", "core.hooksPath", str(tmp_path / "elsewhere"))
    assert passes(laptop)
    said = bad(laptop)
    assert f"BAD hooks folder: core.hooksPath = {tmp_path}/elsewhere hides the hooks in {hooks(laptop)}\n" in said
    assert "git config --unset core.hooksPath" in said


def test_a_hooks_path_to_nothing_lets_marks_through_and_is_named(laptop: Work, tmp_path: Path) -> None:
    """core.hooksPath to a folder that doesn't exist switches all hooks off without a word from git."""
    laptop.did("config", "core.hooksPath", f"{tmp_path}/no-such")
    assert passes(laptop)
    assert f"BAD hooks folder: core.hooksPath = {tmp_path}/no-such hides the hooks in {hooks(laptop)}\n" in bad(laptop)


def test_a_hooks_path_to_nothing_is_named_where_no_hook_was_ever_installed(laptop: Work, tmp_path: Path) -> None:
    """Without installed hooks the folder that core.hooksPath names is reported itself."""
    every_hook(laptop, Path.unlink)
    nothing = tmp_path / "no-such"
    laptop.did("config", "core.hooksPath", str(nothing))
    said = bad(laptop)
    assert f"BAD hooks folder: {nothing} (core.hooksPath)\n      {nothing} doesn't exist, so git runs no hook" in said


def test_a_hooks_path_from_outside_of_the_repository_is_seen_too(laptop: Work, tmp_path: Path) -> None:
    """core.hooksPath of the user's global configuration counts as well."""
    settings = tmp_path / "gitconfig"
    settings.write_text(f"[core]\n\thooksPath = {tmp_path}/no-such\n")
    said = laptop.ringfence("status", GIT_CONFIG_GLOBAL=str(settings))
    assert said.status == 3
    assert f"core.hooksPath = {tmp_path}/no-such hides" in said.out


@pytest.mark.parametrize(("name", "no"), [("ringfence", "false"), ("ringfence-pre-push", "off"), ("pre-commit", "No")])
def test_a_configured_hook_that_is_switched_off_is_named(laptop: Work, name: str, no: str) -> None:
    """`hook.NAME.enabled` switches a hook of the configuration off under any of git's words for false."""
    laptop.did("config", f"hook.{name}.enabled", no)
    said = bad(laptop)
    assert f"BAD {name}: hook.{name}.enabled = {no} switches a configured hook off" in said
    assert f"git config --unset hook.{name}.enabled" in said


# --- what runs and isn't ours, or can't run ---


def test_another_tools_hook_in_our_place_is_named(laptop: Work) -> None:
    hook(laptop, "commit-msg", "#!/bin/sh\nexit 0\n")
    said = bad(laptop)
    assert f"BAD commit-msg: {hooks(laptop) / 'commit-msg'} isn't a hook of ringfence\n" in said
    assert "BAD commit-msg canary: a marked commit was accepted" in said


def test_another_tools_hook_that_refuses_everything_is_no_proof(laptop: Work) -> None:
    hook(laptop, "pre-commit", "#!/bin/sh\necho not today\nexit 1\n")
    assert "BAD pre-commit canary: refused, but not by a verdict of ringfence: not today" in bad(laptop)


def test_a_missing_interpreter_refuses_everything_and_is_named(laptop: Work, tmp_path: Path) -> None:
    path = hooks(laptop) / "prepare-commit-msg"
    path.write_text(path.read_text().replace(sys.executable, f"{tmp_path}/no-such/python"))
    said = laptop.git("commit", "--allow-empty", "-m", "Change")
    assert said.status == 1
    assert said.out.splitlines() == [
        f"ringfence: its Python, {tmp_path}/no-such/python, is gone: nothing was checked.",
        "  Install ringfence again, then: ringfence install",
    ]
    said = bad(laptop)
    python = f"{tmp_path}/no-such/python"
    assert f"BAD prepare-commit-msg: its Python, {python}, doesn't exist: git refuses everything\n" in said


def test_an_interpreter_without_ringfence_refuses_everything_and_is_named(laptop: Work, tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    path = hooks(laptop) / "commit-msg"
    path.write_text(path.read_text().replace(sys.executable, str(python)))
    said = laptop.git("commit", "--allow-empty", "-m", "Change")
    assert (said.status, said.out) == (1, "")
    assert f"BAD commit-msg: its Python, {python}, has no ringfence: git refuses everything\n" in bad(laptop)


def test_a_chained_hook_that_lost_its_run_bit_is_named(laptop: Work) -> None:
    hook(laptop, "pre-commit", "#!/bin/sh\n")
    assert laptop.ringfence("install")
    path = hooks(laptop) / "before-ringfence/pre-commit"
    path.chmod(0o644)
    assert f"{path}, which it runs too, isn't executable\n      chmod +x {path}" in bad(laptop)


def test_install_mends_what_status_names(laptop: Work) -> None:
    (hooks(laptop) / "pre-commit").unlink()
    dead_link(hooks(laptop) / "commit-msg")
    (hooks(laptop) / "pre-push").chmod(0o644)
    (hooks(laptop) / "prepare-commit-msg").write_text("")
    assert laptop.ringfence("install")
    said = laptop.ringfence("status")
    assert said, said.out
    assert_refused(laptop.git("commit", "--allow-empty", "-m", FOOTER), "prepare-commit-msg")


def test_a_folder_that_is_in_no_repository_is_said_to_be_none(tmp_path: Path) -> None:
    said = Work(tmp_path).ringfence("status", GIT_CEILING_DIRECTORIES=str(tmp_path.parent))
    assert said.status == 2
    assert "ringfence: this folder isn't in a git repository." in said.out
