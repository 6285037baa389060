"""How many recorded answers are found again in rows: `python bench/calls.py LOG …`; needs pyarrow.

Each answer of the logs becomes a row without its model, in a file of its own, as JSON Lines, CSV and Parquet.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ringfence.gate.call_recording import record_calls
from ringfence.model import Limits
from ringfence.policy.inputs import Inputs
from ringfence.policy.load import load_plan
from ringfence.scan.ingredients.index_key import create_key
from ringfence.scan.ingredients.lookup import Lookup
from ringfence.scan.ingredients.sessions.calls import read_calls
from ringfence.sources.files import Files


def write_row(path: Path, prompt: str, answer: str) -> list[Path]:
    """Write a row in each format and return the files."""
    row = {"question": prompt, "answer": answer}
    files = [path.with_suffix(suffix) for suffix in (".jsonl", ".csv", ".parquet")]
    files[0].write_text(json.dumps(row, ensure_ascii=False) + "\n", "utf-8")
    with files[1].open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([row.keys(), row.values()])
    pq.write_table(pa.table({key: [text] for key, text in row.items()}), files[2])
    return files


def main() -> None:
    """Record the logs, write the rows, and count those that are found, by format."""
    plan = load_plan(Inputs(tags=(("training-data", "bench"),)))
    with tempfile.TemporaryDirectory() as scratch:
        index = Path(scratch) / "index"
        index.mkdir()
        secret = create_key(str(index))
        counts = record_calls(plan, sys.argv[1:], str(index), secret)
        lookup = Lookup(str(index), secret)
        calls = [call for path in sys.argv[1:] for call in read_calls(path)]
        found = dict.fromkeys((".jsonl", ".csv", ".parquet"), 0)
        hints = dict(found)
        for number, call in enumerate(calls):
            prompt = call.prompts[-1] if call.prompts else f"question {number}"
            for path in write_row(Path(scratch) / f"row-{number}", prompt, call.answers[-1]):
                [item] = Files([str(path)]).iter_objects([str(path)])
                ingredients = dict(lookup.find_in_objects([item], Limits())).get(item.name, [])
                found[path.suffix] += any(one.is_copy for one in ingredients)
                hints[path.suffix] += bool(ingredients) and not any(one.is_copy for one in ingredients)
        print(f"{counts.calls} of {len(calls)} calls recorded, {counts.nameless} of nobody's, {counts.unread}")
        print(f"found as copies {found}, as hints {hints}")


if __name__ == "__main__":
    main()
