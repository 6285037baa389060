"""What the tests of a project in Python ask of its detector, read from their source: nothing of them runs."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Names = dict[str, Any]
_TEXT = ("format", "join", "replace", "splitlines", "strip", "lower", "upper", "encode", "decode")
_YES = ("assertTrue", "assertIn", "assertIsNotNone", "assertGreater", "assertGreaterEqual")
_NO = ("assertFalse", "assertNotIn", "assertIsNone")


class UnknownError(Exception):
    """A value that can't be told without running the tests."""


@dataclass(frozen=True)
class Question:
    """A call of the detector in a test, and whether the test wants a finding."""

    function: str
    arguments: tuple[Any, ...]
    wanted: bool
    test: str


class Answers(list[tuple[str, tuple[Any, ...]]]):
    """What a variable holds that came from calls of the detector."""


def evaluate(node: ast.AST, names: Names) -> Any:
    """Return the value of an expression of literals, known names and methods of text.

    Raises:
        UnknownError: It takes more than that.
    """
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name) if name in names:
            if not isinstance(names[name], Answers):
                return names[name]
        case ast.JoinedStr(values=parts):
            return "".join(str(evaluate(part, names)) for part in parts)
        case ast.FormattedValue(value=value, format_spec=None):
            return evaluate(value, names)
        case ast.Tuple(elts=items) | ast.List(elts=items):
            return tuple(evaluate(item, names) for item in items)
        case ast.Dict(keys=keys, values=values) if all(keys):
            return {
                evaluate(key, names): evaluate(value, names) for key, value in zip(keys, values, strict=True) if key
            }
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _added(evaluate(left, names), evaluate(right, names))
        case ast.Call(func=ast.Attribute(value=text, attr=method), args=args, keywords=[]) if method in _TEXT:
            return _called(evaluate(text, names), method, [evaluate(arg, names) for arg in args])
    raise UnknownError


def _added(left: Any, right: Any) -> Any:
    if type(left) is type(right) and isinstance(left, str | tuple):
        return left + right
    raise UnknownError


def _called(text: Any, method: str, args: list[Any]) -> Any:
    if not isinstance(text, str):
        raise UnknownError
    return getattr(text, method)(*args)


class _Reader:
    def __init__(self, asked: frozenset[str], cleans: bool) -> None:
        self.asked, self.cleans = asked, cleans
        self.questions: dict[tuple[str, tuple[Any, ...]], Question] = {}

    def module(self, tree: ast.Module) -> None:
        names: Names = {}
        self.block(tree.body, names, "")
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                self.tests(node.body, {**names, **self.constants(node.body, names)})
        self.tests(tree.body, names)

    def constants(self, body: list[ast.stmt], names: Names) -> Names:
        own: Names = dict(names)
        self.block([item for item in body if isinstance(item, ast.Assign)], own, "")
        return own

    def tests(self, body: list[ast.stmt], names: Names) -> None:
        for node in body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
                for extra in self.parameters(node, names):
                    self.block(node.body, {**names, **extra}, node.name)

    def parameters(self, function: ast.FunctionDef, names: Names) -> Iterator[Names]:
        """Yield the names of each run that `pytest.mark.parametrize` asks for."""
        runs: list[list[Names]] = []
        for mark in function.decorator_list:
            if isinstance(mark, ast.Call) and getattr(mark.func, "attr", "") == "parametrize":
                try:
                    keys, rows = (evaluate(arg, names) for arg in mark.args[:2])
                except UnknownError:
                    continue
                runs.append([_bound(keys, row) for row in rows])
        for chosen in itertools.product(*runs):
            yield {key: value for names_of_one in chosen for key, value in names_of_one.items()}

    def block(self, body: list[ast.stmt], names: Names, test: str) -> None:
        for node in body:
            match node:
                case ast.Assign(targets=[target], value=value):
                    self.bind(target, value, names)
                case ast.For(target=target, iter=items, body=inner):
                    self.loop(target, items, inner, names, test)
                case ast.With(body=inner) | ast.Try(body=inner):
                    self.block(inner, names, test)
                case ast.Assert(test=asserted):
                    self.note(asserted, self.wants(asserted, names), names, test)
                case ast.Expr(value=ast.Call(func=ast.Attribute(attr=method)) as call) if method.startswith("assert"):
                    self.note(call, self.unittest_wants(method, call.args, names), names, test)

    def loop(self, target: ast.expr, items: ast.expr, body: list[ast.stmt], names: Names, test: str) -> None:
        try:
            rows: list[Any] = list(evaluate(items, names))
        except UnknownError:
            answers = self.reach(items, names)
            rows = [answers] if answers else []
        for row in rows:
            _spread(target, row, names)
            self.block(body, names, test)

    def bind(self, target: ast.expr, value: ast.expr, names: Names) -> None:
        try:
            _spread(target, evaluate(value, names), names)
        except UnknownError:
            if isinstance(target, ast.Name):
                names[target.id] = self.reach(value, names)

    def reach(self, node: ast.AST, names: Names) -> Answers:
        """Return the calls of the detector that an expression depends on."""
        found = Answers()
        for item in ast.walk(node):
            if isinstance(item, ast.Call) and _name(item.func) in self.asked:
                try:
                    found.append((_name(item.func), tuple(evaluate(arg, names) for arg in item.args)))
                except UnknownError:
                    continue
            elif isinstance(item, ast.Name) and isinstance(names.get(item.id), Answers):
                found += names[item.id]
        return found

    def note(self, node: ast.AST, wanted: bool | None, names: Names, test: str) -> None:
        for function, arguments in self.reach(node, names):
            key = (function, repr(arguments))
            if wanted is not None and arguments:
                self.questions.setdefault(key, Question(function, arguments, wanted, test))  # type: ignore[arg-type]

    def unittest_wants(self, method: str, args: list[ast.expr], names: Names) -> bool | None:
        if method in _YES or (self.cleans and method != "assertEqual"):
            return True
        if method in _NO:
            return False
        if method == "assertEqual" and len(args) > 1:
            asked = [bool(self.reach(arg, names)) for arg in args[:2]]
            if asked == [True, True]:
                return None
            return self.says(args[0], args[1], names) if asked[0] else self.says(args[1], args[0], names)
        return None

    def wants(self, node: ast.AST, names: Names) -> bool | None:
        match node:
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return not self.wants(inner, names)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                if isinstance(op, ast.In | ast.Gt | ast.GtE):
                    return True
                said = self.says(left, right, names)
                return not said if isinstance(op, ast.NotIn | ast.NotEq | ast.IsNot) else said
        return True

    def says(self, answer: ast.AST, value: ast.AST, names: Names) -> bool:
        """Say whether the value that an answer is held against stands for a finding."""
        try:
            said = evaluate(value, names)
        except UnknownError:
            return True
        untouched = any(said == text for _, arguments in self.reach(answer, names) for text in arguments)
        return bool(said) and not untouched


def _name(function: ast.expr) -> str:
    return getattr(function, "attr", "") or getattr(function, "id", "")


def _bound(keys: Any, row: Any) -> Names:
    parts = [key.strip() for key in keys.split(",")] if isinstance(keys, str) else list(keys)
    return dict(zip(parts, row if len(parts) > 1 else (row,), strict=False))


def _spread(target: ast.expr, value: Any, names: Names) -> None:
    if isinstance(target, ast.Name):
        names[target.id] = value
    elif isinstance(target, ast.Tuple):
        items = list(value) if isinstance(value, tuple | list) else [value] * len(target.elts)
        for part, item in zip(target.elts, items, strict=False):
            _spread(part, item, names)


def read_questions(source: str, asked: set[str], *, cleans: bool = False) -> list[Question]:
    """Return the questions that the tests in a file ask of these functions, each once.

    Args:
        source: The text of a file of tests, for pytest or unittest.
        asked: The functions or methods that are the detector.
        cleans: They return the text without the marks, so that "as it was" means that nothing was found.
    """
    reader = _Reader(frozenset(asked), cleans)
    reader.module(ast.parse(source))
    return list(reader.questions.values())
