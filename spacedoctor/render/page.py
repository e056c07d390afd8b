"""An entry of the catalogue as a Markdown page: what it looks like, why, what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import regex

from spacedoctor.catalogue.entry import AREAS, Entry, Hit, Remedy
from spacedoctor.diagnosis.advise import CHANCE_WORDS, COST_WORDS, EFFORT_WORDS, RISK_WORDS
from spacedoctor.render.words import BLAME

MESSAGE_CHARACTERS = 110


def index(entries: Mapping[str, Entry]) -> str:
    """Return the page that lists the entries by area and by message."""
    return "\n".join(_index(entries)) + "\n"


def _index(entries: Mapping[str, Entry]) -> Iterator[str]:
    yield "# Known failures\n"
    yield f"{len(entries)} entries, by area and, below, by message. Made by `spacedoctor patterns pages`."
    for area in AREAS:
        yield f"\n## {area}\n"
        yield from (f"- [{entry.title}]({entry.id}.md) (`{entry.id}`)" for entry in entries.values() if entry.area == area)
    yield "\n## By message\n"
    yield "| a line of the log | failure |\n|---|---|"
    for message, entry_id in sorted(
        {(_decisive(entry, hit), entry.id) for entry in entries.values() for hit in entry.samples.hit}
    ):
        yield f"| {code_cell(message)} | [{entry_id}]({entry_id}.md) |"


def _decisive(entry: Entry, hit: Hit) -> str:
    """Return the line of a sample that its pattern hits."""
    text = next((pattern.regex for pattern in entry.patterns if pattern.id == hit.pattern), None)
    lines = [line.strip() for line in hit.log.splitlines() if line.strip()]
    return next((line for line in lines if text and regex.search(text, line)), lines[-1])[:MESSAGE_CHARACTERS]


def code_cell(text: str) -> str:
    """Return text as code in a table's cell."""
    ticks = "`" * (max((len(run) for run in regex.findall("`+", text)), default=0) + 1)
    return f"{ticks} {text} {ticks}".replace("|", "\\|")


def render(entry: Entry) -> str:
    """Return the page; placeholders stay as they stand in the catalogue."""
    return "\n".join(_lines(entry)) + "\n"


def _lines(entry: Entry) -> Iterator[str]:
    yield f"# {entry.title}"
    yield ""
    yield f"`{entry.id}` · area {entry.area} · seen at {' and '.join(entry.stages)} · {BLAME[entry.blame]} has to change"
    yield ""
    yield " ".join(entry.cause.split())
    if entry.samples.hit:
        yield "\n## What it looks like\n"
    for hit in entry.samples.hit:
        fence = "`" * max(3, max((len(run) for run in regex.findall("`+", hit.log)), default=0) + 1)
        yield f"{fence}text\n{hit.log.rstrip()}\n{fence}"
        yield f"Source: {hit.source if hit.source != 'reproduced' else f'reproduced with {hit.versions}'}\n"
    yield "## What to do\n"
    for number, remedy in enumerate(entry.remedies, 1):
        yield from _remedy(number, remedy)
    if entry.explains:
        yield f"\nExplains: {', '.join(f'`{name}`' for name in entry.explains)}"
    yield "\n## References\n"
    for reference in entry.references:
        yield f"- <{reference.url}> (checked {reference.checked})"


def _remedy(number: int, remedy: Remedy) -> Iterator[str]:
    words = (CHANCE_WORDS[remedy.chance], EFFORT_WORDS[remedy.effort], RISK_WORDS[remedy.risk], COST_WORDS[remedy.cost])
    yield f"{number}. **{remedy.title}** ({', '.join(words)})"
    if remedy.loses:
        yield f"   - Loses data: {remedy.loses}"
    for step in remedy.steps:
        yield f"   - {' '.join(step.split())}"
    if remedy.commands:
        yield "\n   ```sh"
        for command in remedy.commands:
            yield from (f"   {line}" for line in command.rstrip("\n").split("\n"))
        yield "   ```\n"
    for sign in remedy.verify:
        yield f"   - Worked if: {sign}"
