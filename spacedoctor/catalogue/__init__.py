"""The catalogue of known failures: YAML files beneath one or more folders, read once and cached."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from spacedoctor import resources
from spacedoctor.catalogue import cache, packed, strangers
from spacedoctor.catalogue.entry import Entry, Mark, build
from spacedoctor.errors import CatalogueError

MARKS_FILE = "marks.yaml"


class Catalogue(Mapping[str, Entry]):
    """Entries by id, and the marks.

    Attributes:
        version: a digest of the files' contents, 12 hexadecimal digits.
        cache_dir: where the compiled form is kept, or None.
        regexes: every regex to look for: (kind, entry's or mark's id, index of the pattern); entries first.
        texts: the texts of `regexes`, in its order.
        first_mark: where the marks begin in it.
    """

    def __init__(self, content: bytes, files: Sequence[Path], version: str, cache_dir: Path | None = None) -> None:
        """Build from what `packed.pack` made of the files; use `Catalogue.load`."""
        self._packed = packed.unpack(content)
        self._files = files
        self._built: dict[str, Entry] = {}
        self.version = version
        self.cache_dir = cache_dir
        self.regexes = self._packed.regexes
        self.texts = self._packed.texts
        self.first_mark = next((place for place, (kind, _, _) in enumerate(self.regexes) if kind == "mark"), len(self.regexes))

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
        version = _version(files, cache_dir)
        content = cache.kept(cache_dir, f"catalogue-{version}-{cache.code('catalogue')}", lambda: _packed(files))
        return cls(content, files, version, cache_dir)

    def __getitem__(self, name: str) -> Entry:
        if name not in self._built:
            self._built[name] = build(Entry, json.loads(self._packed.bodies[name]))
        return self._built[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._packed.bodies)

    __hash__ = object.__hash__  # a catalogue is itself, whatever another one holds

    def __eq__(self, other: object) -> bool:
        return self is other

    def __len__(self) -> int:
        return len(self._packed.bodies)

    @cached_property
    def origins(self) -> Mapping[str, str]:
        """The folder that each entry came from, by id."""
        return {path.stem: str(path.parent.parent) for path in self._files}

    @property
    def by_facts(self) -> Iterator[Entry]:
        """The entries that the Space's state may tell."""
        return (self[name] for name in self._packed.by_facts)

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """What is no failure: starts of boots and builds, signs of life, exits, harmless noise."""
        return tuple(build(Mark, mark) for mark in self._packed.marks)


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


def _version(files: Sequence[Path], cache_dir: Path | None) -> str:
    """Return the digest of the files' contents; files that look untouched since they were last read are not read again."""
    looks = ((str(path), stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns) for path in files for stat in [path.stat()])
    return cache.kept(cache_dir, f"version-{cache.digest(repr(list(looks)).encode())}", lambda: _digest(files).encode()).decode()


def _digest(files: Iterable[Path]) -> str:
    return cache.digest(
        b"".join(
            f"{path.parent.name}/{path.name}\0".encode() + (b"" if strangers.form_fault(path) else path.read_bytes())
            for path in files
        )
    )


def _packed(files: Sequence[Path]) -> bytes:
    from spacedoctor.catalogue import loading  # pydantic: only when the cache does not have it

    return packed.pack(*loading.load(files))
