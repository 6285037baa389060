from __future__ import annotations

import pytest
from pydantic import ValidationError

from ringfence.policy.schema.tag import Tag, Zone, format_zone


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        (Zone(tag="eval"), "everything"),
        (Zone(tag="eval", paths=("a/**", "!a/b")), "a/** !a/b"),
        (Zone(tag="eval", refs=("main", "release/*")), "everything on main release/*"),
    ],
)
def test_a_zone_is_written_as_paths_and_refs(zone: Zone, text: str) -> None:
    assert format_zone(zone) == text


def test_a_zone_of_exclusions_only_is_refused() -> None:
    with pytest.raises(ValidationError, match="paths has only exclusions"):
        Zone(tag="eval", paths=("!a", "!b"))


def test_actions_that_are_not_set_stay_out_of_a_tags_table() -> None:
    assert Tag(strong="warn").model_dump(exclude_none=True) == {"strong": "warn"}
