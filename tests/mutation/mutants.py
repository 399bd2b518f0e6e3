"""Mutants of one module: each is its source with one small thing made wrong.

Replaced are pieces of the text at the places that the syntax tree names, so a mutant's line can be
read as it would stand in the file. Left alone is what no test of behaviour can tell: annotations,
decorators, docstrings, imports.
"""

import ast
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Mutant:
    """`before` and `after` are the line as it is and as the mutant has it."""

    line: int
    before: str
    after: str
    source: str


_Change = tuple[ast.AST, str]
"""A node and the text to put in its place."""

_COMPARISONS: Final[Mapping[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_OPERATORS: Final[Mapping[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.Mult,
}


def _compare(node: ast.Compare) -> Iterator[_Change]:
    for place, operator in enumerate(node.ops):
        for other in _COMPARISONS[type(operator)]:
            ops = [*node.ops[:place], other(), *node.ops[place + 1 :]]
            yield node, ast.unparse(ast.Compare(node.left, ops, node.comparators))


def _bool_op(node: ast.BoolOp) -> Iterator[_Change]:
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield node, f"({ast.unparse(ast.BoolOp(other, node.values))})"


def _unary_op(node: ast.UnaryOp) -> Iterator[_Change]:
    if isinstance(node.op, ast.Not):
        yield node, f"({ast.unparse(node.operand)})"


def _bin_op(node: ast.BinOp) -> Iterator[_Change]:
    other = _OPERATORS.get(type(node.op))
    if other is not None:
        yield node, f"({ast.unparse(ast.BinOp(node.left, other(), node.right))})"


def _tested(test: ast.expr) -> Iterator[_Change]:
    """Comparisons and negations have mutants of their own."""
    if not isinstance(test, ast.Compare | ast.UnaryOp):
        yield test, f"(not ({ast.unparse(test)}))"


def _condition(node: ast.If | ast.While | ast.IfExp) -> Iterator[_Change]:
    yield from _tested(node.test)


def _comprehension(node: ast.comprehension) -> Iterator[_Change]:
    for test in node.ifs:
        yield from _tested(test)


def _constant(node: ast.Constant) -> Iterator[_Change]:
    value = node.value
    if isinstance(value, bool):
        yield node, repr(not value)
    elif isinstance(value, int | float):
        yield node, repr(value + 1)
    elif isinstance(value, str):
        yield node, repr(f"XX{value}")


def _joined(node: ast.JoinedStr) -> Iterator[_Change]:
    yield node, '"XX"'


def _return(node: ast.Return) -> Iterator[_Change]:
    if node.value is not None and ast.unparse(node.value) != "None":
        yield node, "return None"


def _removed(node: ast.stmt) -> Iterator[_Change]:
    yield node, "pass"


def _assign(node: ast.Assign) -> Iterator[_Change]:
    """A name that is never bound is found by any test that reaches it."""
    if not isinstance(node.targets[0], ast.Name | ast.Tuple):
        yield node, "pass"


def _call(node: ast.Expr) -> Iterator[_Change]:
    if isinstance(node.value, ast.Call):
        yield node, "pass"


def _defaults(node: ast.arguments) -> Iterator[_Change]:
    for default in (*node.defaults, *node.kw_defaults):
        if isinstance(default, ast.Constant) and default.value is None:
            yield default, '"XX"'


def _field_default(node: ast.AnnAssign) -> Iterator[_Change]:
    if isinstance(node.value, ast.Constant) and node.value.value is None:
        yield node.value, '"XX"'


_MUTATORS: Final[Mapping[type[ast.AST], Callable[..., Iterator[_Change]]]] = {
    ast.Compare: _compare,
    ast.BoolOp: _bool_op,
    ast.UnaryOp: _unary_op,
    ast.BinOp: _bin_op,
    ast.If: _condition,
    ast.While: _condition,
    ast.IfExp: _condition,
    ast.comprehension: _comprehension,
    ast.Constant: _constant,
    ast.JoinedStr: _joined,
    ast.Return: _return,
    ast.Continue: _removed,
    ast.Break: _removed,
    ast.Raise: _removed,
    ast.AugAssign: _removed,
    ast.Assign: _assign,
    ast.Expr: _call,
    ast.arguments: _defaults,
    ast.AnnAssign: _field_default,
}
_SKIPPED_FIELDS: Final = frozenset({"annotation", "returns", "decorator_list", "type_params"})


def _children(node: ast.AST) -> Iterator[ast.AST]:
    for name, value in ast.iter_fields(node):
        if name in _SKIPPED_FIELDS:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _documentation(child):
                yield child


def _documentation(node: ast.AST) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return True
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _changes(node: ast.AST) -> Iterator[_Change]:
    mutate = _MUTATORS.get(type(node))
    if mutate is not None:
        yield from mutate(node)
    if not isinstance(node, ast.JoinedStr):
        for child in _children(node):
            yield from _changes(child)


def mutants_of(source: str, only: Collection[str] | None = None) -> Iterator[Mutant]:
    """In the order of the lines; `only` those of some lines, which are given stripped."""
    lines = source.encode().split(b"\n")
    changes = _changes(ast.parse(source))
    for node, text in sorted(changes, key=lambda change: change[0].lineno):  # type: ignore[attr-defined]
        before = lines[node.lineno - 1].decode().strip()  # type: ignore[attr-defined]
        if only is not None and before not in only:
            continue
        mutated = _replaced(lines, node, text)
        if _compiles(mutated):
            number = node.lineno - 1  # type: ignore[attr-defined]
            after = mutated.split("\n")[number].strip()
            yield Mutant(number + 1, before, after, mutated)


def _replaced(lines: list[bytes], node: ast.AST, text: str) -> str:
    first, start, last, end = (
        getattr(node, name) for name in ("lineno", "col_offset", "end_lineno", "end_col_offset")
    )
    joined = lines[first - 1][:start] + text.encode() + lines[last - 1][end:]
    return b"\n".join([*lines[: first - 1], joined, *lines[last:]]).decode()


def _compiles(source: str) -> bool:
    """A piece of a pattern or of a type alias may not be replaced by anything."""
    try:
        compile(source, "mutant", "exec")
    except SyntaxError:
        return False
    return True
