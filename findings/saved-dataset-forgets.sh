#!/bin/sh
# A data set that `datasets` loaded and saved names none of the files that its rows came from, and its cache keeps what
# was taken out.
#
# Versions: datasets 5.2.0, pyarrow 26.0.1.
#
# Behaviour, for a JSONL file with the columns `text` and `secret`, loaded by `load_dataset("json", data_files=…)`, from
# which `secret` is removed before `save_to_disk`:
#   No file of the saved data set or of the cache in HF_HOME holds the name of the JSONL file or of its folder.
#   `dataset_info.json` names the builder (`json`) and the size of what was read, and nothing by which it could be found.
#   The column's values are gone from the saved data set, and stand in the cache's Arrow file as before.
#
# Why a good guess is wrong:
#   `dataset_info.json` has fields for sources, checksums and a homepage, and the cache is named by a fingerprint of its
#   input, so that one expects the way back to be kept. After loading, only the rows themselves can tell where they came
#   from; and deleting a column from a data set leaves a copy of it below the home of whoever loaded it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check datasets==5.2.0 pyarrow==26.0.1
mkdir corpus-of-ann
cat >show.py <<'PYTHON'
import json
import os
import pathlib

os.environ |= {"HF_HOME": os.path.abspath("home"), "HF_HUB_OFFLINE": "1", "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}
import datasets

source = pathlib.Path("corpus-of-ann/answers-of-ben.jsonl")
with source.open("w") as file:
    file.writelines(json.dumps({"text": f"row {number}", "secret": f"taken-{number}"}) + "\n" for number in range(9))
rows = datasets.load_dataset("json", data_files=str(source), split="train")
rows.remove_columns("secret").save_to_disk("saved")


def holds(folder, word):
    """Return whether a file in a folder, or its path, holds a word."""
    paths = [path for path in pathlib.Path(folder).rglob("*") if path.is_file()]
    return any(word in str(path.relative_to(folder)) or word.encode() in path.read_bytes() for path in paths)


for folder in ("saved", "home"):
    for word in ("answers-of-ben", "corpus-of-ann", "taken-3"):
        print(f"{folder} holds {word}: {'yes' if holds(folder, word) else 'no'}")
info = json.loads(pathlib.Path("saved/dataset_info.json").read_text())
print("dataset_info.json:", info.get("builder_name"), info.get("download_checksums"), bool(info.get("homepage")))
PYTHON
venv/bin/python show.py | tee said
cat >expected <<'TEXT'
saved holds answers-of-ben: no
saved holds corpus-of-ann: no
saved holds taken-3: no
home holds answers-of-ben: no
home holds corpus-of-ann: no
home holds taken-3: yes
dataset_info.json: json None False
TEXT
diff expected said
