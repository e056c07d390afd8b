"""The report for a terminal."""

from __future__ import annotations

import io
import shutil
from itertools import groupby

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from spacedoctor.diagnosis.model import Advice, Diagnosis, Evidence, Finding, Letter
from spacedoctor.render import words

NARROWEST, USUAL, WIDEST = 40, 80, 110
SIGN = {
    "failing": ("✗", "bold red"),
    "healthy": ("✓", "bold green"),
    "unknown": ("?", "bold yellow"),
    "empty": ("?", "bold yellow"),
}


def screen_width() -> int:
    """Return the width to write for: that of the terminal, up to a width that reads well."""
    return max(NARROWEST, min(shutil.get_terminal_size().columns or USUAL, WIDEST))  # a terminal may not know its size: 0


def render(diagnosis: Diagnosis, width: int = 80, *, colour: bool = False) -> str:
    """Return the report as text of at most `width` columns, with colours if `colour` is true."""
    console = Console(
        file=io.StringIO(), width=width, force_terminal=colour, no_color=not colour, color_system="standard" if colour else None,
        highlight=False, emoji=False, markup=False, legacy_windows=False,
    )  # fmt: skip
    sign, style = SIGN[diagnosis.verdict]
    console.print(Text(f"{sign} {words.headline(diagnosis)}", style))
    _says(console, diagnosis)
    for leak in diagnosis.leaks:
        _indented(console, Text(f"! {words.revoke(leak)}", "bold red"))
    causes = diagnosis.causes
    for place, finding in enumerate(causes[:3], 1):
        _finding(console, finding, place if len(causes) > 1 else 0)
    _others(console, [*causes[3:], *(one for one in diagnosis.findings if one.role != "cause")])
    _unrecognised(console, diagnosis)
    _lines(console, "Signs of a good start", diagnosis.signs)
    for letter in diagnosis.letters:
        _letter(console, letter)
    _foot(console, diagnosis)
    out = console.file
    assert isinstance(out, io.StringIO)  # noqa: S101
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))


def _indented(console: Console, text: str | Text, by: int = 2) -> None:
    console.print(Padding(Text(text) if isinstance(text, str) else text, (0, 0, 0, by)))


def _says(console: Console, diagnosis: Diagnosis) -> None:
    if not diagnosis.says:
        return
    table = Table.grid(padding=(0, 2))
    for one in diagnosis.says:
        table.add_row(Text(one.who, "bold"), Text(one.what, overflow="fold"))
    console.print()
    console.print(Padding(table, (0, 0, 1, 2)))


def _letter(console: Console, letter: Letter) -> None:
    _heading(console, f"Ready to send to {letter.to}")
    _indented(console, Text(f"Subject: {letter.subject}", "dim"))
    _indented(console, letter.text, 4)


def _heading(console: Console, text: str) -> None:
    console.print()
    _indented(console, Text(text, "bold"))


def _finding(console: Console, finding: Finding, place: int) -> None:
    if place > 1:
        console.print()
        console.print(Text(f"Then: {finding.title}", "bold"))
    _indented(console, Text(words.facts_line(finding), "dim"))
    console.print()
    _indented(console, finding.cause)
    if finding.evidence:
        for source, lines in groupby(finding.evidence, lambda line: line.source):
            _heading(console, f"Evidence ({source})")
            for line in lines:
                _evidence(console, line)
    if finding.remedies:
        _heading(console, "What to do")
    for advice in finding.remedies[: 5 if place < 2 else 1]:
        _advice(console, advice)


def _evidence(console: Console, line: Evidence) -> None:
    shown = Text(f"{'>' if line.hit else ' '} {line.line or '':>5} | {line.text}", "bold" if line.hit else "dim")
    shown.truncate(max(console.width * 3 - 8, 40), overflow="ellipsis")
    _indented(console, shown)


def _advice(console: Console, advice: Advice) -> None:
    _indented(console, Text(f"{advice.rank}. {advice.title}", "bold cyan"))
    _indented(console, Text(f"({advice.why})", "dim"), 5)
    if advice.loses:
        _indented(console, Text(f"Loses data: {advice.loses}", "bold red"), 5)
    for step in advice.steps:
        _indented(console, f"- {step}", 5)
    for command in advice.commands:
        _indented(console, Text(f"$ {command}", "green"), 5)
    for sign in advice.verify:
        _indented(console, Text(f"Worked if: {sign}", "italic"), 5)


def _others(console: Console, findings: list[Finding]) -> None:
    if findings:
        _heading(console, "Also seen")
    for finding in findings:
        role = words.ROLE.get(finding.role, "another cause")
        _indented(console, f"- {finding.title} ({words.place(finding)}): {role}")


def _unrecognised(console: Console, diagnosis: Diagnosis) -> None:
    if diagnosis.verdict != "unknown" or not diagnosis.unrecognised:
        return
    _heading(console, "Lines that look like errors, not explained")
    for one in diagnosis.unrecognised:
        _indented(console, f"{one.line:>7} | {one.text}")


def _lines(console: Console, heading: str, lines: tuple[Evidence, ...]) -> None:
    if lines:
        _heading(console, heading)
    for line in lines:
        _indented(console, f"{line.line:>7} | {line.text}")


def _foot(console: Console, diagnosis: Diagnosis) -> None:
    console.print()
    for reason, sources in words.skipped_together(diagnosis.skipped).items():
        _indented(console, Text(f"Not looked at: {', '.join(sources)}: {reason}", "yellow"))
    read = ", ".join(f"{log.source} ({log.lines} lines{', ' + log.stage if log.stage else ''})" for log in diagnosis.logs)
    tool = f"spacedoctor {diagnosis.tool_version}, {diagnosis.catalogue_entries} entries ({diagnosis.catalogue_version})"
    _indented(console, Text(f"Read: {read}\n{tool}", "dim"))
