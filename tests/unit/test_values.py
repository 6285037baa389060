"""Values behave like frozen dataclasses."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil

import pytest

import ringfence
from ringfence.values import _compile_init, fields, replace, value


@value
class Point:
    """A place."""

    x: int
    y: int = 0

    @property
    def sum(self) -> int:
        """Add up."""
        return self.x + self.y


@value
class Many:
    """A place of many."""

    x: int
    y: int = 0


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


def test_values_that_there_are_many_of_are_as_few_ones() -> None:
    """From some number on, another `__init__` makes them."""
    made = [Many(number) for number in range(60)]
    assert [(item.x, item.y) for item in made] == [(number, 0) for number in range(60)]
    assert Many(1, y=2) == Many(y=2, x=1) == Many(1, 2)
    for args, named in (((), {}), ((1, 2, 3), {}), ((1,), {"z": 1})):
        with pytest.raises(TypeError):
            Many(*args, **named)


def test_every_value_of_the_package_can_be_made_often() -> None:
    for module in pkgutil.walk_packages(ringfence.__path__, "ringfence."):
        is_readable = not module.name.endswith("lance_rows") or importlib.util.find_spec("lance")
        if is_readable and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    kinds = [kind for kind in object.__subclasses__() if hasattr(kind, "_made")]
    assert len(kinds) > 50
    for kind in kinds:
        assert _compile_init(kind)


def test_replace_makes_another() -> None:
    assert replace(Point(1, 2), y=5) == Point(1, 5)
    assert repr(Point(1, 2)) == "Point(x=1, y=2)"
