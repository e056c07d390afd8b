"""The commands beside the main one, a module each."""

from __future__ import annotations

import click

from spacedoctor.commands.patterns import patterns


def register(cli: click.Group) -> None:
    """Add the commands to the command line."""
    cli.add_command(patterns)
