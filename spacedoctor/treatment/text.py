"""Files as text that keeps its form: byte-order mark, line ends, and whether the last line is ended."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from spacedoctor.errors import InputError


class PatchError(InputError):
    """A patch cannot be made of this file; the hint says what to do by hand."""


@dataclass(frozen=True, slots=True)
class Text:
    """A file's lines, each with its end, as they were read."""

    lines: tuple[str, ...]
    end: str = "\n"
    mark: bool = False

    @classmethod
    def of(cls, raw: bytes, path: str) -> Text:
        """Return the text of a file.

        Raises:
            PatchError: it is not UTF-8.
        """
        mark = raw.startswith(codecs.BOM_UTF8)
        try:
            content = raw.decode("utf-8-sig" if mark else "utf-8")
        except UnicodeDecodeError:
            raise PatchError(f"{path} is not UTF-8", "save it as UTF-8 first") from None
        if "\0" in content:
            raise PatchError(f"{path} is not text", "save it as UTF-8 first")
        lines = tuple(content.split("\n"))
        lines = (*(f"{line}\n" for line in lines[:-1]), *((lines[-1],) if lines[-1] else ()))
        return cls(lines, "\r\n" if lines and lines[0].endswith("\r\n") else "\n", mark)

    def to_bytes(self) -> bytes:
        """Return the file's content."""
        return (codecs.BOM_UTF8 if self.mark else b"") + "".join(self.lines).encode()

    def replaced(self, first: int, last: int, *new: str) -> Text:
        """Return the text with the lines from `first` to before `last` replaced by new ones, which come without ends."""
        at_end = last == len(self.lines)
        before, after = self.lines[:first], self.lines[last:]
        if before and new and not before[-1].endswith("\n"):
            before = (*before[:-1], before[-1] + self.end)
        ended = [line + self.end for line in new]
        if ended and at_end and first < last and not self.lines[-1].endswith("\n"):
            ended[-1] = new[-1]
        return Text((*before, *ended, *after), self.end, self.mark)

    def added(self, *new: str) -> Text:
        """Return the text with lines added at its end."""
        return self.replaced(len(self.lines), len(self.lines), *new)


def bare(line: str) -> str:
    """Return a line without its end."""
    return line.rstrip("\r\n")
