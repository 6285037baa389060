"""What a hook framework asks for without a commit: `pre-commit run --all-files`, or `--from-ref A --to-ref B`."""

from __future__ import annotations

import os

from ..repository import load_tagged_plan, read_local_inputs
from .local import check_staged, judge_on_branch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..model import Change, Verdict
    from ..repository import Repository


def check_named(repository: Repository, names: Sequence[str]) -> Verdict | None:
    """Judge what a framework names: a commit to come, a range of commits, or files of the index as if all were new."""
    if "GIT_INDEX_FILE" in os.environ:  # git itself runs the hook, for a commit
        return check_staged(repository)
    base, head = (os.environ.get(f"PRE_COMMIT_{end}_REF", "") for end in ("FROM", "TO"))
    if base and head:
        from .history import check_range

        return check_range(repository, base, head)
    inputs = read_local_inputs(repository)
    if not inputs.can_be_tagged:
        return None
    return judge_on_branch(repository, load_tagged_plan(inputs), _iter_changes(repository, names))


def _iter_changes(repository: Repository, names: Sequence[str]) -> Iterator[Change]:
    """Yield what is staged, and the other files that are named."""
    from ..model import Change
    from ..sources import staged as source

    named = set(map(os.fsencode, names))
    for change in source.StagedReader(repository.repo, has_head=repository.has_head()).iter_changes(dict(os.environ)):
        named -= {path for path, *_ in change.paths}
        yield change
    if named:
        yield Change(
            "staged", paths=[(path, oid, ()) for path, oid in source.list_index(repository.repo) if path in named]
        )
