"""The command line: the only place that prints, reads the environment, or exits."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spacedoctor import __version__
from spacedoctor.errors import InputError, SpacedoctorError, UsageError

if TYPE_CHECKING:
    from spacedoctor.catalogue import Catalogue
    from spacedoctor.diagnosis.model import Diagnosis
    from spacedoctor.log.read import Source

EXIT_CODES = {"healthy": 0, "failing": 1, "unknown": 4, "empty": 4}
FORMATS = ("terminal", "markdown", "html", "json")
ENDINGS = {".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html", ".json": "json", ".txt": "terminal"}
STDIN_LABEL = "<stdin>"
INTERRUPTED = 130


class Main(click.Group):
    """Without the name of a command the words are logs to diagnose."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `diagnose` in front of what names no command."""
        if not args or (args[0] not in self.commands and args[0] not in ("--help", "-h", "--version")):
            args = ["diagnose", *args]
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the options of `diagnose`: they are what people look for."""
        click.Command.format_options(self.commands["diagnose"], ctx, formatter)
        self.format_commands(ctx, formatter)


@click.group(cls=Main, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="spacedoctor")
def cli() -> None:
    """Find out why a Hugging Face Space does not start.

    \b
    spacedoctor me/app                      looks at a Space: its state, its settings, its build and run logs
    hf spaces logs me/app | spacedoctor     reads a log on standard input
    spacedoctor build.log run.log.gz        reads files (- is standard input)
    """  # noqa: D301


@cli.command(hidden=True)
@click.argument("logs", nargs=-1, metavar="[SPACE|LOG]...")
@click.option("--format", "form", type=click.Choice(FORMATS), help="Default: terminal on a terminal, markdown into a pipe.")
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write the report to a file; its ending tells the format.")
@click.option("--stage", type=click.Choice(("build", "run")), help="What kind of log it is; of a Space: read only this one.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0.1, max=3600),
    default=20.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to read from the Hub.",
)
@click.option("--commit", metavar="SHA", help="The commit that should run; the build's banner is compared with it.")
@click.option("--catalogue", "catalogues", multiple=True, metavar="DIR", help="A folder of further entries.")
@click.option("--no-redact", is_flag=True, help="Leave secrets in the report as they are.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def diagnose(
    logs: tuple[str, ...], form: str | None, output: str | None, stage: Any, timeout: float, commit: str | None,
    catalogues: tuple[str, ...], no_redact: bool, debug: bool,  # noqa: FBT001
) -> int:  # fmt: skip
    """Diagnose a Space, or logs."""
    del debug
    form = _format(form, output)
    if len(logs) == 1 and _names_a_space(logs[0]):
        diagnosis = _of_space(logs[0], stage, timeout, load_catalogue(catalogues), redact=not no_redact)
    else:
        diagnosis = _of_logs(logs or ("-",), stage, commit, load_catalogue(catalogues), redact=not no_redact)
    write(rendered(diagnosis, form, to_file=bool(output)), output)
    if diagnosis.verdict == "empty":
        click.echo(
            "error: there was nothing to read\nhint: pipe a log in, such as: hf spaces logs OWNER/SPACE | spacedoctor", err=True
        )
    return EXIT_CODES[diagnosis.verdict]


def _names_a_space(name: str) -> bool:
    if name == "-" or ("/" not in name and "." not in name) or Path(name).exists():
        return False
    from spacedoctor import addresses

    return addresses.is_space(name, os.environ.get("HF_ENDPOINT"))


def _of_space(name: str, stage: Any, timeout: float, catalogue: Catalogue, *, redact: bool) -> Diagnosis:
    from spacedoctor.api import diagnose_patient
    from spacedoctor.hub.client import Deadline, Hub
    from spacedoctor.hub.patient import visit

    patient = visit(name, Hub(Deadline(timeout)), (stage,) if stage else ("build", "run"))
    return diagnose_patient(patient, catalogue, redact=redact)


def _of_logs(names: Sequence[str], stage: Any, commit: str | None, catalogue: Catalogue, *, redact: bool) -> Diagnosis:
    from spacedoctor.api import diagnose_sources
    from spacedoctor.facts import Facts

    for name in names:
        if _names_a_space(name):
            raise UsageError(f"{name} is a Space: give it alone, without other Spaces or logs", f"spacedoctor {name}")
    sources = [_source(name, stage) for name in names]
    return diagnose_sources(sources, catalogue, Facts(head_commit=commit), redact=redact)


def load_catalogue(extra: Sequence[str]) -> Catalogue:
    """Load the built-in catalogue and the folders `extra`, with the user's cache folder."""
    import platformdirs

    from spacedoctor.catalogue import Catalogue

    return Catalogue.load(*extra, cache_dir=Path(platformdirs.user_cache_dir("spacedoctor", appauthor=False)))


def _format(form: str | None, output: str | None) -> str:
    if form:
        return form
    if output:
        ending = Path(output).suffix.lower()
        if ending not in ENDINGS:
            raise UsageError(f"the ending of {output} names no format", f"use one of {', '.join(ENDINGS)}, or --format")
        return ENDINGS[ending]
    return "terminal" if sys.stdout.isatty() else "markdown"


def _source(name: str, stage: Any) -> Source:
    from spacedoctor.log import read

    if name == "-":
        if sys.stdin is None or sys.stdin.isatty():
            raise UsageError("no log given", "name a file, or pipe a log in: hf spaces logs OWNER/SPACE | spacedoctor")
        return read.stream_source(sys.stdin.buffer, STDIN_LABEL, stage)
    return read.file_source(name, stage)


def rendered(diagnosis: Diagnosis, form: str, *, to_file: bool = False) -> str:
    """Return the report in that form."""
    if form == "json":
        return diagnosis.to_json()
    if form == "html":
        return diagnosis.to_html()
    if form == "markdown":
        return diagnosis.to_markdown()
    from spacedoctor.render import terminal

    colour = not to_file and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return terminal.render(diagnosis, width=terminal.screen_width(), colour=colour)


def write(text: str, output: str | None) -> None:
    """Write a report to standard output or, whole or not at all, to a file."""
    if output is None:
        click.echo(text, nl=False)
        return
    target = Path(output)
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise InputError(f"cannot write {output}: {error.strerror}", "choose another place with -o") from error


def main(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit code; errors that a user can act on are told in a line, bugs show their traceback."""
    from spacedoctor import commands

    commands.register(cli)
    try:
        code = cli.main(args=list(arguments), prog_name="spacedoctor", standalone_mode=False)
    except SpacedoctorError as error:
        if "--debug" in arguments:
            traceback.print_exc()
        return tell(error.message, error.hint, error.exit_code)
    except click.ClickException as error:
        hint = "see spacedoctor --help" if isinstance(error, click.UsageError) else None
        return tell(error.format_message(), hint, error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing more can be flushed into it
        return 0
    return code if isinstance(code, int) else 0


def tell(message: str, hint: str | None, code: int) -> int:
    """Print an error and its hint to standard error, and return the exit code."""
    click.echo(f"error: {message}", err=True)
    if hint:
        click.echo(f"hint: {hint}", err=True)
    return code
