"""The index on disk: what is written is found, merged, forgotten; what is damaged is said."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import samples
from ringfence.errors import IncompleteError, PolicyError
from ringfence.scan.ingredients import engine, keyed_hash
from ringfence.scan.ingredients.index import IndexWriter, open_segments
from ringfence.scan.ingredients.index_key import create_key, load_key
from ringfence.scan.ingredients.seen_text import SeenText
from ringfence.scan.ingredients.segment import Segment, write_segment
from ringfence.scan.ingredients.sources import Source, SourceTable
from ringfence.scan.ingredients.verify import verify_index

FUNCTION = samples.FUNCTION.encode()
NOW = "2026-01-31T09:30:00"
SOURCE = Source("payments", "ab" * 20, "z.py", "anthropic", "Claude Code")


@pytest.fixture
def folder(tmp_path: Path) -> str:
    place = tmp_path / "index"
    place.mkdir()
    create_key(str(place))
    return str(place)


def add(folder: str, *values: int, source: Source = SOURCE, items: tuple[tuple[str, str], ...] = ()) -> None:
    with IndexWriter(folder, load_key(folder)) as writer:
        writer.add([source], [(value, 0, number) for number, value in enumerate(values, 1)], items, NOW)


def find(folder: str, *values: int) -> list[tuple[int, str, int]]:
    _, segments = open_segments(folder, load_key(folder))
    entries = [entry for segment in segments for entry in segment.find_entries(values)]
    sources = SourceTable(folder).get(source for _, source, _ in entries)
    return sorted((values[index], sources[source].path, line) for index, source, line in entries)


def test_a_segment_finds_what_was_written_and_nothing_else(tmp_path: Path) -> None:
    chosen = random.Random(7)
    entries = {chosen.getrandbits(64): (chosen.randrange(9), chosen.randrange(1000)) for _ in range(5000)}
    path = str(tmp_path / "one.fp")
    assert write_segment(path, [(value, *place) for value, place in entries.items()]) == len(entries)
    segment = Segment(path)
    values = list(entries)
    assert {values[index]: (source, line) for index, source, line in segment.find_entries(values)} == entries
    assert segment.find_entries([value ^ 1 for value in values if value ^ 1 not in entries]) == []
    assert segment.find_entries([0, (1 << 64) - 1]) == []


def test_what_was_added_is_found_with_its_source(folder: str) -> None:
    add(folder, 5, 1 << 63)
    add(folder, 7, source=Source("payments", "cd" * 20, "y.py", "openai", "Codex"))
    assert find(folder, 5, 6, 7, 1 << 63) == [(5, "z.py", 1), (7, "y.py", 1), (1 << 63, "z.py", 2)]
    assert verify_index(folder, load_key(folder)) == 3


def test_segments_are_merged_before_there_are_many(folder: str) -> None:
    values = list(range(100, 2100, 100))
    for value in values:
        add(folder, value)
    manifest, segments = open_segments(folder, load_key(folder))
    assert len(segments) < 8
    assert sorted(os.listdir(Path(folder, "segments"))) == sorted(name for name, _ in manifest.segments)
    assert [value for value, _, _ in find(folder, *values)] == values
    assert verify_index(folder, load_key(folder)) == len(values)


def test_of_one_fingerprint_the_first_four_sources_are_kept(folder: str) -> None:
    for number in range(6):
        add(folder, 42, source=Source(f"repository-{number}", "ab" * 20, f"{number}.py", "openai", "Codex"))
    with IndexWriter(folder, load_key(folder)) as writer:
        writer.merge(NOW, everything=True)
    assert [path for _, path, _ in find(folder, 42)] == ["0.py", "1.py", "2.py", "3.py"]


def test_what_is_forgotten_is_gone_and_the_rest_stays(folder: str) -> None:
    add(folder, 1, 2)
    add(folder, 2, 3, source=Source("other", "ef" * 20, "o.py", "openai", "Codex"))
    with IndexWriter(folder, load_key(folder)) as writer:
        writer.forget(frozenset(writer.table.find("payments")), "payments", NOW)
    assert find(folder, 1, 2, 3) == [(2, "o.py", 1), (3, "o.py", 2)]
    assert verify_index(folder, load_key(folder)) == 2


def test_a_writer_that_ends_before_the_manifest_leaves_nothing_that_counts(folder: str) -> None:
    add(folder, 1, items=(("payments", "first"),))
    with IndexWriter(folder, load_key(folder)) as writer:
        generation = writer.manifest.generation + 1
        number = writer.table.add([SOURCE], [("payments", "second")], generation)
        write_segment(os.path.join(folder, "segments", f"{generation:08d}.fp"), [(9, number, 1)])
    assert find(folder, 1, 9) == [(1, "z.py", 1)]
    with IndexWriter(folder, load_key(folder)) as writer:
        assert writer.table.list_done("payments") == {"first"}
    assert len(os.listdir(Path(folder, "segments"))) == 1
    assert verify_index(folder, load_key(folder)) == 1


@pytest.mark.parametrize("damage", ["cut", "header", "version", "missing"])
def test_a_damaged_segment_is_said(folder: str, damage: str) -> None:
    add(folder, *range(1000))
    (path,) = Path(folder, "segments").iterdir()
    data = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        changed = {"cut": data[:-9], "header": b"x" + data[1:], "version": data[:8] + b"\xff" + data[9:]}[damage]
        path.write_bytes(changed)
    with pytest.raises(IncompleteError, match="is damaged"):
        open_segments(folder, load_key(folder))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "damaged manifest"),
        ("ringfence ingredients 1\ngeneration 1\n", "damaged manifest"),
        ("ringfence ingredients 99\n", "has version 99"),
    ],
)
def test_a_manifest_that_cant_be_used_is_said(folder: str, content: str, says: str) -> None:
    add(folder, 1)
    Path(folder, "manifest").write_text(content)
    with pytest.raises(IncompleteError, match=says):
        open_segments(folder, load_key(folder))


def test_another_key_and_no_index_are_said(folder: str, tmp_path: Path) -> None:
    add(folder, 1)
    with pytest.raises(IncompleteError, match="another key"):
        open_segments(folder, bytes(16))
    with pytest.raises(IncompleteError, match="another key"):
        IndexWriter(folder, bytes(16))
    with pytest.raises(IncompleteError, match="there is no index"):
        open_segments(str(tmp_path), bytes(16))


def test_a_key_that_others_can_read_isnt_used(folder: str) -> None:
    path = Path(folder, "key")
    path.chmod(0o640)
    with pytest.raises(PolicyError, match="others can read"):
        load_key(folder)
    path.chmod(0o600)
    path.write_text("short\n")
    with pytest.raises(PolicyError, match="not a key"):
        load_key(folder)


def test_numpy_finds_what_pure_python_finds(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numpy")
    texts = [b"", FUNCTION, b"x = 1\n", FUNCTION.replace(b"invoice", b"order"), FUNCTION[:300], b"\n" * 5 + FUNCTION]
    monkeypatch.setattr(engine, "_engine", _without_numpy())
    rows = engine.fingerprint_texts(texts[1:2])
    key = load_key(folder)
    values = keyed_hash.hash_values([value for _, _, value, _, _ in rows], key)
    with IndexWriter(folder, key) as writer:
        writer.add([SOURCE], [(value, 0, row[3] + 1) for value, row in zip(values, rows, strict=True)], (), NOW)
    add(folder, *values[:3], 77)
    segments = open_segments(folder, key)[1]
    expected = engine.find_hits(texts, key, segments)
    assert len(expected) > 50
    monkeypatch.setattr(engine, "_engine", engine._Engine())
    assert sorted(engine.find_hits(texts, key, segments)) == sorted(expected)


def _without_numpy() -> engine._Engine:
    made = engine._Engine()
    made._missing = {"vectorised_lookup"}
    return made


@pytest.mark.parametrize("with_numpy", [True, False])
def test_seen_text_is_found_after_it_was_stored(folder: str, monkeypatch: pytest.MonkeyPatch, with_numpy: bool) -> None:
    if with_numpy:
        pytest.importorskip("numpy")
    else:
        monkeypatch.delitem(sys.modules, "numpy", raising=False)
    chosen = random.Random(3)
    values = [chosen.getrandbits(64) for _ in range(150_000)]
    seen = SeenText(folder, "payments", bytes(16), 0)
    seen.add(values[:140_000])
    seen.store(1)
    again = SeenText(folder, "payments", bytes(16), 1)
    assert again.find(values[:140_000]) == set(values[:140_000])
    assert len(again.find(values[140_000:])) < 10_000 / 40
    assert SeenText(folder, "payments", bytes(16), 0).find(values) == set()


_WRITER = """
import sys
sys.path[:0] = sys.argv[1].split(':')
from test_index import add
folder, start, count = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
for number in range(start, start + count):
    add(folder, *range(number * 100, number * 100 + 100), items=((f"r{start}", str(number)),))
    print(number, flush=True)
"""


def start_writer(folder: str, start: int, count: int) -> subprocess.Popen[bytes]:
    here = f"{Path(__file__).parent}:{Path(samples.__file__).parent}"
    command = [sys.executable, "-c", _WRITER, here, folder, str(start), str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def test_writers_wait_for_each_other(folder: str) -> None:
    writers = [start_writer(folder, start, 3) for start in range(0, 800, 100)]
    assert [writer.wait(120) for writer in writers] == [0] * 8
    for writer in writers:
        assert writer.stdout
        writer.stdout.close()
    assert verify_index(folder, load_key(folder)) == 2400


@pytest.mark.long
def test_kills_at_random_instants_lose_nothing_and_leave_nothing_half(folder: str) -> None:
    """What a writer has said is done is there; what it hasn't is there wholly or not at all."""
    instants = random.Random(11)
    said: set[int] = set()
    for start in range(0, 500_000, 1000):
        writer = start_writer(folder, start, 1000)
        assert writer.stdout
        first = writer.stdout.readline()
        try:
            writer.wait(instants.random() * 0.1)
        except subprocess.TimeoutExpired:
            writer.send_signal(signal.SIGKILL)
        rest = writer.stdout.read()
        writer.wait(60)
        writer.stdout.close()
        said |= {int(line) for line in (first + rest).split(b"\n")[:-1]}
    with IndexWriter(folder, load_key(folder)) as writer_now:
        done = {int(item) for start in range(0, 500_000, 1000) for item in writer_now.table.list_done(f"r{start}")}
    assert said <= done
    assert verify_index(folder, load_key(folder)) == 100 * len(done)
    values = [number * 100 + offset for number in done for offset in (0, 99)]
    assert {value for value, _, _ in find(folder, *values)} == set(values)
