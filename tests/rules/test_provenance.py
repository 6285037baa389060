"""Where a tag demands it, PROVENANCE.toml says of each file where it comes from, and what it says is looked at."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import SHARE_LINK, Said, Work, kept
from server.conftest import marks

POLICY = (
    '[organisation]\nown = ["anthropic"]\n[tag.training-data]\nprovenance = "block"\n'
    '[[zone]]\ntag = "training-data"\npaths = ["rows/**"]\n'
)
ROW = "a person's row\n"


def toml(told: object) -> str:
    """Return a value as TOML has it."""
    if isinstance(told, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {json.dumps(text)}" for key, text in told.items()) + " }"
    return json.dumps(told)


def described(path: str | list[str] = "rows/a.txt", content: str | bytes = ROW, **said: object) -> str:
    """Return a valid table of PROVENANCE.toml with the given keys changed."""
    data = content.encode() if isinstance(content, str) else content
    held: dict[str, object] = {
        "path": path, "source": "counted by hand", "generator": "human", "licence": "CC0-1.0", "by": "Ann Example",
        "sha256": hashlib.sha256(data).hexdigest(),
    }  # fmt: skip
    lines = [f"{key} = {toml(text)}" for key, text in (held | said).items() if text is not None]
    return "\n".join(["[[data]]", *lines, "collected = 2026-01-31", ""])


def listing(*tables: str) -> str:
    return "version = 1\n" + "\n".join(tables)


@pytest.fixture(autouse=True)
def demanded(clone: Work, server: Work, policy: Callable[[str], Path]) -> None:
    server.did("config", "--unset-all", "ringfence.tag")
    policy(POLICY)


def pushed(clone: Work, listed: str | None, row: str | bytes = ROW, **files: str) -> Said:
    """Push a file and a list, in one commit."""
    clone.commit("Add rows", files={"rows/a.txt": row, **({"PROVENANCE.toml": listed} if listed else {}), **files})
    return clone.git("push", "origin", "main")


def test_data_that_is_described_passes(clone: Work) -> None:
    said = pushed(clone, listing(described()))
    assert said, said.out


def fingerprint(said: Said) -> str:
    """Return the fingerprint that a refusal names."""
    [name] = re.findall(r"ringfence waive ([0-9a-f]{20}) ", said.out)
    return name


def test_data_that_isnt_described_is_refused_and_told_how_to(clone: Work) -> None:
    said = pushed(clone, None)
    assert [line.removeprefix("remote: ").rstrip() for line in said.out.splitlines() if "remote: " in line] == [
        "ringfence pre-receive: refused, 1 file without a valid entry in PROVENANCE.toml (training-data)",
        f"  commit {clone.did('rev-parse', 'HEAD')[:12]}, rows/a.txt",
        "    rows/a.txt",
        "    = no provenance entry (definitive, training-data) [provenance-missing]",
        "  Why: each data file must have an entry in PROVENANCE.toml.",
        "  Next: add the entry in the same commit: ringfence declare rows/a.txt",
        f"  For a waiver: ringfence waive {fingerprint(said)} --tag training-data",
        "  If this is wrong or allowed, ask the policy's owner.",
    ]


@pytest.mark.parametrize(
    ("listed", "mark"),
    [
        (listing(described("rows/b.txt")), "missing"),
        (listing(described("a.txt")), "missing"),
        (listing(described("rows/*/a.txt")), "missing"),
        (listing(described(licence=None)), "wrong"),
        (listing(described(sha256="0")), "wrong"),
        (listing(described(generator="me")), "wrong"),
        (listing(described(generator="nobody/knows-this")), "wrong"),
        ("version = 1\n[[data]\n", "wrong"),
        ("version = 1\n" + "a = " + "[" * 5000, "wrong"),
        (listing(described(content="another\n")), "changed"),
        (listing(described("rows/**", sha256={"rows/b.txt": "0" * 64})), "changed"),
        (listing(described(), described("rows/*", content="another\n")), "changed"),
        (listing(described(generator="openai/openai-api gpt-5.2")), "rival"),
        (listing(described(generator="anthropic/claude-code gpt-5.2")), "rival"),
    ],
)
def test_a_description_that_isnt_right_is_refused(clone: Work, listed: str, mark: str) -> None:
    said = pushed(clone, listed)
    said.assert_refused()
    assert marks(said) == [f"provenance-{mark}"], said.out


@pytest.mark.parametrize(
    "listed",
    [
        listing(described(["rows/b.txt", "rows/a.txt"])),
        listing(described("rows/**")),
        listing(described("**/*.txt", sha256={"rows/a.txt": hashlib.sha256(ROW.encode()).hexdigest()})),
        listing(described("rows/*", content="another\n"), described()),
        listing(described(generator="anthropic/claude-code claude-opus-4-5")),
    ],
)
def test_files_are_described_by_path_or_pattern_and_the_last_word_counts(clone: Work, listed: str) -> None:
    said = pushed(clone, listed)
    assert said, said.out


def test_a_file_beside_describes_as_well(clone: Work) -> None:
    beside = "".join(line + "\n" for line in described().splitlines() if not line.startswith(("[[", "path")))
    said = pushed(clone, None, **{"rows/a.txt.provenance.toml": beside})
    assert said, said.out
    said = pushed(clone, None, "changed\n", **{"rows/a.txt.provenance.toml": beside})
    assert marks(said) == ["provenance-changed"]


def test_data_of_people_that_shows_a_mark_is_a_contradiction(clone: Work) -> None:
    said = pushed(clone, listing(described(content=SHARE_LINK)), SHARE_LINK)
    assert marks(said) == ["openai-chatgpt-share-link", "provenance-contradicted"]


def test_a_zones_own_generators_are_allowed_by_their_names(clone: Work, policy) -> None:
    policy(POLICY + 'generators = ["ours-*"]\n')
    assert marks(pushed(clone, listing(described()))) == ["provenance-rival"]
    clone.did("reset", "-q", "--hard", "HEAD~1")
    said = pushed(clone, listing(described(generator="ours-2")))
    assert said, said.out


def test_a_pointer_is_described_by_what_it_points_to(clone: Work, policy) -> None:
    policy('[tag.own]\nunread = "record"\nprovenance = "block"\n[[zone]]\ntag = "own"\npaths = ["rows/**"]\n')
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'ab' * 32}\nsize 12345\n"
    said = pushed(clone, listing(described(sha256="ab" * 32)), pointer)
    assert said, said.out


def test_what_lies_outside_of_the_zone_and_our_own_files_need_no_description(clone: Work, policy) -> None:
    clone.commit("A page", files={"page.md": "text\n"})
    assert clone.git("push", "origin", "main")
    policy(POLICY.replace('paths = ["rows/**"]\n', ""))
    clone.commit("Our own", files={"ringfence.toml": "version = 1\n", "PROVENANCE.toml": "version = 1\n"})
    assert clone.git("push", "origin", "main")


@pytest.mark.long
def test_a_large_file_is_hashed_in_pieces(clone: Work) -> None:
    rows = b"0123456789abcde\n" * (600 << 10)  # more than two windows
    said = pushed(clone, listing(described(content=rows)), rows)
    assert said, said.out


def test_whoever_describes_wrongly_is_on_record(clone: Work, book: Path) -> None:
    pushed(clone, None)
    [entry] = kept(book)
    assert [item["kind"] for item in entry["body"]["findings"]] == ["provenance"]


# --- on a laptop ---


@pytest.fixture
def local(clone: Work, tmp_path: Path) -> Work:
    """A clone with the policy, and a data file without a provenance entry."""
    clone.did("config", "ringfence.policy", str(tmp_path / "policy.toml"))
    clone.write("rows/a.txt", ROW)
    return clone


SAID = ("--source", "counted by hand", "--generator", "human", "--licence", "CC0-1.0", "--by", "Ann Example")


def test_declare_writes_what_the_gate_wants(local: Work) -> None:
    said = local.ringfence("declare", "--check")
    assert (said.status, said.out) == (3, "rows/a.txt: no provenance entry [provenance-missing]\n")
    said = local.ringfence("declare", "rows/a.txt", *SAID)
    assert said.out == "ringfence: rows/a.txt is described in PROVENANCE.toml.\n"
    assert local.ringfence("declare", "--check").out == ""
    local.commit("Add rows")
    assert local.git("push", "origin", "main")


def test_declare_again_when_the_data_has_changed(local: Work) -> None:
    assert local.ringfence("declare", "rows/a.txt", *SAID)
    local.write("rows/a.txt", "another row\n")
    said = local.ringfence("declare", "--check")
    digest = hashlib.sha256(b"another row\n").hexdigest()
    assert said.out == f"rows/a.txt: data that isn't what was described (sha256 = {digest}) [provenance-changed]\n"
    assert local.ringfence("declare", "rows/a.txt", *SAID)
    assert local.ringfence("declare", "--check")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("rows/a.txt",), "give paths with --source"),
        (SAID, "give paths with --source"),
        (("rows/none.txt", *SAID), "there is no file rows/none.txt."),
        (("rows/a.txt", *SAID, "--collected", "yesterday"), "PROVENANCE.toml: not TOML"),
    ],
)
def test_what_cant_be_declared_is_told_and_nothing_is_written(local: Work, words: tuple[str, ...], told: str) -> None:
    assert told in local.ringfence("declare", *words).out
    assert not (local.path / "PROVENANCE.toml").exists()


def test_a_list_that_cant_be_read_is_told(local: Work) -> None:
    (local.path / "PROVENANCE.toml").mkdir()
    said = local.ringfence("declare", "--check", "--tag", "training-data")
    assert said.status == 4
    assert "PROVENANCE.toml: can't be read: Is a directory." in said.out


def test_a_commit_of_what_isnt_described_is_refused_on_the_laptop(laptop: Work, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('version = 1\n[tag.training-data]\nprovenance = "block"\n')
    laptop.did("config", "ringfence.policy", str(tmp_path / "mine.toml"))
    laptop.write("rows.txt", ROW)
    laptop.did("add", ".")
    laptop.git("commit", "-m", "Add rows").assert_refused("[provenance-missing]")
    assert laptop.ringfence("declare", "rows.txt", *SAID)
    laptop.did("add", ".")
    assert laptop.git("commit", "-m", "Add rows")


# --- the line for a commit ---


@pytest.mark.parametrize(("config", "mark"), [((), "#"), (("-c", "core.commentChar=;"), ";")])
@pytest.mark.parametrize("options", [(), ("-v",), ("--amend",)])
def test_an_editor_offers_the_line(laptop: Work, tmp_path: Path, config, mark: str, options) -> None:
    (tmp_path / "mine.toml").write_text('version = 1\n[tag.training-data]\ndeclaration = "block"\n')
    laptop.did("config", "ringfence.policy", str(tmp_path / "mine.toml"))
    laptop.write("rows.txt", ROW)
    laptop.did("add", ".")
    editor = f"sed -i 's/^{mark} Provenance: human$/Provenance: human/; 1s/^$/Add rows/'"
    said = laptop.git(*config, "commit", *options, GIT_EDITOR=editor)
    assert said, said.out
    subject = "First" if "--amend" in options else "Add rows"
    assert laptop.did("log", "-1", "--format=%B") == f"{subject}\n\nProvenance: human"


def test_no_line_is_offered_where_nobody_asks(laptop: Work) -> None:
    laptop.write("rows.txt", ROW)
    laptop.did("add", ".")
    said = laptop.git("commit", GIT_EDITOR=f"cp \"$1\" {laptop.path}/seen; sed -i '1s/^$/Add rows/'")
    assert said, said.out
    assert "Provenance" not in (laptop.path / ".git/COMMIT_EDITMSG").read_text()


# --- folders, patterns and drafts ---


@pytest.mark.parametrize("path", ["rows", "rows/", "rows/**", "rows/[ab]*/*.txt"])
def test_a_folder_or_a_pattern_is_one_table(local: Work, path: str) -> None:
    for number in range(40):
        local.write(f"rows/{'ab'[number % 2]}/{number}.txt", f"{ROW}{number}")
    local.write("rows/a/18.txt.provenance.toml", "")  # of ringfence's own
    said = local.ringfence("declare", path, *SAID)
    assert said, said.out
    listed = (local.path / "PROVENANCE.toml").read_text()
    assert listed.count("[[data]]") == 1
    assert len(listed.splitlines()) < 41 + 12
    (local.path / "rows/a/18.txt.provenance.toml").unlink()
    local.did("add", "rows/a", "rows/b", "PROVENANCE.toml")
    said = local.ringfence("declare", "--check", "rows/a/18.txt", "rows/b/39.txt", "--tag", "training-data")
    assert said, said.out
    local.write("rows/b/39.txt", "another row\n")
    assert "[provenance-changed]" in local.ringfence("declare", "--check", "rows/b/39.txt").out


def test_a_folder_with_signs_of_a_pattern_in_its_name_is_that_folder(local: Work) -> None:
    for name in ("rows/[ab]/1.txt", "rows/a/2.txt"):
        local.write(name, ROW)
    assert local.ringfence("declare", "rows/[ab]", *SAID)
    listed = (local.path / "PROVENANCE.toml").read_text()
    assert '"rows/[ab]/1.txt" = ' in listed
    assert "rows/a/2.txt" not in listed


def test_a_trace_is_drafted_from(local: Work) -> None:
    rows = "".join(f"def rate_{number}(pair):\n    return pair[{number}] * {number}\n" for number in range(9))
    local.commit("Rate\n\nCo-authored-by: Codex <noreply@openai.com>", files={"rows/rate.py": rows})
    commit = local.did("rev-parse", "HEAD")
    local.commit("Own", files={"rows/own.py": "print(1)\n"})
    assert local.ringfence("trace", "--format", "jsonl", "--output", "trace.jsonl")
    said = local.ringfence("declare", "--traced", "trace.jsonl", "--licence", "CC0-1.0", "--by", "Ann")
    assert said, said.out
    listed = (local.path / "PROVENANCE.toml").read_text()
    assert 'path = "rows/rate.py"' in listed
    assert 'generator = "openai/Codex"' in listed
    assert f"@{commit}:rows/rate.py" in listed
    assert "rows/own.py" not in listed
    assert "[provenance-rival]" in local.ringfence("declare", "--check", "rows/rate.py").out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("rows/none/**", *SAID), "no file is in rows/none/** that git knows or would add"),
        (("--traced", "rows.txt", "--licence", "a", "--by", "b"), "rows.txt, line 1: it isn't a row of a trace"),
        (("--traced", "rows.txt", "--licence", "a"), "--traced with --licence and --by"),
        (("rows", "--traced", "rows.txt", "--licence", "a", "--by", "b"), "--traced with --licence and --by"),
    ],
)
def test_what_cant_be_drafted_is_told(local: Work, words: tuple[str, ...], told: str) -> None:
    local.write("rows.txt", "a row\n")
    said = local.ringfence("declare", *words)
    assert said.status == 2
    assert told in said.out
