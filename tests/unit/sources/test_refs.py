from __future__ import annotations

import pytest

from ringfence.sources.refs import build_ref_change, shorten_ref


@pytest.mark.parametrize(
    ("ref", "name"),
    [
        (b"refs/heads/topic/a", b"topic/a"),
        (b"refs/tags/v1", b"v1"),
        (b"refs/remotes/origin/topic", b"topic"),
        (b"refs/changes/01/1/1", b"refs/changes/01/1/1"),
        (b"HEAD", b"HEAD"),
    ],
)
def test_the_folder_of_a_ref_is_stripped(ref: bytes, name: bytes) -> None:
    assert shorten_ref(ref) == name
    change = build_ref_change(ref)
    assert (change.kind, change.texts) == ("ref", (("ref", name, ""),))
