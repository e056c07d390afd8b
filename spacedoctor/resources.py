"""Where the catalogue and the templates are: in the wheel beneath the package, in a checkout beside it."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """Return the folder `patterns` or `templates`."""
    packed = PACKAGE / "_data" / name
    if packed.is_dir():
        return packed
    return PACKAGE.parent / {"patterns": "patterns", "templates": "reports/templates"}[name]
