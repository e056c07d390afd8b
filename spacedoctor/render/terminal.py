"""The report for a terminal."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from spacedoctor.diagnosis.masking import masked
from spacedoctor.diagnosis.model import Advice, Diagnosis, Evidence, Finding, Letter
from spacedoctor.log.clean import plain
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


def render(diagnosis: Diagnosis, width: int = 80, *, colour: bool = False, links: bool = False) -> str:
    """Return the report as text of at most `width` columns.

    Args:
        diagnosis: what to tell.
        width: columns, at least 40.
        colour: with colours.
        links: with addresses of the catalogue that can be clicked at (OSC 8); only together with colours.
    """
    console = console_of(width, colour=colour)
    diagnosis = masked(diagnosis, plain)  # a catalogue may be a stranger's too
    sign, style = SIGN[diagnosis.verdict]
    console.print(Text(f"{sign} {words.headline(diagnosis)}", style))
    _says(console, diagnosis)
    for leak in diagnosis.leaks:
        _listed(console, "!", Text(words.revoke(leak), "bold red"), 2)
        _links(console, "Revoke it at", [page] if (page := words.revoke_page(leak)) else [], 4, links=links)
        console.print()
    causes = diagnosis.causes
    for place, finding in enumerate(causes[:3], 1):
        _finding(console, finding, place if len(causes) > 1 else 0, links=links)
    _others(console, [*causes[3:], *(one for one in diagnosis.findings if one.role != "cause")])
    _unrecognised(console, diagnosis)
    _lines(console, "Signs of a good start", diagnosis.signs)
    for letter in diagnosis.letters:
        _letter(console, letter)
    _course(console, diagnosis)
    _foot(console, diagnosis)
    return written(console)


def console_of(width: int, *, colour: bool) -> Console:
    """Return a console that keeps what is printed on it."""
    return Console(
        file=io.StringIO(), width=width, force_terminal=colour, no_color=not colour, color_system="standard" if colour else None,
        highlight=False, emoji=False, markup=False, legacy_windows=False,
    )  # fmt: skip


def written(console: Console) -> str:
    """Return what was printed on it."""
    out = console.file
    assert isinstance(out, io.StringIO)  # noqa: S101
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))


def _indented(console: Console, text: str | Text | Table, by: int = 2) -> None:
    console.print(Padding(Text(text) if isinstance(text, str) else text, (0, 0, 0, by)))


def _listed(console: Console, sign: str, text: str | Text, by: int) -> None:
    """Print a text with a sign in front, its further lines beneath the first."""
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_row(sign, Text(text, overflow="fold") if isinstance(text, str) else text)
    _indented(console, table, by)


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


def _finding(console: Console, finding: Finding, place: int, *, links: bool) -> None:
    if place > 1:
        console.print()
        console.print(Text(f"Then: {finding.title}", "bold"))
    _indented(console, Text(words.facts_line(finding), "dim"))
    console.print()
    _indented(console, finding.cause)
    if finding.evidence:
        for _, lines in groupby(finding.evidence, lambda line: line.source):
            _evidence(console, list(lines))
    if finding.remedies:
        _heading(console, "What to do")
    for advice in finding.remedies[: 5 if place < 2 else 1]:
        _advice(console, advice)
        _links(console, "See", words.further(advice, finding), 5, links=links)
    left = len(finding.remedies) - (5 if place < 2 else 1)
    if left > 0:
        _indented(console, Text(f"({left} more in the report of -o report.html)", "dim"))
    console.print()
    _links(console, "Read more", words.read_more(finding), 2, links=links)


def _links(console: Console, heading: str, addresses: Sequence[str], by: int, *, links: bool) -> None:
    for address in addresses:
        _indented(console, Text.assemble((f"{heading}: ", "dim"), (address, f"dim link {address}" if links else "dim")), by)


def _evidence(console: Console, lines: Sequence[Evidence]) -> None:
    _heading(console, f"Evidence ({words.seen_at(lines)})")
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True, justify="right")
    table.add_column(overflow="fold")
    for line in lines:
        style = "bold" if line.hit else "dim"
        shown = Text(line.text, style, overflow="fold")
        shown.truncate(max(console.width - 14, 20) * 3, overflow="ellipsis")
        table.add_row(Text(f"{'>' if line.hit else ' '} {line.line or '':>5} |", style), shown)
    _indented(console, table)


def _advice(console: Console, advice: Advice) -> None:
    _indented(console, Text(f"{advice.rank}. {advice.title}", "bold cyan"))
    _indented(console, Text(f"({advice.why})", "dim"), 5)
    if advice.loses:
        _indented(console, Text(f"Loses data: {advice.loses}", "bold red"), 5)
    for step in advice.steps:
        _listed(console, "-", step, 5)
    for command in advice.commands:
        _listed(console, "$", Text(command, "green", overflow="fold"), 5)
    for sign in advice.verify:
        _indented(console, Text(f"Worked if: {sign}", "italic"), 5)


def _others(console: Console, findings: list[Finding]) -> None:
    if findings:
        _heading(console, "Also seen")
    for finding in findings:
        role = words.ROLE.get(finding.role, "another cause")
        _listed(console, "-", f"{finding.title} ({words.place(finding)}): {role}", 2)


def _unrecognised(console: Console, diagnosis: Diagnosis) -> None:
    if diagnosis.verdict != "unknown" or not diagnosis.unrecognised:
        return
    _heading(console, "Lines that look like errors, not explained")
    for one in diagnosis.unrecognised:
        _listed(console, f"{one.line:>7} |", one.text, 2)


def _lines(console: Console, heading: str, lines: tuple[Evidence, ...]) -> None:
    if lines:
        _heading(console, heading)
    for line in lines:
        _listed(console, f"{line.line:>7} |", line.text, 2)


def _course(console: Console, diagnosis: Diagnosis) -> None:
    for log in words.courses(diagnosis):
        _heading(console, f"Course of {log.source}")
        for part in log.stretches:
            _listed(console, "-", f"{words.stretch(part)} ({words.lines_of(part)})", 2)
    if diagnosis.space:
        _heading(console, "The Space")
        _grid(console, words.space_rows(diagnosis.space))


def _grid(console: Console, rows: Iterable[tuple[str, str]]) -> None:
    table = Table.grid(padding=(0, 2))
    for name, value in rows:
        shown = Text(" ".join(value.split()), "dim", overflow="fold")
        shown.truncate(console.width * 3, overflow="ellipsis")
        table.add_row(Text(name, "dim", overflow="fold"), shown)
    _indented(console, table)


def _foot(console: Console, diagnosis: Diagnosis) -> None:
    console.print()
    for reason, sources in words.skipped_together(diagnosis.skipped).items():
        _indented(console, Text(f"Not looked at: {', '.join(sources)}: {reason}", "yellow"))
    read = ", ".join(f"{log.source} ({log.lines} lines{', ' + log.stage if log.stage else ''})" for log in diagnosis.logs)
    tool = f"spacedoctor {diagnosis.tool_version}, {diagnosis.catalogue_entries} entries ({diagnosis.catalogue_version})"
    _indented(console, Text(f"Read: {read}\n{tool}", "dim"))
