"""What is refused of a catalogue folder before a file in it is opened."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from spacedoctor.errors import CatalogueError

MAX_BYTES = 1_000_000
MOST_FILES = 2000


def form_fault(path: Path) -> str | None:
    """Return why a file is not opened at all, None for one that is."""
    if not path.is_file():  # a pipe would hold us up, a device has no end
        return "is no file"
    return f"larger than {MAX_BYTES} bytes" if path.stat().st_size > MAX_BYTES else None


def check_folder(folder: Path, files: Sequence[Path]) -> None:
    """Refuse a folder with too many files, or with links that lead out of it.

    Raises:
        CatalogueError: with the file that is refused.
    """
    if len(files) > MOST_FILES:
        raise CatalogueError([f"{folder}:1: folder: holds more than {MOST_FILES} entries"])
    home = folder.resolve()
    problems = [f"{path}:1: file: leads out of the folder" for path in files if home not in path.resolve().parents]
    if problems:
        raise CatalogueError(problems)
