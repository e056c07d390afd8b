"""A verification as a report: a summary of its own, then the report of the diagnosis after it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from spacedoctor.log.clean import plain
from spacedoctor.render import html, markdown, templates, terminal, words
from spacedoctor.verification.model import CheckResult, Container, Verification

SCHEMA = "spacedoctor-verification/1"
SIGN = {"fixed": ("✓", "bold green"), "other-failure": ("✗", "bold red"), "same-failure": ("✗", "bold red")}
NOT_KNOWN = ("?", "bold yellow")


def headline(verification: Verification) -> str:
    """Return the verdict in one sentence."""
    treated, failing = verification.treated, [check for check in verification.checks if not check.passed]
    if verification.verdict == "fixed":
        return f"Fixed: {treated.title}" if treated else f"{verification.space} runs, and nothing wrong was found"
    if verification.verdict == "same-failure":
        return f"Not fixed: {treated.title if treated else ''}"
    if verification.verdict == "other-failure":
        few = f"{len(failing)} of {len(verification.checks)} checks fail{'s' if len(failing) == 1 else ''}"
        what = words.headline(verification.diagnosis) if verification.diagnosis.causes else few
        return f"Fixed, and here is the next one: {what}" if treated else f"It fails: {what}"
    if verification.verdict == "unfinished":
        return f"Not finished after {verification.seconds:.0f} s: whether it is fixed is not known yet"
    return "It cannot be told whether it is fixed"


def rows(verification: Verification) -> Iterator[tuple[str, str]]:
    """Yield what was before, what is now, and whether data outlives a restart, as names and words."""
    treated, before = verification.treated, verification.before
    if treated or before:
        what = [f"{treated.title} ({treated.id or 'not in the catalogue'})"] if treated else []
        yield "Before", ", ".join([*what, *(_container(before) if before else ())])
    yield "Now", ", ".join([*_container(verification.after), words.headline(verification.diagnosis)])
    if verification.persistence:
        kept = {True: "kept", False: "lost", None: "not known"}[verification.persistence.kept]
        yield "Data", f"{verification.persistence.what}: {kept}. {verification.persistence.why}"


def _container(container: Container) -> Iterator[str]:
    if container.stage:
        yield container.stage
    if container.commit:
        yield f"commit {container.commit[:8]}"
    if container.boot:
        yield f"started {container.boot}"


def result(check: CheckResult) -> str:
    """Return what came of a check."""
    tries = f" at try {check.tries}" if check.tries > 1 else ""
    return check.reason + tries if check.reason else f"{check.status} in {check.seconds:.2f} s{tries}"


def _filling(verification: Verification) -> dict[str, Any]:
    shown = tuple(sign.line for sign in verification.signs if sign.line)
    return {
        "v": verification,
        "title": headline(verification),
        "rows": list(rows(verification)),
        "shown": shown,
        "result": result,
    }


def as_data(verification: Verification) -> dict[str, Any]:
    """Return the report as plain data."""
    treated, after = verification.treated, verification.after
    return {
        "schema": SCHEMA,
        "verdict": verification.verdict,
        "headline": headline(verification),
        "space": verification.space,
        "treated": treated and {"id": treated.id, "title": treated.title, "captures": dict(treated.captures)},
        "before": verification.before and _as_data(verification.before),
        "after": _as_data(after),
        "signs": [
            {"id": sign.id, "example": sign.example, "source": sign.line and sign.line.source, "line": sign.line and sign.line.line,
             "text": sign.line and sign.line.text}
            for sign in verification.signs
        ],
        "checks": [dataclasses.asdict(check) for check in verification.checks],
        "persistence": verification.persistence and dataclasses.asdict(verification.persistence),
        "doubts": list(verification.doubts),
        "seconds": round(verification.seconds, 1),
        "report": verification.diagnosis.to_dict(),
    }  # fmt: skip


def _as_data(container: Container) -> dict[str, str | None]:
    return {
        "stage": container.stage, "commit": container.commit, "head": container.head, "boot": container.boot,
        "build": container.build,
    }  # fmt: skip


def as_json(verification: Verification) -> str:
    """Return the report as JSON text, ended by a newline."""
    return json.dumps(as_data(verification), indent=2, ensure_ascii=False) + "\n"


def as_markdown(verification: Verification) -> str:
    """Return the report as Markdown, within what GitHub takes."""
    summary = templates.fill("verification.md.j2", verification.diagnosis, **_filling(verification)).rstrip("\n") + "\n\n"
    return summary + markdown.render(verification.diagnosis, markdown.LIMIT - len(summary))


def as_html(verification: Verification) -> str:
    """Return the report as HTML."""
    return html.render(verification.diagnosis, "verification.html.j2", **_filling(verification))


def as_terminal(verification: Verification, width: int = 80, *, colour: bool = False, links: bool = False) -> str:
    """Return the report as text of at most `width` columns, with colours and with links that can be clicked at, where asked for."""
    console = terminal.console_of(width, colour=colour)
    sign, style = SIGN.get(verification.verdict, NOT_KNOWN)
    console.print(Text(plain(f"{sign} {headline(verification)}"), style))
    table = Table.grid(padding=(0, 2))
    for name, name_style, text in _told(verification):
        table.add_row(Text(name, name_style), Text(plain(text), overflow="fold"))
    console.print()
    console.print(Padding(table, (0, 0, 1, 2)))
    return terminal.written(console) + "\n" + terminal.render(verification.diagnosis, width, colour=colour, links=links)


def _told(verification: Verification) -> Iterator[tuple[str, str, str]]:
    """Yield the rows of the summary: name, its style, text."""
    for name, text in rows(verification):
        yield name, "bold", text
    for check in verification.checks:
        yield "✓" if check.passed else "✗", "green" if check.passed else "red", f"{check.check}: {result(check)}"
    for sign in verification.signs:
        if sign.line:
            yield "✓", "green", f"{sign.line.line:>7} | {sign.line.text}"
    for text in verification.doubts:
        yield "!", "yellow", text
