"""What the commands share: the catalogue, the forms of a report and where it goes, and progress on a terminal."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from spacedoctor.errors import InputError, UsageError

if TYPE_CHECKING:
    from spacedoctor.catalogue import Catalogue
    from spacedoctor.diagnosis.model import Diagnosis
    from spacedoctor.verification.model import Verification

FORMATS = ("terminal", "markdown", "html", "json")
WITHOUT_LINKS = ("dumb", "linux")  # terminals that print the code of a link (OSC 8) instead of taking it in
ENDINGS = {".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html", ".json": "json", ".txt": "terminal"}


def load_catalogue(extra: Sequence[str]) -> Catalogue:
    """Load the built-in catalogue and the folders `extra`, with the user's cache folder."""
    import platformdirs

    from spacedoctor.catalogue import Catalogue

    try:
        folder = Path(platformdirs.user_cache_dir("spacedoctor", appauthor=False))
    except RuntimeError:  # a user without a home, as in containers
        return Catalogue.load(*extra)
    return Catalogue.load(*extra, cache_dir=folder if folder.is_absolute() else None)


def form_of(form: str | None, output: str | None) -> str:
    """Return the form of the report: the one asked for, that of the file's ending, or what fits where it goes."""
    if form:
        return form
    if output:
        ending = Path(output).suffix.lower()
        if ending not in ENDINGS:
            raise UsageError(f"the ending of {output} names no format", f"use one of {', '.join(ENDINGS)}, or --format")
        return ENDINGS[ending]
    return "terminal" if sys.stdout is not None and sys.stdout.isatty() else "markdown"


def rendered(report: Diagnosis | Verification, form: str, *, to_file: bool = False) -> str:
    """Return the report in that form."""
    if form == "json":
        return report.to_json()
    if form == "html":
        return report.to_html()
    if form == "markdown":
        return report.to_markdown()
    from spacedoctor.render import terminal

    colour = not to_file and sys.stdout is not None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    links = colour and os.environ.get("TERM") not in WITHOUT_LINKS
    return report.to_terminal(terminal.screen_width(), colour=colour, links=links)


def write(text: str, output: str | None) -> None:
    """Write a report to standard output or, whole or not at all, to a file."""
    if output is None:
        try:
            click.echo(text, nl=False)
        except BrokenPipeError:
            raise
        except OSError as error:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left of it cannot be flushed either
            raise InputError(f"cannot write the report: {error.strerror}") from error
        return
    target = Path(output)
    if target.exists() and not target.is_file():  # a device or a pipe is written into, not replaced
        _into(target, text, output)
        return
    try:
        _replace(target, text)
    except OSError as error:
        raise InputError(f"cannot write {output}: {error.strerror}", "choose another place with -o") from error


def _replace(target: Path, text: str) -> None:
    """Put a new file in the target's place: private, unless the file that was there was not; a link is replaced, not followed."""
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".spacedoctor-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        if target.is_file() and not target.is_symlink():
            Path(temporary).chmod(stat.S_IMODE(target.stat().st_mode))
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _into(target: Path, text: str, output: str) -> None:
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot write {output}: {error.strerror}", "choose another place with -o") from error


def progress(text: str) -> None:
    """Show one line of progress in place of the last, where somebody sits at a terminal; empty text takes it away."""
    if sys.stderr is not None and sys.stderr.isatty():
        click.echo(f"\r\x1b[K{text}", err=True, nl=False)
