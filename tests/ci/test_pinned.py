"""The organisation's policy from a repository of its own: pinned, fetched once, and nothing of it run."""

from __future__ import annotations

from pathlib import Path

import pytest

from ci.conftest import Run, ci, pull
from conftest import TRAILER, Work, bare, cloned
from policy.test_catalogue import MARKED, VENDOR

POLICY = 'version = 1\ntags = ["eval"]\n[organisation]\nname = "acme"\n'
CATALOGUE = POLICY.replace("[org", 'catalogue = ["vendors/"]\n[org')
ROOM = "version = 1\n"


@pytest.fixture
def home(tmp_path: Path) -> Work:
    """A clone of the repository that holds the organisation's policy."""
    upstream = bare(tmp_path / "policy.git")
    (upstream.path / "hooks/pre-receive").unlink()
    return cloned(upstream, tmp_path / "policy")


def kept(home: Work, others: dict[str, str | bytes] | None = None, **files: str) -> str:
    """Commit and push; return the commit's id."""
    commit = home.commit(
        "Policy", files={name.replace("_", "."): text for name, text in files.items()} | (others or {})
    )
    home.did("push", "-q", "origin", "HEAD:main")
    return commit


def address(home: Work) -> str:
    return f"file://{home.did('config', 'remote.origin.url')}"


def untagged(forge: Work, message: str) -> Run:
    """A request in a repository that nothing tags but the organisation."""
    forge.did("switch", "-q", "main")
    forge.commit("Untag", files={"ringfence.toml": ROOM})
    forge.did("switch", "-q", "-C", "topic")
    forge.commit(message)
    return ci(forge)


@pytest.mark.parametrize(("message", "status"), [("Two", 0), (f"Two\n\n{TRAILER}", 1)])
def test_the_policy_that_is_pinned_holds(forge: Work, home: Work, message: str, status: int) -> None:
    pin = kept(home, policy_toml=POLICY)
    kept(home, policy_toml=ROOM)  # what the branch holds later changes nothing
    run = untagged(forge, message)
    said = run.github(pull(forge), "--policy-repo", address(home), "--policy-rev", pin)
    assert said.status == status, said.out
    assert "(eval)" in said.out


def test_its_origin_is_told_without_a_password(forge: Work, home: Work) -> None:
    pin = kept(home, policy_toml="version = [")
    run = untagged(forge, "Two")
    said = run.github(pull(forge), "--policy-repo", address(home), "--policy-rev", pin)
    assert said.status == 4
    assert f"policy.toml of {home.did('config', 'remote.origin.url').removesuffix('.git')} at {pin[:12]}" in said.out
    secret = "http://ann:hunter2@127.0.0.1:1/policy.git"
    said = run.github(pull(forge), "--policy-repo", secret, "--policy-rev", pin)
    assert (said.status, "hunter2" in said.out) == (4, False)
    assert said.out.startswith(
        f"ringfence: 127.0.0.1/policy at {pin[:12]} can't be fetched: git fetch exited with 128: "
    )


@pytest.mark.parametrize("revision", ["main", "HEAD", "abc123", "A" * 40, "--upload-pack=x", ""])
def test_a_name_pins_nothing(forge: Work, home: Work, revision: str) -> None:
    kept(home, policy_toml=POLICY)
    said = ci(forge).github(pull(forge), "--policy-repo", address(home), f"--policy-rev={revision}")
    assert said.status == 2
    assert "isn't a full commit id" in said.out or "must be given together" in said.out


def test_a_commit_that_is_not_there_is_one_clear_error(forge: Work, home: Work) -> None:
    kept(home, policy_toml=POLICY)
    said = ci(forge).github(pull(forge), "--policy-repo", address(home), "--policy-rev", "1" * 40)
    assert said.status == 4
    assert said.out.count("\n") == 2
    assert f"at {'1' * 12} can't be fetched: git fetch exited with 128: " in said.out


def test_a_commit_without_a_policy_is_told(forge: Work, home: Work) -> None:
    pin = kept(home, other_toml=POLICY)
    said = ci(forge).github(pull(forge), "--policy-repo", address(home), "--policy-rev", pin)
    assert (said.status, f"at {pin[:12]} has no policy.toml." in said.out) == (4, True)


@pytest.mark.parametrize("url", ["--upload-pack=touch ran", "ext::sh -c 'touch ran'", "-x"])
def test_no_address_runs_anything(forge: Work, url: str) -> None:
    run = ci(forge)
    said = run.github(pull(forge), f"--policy-repo={url}", "--policy-rev", "1" * 40)
    assert said.status in (2, 4), said.out
    assert not list(run.path.parent.rglob("ran"))


def test_one_without_the_other_is_told(forge: Work) -> None:
    run = ci(forge)
    for option in ("--policy-repo=x", f"--policy-rev={'1' * 40}"):
        said = run.github(pull(forge), option)
        assert (said.status, "--policy-repo and --policy-rev must be given together." in said.out) == (2, True)


def test_nothing_of_it_stays_behind(forge: Work, home: Work, tmp_path: Path) -> None:
    pin = kept(home, policy_toml=POLICY)
    place = tmp_path / "tmp"
    place.mkdir()
    run = ci(forge)
    run.github(pull(forge), "--policy-repo", address(home), "--policy-rev", pin, TMPDIR=str(place))
    assert list(place.iterdir()) == []


def test_the_vendor_files_that_it_names_are_those_of_the_same_commit(forge: Work, home: Work) -> None:
    pin = kept(home, {"vendors/acme.toml": VENDOR, "vendors/README.md": "Ours.\n"}, policy_toml=CATALOGUE)
    later = kept(home, {"vendors/acme.toml": VENDOR.replace('"definitive"', '"weak"')}, policy_toml=CATALOGUE)
    run = untagged(forge, MARKED)
    for revision, status in ((pin, 1), (later, 0)):
        said = run.github(pull(forge), "--policy-repo", address(home), "--policy-rev", revision)
        assert said.status == status, said.out
        assert "= Acme Coder (" in said.out
        assert "[acme-coder-address]" in said.out


def test_a_vendor_file_of_it_that_cannot_be_used_is_told_by_its_commit(forge: Work, home: Work) -> None:
    pin = kept(home, {"vendors/acme.toml": "name = = 1"}, policy_toml=CATALOGUE)
    said = untagged(forge, "Two").github(pull(forge), "--policy-repo", address(home), "--policy-rev", pin)
    assert said.status == 4
    assert f"policy at {pin[:12]}:vendors/acme.toml: not TOML: " in said.out


@pytest.mark.parametrize(
    ("folder", "told"),
    [
        ("../", "is outside that repository."),
        ("/etc", "is outside that repository."),
        ("~/vendors", "is outside that repository."),
        ("a/../../b", "is outside that repository."),
        ("gone", "isn't a folder there."),
        ("policy.toml", "isn't a folder there."),
        ("empty", "has no vendor file (VENDOR.toml)."),
        ("linked", "linked/acme.toml isn't a regular file."),
    ],
)
def test_a_folder_that_cannot_be_had_from_there_is_told(forge: Work, home: Work, folder: str, told: str) -> None:
    home.write("vendors/acme.toml", VENDOR)
    home.write("linked/x").unlink()
    (home.path / "linked/acme.toml").symlink_to("../vendors/acme.toml")
    policy = CATALOGUE.replace("vendors/", folder)
    pin = kept(home, {"empty/README.md": "None.\n"}, policy_toml=policy)
    said = untagged(forge, "Two").github(pull(forge), "--policy-repo", address(home), "--policy-rev", pin)
    assert said.status == 4
    assert f"at {pin[:12]}: catalogue: {folder!r}" in said.out
    assert told in said.out
