"""A process that audits the pieces of work it is sent, for engines whose own processes have threads and can't fork.

It reads pickles from stdin, first the settings and then pieces of work, and writes an outcome for each to stdout.
"""

from __future__ import annotations

import os
import pickle
import sys
from typing import TYPE_CHECKING

from .judge import prepare_plans
from .local import die_with_parent, run_locally

if TYPE_CHECKING:
    from typing import BinaryIO


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until there are no more."""
    settings = pickle.load(requests)  # noqa: S301 - the engine of this audit wrote it
    plans = prepare_plans(settings)
    while True:
        try:
            work = pickle.load(requests)  # noqa: S301 - as above
        except EOFError:
            return
        [outcome] = run_locally([work], settings, plans, 1)
        pickle.dump(outcome, answers)
        answers.flush()


if __name__ == "__main__":
    die_with_parent()
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing else gets into the answers
    serve(sys.stdin.buffer, pipe)
