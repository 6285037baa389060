"""Own markers are compiled beside the catalogue, and found wherever its markers are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import seed_catalogue
from ringfence.git.objects import SmallObject
from ringfence.policy.inputs import Inputs, Layer
from ringfence.policy.load import load_plan
from ringfence.policy.plan import Plan
from ringfence.scan import contents, prefilter

MARKER = """
[[marker]]
vendor = "openai"
id = "acme-{name}"
product = "gateway"
kind = "{kind}"
pattern = '{phrase}'
strength = "definitive"
why = "Our gateway writes this."
source = "us"
caught = ["{example}"]
passed = ["our gateway"]
"""
TWO = (
    "version = 1\n"
    + MARKER.format(name="answer", kind="content", phrase="answered by gateway/[0-9]+", example="answered by gateway/7")
    + MARKER.format(name="cafe", kind="content", phrase="^café du rival$", example="café du rival")
)
LINK = "https://chatgpt.com/share/0a1b2c3d-0000-4000-8000-000000000000"
FILLER = "a row of a person, and nothing more\n" * 8000  # more than is scanned without the prefilter


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    seed_catalogue(tmp_path / "cache/ringfence")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache/ringfence"


def load(text: str) -> Plan:
    return load_plan(Inputs((Layer("org.toml", "organisation", text.encode(), True),), (("eval", "a test"),)))


def find(plan: Plan, data: bytes) -> set[str]:
    found = contents.scan_object(SmallObject("x", "", "blob", data), plan)
    assert not found.unread
    return {marker for marker, _ in found.matches}


@pytest.mark.parametrize("filler", ["", FILLER])
@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("answered by gateway/7\n", {"acme-answer"}),
        ("café du rival\n", {"acme-cafe"}),
        (json.dumps({"a": "one\ncafé du rival\ntwo"}), {"acme-cafe"}),
        ("answered%20by%20gateway%2f7\n", {"acme-answer"}),
        (f"answered by gateway/7\n{LINK}\ncafé du rival\n", {"acme-answer", "acme-cafe", "openai-chatgpt-share-link"}),
        (f"{LINK}\n", {"openai-chatgpt-share-link"}),
        ("a café du rival, and a gateway/7\n", set()),
    ],
)
def test_own_marks_and_shipped_ones_are_told_apart(text: str, ids: set[str], filler: str) -> None:
    plan = load(TWO)
    assert find(plan, f"{filler}{text}".encode()) == ids
    assert find(plan, f"{filler}{text}".encode("utf-16")) == ids
    assert prefilter.find_suspects(plan, [text.encode()]) or not ids


def test_they_are_found_among_packed_bytes() -> None:
    data = b"\x7fELF\2\1\1\0" + (b"\0" * 8 + b"\3\0>\0") * 20_000 + b"answered by gateway/7\0\1"
    assert find(load(TWO), data) == {"acme-answer"}


def test_policies_with_markers_of_their_own_share_the_compiled_catalogue(cache: Path) -> None:
    """The catalogue takes seconds to compile."""
    before = {path.name for path in cache.iterdir()}
    for text in (TWO, TWO.replace("gateway/", "gate/"), "version = 1\n"):
        assert prefilter.find_suspects(load(text), [LINK.encode()])
    kinds = sorted(name.rpartition(".")[2] for name in {path.name for path in cache.iterdir()} - before)
    assert (kinds.count("own"), kinds.count("plan"), kinds.count("markers"), kinds.count("sieve")) == (2, 3, 0, 0)


def test_damaged_own_markers_are_compiled_again(cache: Path) -> None:
    load(TWO)
    (file,) = cache.glob("*.own")
    file.write_bytes(file.read_bytes()[:-40] + b"\0" * 40)
    assert find(load(TWO), b"answered by gateway/7\n") == {"acme-answer"}
    file.unlink()
    assert find(load(TWO), b"answered by gateway/7\n") == {"acme-answer"}
