"""Frozen values with named and typed fields, without the import time of `dataclasses`.

`@value` does what `@dataclass(frozen=True, slots=True)` does. Importing `dataclasses` takes 15 ms (it imports `inspect`
and `re`), and a whole hook should take 25.
"""

from __future__ import annotations

from _operator import attrgetter  # `operator` would be a module more

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar, dataclass_transform

    T = TypeVar("T")

    @dataclass_transform(frozen_default=True)
    def value(cls: type[T]) -> type[T]:
        """Turn a class into a frozen value."""
        return cls

else:

    def value(cls):  # noqa: ANN001, ANN201 - typed above
        """Turn a class into a frozen value; its annotations are the fields, in order, with their defaults."""
        names = tuple(cls.__annotations__)
        body = {name: item for name, item in vars(cls).items() if name not in ("__dict__", "__weakref__")}
        defaults = {name: body.pop(name) for name in names if name in body}
        body |= {"__slots__": names, "_defaults": defaults, "__init__": _init, "__setattr__": _refuse_assignment}
        body |= {"__eq__": _eq, "__hash__": _hash, "__repr__": _repr, "__reduce__": _reduce}
        made = type(cls)(cls.__name__, cls.__bases__, body)
        made._made = 0  # noqa: SLF001 - how many there are
        made._get_items = staticmethod(attrgetter(*names, *names[:1]))  # noqa: SLF001 - a tuple, of one field too
        return made


_MANY = 50  # values of a class, from which on a faster `__init__` is worth compiling


def fields(item: Any) -> dict[str, Any]:
    """Return the fields of a value by name, in order."""
    return {name: getattr(item, name) for name in item.__slots__}


def replace(item: T, **changed: Any) -> T:
    """Return a copy of a value with some fields changed."""
    return type(item)(**(fields(item) | changed))


def _init(self: Any, *args: Any, **named: Any) -> None:
    kind, names = type(self), self.__slots__
    kind._made += 1  # noqa: SLF001 - ours
    if kind._made == _MANY:  # noqa: SLF001 - ours
        kind.__init__ = _compile_init(kind)
    if len(args) > len(names):
        raise TypeError(f"{type(self).__name__} takes {len(names)} values, got {len(args)}")
    arguments = self._defaults | dict(zip(names, args, strict=False)) | named
    if arguments.keys() != set(names):
        raise TypeError(f"{type(self).__name__} takes {', '.join(names)}; got {', '.join(arguments)}")
    for name in names:
        object.__setattr__(self, name, arguments[name])


def _compile_init(kind: Any) -> Any:
    """Return an `__init__` for a value that there are many of: a fifth of the time, for a tenth of a millisecond."""
    names, defaults = kind.__slots__, kind._defaults  # noqa: SLF001 - ours
    scope = {f"set_{name}": getattr(kind, name).__set__ for name in names} | {"defaults": defaults}
    given = ", ".join(f"{name}=defaults[{name!r}]" if name in defaults else name for name in names)
    body = "".join(f"\n    set_{name}(self, {name})" for name in names)
    exec(f"def __init__(self, {given}):{body}", scope)  # noqa: S102 - of our own names, as `dataclasses` does
    return scope["__init__"]


def _refuse_assignment(self: Any, name: str, _: Any) -> None:
    raise AttributeError(f"{type(self).__name__}.{name} is frozen")


def _eq(self: Any, other: Any) -> bool:
    return type(self) is type(other) and bool(self._get_items(self) == self._get_items(other))


def _hash(self: Any) -> int:
    return hash(self._get_items(self))


def _reduce(self: Any) -> tuple[Any, ...]:
    return type(self), tuple(fields(self).values())


def _repr(self: Any) -> str:
    return f"{type(self).__name__}({', '.join(f'{name}={item!r}' for name, item in fields(self).items())})"
