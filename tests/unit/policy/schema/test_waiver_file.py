from __future__ import annotations

import datetime as dt

import pytest
from pydantic import ValidationError

from ringfence.policy.schema.waiver_file import Waiver

FIELDS = {
    "tag": "eval",
    "reason": "Licensed.",
    "ticket": "LEGAL-1",
    "requested_by": "ann",
    "approved_by": "bob",
    "until": dt.date(2030, 1, 31),
}


@pytest.mark.parametrize("target", [{"finding": "0" * 20}, {"commit": "a" * 40}, {"commit": "a" * 64}])
def test_a_waiver_is_for_a_finding_or_a_commit(target: dict[str, str]) -> None:
    assert Waiver.model_validate(FIELDS | target).tag == "eval"


@pytest.mark.parametrize(
    "target", [{}, {"finding": "0" * 20, "commit": "a" * 40}, {"commit": "abc123"}, {"finding": "0" * 19}]
)
def test_neither_both_or_a_short_id_is_refused(target: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Waiver.model_validate(FIELDS | target)
