#!/bin/sh
# What an Arrow file says of one of its batches is seen by one call of pyarrow, and lost by every other.
#
# Versions: pyarrow 26.0.1, polars 2.1.0.
#
# Behaviour, for an IPC file with two batches, the first written with `custom_metadata`:
#   The text stands in the file in plain, and `get_batch_with_custom_metadata(0)` returns it. `get_batch(0)`, `read_all()`,
#   `iter_batches` of a dataset and polars show none of it: neither with the batch nor with the schema. A file that is
#   read and written again by the usual calls no longer holds it. The same holds for a stream.
#
# Why a good guess is wrong:
#   The format gives each message its own metadata, so that a batch can say where its rows came from, and the call that
#   writes it is an ordinary argument. Metadata of a schema survives all of this; that of a batch is there for readers
#   who know that they must ask for it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check pyarrow==26.0.1 polars==2.1.0
cat >show.py <<'PYTHON'
import pathlib

import polars
import pyarrow
import pyarrow.dataset
import pyarrow.ipc

WORD = b"origin-of-batch-one"
SCHEMA = pyarrow.schema([("text", pyarrow.string())], metadata={"of": "the-schema"})


def write(path, batches, new):
    with new(path, SCHEMA) as writer:
        for batch, metadata in batches:
            writer.write_batch(batch, custom_metadata=metadata)


def seen(what):
    """Return whether something, or its schema, shows the word."""
    shown = (what, getattr(what, "schema", ""), getattr(getattr(what, "schema", None), "metadata", ""))
    return WORD.decode() in " ".join(map(str, shown))


def count(path):
    return pathlib.Path(path).read_bytes().count(WORD)


batches = [(pyarrow.record_batch([[text]], schema=SCHEMA), None) for text in ("one", "two")]
batches[0] = batches[0][0], {"source": WORD.decode()}
found = {}
write("rows.arrow", batches, pyarrow.ipc.new_file)
reader = pyarrow.ipc.open_file("rows.arrow")
found["bytes of the file"] = count("rows.arrow") > 0
batch, metadata = reader.get_batch_with_custom_metadata(0)
found["get_batch_with_custom_metadata"] = metadata is not None and metadata[b"source"] == WORD
found["get_batch"] = seen(reader.get_batch(0))
found["read_all"] = seen(reader.read_all())
dataset = pyarrow.dataset.dataset("rows.arrow", format="ipc")
found["dataset"] = any(map(seen, dataset.to_batches()))
found["polars"] = WORD.decode() in str(polars.read_ipc("rows.arrow"))
found["schema's own metadata"] = reader.read_all().schema.metadata == {b"of": b"the-schema"}
with pyarrow.ipc.new_file("again.arrow", SCHEMA) as writer:
    writer.write_table(reader.read_all())
found["file written again"] = count("again.arrow") > 0
write("rows.arrows", batches, pyarrow.ipc.new_stream)
with pyarrow.ipc.open_stream("rows.arrows") as stream:
    found["stream, read_next_batch_with_custom_metadata"] = (
        stream.read_next_batch_with_custom_metadata().custom_metadata is not None
    )
with pyarrow.ipc.open_stream("rows.arrows") as stream:
    found["stream, read_all"] = seen(stream.read_all())
for name, is_seen in found.items():
    print(f"{name}: {'yes' if is_seen else 'no'}")
PYTHON
venv/bin/python show.py | tee said
cat >expected <<'TEXT'
bytes of the file: yes
get_batch_with_custom_metadata: yes
get_batch: no
read_all: no
dataset: no
polars: no
schema's own metadata: yes
file written again: no
stream, read_next_batch_with_custom_metadata: yes
stream, read_all: no
TEXT
diff expected said
