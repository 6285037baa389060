#!/bin/sh
# An OpenLineage client without settings says that it will print events to the console, and prints none.
#
# Version: openlineage-python 1.54.0 (PyPI).
#
# Behaviour, for OpenLineageClient() with no settings, and emit() of a complete event:
#   The transport is a ConsoleTransport; "will print events to console" goes to standard error; emit returns None, and
#   neither standard output nor standard error has the event. After logging.basicConfig(level=logging.INFO) it is there:
#   the console is a logger at the level INFO, which Python leaves out by default.
#
# Why a good guess is wrong:
#   The message, the transport's name and the missing error all say that lineage is written somewhere. A pipeline whose
#   settings aren't found records nothing of where its data came from, and looks like one that works.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check openlineage-python==1.54.0
cat > "$folder/emit.py" <<'PYTHON'
import logging
import sys

from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import Job, Run, RunEvent, RunState

if sys.argv[1:] == ["logging"]:
    logging.basicConfig(level=logging.INFO)
event = RunEvent(
    eventType=RunState.COMPLETE,
    eventTime="2026-01-31T00:00:00Z",
    run=Run(runId="01890a5d-ac96-774b-bcce-b302099a8057"),
    job=Job(namespace="corpora", name="build-rows"),
    producer="https://example.org/",
)
client = OpenLineageClient()
print(type(client.transport).__name__, client.emit(event))
PYTHON
cd "$folder"
unset OPENLINEAGE_URL OPENLINEAGE_CONFIG OPENLINEAGE_DISABLED
for logging in "" logging; do
    HOME="$folder" "$folder/venv/bin/python" emit.py $logging > "out$logging" 2>&1
    echo "with ${logging:-nothing set}: $(grep -c '"build-rows"' "out$logging" || true) lines with the event"
done
cat out
grep -q 'print events to console' out
grep -q '^ConsoleTransport None$' out
! grep -q build-rows out
grep -q '"build-rows"' outlogging
