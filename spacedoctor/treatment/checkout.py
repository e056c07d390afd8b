"""A local checkout: files are read and written within one folder, and nowhere else."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

from spacedoctor.errors import InputError
from spacedoctor.treatment.patches import Change
from spacedoctor.treatment.text import PatchError

LARGEST = 4 << 20
MOST_FILES = 20_000
NOT_LOOKED_AT = frozenset({".git", ".venv", "node_modules", "__pycache__"})


class Checkout:
    """The files of a folder."""

    def __init__(self, folder: str | Path) -> None:
        """Take the folder.

        Raises:
            InputError: it is none.
        """
        self.folder = Path(folder)
        if not self.folder.is_dir():
            raise InputError(f"{folder} is no folder", "give the folder of the Space's repository with --repo")

    def names(self) -> Collection[str]:
        """Return the paths of the files, without links and without what is no part of the repository."""
        names: set[str] = set()
        for name in self._walk():
            names.add(name)
            if len(names) > MOST_FILES:
                raise InputError(
                    f"{self.folder} holds more than {MOST_FILES} files", "give the folder of the Space's repository alone"
                )
        return names

    def _walk(self) -> Iterator[str]:
        for place, folders, files in os.walk(self.folder):
            folders[:] = [one for one in folders if one not in NOT_LOOKED_AT]
            for file in files:
                path = Path(place, file)
                if path.is_file() and not path.is_symlink():
                    yield path.relative_to(self.folder).as_posix()

    def read(self, path: str) -> bytes:
        """Return a file's content.

        Raises:
            PatchError: it lies elsewhere, or is large.
            InputError: it cannot be read.
        """
        file = self._within(path)
        try:
            if file.stat().st_size > LARGEST:
                raise PatchError(f"{path} is larger than {LARGEST >> 20} MB")
            return file.read_bytes()
        except OSError as error:
            raise InputError(f"cannot read {file}: {error.strerror}") from error

    def write(self, change: Change) -> None:
        """Write a change, each file whole or not at all; a file that was changed meanwhile is left alone.

        Raises:
            PatchError: it lies elsewhere, or was changed meanwhile.
            InputError: it cannot be written.
        """
        file = self._within(change.path)
        now = self.read(change.path) if file.exists() else None
        if now != change.before:
            raise PatchError(f"{change.path} was changed meanwhile", "look at it, and try again")
        temporary = file.with_name(f".{file.name}.{os.getpid()}")
        try:
            with temporary.open("xb") as new:
                new.write(change.after)
            if now is not None:
                shutil.copymode(file, temporary)
            temporary.replace(file)
        except OSError as error:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise InputError(f"cannot write {file}: {error.strerror}") from error

    def _within(self, path: str) -> Path:
        """Return the file, unless the path leaves the folder or goes through a link."""
        parts = path.split("/")
        if any(part in ("", ".", "..") or "\\" in part or ":" in part for part in parts):
            raise PatchError(f"{path!r} does not lie in the repository")
        file = self.folder
        for part in parts:
            file /= part
            if file.is_symlink():
                raise PatchError(f"{path} goes through a link", "change the file that it leads to by hand")
        return file
