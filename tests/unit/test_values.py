"""Values behave like frozen dataclasses."""

from __future__ import annotations

import pytest

from ringfence.values import fields, replace, value


@value
class Point:
    """A place."""

    x: int
    y: int = 0

    @property
    def sum(self) -> int:
        """Add up."""
        return self.x + self.y


def test_fields_come_by_place_or_name_with_defaults() -> None:
    assert fields(Point(1)) == {"x": 1, "y": 0}
    assert Point(1, y=2) == Point(y=2, x=1)
    assert Point(1, 2).sum == 3


def test_equal_values_are_equal_and_hash_alike() -> None:
    assert len({Point(1, 2), Point(1, 2), Point(2, 1)}) == 2
    assert Point(1) != (1, 0)


def test_nothing_can_be_changed_or_added() -> None:
    point = Point(1)
    for name in ("x", "z"):
        with pytest.raises(AttributeError):
            setattr(point, name, 5)


@pytest.mark.parametrize(("args", "named"), [((), {}), ((1, 2, 3), {}), ((1,), {"z": 1})])
def test_wrong_fields_are_refused(args: tuple[int, ...], named: dict[str, int]) -> None:
    with pytest.raises(TypeError):
        Point(*args, **named)


def test_replace_makes_another() -> None:
    assert replace(Point(1, 2), y=5) == Point(1, 5)
    assert repr(Point(1, 2)) == "Point(x=1, y=2)"
