"""The commands, a module each; `output` is what they share."""

from __future__ import annotations

import click

from spacedoctor.commands.diagnose import diagnose
from spacedoctor.commands.patterns import patterns
from spacedoctor.commands.treat import treat
from spacedoctor.commands.verify import verify


def register(cli: click.Group) -> None:
    """Add the commands to the command line."""
    cli.add_command(diagnose)
    cli.add_command(patterns)
    cli.add_command(treat)
    cli.add_command(verify)
