"""What a server compiles ahead is what its pushes use: the first one compiles nothing, nor does the next."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from conftest import SHARE_LINK, Work, bare, seed_databases
from ringfence.policy.inputs import Inputs, Layer
from ringfence.policy.links import find_link, write_link
from ringfence.policy.load import load_plan

FILE = 'version = 1\ntags = ["eval"]\n'


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    seed_databases(tmp_path / "cache/ringfence")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache/ringfence"


def kept(cache: Path) -> set[str]:
    return {path.name for path in cache.iterdir()}


@pytest.mark.slow
def test_pushes_use_what_was_compiled_ahead(server: Work, clone: Work, cache: Path, tmp_path: Path) -> None:
    clone.commit("Tag it", files={"ringfence.toml": FILE})
    clone.did("push", "-q", "origin", "main")
    said = clone.ringfence("policy", "compile", str(server.path))
    assert said.out == f"ringfence: {server.path}: compiled (eval, training-data)\n"
    before = kept(cache)
    assert {name.partition(".")[2] for name in before} >= {"database", "link", "markers", "plan", "sieve"}
    for number in range(2):
        clone.commit(f"Add rows {number}", files={f"{number}.txt": "a row\n"})
        clone.did("push", "-q", "origin", "main")
    assert kept(cache) == before


def test_no_push_waits_for_the_catalogue_and_the_prefilter(server: Work, clone: Work, cache: Path) -> None:
    """What little it brings is judged without the prefilter; one that brings more finds the catalogue compiled."""
    rows = "a person's row of ten words, more or less\n"
    clone.commit("Add rows", files={f"{number}.txt": rows * 12_000 for number in range(4)})
    clone.commit("Add a mark", files={"marked.txt": rows * 12_000 + f"{SHARE_LINK}\n"})
    clone.git("push", "-q", "origin", "main").assert_refused("marked.txt, line 12001")
    kinds = {name.partition(".")[2] for name in kept(cache)}
    assert "markers" in kinds
    assert "sieve" not in kinds
    clone.did("reset", "-q", "--hard", "HEAD~1")
    clone.did("push", "-q", "origin", "main")
    assert "sieve" in {name.partition(".")[2] for name in kept(cache)}


def test_repositories_with_the_same_rules_share_one_plan(cache: Path, tmp_path: Path) -> None:
    """Their names differ, and with them only the tags that the policy gives them."""
    policy = tmp_path / "policy.toml"
    policy.write_text('version = 1\n[[repository]]\nmatch = ["*/evals-*"]\ntags = ["eval"]\n'
                      '[[repository]]\nmatch = ["*/rows-*"]\ntags = ["training-data"]\n')  # fmt: skip
    for name in ("evals-1", "evals-2", "evals-3", "rows-1", "rows-2"):
        subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / f"srv/{name}.git")], check=True)
        Work(tmp_path / f"srv/{name}.git").did("config", "ringfence.policy", str(policy))
    said = Work(tmp_path).ringfence("policy", "compile", "--all", str(tmp_path / "srv")).out
    assert [line.rpartition("compiled ")[2] for line in said.splitlines()] == [
        *["(eval)"] * 3,
        *["(training-data)"] * 2,
    ]
    names = sorted(name.partition(".")[2] for name in kept(cache))
    assert (names.count("plan"), names.count("link"), names.count("names")) == (2, 2, 1)
    times = {path: path.stat().st_mtime_ns for path in cache.iterdir()}
    assert Work(tmp_path).ringfence("policy", "compile", "--all", str(tmp_path / "srv")).out == said
    assert {path: path.stat().st_mtime_ns for path in cache.iterdir()} == times
    for path in cache.glob("*.plan"):
        path.write_bytes(path.read_bytes().replace(b"eval", b"evil"))
    assert Work(tmp_path).ringfence("policy", "compile", "--all", str(tmp_path / "srv")).out == said


def test_a_push_to_another_repository_with_the_same_tags_compiles_nothing(
    clone: Work, cache: Path, tmp_path: Path
) -> None:
    """Where no policy tells repositories apart by their names, there isn't even a link to the plan to be written."""
    clone.did("push", "-q", str(bare(tmp_path / "a.git", "eval").path), "main")
    before = kept(cache)
    clone.did("push", "-q", str(bare(tmp_path / "b.git", "eval").path), "main")
    assert kept(cache) == before
    assert {".link", ".plan"} <= {Path(name).suffix for name in before}


@pytest.mark.parametrize("key", ["repository", r'"rep\u006fsitory"'])
def test_names_count_where_a_policy_may_match_them(cache: Path, key: str) -> None:
    policy = Layer("policy", "organisation", f'version = 1\n[[{key}]]\nmatch = ["a"]\ntags = ["eval"]\n'.encode(), True)
    for _ in range(2):
        tags = [load_plan(Inputs((policy,), (), (name,))).list_tags() for name in ("a", "b", "a")]
        assert tags == [["eval"], [], ["eval"]]
        for file in cache.glob("*.names"):  # what is damaged is made anew
            file.write_bytes(file.read_bytes()[:-1] + b"0")


@pytest.mark.parametrize(
    ("text", "kind", "count"),
    [
        ('tags = ["eval"]\n', "organisation", 1),
        ('[tag.eval]\nweak = "block"\n', "organisation", 1),
        ('catalogue = ["vendors"]\n', "organisation", 2),
        (r'"cat\u0061logue" = ["vendors"]', "organisation", 2),
        ('[[waiver]]\nfinding = "x"\n', "organisation", 2),
        ('[[waiver]]\nfinding = "x"\n', "waivers", 2),
        ("[waivers]\ndays = 9\n", "organisation", 1),
        ('tags = ["eval"]\n', "repository", 1),
    ],
)
def test_where_a_policy_lies_counts_only_for_folders_beside_it_and_for_waivers(
    text: str, kind: str, count: int
) -> None:
    files = [Layer(f"{place}/policy", kind, text.encode(), True, f"{place}/policy") for place in ("/a", "/b")]
    assert len({tuple(Inputs((file,), (("eval", "--tag"),)).iter_parts()) for file in files}) == count


def test_a_repository_whose_name_gives_it_the_same_tags_compiles_nothing(cache: Path) -> None:
    text = 'version = 1\n[[repository]]\nmatch = ["*/evals-*"]\ntags = ["eval"]\n'
    policy = Layer("policy", "organisation", text.encode(), True)
    load_plan(Inputs((policy,), (), ("srv/evals-1",)))
    before = kept(cache)
    assert load_plan(Inputs((policy,), (), ("srv/evals-2",))).list_tags() == ["eval"]
    assert kept(cache) == before
    assert load_plan(Inputs((policy,), (), ("srv/rows",))).list_tags() == []


def test_repositories_with_files_of_their_own_dont_drive_each_other_out(cache: Path) -> None:
    """Each has what its names come to in a small file of its own."""
    policy = Layer("policy", "organisation", b'[[repository]]\nmatch = ["*"]\ntags = ["eval"]\n', True)
    own = [Inputs((policy, Layer("own", "repository", b"# %d" % number)), (), ("a",)) for number in range(150)]
    for inputs in own:
        write_link(inputs, [(("*",), ("eval",))], "f" * 32)
    assert all(find_link(inputs) for inputs in own)


def test_the_same_policy_in_another_folder_is_compiled_already(clone: Work, cache: Path, tmp_path: Path) -> None:
    """Each job of a CI service has a folder of its own."""
    clone.write("message.txt", "Sort\n")
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "policy.toml").write_text(FILE)
        said = clone.ringfence("check", "--message", "message.txt", "--policy", str(tmp_path / name / "policy.toml"))
        assert said.status == 0
        if name == "one":
            before = kept(cache)
    assert kept(cache) == before


@pytest.mark.long
def test_every_repository_below_a_folder_is_compiled(cache: Path, tmp_path: Path) -> None:
    for name in ("evals", "website"):
        subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / f"srv/{name}.git")], check=True)
    Work(tmp_path / "srv/evals.git").did("config", "ringfence.tag", "eval")
    said = Work(tmp_path).ringfence("policy", "compile", "--all", str(tmp_path / "srv"))
    assert said.out.splitlines() == [
        f"ringfence: {tmp_path}/srv/evals.git: compiled (eval)",
        f"ringfence: {tmp_path}/srv/website.git: no tag: nothing is checked there",
    ]


def test_a_forges_name_for_a_repository_counts(cache: Path, tmp_path: Path, server: Work) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('version = 1\n[[repository]]\nmatch = ["acme/evals"]\ntags = ["benchmark"]\n')
    server.did("config", "ringfence.policy", str(policy))
    server.did("config", "--unset-all", "ringfence.tag")
    assert "no tag" in server.ringfence("policy", "compile", str(server.path)).out
    said = server.ringfence("policy", "compile", str(server.path), "--name", "acme/evals")
    assert said.out == f"ringfence: {server.path}: compiled (benchmark)\n"


@pytest.mark.parametrize("args", [(), ("a", "b", "--name", "acme/evals"), (".",)])
def test_what_is_no_repository_is_an_error(args: tuple[str, ...], tmp_path: Path) -> None:
    assert Work(tmp_path).ringfence("policy", "compile", *args).status == 2
