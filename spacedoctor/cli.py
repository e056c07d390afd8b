"""The command line: with `commands` the only place that prints, reads the environment, or exits."""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Sequence

import click

from spacedoctor import __version__
from spacedoctor.errors import SpacedoctorError

INTERRUPTED = 130
BUG = 70


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


def main(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit code; errors that a user can act on are told in a line, bugs show their traceback."""
    from spacedoctor import commands

    commands.register(cli)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a character that the terminal does not have is no reason to fail
    try:
        code = cli.main(args=list(arguments), prog_name="spacedoctor", standalone_mode=False)
    except SpacedoctorError as error:
        if "--debug" in arguments:
            click.echo(masked(traceback.format_exc()), err=True, nl=False)
        return tell(error.message, error.hint, error.exit_code)
    except click.ClickException as error:
        hint = "see spacedoctor --help" if isinstance(error, click.UsageError) else None
        return tell(error.format_message(), hint, error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing more can be flushed into it
        return 0
    except Exception:  # noqa: BLE001  (a bug: its traceback is wanted, what secrets are in it are not)
        click.echo(masked(traceback.format_exc()), err=True, nl=False)
        return BUG
    return code if isinstance(code, int) else 0


def masked(text: str) -> str:
    """Return a text for standard error without the secrets that may have come into it from a log, an answer or an address."""
    from spacedoctor.log.clean import plain
    from spacedoctor.redact import Redactor

    return Redactor().mask(plain(text))


def tell(message: str, hint: str | None, code: int) -> int:
    """Print an error and its hint to standard error, and return the exit code."""
    click.echo(masked(f"error: {message}"), err=True)
    if hint:
        click.echo(masked(f"hint: {hint}"), err=True)
    return code
