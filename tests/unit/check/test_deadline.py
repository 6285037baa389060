from __future__ import annotations

import pytest

from ringfence.check.deadline import parse_deadline
from ringfence.errors import UsageError


@pytest.mark.parametrize(
    ("option", "limit", "seconds"),
    [("", 0.0, 0.0), ("", 30.0, 27.0), ("", 5.0, 4.0), ("", 0.5, 0.0), ("12.5", 30.0, 12.5)],
)
def test_a_server_refuses_before_its_forge_gives_up(option: str, limit: float, seconds: float) -> None:
    assert parse_deadline(option, limit) == seconds


@pytest.mark.parametrize("option", ["0", "-1", "soon", "inf", "nan"])
def test_what_is_no_time_is_a_wrong_call(option: str) -> None:
    with pytest.raises(UsageError, match="--deadline takes seconds"):
        parse_deadline(option, 30.0)
