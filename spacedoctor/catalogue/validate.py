"""From the data of YAML files to entries, or to located problems. The only module that imports pydantic."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import regex
from pydantic import TypeAdapter, ValidationError

from spacedoctor.catalogue import actions, placeholders
from spacedoctor.catalogue.entry import AREAS, CONTEXT_LINES, Context, Entry, Mark, Pattern, Remedy
from spacedoctor.catalogue.yaml_files import Document
from spacedoctor.facts.checks import CAPTURES, CHECKS
from spacedoctor.facts.model import VALUE_NAMES
from spacedoctor.facts.sharpen import CAPTURES as SHARPENED

LONGEST_REGEX, MOST_GROUPS = 4000, 100
BEYOND = re.compile(
    r"\(\?(?:R|&|\d|\(|#|\||P[>=&]|[-+]\d)|\{[a-z\d]*[<]=|\\[LGK]"
)  # recursion, conditions, comments, fuzzy matching
ENTRY_ID = re.compile(r"[a-z0-9][a-z0-9.-]{0,79}")
ADDRESS = re.compile(r"https?://[\w.-]+(?:[:/?#][^\s<>\"`]*)?")
BRACES = re.compile(r"\{[a-z_]\w*[.\[(!:]|\{%")
ALWAYS_CAPTURED = {"space", "app_file", "app_line"} | VALUE_NAMES | SHARPENED
Where = tuple[str | int, ...]


@functools.cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def schema() -> dict[str, Any]:
    """Return the JSON Schema of one entry's YAML file."""
    made = _adapter(Entry).json_schema()
    for name in ("id", "area"):  # the file's name and folder, never written in the file
        made["properties"].pop(name)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def entry_of(document: Document) -> Entry | None:
    """Return the entry that the file holds, or None; problems are noted in the document."""
    path = document.path
    if not isinstance(document.data, dict):
        if not document.problems:
            document.problem((), "holds no entry")
        return None
    for name in ("id", "area"):
        if name in document.data:
            document.problem((name,), "is told by the file's name and folder, and not written in it")
            return None
    if not ENTRY_ID.fullmatch(path.stem):
        document.problem((), f"{path.stem!r} is no id: lower-case letters, digits and hyphens")
    if path.parent.name not in AREAS:
        document.problem((), f"folder {path.parent.name!r} is no area (one of {', '.join(AREAS)})")
    entry = _validated(Entry, {**document.data, "id": path.stem, "area": path.parent.name}, document)
    if entry is not None:
        for where, reason in _faults(entry):
            document.problem(where, reason)
    return entry if not document.problems else None


def marks_of(document: Document) -> list[Mark]:
    """Return the marks that the file holds; problems are noted in the document."""
    marks = _validated(list[Mark], document.data, document) or []
    for index, mark in enumerate(marks):
        if reason := _regex_fault(mark.regex):
            document.problem((index, "regex"), reason)
    return marks if not document.problems else []


def _validated(kind: Any, data: Any, document: Document) -> Any:
    try:
        return _adapter(kind).validate_python(data)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            document.problem(tuple(one["loc"]), one["msg"][0].lower() + one["msg"][1:])
        return None


def _faults(entry: Entry) -> Iterator[tuple[Where, str]]:
    if not entry.patterns and not entry.facts:
        yield ("patterns",), "neither patterns nor facts: nothing would recognise it"
    if not entry.remedies:
        yield ("remedies",), "no remedy"
    for index, rule in enumerate(entry.facts):
        if rule.check is not None and rule.check not in CHECKS:
            yield ("facts", index, "check"), f"no check {rule.check!r} (one of {', '.join(CHECKS)})"
    if not entry.stages:
        yield ("stages",), "no stage"
    yield from _twice("patterns", [one.id for one in entry.patterns])
    yield from _twice("remedies", [one.id for one in entry.remedies])
    for index, pattern in enumerate(entry.patterns):
        yield from _pattern_faults(("patterns", index), pattern)
    yield from _text_faults(entry)
    for index, remedy in enumerate(entry.remedies):
        yield from _remedy_faults(("remedies", index), remedy, entry)
    yield from (
        (("references", n, "url"), f"no address: {one.url}")
        for n, one in enumerate(entry.references)
        if not ADDRESS.fullmatch(one.url)
    )
    if entry.id in entry.explains:
        yield ("explains",), "names the entry itself"


def _twice(name: str, ids: list[str]) -> Iterator[tuple[Where, str]]:
    for index, one in enumerate(ids):
        if one in ids[:index]:
            yield (name, index, "id"), f"{one!r} is given twice"


def _pattern_faults(where: Where, pattern: Pattern) -> Iterator[tuple[Where, str]]:
    if reason := _regex_fault(pattern.regex):
        yield (*where, "regex"), reason
    if pattern.at_least < 1:
        yield (*where, "at_least"), "less than 1"
    groups: list[tuple[str, tuple[Context, ...]]] = [("context", pattern.context), ("unless", pattern.unless)]
    for name, contexts in groups:
        for index, context in enumerate(contexts):
            if reason := _regex_fault(context.regex):
                yield (*where, name, index, "regex"), reason
            if not (0 <= context.before <= CONTEXT_LINES and 0 <= context.after <= CONTEXT_LINES):
                yield (*where, name, index), f"before and after reach from 0 to {CONTEXT_LINES} lines"


def _regex_fault(text: str) -> str | None:
    if len(text) > LONGEST_REGEX or text.count("(") > MOST_GROUPS:
        return f"bad regex: longer than {LONGEST_REGEX} characters, or more than {MOST_GROUPS} groups"
    if found := BEYOND.search(re.sub(r"\\.", "", text)):
        return f"bad regex: {found[0]!r} is not for patterns"
    try:
        compiled = regex.compile(text)
    except (regex.error, RecursionError, OverflowError, MemoryError) as error:
        return f"bad regex: {error}"
    return "matches the empty text" if compiled.search("") else None


def captured(pattern: Pattern) -> set[str]:
    """Return the names that the pattern or its contexts may capture."""
    texts = [pattern.regex, *(context.regex for context in pattern.context)]
    return {name for text in texts for name in regex.compile(text).groupindex}


def _text_faults(entry: Entry) -> Iterator[tuple[Where, str]]:
    if any(
        _regex_fault(text) for pattern in entry.patterns for text in (pattern.regex, *(near.regex for near in pattern.context))
    ):
        return
    by_checks = (CAPTURES.get(rule.check or "", frozenset()) for rule in entry.facts)
    known = ALWAYS_CAPTURED.union(*(captured(pattern) for pattern in entry.patterns), *by_checks)
    for name in placeholders.names(entry.cause).keys() - known:
        yield ("cause",), f"nothing captures {{{name}}}"
    for index, remedy in enumerate(entry.remedies):
        for name in remedy.when.captures.keys() - known:
            yield ("remedies", index, "when", "captures"), f"nothing captures {{{name}}}"
        for field in ("title", "steps", "commands", "verify"):
            value = getattr(remedy, field)
            for text in [value] if isinstance(value, str) else value:
                for name in placeholders.names(text).keys() - known:
                    yield ("remedies", index, field), f"nothing captures {{{name}}}"
                if found := BRACES.search(placeholders.PLACEHOLDER.sub("", text)):
                    yield ("remedies", index, field), f"{found[0]!r} begins no placeholder: names and words only"
                if field == "commands" and not text.isascii():
                    yield ("remedies", index, field), "not ASCII: letters that look alike do not belong into commands"
        yield from _treatment_faults(("remedies", index), remedy, known)


def _treatment_faults(where: Where, remedy: Remedy, known: set[str]) -> Iterator[tuple[Where, str]]:
    """Yield what is wrong with what can be carried out of a remedy."""
    if remedy.action and remedy.patch:
        yield (*where, "patch"), "does not go with action: a push builds the Space anew by itself"
    listed: dict[str, tuple[actions.Action | actions.Patch, ...]] = {"action": remedy.action, "patch": remedy.patch}
    for field, ones in listed.items():
        for index, one in enumerate(ones):
            for name, reason in actions.faults(one):
                yield (*where, field, index, name), reason
            for name in {name for text in actions.texts(one) for name in placeholders.names(text)} - known:
                yield (*where, field, index), f"nothing captures {{{name}}}"
            if isinstance(one, actions.Action) and one.kind == "recreate":
                yield (*where, field, index), "is carried out only when it is asked for by name"


def _remedy_faults(where: Where, remedy: Remedy, entry: Entry) -> Iterator[tuple[Where, str]]:
    if not remedy.steps:
        yield (*where, "steps"), "no step"
    if (remedy.risk == "data-loss") != bool(remedy.loses):
        yield (*where, "loses"), "goes with risk: data-loss, and only with it"
    known = {pattern.id for pattern in entry.patterns} | {rule.id for rule in entry.facts}
    for name in remedy.when.patterns:
        if name not in known:
            yield (*where, "when", "patterns"), f"no pattern {name!r} in this entry"
    for name in remedy.when.facts.keys() - VALUE_NAMES:
        yield (*where, "when", "facts"), f"no fact {name!r} (one of {', '.join(sorted(VALUE_NAMES))})"
    texts = [("captures", name, text) for name, text in remedy.when.captures.items()]
    texts += [("facts", name, text) for name, all_of_them in remedy.when.facts.items() for text in all_of_them]
    for kind, name, text in texts:
        if (reason := _regex_fault(text)) and reason.startswith("bad"):
            yield (*where, "when", kind, name), reason


def success_problems(entries: Mapping[str, Entry], marks: Iterable[Mark], documents: Mapping[str, Document]) -> None:
    """Note ids under `success` that no mark has."""
    known = {mark.id for mark in marks}
    for entry in entries.values():
        for index, name in enumerate(entry.success):
            if name not in known:
                documents[entry.id].problem(("success", index), f"no mark {name!r} in marks.yaml")


def graph_problems(entries: Mapping[str, Entry], documents: Mapping[str, Document]) -> None:
    """Note circles of explanation."""
    for entry in entries.values():
        document = documents[entry.id]
        for index, other in enumerate(entry.explains):
            if _reaches(other, entry.id, entries):
                document.problem(("explains", index), f"a circle: {other!r} explains this entry in turn")


def _reaches(start: str, goal: str, entries: Mapping[str, Entry]) -> bool:
    seen: set[str] = set()
    todo = [start]
    while todo:
        name = todo.pop()
        if name == goal:
            return True
        if name not in seen and name in entries:
            seen.add(name)
            todo.extend(entries[name].explains)
    return False
