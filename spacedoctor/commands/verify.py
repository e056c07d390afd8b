"""`spacedoctor verify SPACE`: did the fix work?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from spacedoctor.commands import attach
from spacedoctor.commands.output import FORMATS, form_of, load_catalogue, progress, rendered, write
from spacedoctor.errors import InputError, UsageError

if TYPE_CHECKING:
    from spacedoctor.verification.model import Event

EXIT_CODES = {"fixed": 0, "other-failure": 1, "same-failure": 1, "unfinished": 4, "unknown": 4}


@click.command()
@click.argument("space")
@click.option("--before", metavar="ID|REPORT.json", help="What was wrong: an entry's id, or the JSON report.")
@click.option(
    "--check",
    "checks",
    multiple=True,
    metavar="CHECK",
    help="""A request and what it must answer, such as 'GET /health 200 json:{"status": "healthy"}'.""",
)
@click.option("--checks", "file", metavar="FILE", type=click.Path(dir_okay=False), help="A YAML list of checks.")
@click.option(
    "--check-persistence",
    "persistence",
    metavar="PATH|REQUESTS",
    help="Does data outlive a restart: a path in the container, or 'REQUEST THAT WRITES => REQUEST THAT READS'; with these the Space is restarted.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=1, max=86400),
    default=1800.0,
    metavar="SECONDS",
    help="How long to wait for the build and the start; 1800.",
)
@click.option("--format", "form", type=click.Choice(FORMATS), help="Default: terminal on a terminal, markdown into a pipe.")
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write the report to a file; its ending tells the format.")
@click.option("--catalogue", "catalogues", multiple=True, metavar="DIR", help="A folder of further entries.")
@click.option("--attach", "target", metavar="WHERE", help="Post the report, as without a command.")
@click.option("--yes", is_flag=True, help="Do not ask before restarting or posting.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def verify(
    space: str, before: str | None, checks: tuple[str, ...], file: str | None, persistence: str | None, timeout: float,
    form: str | None, output: str | None, catalogues: tuple[str, ...], target: str | None, yes: bool, debug: bool,  # noqa: FBT001
) -> int:  # fmt: skip
    """Did the fix work? Waits, reads the new log, asks the app."""
    del debug
    from spacedoctor.verification.report import headline
    from spacedoctor.verification.verify import verify as run

    form = form_of(form, output)
    if target:
        attach.check(target, redact=True)
    asked = [*checks, *(_of_file(file) if file else ())]
    if persistence and not _agreed(persistence, space, yes=yes):
        return 0
    done = run(
        space, before=_before(before), checks=asked, check_persistence=persistence, timeout=timeout,
        catalogue=load_catalogue(catalogues), progress=_show,
    )  # fmt: skip
    progress("")
    write(rendered(done, form, to_file=bool(output)), output)
    attach.in_actions(done, done.diagnosis.causes)
    if target and (address := attach.attach(headline(done), done.to_markdown(), done.space, target, yes=yes)):
        click.echo(f"posted: {address}", err=True)
    return EXIT_CODES[done.verdict]


def _show(event: Event) -> None:
    progress(event.text)


def _before(text: str | None) -> str | Path | None:
    """Return the id, or the path of the report, that the words of the command mean."""
    return Path(text) if text and (text.endswith(".json") or "/" in text or Path(text).is_file()) else text


def _of_file(name: str) -> list[str]:
    from spacedoctor.verification.checks import of_file

    try:
        return of_file(Path(name).read_bytes(), name)
    except OSError as error:
        raise InputError(f"cannot read {name}: {error.strerror}") from error


def _agreed(persistence: str, space: str, *, yes: bool) -> bool:
    """Say what trying it out will do, and ask; a path is only looked up, and needs no question."""
    from spacedoctor.verification.persistence import parse

    trial = parse(persistence)
    if isinstance(trial, str):
        return True
    steps = (f"send {trial.write.words}", f"send {trial.read.words}", f"restart {space}", f"send {trial.read.words} again")
    click.echo("To see whether data outlives a restart, this will:", err=True)
    for number, step in enumerate(steps, 1):
        click.echo(f"  {number}. {step}", err=True)
    if yes:
        return True
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError(f"there is nobody to ask whether {space} may be restarted", "add --yes")
    return click.confirm("Go on?", err=True)
