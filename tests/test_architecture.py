"""The rules that keep the code easy to find one's way in."""

from __future__ import annotations

import ast
import statistics
from pathlib import Path

import spacedoctor

PACKAGE = Path(spacedoctor.__file__).parent
LEVELS = [
    {"errors", "resources", "redact", "facts", "addresses"},
    {"catalogue", "log"},
    {"match"},
    {"diagnosis", "render"},
    {"hub"},
    {"api"},
    {"lint", "follow", "verification"},
    {"treatment"},
    {"commands"},
    {"cli"},
    {"__main__", "__init__"},
]
WITHIN = {"log": {"catalogue"}, "diagnosis": {"render"}, "render": {"diagnosis"}}
FUNCTION_LINES, MODULE_LINES = 50, 300


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def part_of(name: str) -> str:
    return name.split(".")[1] if "." in name else "__init__"


def level(part: str) -> int:
    return next(number for number, parts in enumerate(LEVELS) if part in parts)


def test_imports_point_one_way() -> None:
    """A part imports only from lower levels, from itself, or from the neighbour that is named for it."""
    wrong = []
    for path in modules():
        here = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(path.read_text())):
            names = (
                [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else [a.name for a in node.names]
                if isinstance(node, ast.Import)
                else []
            )
            for name in names:
                there = part_of(name) if name.startswith("spacedoctor.") else None
                if there and there != here and level(there) >= level(here) and there not in WITHIN.get(here, set()):
                    wrong.append(f"{path.relative_to(PACKAGE)} imports {name}")
    assert not wrong


def test_modules_and_functions_stay_small() -> None:
    """No module is above 300 lines, no function above 50, half of the functions are not above 10."""
    lengths = []
    for path in modules():
        text = path.read_text()
        assert text.count("\n") <= MODULE_LINES, path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                lengths.append(lines)
                assert lines <= FUNCTION_LINES, f"{path.name}:{node.lineno} {node.name}"
    assert statistics.median(lengths) <= 10


def test_only_the_command_line_prints_or_reads_the_environment() -> None:
    """Nothing below cli and commands calls print, sys.exit or os.environ."""
    for path in modules():
        if path.name in ("cli.py", "__main__.py") or path.parent.name == "commands":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            assert not (isinstance(node, ast.Name) and node.id == "print"), path
            assert not (isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "exit")), path


def test_public_names() -> None:
    """What the package offers is what it says, sorted, and each name can be had."""
    assert spacedoctor.__all__ == sorted(spacedoctor.__all__)
    assert all(getattr(spacedoctor, name) is not None for name in spacedoctor.__all__)
