"""Disguises code as somebody would who copied it: the program stays the same, its text does not.

Each disguise changes the syntax tree of a file. Chance, from a seed, decides where.
"""

import ast
import builtins
import copy
import random
import re
from collections.abc import Callable, Iterator, Sequence

NEW_NAMES = (
    "alpha",
    "bucket",
    "chunk",
    "delta",
    "entry",
    "found",
    "group",
    "handle",
    "info",
    "kept",
)
COMMENTS = ("go on", "see the module", "this is needed", "TODO: tidy", "next", "as in the lecture")
PRINTED = ("working ...", "ok", "next step", "done with this part")
DEAD_CODE = (
    "unused_total = 0\nfor unused_number in range(3):\n    unused_total += unused_number",
    "started_at = [None]\nif not started_at:\n    print('never')",
    "seen_before = {}\nseen_before.setdefault('x', []).append(1)",
    "checked = sorted({'b': 1, 'a': 2}.items())",
)
DEAD_FUNCTION = '''
def {name}(values, limit=10):
    """Return the first values."""
    chosen = []
    for number, value in enumerate(values):
        if number >= limit:
            break
        chosen.append(str(value).strip())
    return ", ".join(chosen)
'''

LEFT_IN_CALLS = ast.Name | ast.Constant | ast.Await | ast.Yield | ast.NamedExpr
BOUND_TO_FUNCTION = (
    ast.AsyncFunctionDef | ast.Yield | ast.YieldFrom | ast.Await | ast.Nonlocal | ast.Global
)
SCOPES = ast.NamedExpr | ast.Lambda | ast.comprehension | ast.Starred
NAMED = ast.ExceptHandler | ast.MatchAs | ast.MatchStar | ast.FunctionDef | ast.AsyncFunctionDef

Rng = random.Random
Function = ast.FunctionDef | ast.AsyncFunctionDef
Disguise = Callable[[ast.Module, Rng], None]


def remove_docstrings(tree: ast.Module, _: Rng) -> None:
    """Remove docstrings; comments are lost when a tree is written as code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | Function) and ast.get_docstring(node):
            node.body = node.body[1:] or [ast.Pass()]


def rename(tree: ast.Module, rng: Rng) -> None:
    """Give parameters and variables of functions new names, unless they are called by keyword."""
    keywords = {node.arg for node in ast.walk(tree) if isinstance(node, ast.keyword)}
    for function in _outermost_functions(tree):
        names = _bound_names(function) - keywords - _given_away(function)
        new = {
            name: f"{rng.choice(NEW_NAMES)}_{number}" for number, name in enumerate(sorted(names))
        }
        for node in ast.walk(function):
            if isinstance(node, ast.Name):
                node.id = new.get(node.id, node.id)
            elif isinstance(node, ast.arg):
                node.arg = new.get(node.arg, node.arg)
            elif isinstance(node, NAMED) and node is not function and node.name:
                node.name = new.get(node.name, node.name)
            elif isinstance(node, ast.Nonlocal):
                node.names = [new.get(name, name) for name in node.names]


def reorder_definitions(tree: ast.Module, rng: Rng) -> None:
    """Shuffle neighbouring functions, of modules and of classes."""
    for holder in ast.walk(tree):
        if isinstance(holder, ast.Module | ast.ClassDef):
            body: list[ast.stmt] = []
            movable: list[ast.stmt] = []
            for statement in holder.body:
                if isinstance(statement, Function) and not statement.decorator_list:
                    movable.append(statement)
                else:
                    body += rng.sample(movable, len(movable))
                    movable = []
                    body.append(statement)
            holder.body = body + rng.sample(movable, len(movable))


def reorder_statements(tree: ast.Module, rng: Rng) -> None:
    """Swap neighbouring assignments that do not touch each other, and shuffle keyword arguments."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and all(keyword.arg for keyword in node.keywords):
            rng.shuffle(node.keywords)
        body = getattr(node, "body", None)
        if isinstance(body, list):
            for at in range(len(body) - 1):
                first, second = body[at : at + 2]
                if _is_plain(first) and _is_plain(second) and not _names(first) & _names(second):
                    body[at : at + 2] = second, first


def change_texts(tree: ast.Module, _: Rng) -> None:
    """Write f-strings as `format`."""

    class Formatter(ast.NodeTransformer):
        def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
            parts: list[str] = []
            values: list[ast.expr] = []
            for part in node.values:
                if isinstance(part, ast.Constant):
                    parts.append(str(part.value).replace("{", "{{").replace("}", "}}"))
                elif isinstance(part, ast.FormattedValue):
                    spec = part.format_spec
                    if spec is not None and not all(
                        isinstance(piece, ast.Constant) for piece in getattr(spec, "values", [spec])
                    ):
                        return node
                    text = ast.unparse(spec)[2:-1] if spec else ""
                    mark = f"!{chr(part.conversion)}" if part.conversion >= 0 else ""
                    parts.append("{" + mark + (f":{text}" if text else "") + "}")
                    values.append(part.value)
            form = ast.Attribute(ast.Constant("".join(parts)), "format", ast.Load())
            return ast.Call(form, values, [])

    Formatter().visit(tree)


def for_as_while(tree: ast.Module, rng: Rng) -> None:
    """Write most loops over an iterable as `while`, and most others as `for`."""

    class Looper(ast.NodeTransformer):
        number = 0

        def visit_For(self, node: ast.For) -> list[ast.stmt] | ast.stmt:
            self.generic_visit(node)
            if node.orelse or rng.random() < 0.3:
                return node
            self.number += 1
            return _written(
                f"source_{self.number} = iter(ITERABLE)\n"
                "while True:\n"
                "    try:\n"
                f"        TARGET = next(source_{self.number})\n"
                "    except StopIteration:\n"
                "        break\n"
                "    BODY",
                ITERABLE=node.iter,
                TARGET=node.target,
                BODY=node.body,
            )

        def visit_While(self, node: ast.While) -> list[ast.stmt] | ast.stmt:
            self.generic_visit(node)
            if node.orelse or rng.random() < 0.3:
                return node
            if isinstance(node.test, ast.Constant):
                return _written("for _ in iter(int, 1):\n    BODY", BODY=node.body)
            return _written(
                "for _ in iter(int, 1):\n    if not TEST:\n        break\n    BODY",
                TEST=node.test,
                BODY=node.body,
            )

    Looper().visit(tree)


def comprehensions_as_loops(tree: ast.Module, _: Rng) -> None:
    """Write `x = [... for ...]` as a loop that appends."""
    for holder, field, body in _blocks(tree):
        setattr(holder, field, [made for statement in body for made in _as_loop(statement)])


def _as_loop(statement: ast.stmt) -> list[ast.stmt]:
    match statement:
        case ast.Assign(targets=[ast.Name() as target], value=ast.ListComp() as made):
            if target.id in _names(made) or any(part.is_async for part in made.generators):
                return [statement]
        case _:
            return [statement]
    inner = _written("NAME.append(ELEMENT)", NAME=target, ELEMENT=made.elt)
    for generator in reversed(made.generators):
        for condition in reversed(generator.ifs):
            inner = [ast.If(condition, inner, [])]
        inner = [ast.For(generator.target, generator.iter, inner, [])]
    return [*_written("NAME = []", NAME=target), *inner]


def name_arguments(tree: ast.Module, rng: Rng) -> None:
    """Assign some arguments of calls to a variable, in a line before."""
    number = 0
    for holder, field, body in _blocks(tree):
        made: list[ast.stmt] = []
        for statement in body:
            match statement:
                case ast.Assign(value=ast.Call() as call) | ast.Return(value=ast.Call() as call):
                    for argument in call.keywords:
                        if not isinstance(argument.value, LEFT_IN_CALLS) and rng.random() < 0.5:
                            number += 1
                            name = ast.Name(f"part_{number}", ast.Load())
                            made += _written("NAME = VALUE", NAME=name, VALUE=argument.value)
                            argument.value = name
            made.append(statement)
        setattr(holder, field, made)


def split_helpers(tree: ast.Module, rng: Rng) -> None:
    """Move some calls, and the ends of some functions, into new functions."""
    made: list[ast.stmt] = []
    for function in _outermost_functions(tree):
        if any(isinstance(node, BOUND_TO_FUNCTION) for node in ast.walk(function)):
            continue
        _split_end(function, made, rng)
        bound = _bound_names(function)
        for node in list(ast.walk(function)):
            if isinstance(node, ast.Assign | ast.Return) and isinstance(node.value, ast.Call):
                names = sorted(_names(node.value) & bound)
                has_scope = any(isinstance(part, SCOPES) for part in ast.walk(node.value))
                if rng.random() < 0.5 and not has_scope and _is_movable(node.value):
                    name = f"do_{rng.choice(NEW_NAMES)}_{len(made)}"
                    made.extend(_new_function(name, names, [ast.Return(node.value)]))
                    node.value = _call(name, names)
    end = len(tree.body)
    for at, statement in enumerate(tree.body):
        if isinstance(statement, ast.If) and "__name__" in _names(statement):
            end = at
    tree.body[end:end] = made


def _split_end(function: Function, made: list[ast.stmt], rng: Rng) -> None:
    """Move the last statements of a function into a new one, if it has enough of them."""
    if len(function.body) < 4 or function.name.startswith("__"):
        return
    at = len(function.body) // 2
    end = function.body[at:]
    used = set().union(*(_names(part) for part in end))
    stored_before = set().union(*(_stored(part) for part in function.body[:at]))
    before = {name for part in function.body[:at] if _is_plain(part) for name in _stored(part)}
    before |= _parameters(function)
    stored_in_end = set().union(*(_stored(part) for part in end))
    others = stored_before | (_bound_names(function) - stored_in_end)
    if used & (others - before) or not all(map(_is_movable, end)):
        return
    names = sorted(used & before)
    name = f"go_on_{rng.choice(NEW_NAMES)}_{len(made)}"
    made.extend(_new_function(name, names, end))
    function.body[at:] = [ast.Return(_call(name, names))]


def add_dead_code(tree: ast.Module, rng: Rng) -> None:
    """Add statements and a function without effect."""
    for function in _outermost_functions(tree):
        if rng.random() < 0.6:
            at = rng.randrange(len(function.body)) if len(function.body) > 1 else 0
            function.body[at:at] = ast.parse(rng.choice(DEAD_CODE)).body
    at = next(
        (at for at, part in enumerate(tree.body) if isinstance(part, Function)), len(tree.body)
    )
    name = f"first_of_{rng.choice(NEW_NAMES)}"
    tree.body[at:at] = ast.parse(DEAD_FUNCTION.format(name=name)).body


def change_constants(tree: ast.Module, rng: Rng) -> None:
    """Change what is printed, and how long the program sleeps."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            for argument in node.args:
                if isinstance(argument, ast.Constant):
                    if called.endswith("sleep") and isinstance(argument.value, int | float):
                        argument.value = round(argument.value * 1.5 + 0.01, 2)
                    elif called == "print" and isinstance(argument.value, str):
                        argument.value = rng.choice(PRINTED)


def change_hints(tree: ast.Module, _: Rng) -> None:
    """Remove the type hints of functions, or add some if there are none."""
    # A decorator such as `singledispatch` may read them.
    functions = [
        node for node in ast.walk(tree) if isinstance(node, Function) and not node.decorator_list
    ]
    had = any(function.returns for function in functions)
    for function in functions:
        function.returns = None if had else ast.Name("object", ast.Load())
        for argument in (*function.args.args, *function.args.kwonlyargs):
            argument.annotation = None
            if not had and argument.arg != "self":
                argument.annotation = ast.Name("object", ast.Load())


def swap_branches(tree: ast.Module, _: Rng) -> None:
    """Negate conditions and swap their branches; turn comparisons; write `x += y` in full."""
    turned = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE}

    class Swapper(ast.NodeTransformer):
        def visit_Compare(self, node: ast.Compare) -> ast.expr:
            self.generic_visit(node)
            kind = type(node.ops[0])
            if len(node.ops) == 1 and kind in turned:
                return ast.Compare(node.comparators[0], [turned[kind]()], [node.left])
            return node

        def visit_If(self, node: ast.If) -> ast.stmt:
            self.generic_visit(node)
            if node.orelse:
                return ast.If(ast.UnaryOp(ast.Not(), node.test), node.orelse, node.body)
            return node

        def visit_AugAssign(self, node: ast.AugAssign) -> ast.stmt:
            if isinstance(node.target, ast.Name) and isinstance(node.value, ast.Constant):
                loaded = ast.Name(node.target.id, ast.Load())
                return ast.Assign([node.target], ast.BinOp(loaded, node.op, node.value))
            return node

    Swapper().visit(tree)


DISGUISES: tuple[Disguise, ...] = (
    remove_docstrings,
    change_texts,
    change_hints,
    change_constants,
    reorder_definitions,
    reorder_statements,
    swap_branches,
    comprehensions_as_loops,
    name_arguments,
    for_as_while,
    split_helpers,
    add_dead_code,
    rename,
)
"""In the order in which they are applied."""


def disguised(source: str, rng: Rng, disguises: Sequence[Disguise] = DISGUISES) -> str:
    """Return Python code that does the same, disguised, with new formatting and comments."""
    for disguise in disguises:
        tree = ast.parse(source)
        disguise(tree, rng)
        source = ast.unparse(ast.fix_missing_locations(tree))
    return "".join(_formatted(source, rng))


def _formatted(source: str, rng: Rng) -> Iterator[str]:
    """Indent by two, and put comments and empty lines between lines that begin no text."""
    if '"""' in source or "'''" in source:
        yield source + "\n"
        return
    for line in source.split("\n"):
        indent = len(line) - len(line.lstrip())
        if line and rng.random() < 0.15:
            yield f"{' ' * (indent // 2)}# {rng.choice(COMMENTS)}\n"
        yield f"{' ' * (indent // 2)}{line.lstrip()}\n"
        if rng.random() < 0.1:
            yield "\n"


def _outermost_functions(tree: ast.AST) -> Iterator[Function]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Function):
            yield node
        elif isinstance(node, ast.ClassDef):
            yield from _outermost_functions(node)


def _names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _stored(node: ast.AST) -> set[str]:
    return {
        part.id
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }


def _parameters(function: Function) -> set[str]:
    return {node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg)}


def _bound_names(function: Function) -> set[str]:
    """Return what is a parameter or variable of a function, or of one within it."""
    bound = _stored(function)
    for node in ast.walk(function):
        if isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, NAMED) and node is not function and node.name:
            bound.add(node.name)
    return bound


def _given_away(function: Function) -> set[str]:
    """Return names that mean something outside the function, or a builtin."""
    found = set(dir(builtins)) | {"self", "cls"}
    for node in ast.walk(function):
        if isinstance(node, ast.Global):
            found |= set(node.names)
        elif isinstance(node, ast.ClassDef | ast.Import | ast.ImportFrom):
            found |= _names(node) | _stored(node)
            found |= {re.split(r"\W", alias.name)[0] for alias in getattr(node, "names", ())}
    return found | _parameters(function)


def _is_plain(statement: ast.stmt) -> bool:
    """Whether it assigns something to one name, and calls nothing with an effect on others."""
    return (
        isinstance(statement, ast.Assign)
        and len(statement.targets) == 1
        and isinstance(statement.targets[0], ast.Name)
        and not any(isinstance(node, ast.Await | ast.Yield) for node in ast.walk(statement))
        and sum(isinstance(node, ast.Call) for node in ast.walk(statement)) <= 1
    )


def _is_movable(node: ast.AST) -> bool:
    """Whether it means the same outside of its class."""
    return not any(
        (isinstance(part, ast.Attribute) and part.attr.startswith("__"))
        or (isinstance(part, ast.Name) and part.id == "super")
        for part in ast.walk(node)
    )


def _new_function(name: str, names: Sequence[str], body: list[ast.stmt]) -> list[ast.stmt]:
    return _written(f"def {name}({', '.join(names)}):\n    BODY", BODY=copy.deepcopy(body))


def _call(name: str, names: Sequence[str]) -> ast.Call:
    arguments: list[ast.expr] = [ast.Name(argument, ast.Load()) for argument in names]
    return ast.Call(ast.Name(name, ast.Load()), arguments, [])


def _blocks(tree: ast.Module) -> Iterator[tuple[ast.AST, str, list[ast.stmt]]]:
    """Yield the blocks of statements within functions: whose they are, which, and what is in it."""
    for function in _outermost_functions(tree):
        for node in ast.walk(function):
            for field in ("body", "orelse", "finalbody"):
                body = getattr(node, field, None)
                if isinstance(body, list) and not isinstance(node, ast.ClassDef):
                    yield node, field, body


def _written(template: str, **parts: ast.expr | list[ast.stmt]) -> list[ast.stmt]:
    """Parse code in which names mean expressions or, alone on a line, for statements."""

    class Filler(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            part = parts.get(node.id)
            return part if isinstance(part, ast.expr) else node

        def visit_Expr(self, node: ast.Expr) -> ast.stmt | list[ast.stmt]:
            part = parts.get(node.value.id) if isinstance(node.value, ast.Name) else None
            self.generic_visit(node)
            return part if isinstance(part, list) else node

    filled: list[ast.stmt] = Filler().visit(ast.parse(template)).body
    return filled
