"""YAML to plain data that remembers its lines.

Stricter than PyYAML on purpose: duplicate keys, aliases, tags, deep nesting and huge files are refused, each with its line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from spacedoctor.catalogue import strangers

MAX_DEPTH = 12
INTEGER = re.compile(r"-?\d{1,18}", re.ASCII)
CONTROL = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u00ad\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ud800-\\udfff\\U000e0000-\\U000e01ef]"
)
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
PLAIN = {"tag:yaml.org,2002:" + kind for kind in ("str", "int", "bool", "null", "timestamp", "float", "map", "seq")}


@dataclass
class Document:
    """The data of one file, the line of each path in it, and what was wrong with its form."""

    path: Path
    data: Any = None
    lines: dict[tuple[str | int, ...], int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def problem(self, where: tuple[str | int, ...], reason: str) -> None:
        """Note `file:line: field: reason`; the line is that of the nearest field that exists."""
        known = where
        while known and known not in self.lines:
            known = known[:-1]
        name = ".".join(str(part) for part in where) or "file"
        self.problems.append(f"{self.path}:{self.lines.get(known, 1)}: {name}: {reason}")


def read(path: Path) -> Document:
    """Read one file; what is wrong with it stands in the document's `problems`."""
    document = Document(path)
    try:
        if fault := strangers.form_fault(path):
            document.problem((), fault)
            return document
        raw = path.read_bytes()
        _refuse_aliases(raw)
        node = yaml.compose(raw.decode("utf-8"), Loader=Loader)
    except UnicodeDecodeError as error:
        document.problem((), f"not UTF-8 (byte {error.start})")
    except OSError as error:
        document.problem((), error.strerror or str(error))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        document.lines[()] = mark.line + 1 if mark else 1
        document.problem((), getattr(error, "problem", None) or "not YAML")
    except RecursionError:
        document.problem((), f"nested deeper than {MAX_DEPTH}")
    else:
        document.data = _plain(node, (), document) if node is not None else None
    return document


def _refuse_aliases(raw: bytes) -> None:
    depth = 0
    for event in yaml.parse(raw.decode("utf-8"), Loader=Loader):
        depth += isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent))
        depth -= isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent))
        reason = None
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            reason = "anchors and aliases are not allowed"
        elif depth > MAX_DEPTH:
            reason = f"nested deeper than {MAX_DEPTH}"
        if reason:
            raise yaml.MarkedYAMLError(problem=reason, problem_mark=event.start_mark)  # type: ignore[arg-type]


def _plain(node: Any, where: tuple[str | int, ...], document: Document) -> Any:
    document.lines.setdefault(where, node.start_mark.line + 1)
    if node.tag not in PLAIN:
        document.problem(where, f"tag {node.tag} is not allowed")
        return None
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, where, document)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*where, index), document) for index, item in enumerate(node.value)]
    return _scalar(node, where, document)


def _mapping(node: Any, where: tuple[str | int, ...], document: Document) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        path = (*where, key)
        document.lines[path] = key_node.start_mark.line + 1
        if key in data:
            document.problem(path, "given twice")
        data[key] = _plain(value_node, path, document)
    return data


def _scalar(node: Any, where: tuple[str | int, ...], document: Document) -> Any:
    kind = node.tag.rsplit(":", 1)[1]
    if kind == "int" and INTEGER.fullmatch(node.value):
        return int(node.value)
    if kind == "bool":
        return node.value.lower() in ("true", "yes", "on")
    if kind == "null":
        return None
    if CONTROL.search(node.value):
        document.problem(where, "holds characters that are not shown, or that steer a terminal")
    return node.value
