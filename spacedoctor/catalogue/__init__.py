"""The catalogue of known failures: YAML files beneath one or more folders, read once and cached."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from spacedoctor import resources
from spacedoctor.catalogue import cache, strangers
from spacedoctor.catalogue.entry import Entry, Mark, build
from spacedoctor.errors import CatalogueError

MARKS_FILE = "marks.yaml"


class Catalogue(Mapping[str, Entry]):
    """Entries by id, and the marks.

    Attributes:
        version: a digest of the files' contents, 12 hexadecimal digits.
        origins: the folder that each entry came from, by id.
        cache_dir: where the compiled form is kept, or None.
    """

    def __init__(self, data: dict[str, Any], version: str, cache_dir: Path | None = None) -> None:
        """Build from what `_load_yaml` made; use `Catalogue.load`."""
        self._data = data
        self._built: dict[str, Entry] = {}
        self.version = version
        self.origins: dict[str, str] = data["origins"]
        self.cache_dir = cache_dir

    @classmethod
    def load(cls, *extra: str | Path, cache_dir: Path | None = None) -> Catalogue:
        """Load the built-in catalogue and the folders `extra`, whose entries add to it or replace those of the same id.

        Args:
            extra: catalogue folders, each with `<area>/<id>.yaml` files.
            cache_dir: where the compiled form is kept between runs; None keeps nothing.

        Raises:
            CatalogueError: files are not as they should be; `problems` lists each as `file:line: field: reason`.
        """
        folders = [resources.folder("patterns"), *(Path(folder) for folder in extra)]
        files = list(catalogue_files(folders))
        version = _digest(files)
        data = cache.get_json(cache_dir, f"catalogue-{version}") if cache_dir else None
        if data is None:
            data = _load_yaml(files)
            if cache_dir:
                cache.put_json(cache_dir, f"catalogue-{version}", data)
        return cls(data, version, cache_dir)

    @classmethod
    def of_data(cls, data: dict[str, Any]) -> Catalogue:
        """Return the catalogue of data that `loading.lean` made, without a cache."""
        return cls(data, hashlib.blake2b(repr(data).encode(), digest_size=6).hexdigest())

    def __getitem__(self, name: str) -> Entry:
        if name not in self._built:
            self._built[name] = build(Entry, self._data["entries"][name])
        return self._built[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._data["entries"])

    __hash__ = object.__hash__  # a catalogue is itself, whatever another one holds

    def __eq__(self, other: object) -> bool:
        return self is other

    def __len__(self) -> int:
        return len(self._data["entries"])

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """What is no failure: starts of boots and builds, signs of life, exits, harmless noise."""
        return tuple(build(Mark, mark) for mark in self._data["marks"])

    @cached_property
    def regexes(self) -> tuple[tuple[str, str, int], ...]:
        """Every regex to look for: (kind, entry's or mark's id, index of the pattern); entries first."""
        rows = [
            ("entry", name, index) for name, entry in self._data["entries"].items() for index in range(len(entry["patterns"]))
        ]
        return (*rows, *(("mark", mark["id"], index) for index, mark in enumerate(self._data["marks"])))

    def regex_texts(self) -> list[str]:
        """Return the texts of `regexes`, in its order."""
        entries = self._data["entries"].values()
        return [p["regex"] for entry in entries for p in entry["patterns"]] + [mark["regex"] for mark in self._data["marks"]]


def catalogue_files(folders: Iterable[Path]) -> Iterator[Path]:
    """Yield the files of catalogue folders, the built-in one first: each folder's marks, then its entries in a stable order.

    Raises:
        CatalogueError: a folder is none, or holds too many files or links that lead out of it.
    """
    for number, folder in enumerate(folders):
        if not folder.is_dir():
            raise CatalogueError([f"{folder}:1: folder: is no folder"])
        yield from (path for path in [folder / MARKS_FILE] if path.is_file())
        entries = sorted(folder.glob("*/*.yaml"))
        if number:  # an installer may link the files of the built-in one
            strangers.check_folder(folder, [folder / MARKS_FILE, *entries])
        yield from entries


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.blake2b(digest_size=6)
    for path in files:
        digest.update(f"{path.parent.name}/{path.name}\0".encode())
        digest.update(b"" if strangers.form_fault(path) else path.read_bytes())
    return digest.hexdigest()


def _load_yaml(files: Iterable[Path]) -> dict[str, Any]:
    from spacedoctor.catalogue import loading  # pydantic: only when the cache does not have it

    return loading.load(files)
