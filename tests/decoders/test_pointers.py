"""Pointers: what they point to is read where a store here has it, unread elsewhere, and one that misleads is a mark."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import git
import pytest

from conftest import SHARE_LINK, Said, Work, bare
from ringfence.scan.decoders import content_stores
from ringfence.scan.decoders.pointer import parse_pointers
from ringfence.setup import client_hooks

ROWS = f"a row\n{SHARE_LINK}\n".encode()
CLEAN = b"a row\nanother\n"


def lfs(data: bytes, size: int = -1) -> str:
    oid = hashlib.sha256(data).hexdigest()
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(data) if size < 0 else size}\n"


def keep(folder: Path, data: bytes, content: bytes = b"") -> None:
    """Put an object into a store as git-lfs lays it."""
    oid = hashlib.sha256(data).hexdigest()
    path = folder / oid[:2] / oid[2:4] / oid
    path.parent.mkdir(parents=True)
    path.write_bytes(content or data)


def check(work: Work, name: str, *more: str) -> Said:
    return work.ringfence("check", "--files", name, *more)


# Git LFS, by the real one.


@pytest.fixture
def tracked(laptop: Work) -> Work:
    """A laptop on which git-lfs keeps `*.bin`, with ringfence's hooks before its own."""
    client_hooks.uninstall_hooks(git.Repo(laptop.path))
    laptop.did("lfs", "install", "--local")
    client_hooks.install_hooks(git.Repo(laptop.path), client_hooks.CLIENT)
    laptop.did("lfs", "track", "*.bin")
    laptop.commit("Track")
    return laptop


@pytest.mark.needs("git-lfs")
def test_a_commit_of_a_large_file_is_judged_by_its_content(tracked: Work) -> None:
    tracked.write("rows.bin", ROWS)
    tracked.did("add", "rows.bin")
    assert tracked.did("show", ":rows.bin") == lfs(ROWS).strip()
    said = tracked.git("commit", "-m", "Add rows")
    said.assert_refused("rows.bin: Git LFS content, line 2")
    tracked.write("rows.bin", CLEAN)
    tracked.did("add", "rows.bin")
    assert tracked.git("commit", "-m", "Add rows")


@pytest.mark.needs("git-lfs")
def test_a_push_is_refused_before_git_lfs_uploads(tracked: Work, tmp_path: Path) -> None:
    """Git LFS uploads in its own pre-push hook, which runs after ours: refused content never reaches the server."""
    server = bare(tmp_path / "files.git")
    tracked.did("remote", "add", "origin", str(server.path))
    tracked.commit("Add rows", files={"rows.bin": ROWS})
    said = tracked.git("push", "-q", "origin", "main")
    said.assert_refused("rows.bin: Git LFS content, line 2")
    assert not (server.path / "lfs").exists()
    tracked.did("reset", "-q", "--hard", "HEAD~1")
    tracked.commit("Add rows", files={"rows.bin": CLEAN})
    assert tracked.git("push", "-q", "origin", "main")
    assert [path.read_bytes() for path in (server.path / "lfs" / "objects").rglob("*") if path.is_file()] == [CLEAN]


@pytest.mark.needs("git-lfs")
def test_a_server_reads_what_was_uploaded_to_it(tracked: Work, tmp_path: Path) -> None:
    server = bare(tmp_path / "files.git", "training-data")
    tracked.did("remote", "add", "origin", str(server.path))
    for content, said_of in ((ROWS, "rows.bin: Git LFS content, line 2"), (CLEAN, "")):
        tracked.commit("Add rows", files={"rows.bin": content})
        tracked.did("lfs", "push", "origin", "main")
        said = tracked.git("push", "-q", "--no-verify", "origin", "main")
        assert (bool(said), said_of in said.out) == (not said_of, True)
        tracked.did("reset", "-q", "--hard", "HEAD~1")


# Stores.


def test_a_server_reads_from_the_stores_that_its_policy_names(clone: Work, server: Work, tmp_path: Path) -> None:
    store = tmp_path / "shared" / "lfs-objects"
    policy = tmp_path / "policy.toml"
    policy.write_text(f'version = 1\n[stores]\nlfs = ["{tmp_path}/none", "{store}"]\n')
    server.did("config", "ringfence.policy", str(policy))
    clone.commit("Add rows", files={"rows.bin": lfs(ROWS)})
    said = clone.git("push", "-q", "origin", "main")
    assert "rows.bin: Git LFS pointer: the content is neither in git nor in a local store" in said.out
    oid = hashlib.sha256(ROWS).hexdigest()
    kept = store / oid[:2] / oid[2:4] / oid[4:]  # as GitLab and Gitea lay it
    kept.parent.mkdir(parents=True)
    kept.write_bytes(ROWS)
    clone.git("push", "-q", "origin", "main").assert_refused("rows.bin: Git LFS content, line 2")


@pytest.mark.parametrize(
    ("store", "said"),
    [("/srv/lfs", "only the organisation's policy can set this"), ("lfs", "must be an absolute path")],
)
def test_a_repository_cannot_name_stores(laptop: Work, store: str, said: str) -> None:
    laptop.write("ringfence.toml", f'version = 1\n[stores]\nlfs = ["{store}"]\n')
    laptop.write("a.txt")
    answer = check(laptop, "a.txt")
    assert (answer.status, said in answer.out) == (4, True)


def test_a_store_elsewhere_and_a_work_tree_are_found(laptop: Work, tmp_path: Path) -> None:
    keep(tmp_path / "kept" / "objects", ROWS)
    laptop.did("config", "lfs.storage", str(tmp_path / "kept"))
    laptop.write("rows.bin", lfs(ROWS))
    assert "rows.bin: Git LFS content, line 2" in check(laptop, "rows.bin").out
    laptop.did("config", "--unset", "lfs.storage")
    assert check(laptop, "rows.bin").status == 3
    keep(laptop.path / ".git" / "lfs" / "objects", ROWS)
    laptop.did("worktree", "add", "-q", str(tmp_path / "tree"))
    tree = Work(tmp_path / "tree")
    tree.write("rows.bin", lfs(ROWS))
    assert "rows.bin: Git LFS content, line 2" in check(tree, "rows.bin").out


def test_the_tag_decides_what_a_missing_content_comes_to(laptop: Work, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('version = 1\n[tag.mine]\nunread = "warn"\n')
    laptop.did("config", "--unset-all", "ringfence.tag")
    laptop.write("rows.bin", lfs(ROWS))
    said = check(laptop, "rows.bin", "--policy", str(policy), "--tag", "mine")
    assert said.status == 0
    assert "rows.bin: Git LFS pointer: the content is neither in git nor in a local store" in said.out


# Pointers that mislead.

OID = "0" * 64
WRONG = {
    "bytes behind it": (f"{lfs(CLEAN)}rows", "it has extra bytes"),
    "a line that is no key": (f"{lfs(CLEAN)}x\n", "it has extra bytes"),
    "too long": (lfs(CLEAN) + f"z {'0' * 1000}\n", "it has 1130 bytes; the limit is 1024"),
    "order": (
        f"version https://git-lfs.github.com/spec/v1\nsize 12\noid sha256:{OID}\n",
        "its keys are out of order, or repeated",
    ),
    "oid": (lfs(CLEAN).replace("sha256:", "sha256:x"), "its oid is not a SHA-256 hash, or its size is not a number"),
    "size": (lfs(CLEAN, 99), "it says 99 bytes, but its content has 14"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_pointer_that_is_not_what_it_says_is_a_mark(laptop: Work, name: str) -> None:
    """A malformed pointer, or one with a size that isn't its content's, is a finding with the reason."""
    text, why = WRONG[name]
    keep(laptop.path / ".git" / "lfs" / "objects", CLEAN)
    laptop.write("rows.bin", text)
    said = check(laptop, "rows.bin", "--format", "json")
    assert said.status == 1
    (item,) = json.loads(said.out)["findings"]
    assert (item["marker"], item["part"], item["why"]) == (
        "pointer-malformed",
        "pointer",
        f"The pointer misleads: {why}.",
    )


def test_a_content_that_was_swapped_is_a_mark(laptop: Work) -> None:
    keep(laptop.path / ".git" / "lfs" / "objects", CLEAN, CLEAN.replace(b"row", b"ROW"))
    laptop.write("rows.bin", lfs(CLEAN))
    said = check(laptop, "rows.bin")
    assert said.status == 1
    assert f"it says sha256 {hashlib.sha256(CLEAN).hexdigest()[:12]}…, but its content has another hash" in said.out


def test_a_pointer_to_itself_comes_to_an_end(laptop: Work) -> None:
    oid = hashlib.sha256(CLEAN).hexdigest()
    keep(laptop.path / ".git" / "lfs" / "objects", CLEAN, lfs(CLEAN).encode())
    laptop.write("rows.bin", lfs(CLEAN))
    said = check(laptop, "rows.bin")
    assert said.status == 1
    assert "nested in more than 6 others (limits.depth)" in said.out
    assert (
        content_stores.find_content(parse_pointers(lfs(CLEAN).replace(oid, "../../etc/passwd").encode())[0], ["/"])
        == ""
    )


# git-annex and DVC: what they write; test_stores.py has them write it.

KEY = "SHA256E-s11--94d9252d8e66c738bfeaeb4d95155a8a9770f07bc68aee59ee2f64f10835d36d.txt"


def test_git_annexs_own_folders_are_found() -> None:
    (pointer,) = parse_pointers(f"/annex/objects/{KEY}\n".encode())
    assert next(content_stores._iter_store_paths(pointer)) == f"V1/Pf/{KEY}/{KEY}"
    assert (pointer.algorithm, pointer.size) == ("sha256", 11)
    (other,) = parse_pointers(b"/annex/objects/WORM-s3-m1--a.txt\n")
    assert (other.algorithm, other.digest, other.size) == ("", "", 3)


def test_a_lock_of_dvc_names_outputs_of_many_stages() -> None:
    lock = (
        "schema: '2.0'\nstages:\n  one:\n    cmd: make one\n    deps:\n    - path: in\n      md5: {0}\n      size: 1\n"
        "    outs:\n    - path: a\n      hash: md5\n      md5: {1}\n      size: 2\n    - path: b\n      md5: {2}\n"
        "  two:\n    cmd: make\n    outs:\n    - path: c\n      md5: {3}.dir\n"
    )
    for number in range(4):
        lock = lock.replace(f"{{{number}}}", str(number) * 32)
    assert [(item.path, item.digest[0], item.size, item.algorithm) for item in parse_pointers(lock.encode())] == [
        ("a", "1", 2, "md5"), ("b", "2", -1, ""), ("c", "3", -1, "md5"),
    ]  # fmt: skip
