"""`spacedoctor patterns`: read the catalogue and check it."""

from __future__ import annotations

import click


@click.group()
def patterns() -> None:
    """The catalogue of known failures: list, show, lint, test."""
