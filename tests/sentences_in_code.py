"""The sentences that the code may say to a person, read from its source without running it."""

from __future__ import annotations

import ast
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
GAP = "\ufffc"  # stands for what is known only when the code runs
MOST = 400  # alternatives of one expression; more would be a mistake here
Found = frozenset[str]
UNKNOWN: Found = frozenset({GAP})
# What only a command line, or an app that does not even start, can say.
NEVER_ON_THE_PAGE = (
    "pix2pix/cli.py",
    "train/cli.py",
    "train/engine/distributed.py",  # torchrun: the page trains in one process
    "train/measures/evaluate.py",
    "train/data/find_palette.py",  # whoever asks says it in words of his own
    "train/measures/perceptual.py",  # measures for the command line
    "pix2pix/ui/settings.py",  # read before there is a page
)


@dataclass
class Module:
    """One file: its functions and constants by name, and where its imported names come from."""

    path: str
    tree: ast.Module
    functions: dict[str, list[ast.FunctionDef]] = field(default_factory=lambda: defaultdict(list))
    constants: dict[str, ast.expr] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    inside: dict[ast.AST, ast.FunctionDef | None] = field(default_factory=dict)


def read_module(path: Path) -> Module:
    module = Module(path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8")))
    _walk(module, module.tree, None)
    for node in module.tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            module.constants[node.targets[0].id] = node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            module.constants[node.target.id] = node.value
    return module


def _walk(module: Module, node: ast.AST, function: ast.FunctionDef | None) -> None:
    for child in ast.iter_child_nodes(node):
        module.inside[child] = function
        if isinstance(child, ast.FunctionDef):
            module.functions[child.name].append(child)
            _walk(module, child, child)
            continue
        if isinstance(child, ast.ImportFrom) and child.module:
            source = child.module.replace(".", "/") + ".py"
            module.imports |= {alias.asname or alias.name: source for alias in child.names}
        _walk(module, child, function)


class Code:
    """All files of the packages."""

    def __init__(self, *folders: str) -> None:
        paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
        self.modules = {module.path: module for module in map(read_module, paths)}
        self.errors = self._error_classes()
        self.calls: dict[str, list[tuple[ast.Call, Module]]] = defaultdict(list)
        for module in self.modules.values():
            for node in ast.walk(module.tree):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    self.calls[node.func.id].append((node, module))
        self._looking: list[object] = []
        self._own: dict[ast.FunctionDef, dict[str, list[tuple[ast.expr, bool]]]] = {}

    def _error_classes(self) -> set[str]:
        """The family of Pix2PixError."""
        bases = {
            node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
            for module in self.modules.values()
            for node in ast.walk(module.tree)
            if isinstance(node, ast.ClassDef)
        }
        family = {"Pix2PixError"}
        while more := {name for name, above in bases.items() if above & family} - family:
            family |= more
        return family

    def said(self) -> Iterator[tuple[str, int, str]]:
        """(file, line, sentence) of every error that is made and every toast that is shown."""
        for module in self.modules.values():
            for node in ast.walk(module.tree):
                if isinstance(node, ast.Call):
                    for told in self._told_by(node):
                        for sentence in sorted(self.alternatives(told, module)):
                            yield module.path, node.lineno, sentence

    def returned(self, path: str, name: str) -> Iterator[tuple[str, int, str]]:
        """The sentences that a function gives back, also within tuples."""
        module = self.modules[path]
        (function,) = module.functions[name]
        for node in ast.walk(function):
            if isinstance(node, ast.Return) and node.value is not None:
                parts = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
                for part in parts:
                    for sentence in sorted(self.alternatives(part, module)):
                        yield path, node.lineno, sentence

    def _told_by(self, call: ast.Call) -> Iterator[ast.expr]:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        toast = name in ("Warning", "Error", "Info") and isinstance(call.func, ast.Attribute)
        if name == "system_errors_as" and isinstance(call.args[1], ast.Lambda):
            yield call.args[1].body
        elif name == "Problem":
            yield call.args[1]
        elif (name in self.errors or toast) and call.args:
            yield call.args[0]

    def built(self, path: str, beside: str, *apart: str) -> Iterator[tuple[str, int, str]]:
        """The f-strings of a file that are neither in calls of ``beside`` nor in functions ``apart``."""
        module = self.modules[path]
        calls = [node for node in ast.walk(module.tree) if isinstance(node, ast.Call)]
        told = {
            id(inner)
            for call in calls
            if getattr(call.func, "id", "") == beside
            for argument in call.args
            for inner in ast.walk(argument)
        }
        for node in ast.walk(module.tree):
            within = module.inside.get(node)
            if (
                isinstance(node, ast.JoinedStr)
                and id(node) not in told
                and getattr(within, "name", "") not in apart
            ):
                for sentence in sorted(self.alternatives(node, module)):
                    yield path, node.lineno, sentence

    # ---- expressions --------------------------------------------------------------------------------

    def alternatives(self, node: ast.expr, module: Module) -> Found:
        """All that a text may be, as far as the source tells."""
        match node:
            case ast.Constant(value=str() as text):
                return frozenset({text})
            case ast.JoinedStr():
                return self._joined([self.alternatives(part, module) for part in node.values])
            case ast.FormattedValue(conversion=-1, format_spec=None):
                return self.alternatives(node.value, module)
            case ast.BinOp(op=ast.Add()):
                return self._joined([self.alternatives(side, module) for side in (node.left, node.right)])
            case ast.IfExp():
                return self.alternatives(node.body, module) | self.alternatives(node.orelse, module)
            case ast.BoolOp(op=ast.Or()):
                return self._any(node.values, module)
            case ast.Dict():
                return self._any(node.values, module)
            case ast.Name():
                return self._guarded(node, lambda: self._name(node, module))
            case ast.Subscript(value=ast.Name() | ast.Dict() as table):
                return self.alternatives(table, module) if self._is_table(table, module) else UNKNOWN
            case ast.Call(func=ast.Attribute(attr="get", value=ast.Name() | ast.Dict() as table)):
                return self.alternatives(table, module) if self._is_table(table, module) else UNKNOWN
            case ast.Call(func=ast.Name(id="str"), args=[told]):
                return self.alternatives(told, module)
            case ast.Call(func=ast.Name(id=name)):
                return self._guarded(node, lambda: self._called(name, module))
        return UNKNOWN

    def _any(self, nodes: Iterable[ast.expr], module: Module) -> Found:
        return frozenset().union(*(self.alternatives(node, module) for node in nodes))

    def _joined(self, parts: list[Found]) -> Found:
        found = frozenset(map("".join, itertools.product(*parts)))
        assert len(found) <= MOST, sorted(found)[:5]
        return found

    def _guarded(self, key: object, look: Callable[[], Found]) -> Found:
        """Against going round in circles."""
        if key in self._looking or len(self._looking) > 40:
            return UNKNOWN
        self._looking.append(key)
        try:
            return look() or UNKNOWN
        finally:
            self._looking.pop()

    def _is_table(self, node: ast.expr, module: Module) -> bool:
        if isinstance(node, ast.Name):
            values = [value for value, _ in self._assigned(node, module)]
            values += [module.constants[node.id]] if node.id in module.constants else []
            return bool(values) and all(isinstance(value, ast.Dict) for value in values)
        return isinstance(node, ast.Dict)

    def _assigned(self, node: ast.Name, module: Module) -> list[tuple[ast.expr, bool]]:
        """What a function gives a name of its own, and whether it is added to it."""
        function = module.inside.get(node)
        if function is None:
            return []
        if function not in self._own:
            self._own[function] = defaultdict(list)
            for inner in ast.walk(function):
                self._note(inner, self._own[function])
        return self._own[function].get(node.id, [])

    def _note(self, node: ast.AST, own: dict[str, list[tuple[ast.expr, bool]]]) -> None:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                own[name].append((value, False))
            case ast.AugAssign(target=ast.Name(id=name), value=value):
                own[name].append((value, True))
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                for target, value in zip(names, values, strict=False):  # one may be starred
                    if isinstance(target, ast.Name):
                        own[target.id].append((value, False))

    def _name(self, node: ast.Name, module: Module) -> Found:
        function = module.inside.get(node)
        if assigned := self._assigned(node, module):
            plain = self._any([value for value, added in assigned if not added], module)
            more = [value for value, added in assigned if added]
            return plain | self._joined([plain, self._any(more, module)]) if more else plain
        if function and node.id in (names := _parameters(function)):
            return self._argument(function, names.index(node.id), node.id, module)
        if node.id in module.constants:
            return self.alternatives(module.constants[node.id], module)
        source = self.modules.get(module.imports.get(node.id, ""))
        if source and node.id in source.constants:
            return self.alternatives(source.constants[node.id], source)
        return UNKNOWN

    def _argument(self, function: ast.FunctionDef, index: int, name: str, module: Module) -> Found:
        """What is given to a parameter anywhere."""
        found: Found = frozenset()
        if default := _default(function, name):
            found |= self.alternatives(default, module)
        for call, other in self.calls[function.name]:
            if other is module or other.imports.get(function.name) == module.path:
                keyword = next((k.value for k in call.keywords if k.arg == name), None)
                given = keyword or (call.args[index] if index < len(call.args) else None)
                if given is not None:
                    found |= self.alternatives(given, other)
        return found

    def _called(self, name: str, module: Module) -> Found:
        """What a function of ours returns."""
        source = self.modules.get(module.imports.get(name, ""), module)
        if len(functions := source.functions.get(name, [])) != 1:
            return UNKNOWN
        values = [
            node.value for node in ast.walk(functions[0]) if isinstance(node, ast.Return) and node.value
        ]
        return self._any(values, source)


def _parameters(function: ast.FunctionDef) -> list[str]:
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    return names + [argument.arg for argument in function.args.kwonlyargs]


def _default(function: ast.FunctionDef, name: str) -> ast.expr | None:
    arguments = function.args
    positional = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    pairs = [*zip(reversed(positional), reversed(arguments.defaults), strict=False)]
    pairs += [(a.arg, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d]
    return dict(pairs).get(name)


@cache
def on_the_page() -> tuple[tuple[str, str], ...]:
    """(place, sentence) of all that the server may say to a person on the page."""
    code = Code("pix2pix", "train")
    found = [
        *code.said(),
        *code.returned("train/runs/job_files.py", "_state"),
        *code.returned("train/runs/last_words.py", "reason"),
        *code.returned("train/runs/last_words.py", "unforeseen"),
        *code.returned("train/data/datasets.py", "problem"),
        *code.built("pix2pix/ui/photo/batch.py", "ImageError"),
    ]
    return tuple(
        (f"{path}:{line}", sentence)
        for path, line, sentence in found
        if path not in NEVER_ON_THE_PAGE and " " in sentence.replace(GAP, "").strip()
    )
