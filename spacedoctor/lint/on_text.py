"""Checks of what an entry says, and of its regexes as texts."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator

import regex

from spacedoctor.catalogue import placeholders
from spacedoctor.catalogue.entry import Entry
from spacedoctor.catalogue.validate import captured
from spacedoctor.lint.model import Context, Issue
from spacedoctor.match import engine
from spacedoctor.match.loosen import loosen
from spacedoctor.match.matcher import LONGEST_TEXT

Check = Callable[[Context, set[str] | None], Iterator[Issue]]
LONGEST_TITLE = 80
SHORTEST_CAUSE, SHORTEST_STEP = 80, 15
LITERAL_RUN = 4
SLOW_SECONDS = 0.2
LINE = 4 * LONGEST_TEXT
ADDRESS = re.compile(r"https://[\w.-]+\.[a-z]{2,}(?:[:/?#]\S*)?")
GREEDY = re.compile(r"(?<!\\)\.[*+](?!\?)|(?<!\\)\.\{\d+,\}")


def titles(context: Context, only: set[str] | None) -> Iterator[Issue]:
    """A title is short, unique, and no sentence with a full stop."""
    for entry in context.chosen(only):
        for other in context.entries.values():
            if other.id != entry.id and other.title.lower() == entry.title.lower():
                yield context.issue("title", entry, ("title",), f"the same title as {other.id}")
        if len(entry.title) > LONGEST_TITLE:
            yield context.issue("title", entry, ("title",), f"{len(entry.title)} characters, more than {LONGEST_TITLE}")
        if entry.title.endswith("."):
            yield context.issue("title", entry, ("title",), "ends with a full stop")


def said_something(context: Context, only: set[str] | None) -> Iterator[Issue]:
    """Cause and steps say what they have to, and not only where else to look."""
    for entry in context.chosen(only):
        if len(entry.cause) < SHORTEST_CAUSE:
            yield context.issue("said-something", entry, ("cause",), "the cause is too short to help a newcomer")
        for index, remedy in enumerate(entry.remedies):
            for step in remedy.steps:
                if len(step) < SHORTEST_STEP:
                    yield context.issue("said-something", entry, ("remedies", index, "steps"), f"says too little: {step!r}")


def explains(context: Context, only: set[str] | None) -> Iterator[Issue]:
    """What an entry explains exists."""
    for entry in context.chosen(only):
        for index, other in enumerate(entry.explains):
            if other not in context.entries:
                yield context.issue("explains-known", entry, ("explains", index), f"no entry {other!r}")


def references(context: Context, only: set[str] | None) -> Iterator[Issue]:
    """Every reference is an https address, every date a day that has been."""
    for entry in context.chosen(only):
        if not entry.references:
            yield context.issue("references", entry, ("references",), "no reference")
        for index, reference in enumerate(entry.references):
            if not ADDRESS.fullmatch(reference.url):
                yield context.issue("references", entry, ("references", index), f"no https address: {reference.url}")
            if not _is_day(reference.checked):
                yield context.issue("references", entry, ("references", index), f"no day of the past: {reference.checked}")
        for index, remedy in enumerate(entry.remedies):
            for url in remedy.references:
                if not ADDRESS.fullmatch(url):
                    yield context.issue("references", entry, ("remedies", index, "references"), f"no https address: {url}")


def _is_day(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text) <= datetime.datetime.now(tz=datetime.timezone.utc).date()
    except ValueError:
        return False


def regex_form(context: Context, only: set[str] | None) -> Iterator[Issue]:
    """A regex is ASCII, begins with something definite, repeats nothing without bound, and hyperscan takes its loosened form."""
    for entry in context.chosen(only):
        for where, text in _regexes(entry):
            for fault in _form_faults(text):
                yield context.issue("regex-form", entry, where, fault)
            if refused := engine.refusal(loosen(text)):
                yield context.issue("regex-form", entry, where, f"hyperscan does not take it: {refused}")


def _regexes(entry: Entry) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for index, pattern in enumerate(entry.patterns):
        yield ("patterns", index, "regex"), pattern.regex


def _form_faults(text: str) -> Iterator[str]:
    if not text.isascii():
        yield "not ASCII"
    if re.match(r"\^?\.[*+]", text):
        yield "begins with .* or .+"
    if GREEDY.search(re.sub(r"\[(?:\\.|[^\]\\])*\]", "[]", text)):
        yield "repeats . without bound: write a class and a limit, such as [^\\n]{1,200}"
    if re.search(r"\\[1-9]|\(\?P=", text):
        yield "has a back-reference"
    if not re.search(
        rf"(?:[A-Za-z0-9 _=:'\"/-]|\\[.()\[\]{{}}'\"+*?|^$/-]){{{LITERAL_RUN},}}",
        re.sub(r"\(\?P<\w+>|\[[^\]]*\]|\{[\d,]+\}|\\[a-zA-Z]", "\0", text),
    ):
        yield f"holds no {LITERAL_RUN} literal characters in a row"


def regex_speed(context: Context, only: set[str] | None) -> Iterator[Issue]:
    """No regex, of a pattern or of what stands near it, is slow on a hostile line."""
    for entry in context.chosen(only):
        for index, pattern in enumerate(entry.patterns):
            for text in (pattern.regex, *(near.regex for near in (*pattern.context, *pattern.unless))):
                if slow := _slow_on(text):
                    yield context.issue(
                        "regex-fast", entry, ("patterns", index), f"over {SLOW_SECONDS} s on a line of {slow}: {text[:80]}"
                    )


def _slow_on(text: str) -> str | None:
    compiled = regex.compile(text)
    literal = (
        "".join(re.findall(r"[A-Za-z0-9 _=:'\"/-]{2,}", re.sub(r"\(\?[^)]*?[>:]|\[[^\]]*\]|\\[a-zA-Z]", "", text)))[:200] or "x"
    )
    start = literal[: max(len(literal) // 2, 1)]
    hostile = {
        "a": "a",
        "spaces": " ",
        "its own words": literal + " ",
        "its beginning": start,
        "quotes": "\"'",
        "dots": "a.",
        "its beginning and a": start + "a" * 50,
    }
    for name, piece in hostile.items():
        try:
            compiled.search((piece * LINE)[:LINE], timeout=SLOW_SECONDS)
        except TimeoutError:
            return name
    return None


def placeholders_filled(context: Context, only: set[str] | None) -> Iterator[Issue]:
    """A placeholder that some pattern leaves unfilled has words to stand in, in the cause; facts capture nothing but what their check gives."""
    for entry in context.chosen(only):
        always = {"space"}
        common = set.intersection(*(captured(pattern) for pattern in entry.patterns)) if entry.patterns else set()
        optional = {name for pattern in entry.patterns for name in _optional(pattern.regex)}
        for name, has_words in placeholders.names(entry.cause).items():
            if not has_words and name not in always and (name not in common or name in optional):
                yield context.issue(
                    "placeholders", entry, ("cause",), f"{{{name}}} needs words for when nothing was captured: {{{name}|...}}"
                )


def _optional(text: str) -> set[str]:
    """Return the captures that stand in an optional part of a regex, roughly: followed by ? or * or beside a |."""
    return set(re.findall(r"\?P<(\w+)>[^()]*\)\)?[?*]", text))


CHECKS: tuple[Check, ...] = (titles, said_something, explains, references, regex_form, regex_speed, placeholders_filled)
