"""How many labels are linked to the calls that gave them: `python bench/labels.py`; needs pyarrow.

A thousand prompts get a label by a rival's model, in a log, and one by a person that differs; both become rows of JSON
Lines, CSV and Parquet, which are checked as under `training-data`.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

COUNT = 1000
LABELS = ("positive", "negative", "neutral", "4", "B")
THINGS = ("kettle", "bicycle", "novel", "hotel room", "raincoat", "radio", "garden chair", "train ride")


def run(folder: str, *arguments: str) -> str:
    """Run ringfence in a folder and return what it prints."""
    program = os.path.join(os.path.dirname(sys.executable), "ringfence")
    return subprocess.run([program, *arguments], cwd=folder, check=False, capture_output=True, text=True).stdout


def write_rows(path: Path, prompts: list[str], labels: list[str]) -> None:
    """Write rows in the format that the file's name says."""
    if path.suffix == ".jsonl":
        rows = (json.dumps({"text": one, "label": two}) for one, two in zip(prompts, labels, strict=True))
        path.write_text("\n".join(rows) + "\n", "utf-8")
    elif path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("text", "label"), *zip(prompts, labels, strict=True)])
    else:
        pq.write_table(pa.table({"text": prompts, "label": labels}), path)


def main() -> None:
    """Record the calls, check the rows, and print how many were linked or refused."""
    prompts = [f"Review {n} of a {THINGS[n % 8]}, day {n * 7}:\n“It was {n}, or so.” Is it good?" for n in range(COUNT)]
    given = [LABELS[number % len(LABELS)] for number in range(COUNT)]
    human = [LABELS[(number + 1) % len(LABELS)] for number in range(COUNT)]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        rows = (
            {"id": f"c{number}", "model": "gpt-4o", "messages": [{"role": "user", "content": prompt}],
             "response": {"choices": [{"message": {"role": "assistant", "content": label}}]}}
            for number, (prompt, label) in enumerate(zip(prompts, given, strict=True))
        )  # fmt: skip
        (folder / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        print(run(scratch, "ingredients", "record", "--calls", "log.jsonl", "--index", f"{scratch}/index").strip())
        policy = f'version = 1\n[ingredients]\nindex = "{scratch}/index"\n'
        (folder / "policy.toml").write_text(policy, "utf-8")
        for suffix in (".jsonl", ".csv", ".parquet"):
            for name, labels in (("given", given), ("human", human)):
                write_rows(folder / f"{name}{suffix}", prompts, labels)
                said = run(
                    scratch, "check", "--files", f"{name}{suffix}", "--tag", "training-data", "--format", "json",
                    "--policy", "policy.toml",
                )  # fmt: skip
                found = [item for item in json.loads(said)["findings"] if item["part"] == "ingredient"]
                blocked = {item["origin"]["commit"] for item in found if item["action"] == "block"}
                print(f"{name}{suffix}: {len(blocked)} calls refused, {len(found) - len(blocked)} other findings")


if __name__ == "__main__":
    main()
