"""`spacedoctor [SPACE|LOG]...`: diagnose a Space, or logs."""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spacedoctor.commands import attach
from spacedoctor.commands.output import FORMATS, form_of, load_catalogue, progress, rendered, write
from spacedoctor.errors import UsageError

if TYPE_CHECKING:
    from spacedoctor.catalogue import Catalogue
    from spacedoctor.diagnosis.model import Diagnosis, Finding
    from spacedoctor.follow import Conclude
    from spacedoctor.log.read import Source

EXIT_CODES = {"healthy": 0, "failing": 1, "unknown": 4, "empty": 4}
STDIN_LABEL = "<stdin>"
PROGRESS_SECONDS = 0.3
SECONDS = click.FloatRange(min=0.1, max=86400)


@dataclass(frozen=True, slots=True)
class Case:
    """What is to be diagnosed: logs, and how what was found in them becomes a diagnosis."""

    sources: list[Source]
    conclude: Conclude


@click.command(hidden=True)
@click.argument("logs", nargs=-1, metavar="[SPACE|LOG]...")
@click.option("--format", "form", type=click.Choice(FORMATS), help="Default: terminal on a terminal, markdown into a pipe.")
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write the report to a file; its ending tells the format.")
@click.option("--stage", type=click.Choice(("build", "run")), help="What kind of log it is; of a Space: read only this one.")
@click.option("--follow", is_flag=True, help="Go on reading while the logs are written; tell findings as they come.")
@click.option("--timeout", type=SECONDS, metavar="SECONDS", help="How long to read from the Hub; 20, without end with --follow.")
@click.option("--commit", metavar="SHA", help="The commit that should run; the build's banner is compared with it.")
@click.option("--catalogue", "catalogues", multiple=True, metavar="DIR", help="A folder of further entries.")
@click.option(
    "--attach", "target", metavar="WHERE", help="Post the report: discussion, github:OWNER/REPO or github:OWNER/REPO#ISSUE."
)
@click.option("--yes", is_flag=True, help="Do not ask before posting.")
@click.option("--no-redact", is_flag=True, help="Leave secrets in the report as they are.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def diagnose(
    logs: tuple[str, ...], form: str | None, output: str | None, stage: Any, follow: bool, timeout: float | None,  # noqa: FBT001
    commit: str | None, catalogues: tuple[str, ...], target: str | None, yes: bool, no_redact: bool, debug: bool,  # noqa: FBT001
) -> int:  # fmt: skip
    """Diagnose a Space, or logs."""
    del debug
    form = form_of(form, output)
    if target:
        attach.check(target, redact=not no_redact)
    catalogue = load_catalogue(catalogues)
    if len(logs) == 1 and _names_a_space(logs[0]):
        case = _space(logs[0], stage, timeout, catalogue, follow=follow, redact=not no_redact)
    else:
        case = _logs(logs or ("-",), stage, commit, catalogue, redact=not no_redact)
    diagnosis = _followed(case, catalogue) if follow else _read(case, catalogue)
    progress("")
    write(rendered(diagnosis, form, to_file=bool(output)), output)
    if not no_redact:
        attach.in_actions(diagnosis, diagnosis.causes)
    if target:
        _attach(diagnosis, target, yes=yes)
    if diagnosis.verdict == "empty":
        click.echo(
            "error: there was nothing to read\nhint: pipe a log in, such as: hf spaces logs OWNER/SPACE | spacedoctor", err=True
        )
    return EXIT_CODES[diagnosis.verdict]


def _attach(diagnosis: Diagnosis, target: str, *, yes: bool) -> None:
    from spacedoctor.render.words import headline

    address = attach.attach(headline(diagnosis), diagnosis.to_markdown(), (diagnosis.space or {}).get("id"), target, yes=yes)
    if address:
        click.echo(f"posted: {address}", err=True)


def _names_a_space(name: str) -> bool:
    from spacedoctor import addresses

    try:
        if name == "-" or ("/" not in name and "." not in name) or Path(name).exists():
            return False
        return addresses.is_space(name, os.environ.get("HF_ENDPOINT"))
    except (OSError, ValueError):  # too long for a file, no address either
        return False


def _space(name: str, stage: Any, timeout: float | None, catalogue: Catalogue, *, follow: bool, redact: bool) -> Case:
    from spacedoctor.api import SPACE_SECONDS, conclude, sources_of
    from spacedoctor.hub.client import Deadline, Hub
    from spacedoctor.hub.patient import visit

    progress(f"asking the Hub about {name} ...")
    hub = Hub(Deadline(timeout or SPACE_SECONDS))
    patient = visit(
        name, hub, (stage,) if stage else ("build", "run"), follow=Hub(Deadline(timeout or math.inf)) if follow else None
    )
    return Case(sources_of(patient), lambda records, slow: conclude(patient, records, slow, catalogue, redact=redact))


def _logs(names: Sequence[str], stage: Any, commit: str | None, catalogue: Catalogue, *, redact: bool) -> Case:
    from spacedoctor.diagnosis.findings import diagnosis_of
    from spacedoctor.facts import Facts
    from spacedoctor.redact import Redactor

    for name in names:
        if _names_a_space(name):
            raise UsageError(f"{name} is a Space: give it alone, without other Spaces or logs", f"spacedoctor {name}")
    facts, mask = Facts(head_commit=commit), Redactor(off=not redact).mask
    sources = [_source(name, stage) for name in names]
    return Case(sources, lambda records, slow: diagnosis_of(records, slow, facts, catalogue, mask))


def _read(case: Case, catalogue: Catalogue) -> Diagnosis:
    from spacedoctor.api import examine

    examined = [examine(replace(source, pieces=_with_progress(source)), catalogue) for source in case.sources]
    return case.conclude([record for record, _ in examined], [one for _, some in examined for one in some])


def _with_progress(source: Source) -> Iterator[bytes]:
    """Yield a log's pieces, and tell now and then how much of it has been read."""
    size, next_told = 0, time.monotonic() + PROGRESS_SECONDS
    for piece in source.pieces:
        yield piece
        size += len(piece)
        if time.monotonic() >= next_told:
            progress(f"reading {source.label}: {size / 1e6:.1f} MB ...")
            next_told = time.monotonic() + PROGRESS_SECONDS


def _followed(case: Case, catalogue: Catalogue) -> Diagnosis:
    """Tell each cause when it shows up, until the logs end or somebody presses Ctrl-C; then comes the report."""
    from spacedoctor.follow import follow

    told: set[tuple[str, str]] = set()
    diagnosis: Diagnosis | None = None
    try:
        for diagnosis in follow(case.sources, catalogue, case.conclude):
            for finding in diagnosis.causes:
                key = (finding.id, finding.evidence[0].source if finding.evidence else "")
                if finding.first_line and key not in told:
                    told.add(key)
                    _announce(finding)
            progress(", ".join(f"{log.source}: {log.lines} lines" for log in diagnosis.logs))
    except KeyboardInterrupt:
        if diagnosis is None:
            raise
    assert diagnosis is not None  # noqa: S101  (even logs that are empty end, and are diagnosed then)
    return diagnosis


def _announce(finding: Finding) -> None:
    progress("")
    where = next((line for line in finding.evidence if line.hit), None)
    click.echo(f"✗ {finding.title} ({finding.id})", err=True)
    if where:
        click.echo(f"  {where.source}, line {where.line}: {where.text[:300]}", err=True)
    for advice in finding.remedies[:1]:
        click.echo(f"  What to do: {advice.title}", err=True)


def _source(name: str, stage: Any) -> Source:
    from spacedoctor.log import read

    if name == "-":
        if sys.stdin is None or sys.stdin.isatty():
            raise UsageError("no log given", "name a file, or pipe a log in: hf spaces logs OWNER/SPACE | spacedoctor")
        return read.stream_source(sys.stdin.buffer, STDIN_LABEL, stage)
    return read.file_source(name, stage)
