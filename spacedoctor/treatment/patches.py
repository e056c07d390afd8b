"""Make the catalogue's patches for the files of a repository."""

from __future__ import annotations

import difflib
import posixpath
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from spacedoctor.catalogue.actions import Patch
from spacedoctor.treatment import dockerfile, front_matter, requirements
from spacedoctor.treatment.text import PatchError, Text

MOST_FILES = 20
ONLY_GRADIO = ("python_version", "sdk_version")


class Files(Protocol):
    """The files of a repository."""

    def names(self) -> Collection[str]:
        """Return their paths."""

    def read(self, path: str) -> bytes:
        """Return a file's content."""


@dataclass(frozen=True, slots=True)
class Change:
    """A file before and after; `before` is None for a new one."""

    path: str
    before: bytes | None
    after: bytes

    @property
    def diff(self) -> str:
        """The change as a unified diff, as `git apply` takes it."""
        old, new = ((raw or b"").decode("utf-8", "replace").split("\n") for raw in (self.before, self.after))
        source = f"a/{self.path}" if self.before is not None else "/dev/null"
        return "".join(_ended(line) for line in difflib.unified_diff(_lines(old), _lines(new), source, f"b/{self.path}"))


def _lines(parts: list[str]) -> list[str]:
    return [*(f"{part}\n" for part in parts[:-1]), *([parts[-1]] if parts[-1] else [])]


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


class _Desk:
    """The files while they are changed."""

    def __init__(self, files: Files, sdk: str | None) -> None:
        self.files = files
        self.sdk = sdk
        self.names = frozenset(files.names())
        self.before: dict[str, bytes | None] = {}
        self.after: dict[str, bytes] = {}

    def read(self, path: str) -> bytes | None:
        if path not in self.before:
            self.before[path] = self.files.read(path) if path in self.names else None
        return self.after.get(path, self.before[path])

    def text(self, path: str) -> Text:
        return Text.of(self.read(path) or b"", path)

    def write(self, path: str, content: bytes) -> None:
        self.after[path] = content

    def place(self, name: str) -> str:
        """Return where a file of that name is: at the top, or else where the only one is; a new one only where it would be read."""
        if name in self.names:
            return name
        elsewhere = [path for path in self.names if posixpath.basename(path) == name]
        if len(elsewhere) == 1 and self.sdk == "docker":
            return elsewhere[0]
        if elsewhere or self.sdk == "docker" or name in ("README.md", "Dockerfile"):
            where = f"several: {', '.join(sorted(elsewhere)[:4])}" if elsewhere else "none"
            raise PatchError(f"the repository has no {name} at its top (elsewhere: {where})", "make the change by hand")
        return name


def changes(patches: Sequence[Patch], files: Files, sdk: str | None) -> tuple[Change, ...]:
    """Return what the patches change; nothing where all of it is as it should be already.

    Args:
        patches: from the catalogue, filled in.
        files: of the repository.
        sdk: of the Space, None where it is not known.

    Raises:
        PatchError: the files are not of a form that can be changed safely.
    """
    desk = _Desk(files, sdk)
    for patch in patches:
        {
            "requirements.txt": _requirements,
            "pre-requirements.txt": _requirements,
            "packages.txt": _packages,
            "README.md": _settings,
            "Dockerfile": _variables,
        }[patch.file](patch, desk)
    made = (Change(path, desk.before[path], content) for path, content in desk.after.items())
    return tuple(change for change in made if change.before != change.after)


def _requirements(patch: Patch, desk: _Desk) -> None:
    top = desk.place(patch.file)
    every = dict(_included(top, desk))
    gone: int | None = None
    for name in patch.drop:
        for path in every:
            text, where = requirements.dropped(desk.text(path), name, path)
            desk.write(path, text.to_bytes())
            gone = where if path == top and where is not None else gone
    if patch.drop and not any(desk.after[path] != desk.before[path] for path in every):
        raise PatchError(f"{top} does not name {' or '.join(patch.drop)}", "another package brings it: see the build log")
    for pin in patch.pin:
        found = False
        for path, installs in every.items():
            text, here = requirements.pinned(desk.text(path), pin, path)
            desk.write(path, text.to_bytes())
            found = found or (here and installs)
        if not found:
            desk.write(top, requirements.added(desk.text(top), pin, top, gone).to_bytes())


def _included(top: str, desk: _Desk) -> Iterator[tuple[str, bool]]:
    """Yield a requirements file and those that it reads in, each once; False for files of constraints."""
    todo, seen = [(top, True)], set[str]()
    while todo:
        path, installs = todo.pop(0)
        if path in seen or len(seen) >= MOST_FILES:
            continue
        seen.add(path)
        yield path, installs
        for name, constraint in requirements.includes(desk.text(path)):
            inner = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
            if inner in desk.names:
                todo.append((inner, installs and not constraint))


def _packages(patch: Patch, desk: _Desk) -> None:
    if desk.sdk == "docker":
        if patch.drop:
            raise PatchError(
                "a Docker Space does not read packages.txt", "change the line with apt-get in the Dockerfile by hand"
            )
        text = dockerfile.with_packages(desk.text(desk.place("Dockerfile")), patch.line)
        desk.write(desk.place("Dockerfile"), text.to_bytes())
        return
    path = desk.place("packages.txt")
    text = desk.text(path)
    rows = [line.split() for line in text.lines]
    there = {word for row in rows for word in row}
    if patch.drop and not there & set(patch.drop):
        raise PatchError(f"packages.txt does not name {' or '.join(patch.drop)}", "see the build log for what asks for it")
    for number in reversed(range(len(rows))):
        kept = [word for word in rows[number] if word not in patch.drop]
        if kept != rows[number]:
            text = text.replaced(number, number + 1, *([" ".join(kept)] if kept else []))
    missing = [line for line in patch.line if line not in there]
    desk.write(path, (text.added(*missing) if missing else text).to_bytes())


def _settings(patch: Patch, desk: _Desk) -> None:
    for name in patch.front_matter:
        if name in ONLY_GRADIO and desk.sdk == "docker":
            raise PatchError(f"{name} in README.md says nothing in a Docker Space", "change FROM or requirements.txt by hand")
        if name == "app_port" and desk.sdk not in ("docker", None):
            raise PatchError(f"app_port in README.md is only read in a Docker Space, this one is of {desk.sdk}")
    path = desk.place("README.md")
    text = desk.text(path)
    new = front_matter.changed("".join(text.lines), dict(patch.front_matter))
    desk.write(path, Text((new,), text.end, text.mark).to_bytes())


def _variables(patch: Patch, desk: _Desk) -> None:
    path = desk.place("Dockerfile")
    desk.write(path, dockerfile.with_variables(desk.text(path), patch.env).to_bytes())
