"""An entry of the catalogue as a Markdown page: what it looks like, why, what to do."""

from __future__ import annotations

from collections.abc import Iterator

from spacedoctor.catalogue.entry import Entry, Remedy
from spacedoctor.diagnosis.advise import CHANCE_WORDS, COST_WORDS, EFFORT_WORDS, RISK_WORDS
from spacedoctor.render.words import BLAME


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
        yield "```text"
        yield hit.log.rstrip("\n")
        yield "```"
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
