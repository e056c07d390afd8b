"""Change requirements.txt: pin a package, or take one out. What else stands in the file stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from spacedoctor.treatment.text import PatchError, Text, bare

COMMENT = re.compile(r"(?:^|\s+)#.*$")
OPTION = re.compile(r"(?:^|\s)--?[A-Za-z]")
EGG = re.compile(r"[#&]egg=([\w.-]+)")
INCLUDE = re.compile(r"(?:-r|-c|--requirement|--constraint)(?:\s+|=|(?=[^\s-]))['\"]?(?P<path>[^\s'\"#]+)")
CONSTRAINT = re.compile(r"(?:-c|--constraint)\b")
NAME = re.compile(r"[A-Za-z0-9][\w.-]*\s*(?:\[[^\]]*\])?\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Line:
    """A logical line: `first` to before `last` in the file, its text without the comment, the comment with the space before it."""

    first: int
    last: int
    text: str
    comment: str

    @property
    def requirement(self) -> tuple[Requirement, str] | None:
        """The requirement and the options behind it, None where the line is something else."""
        option = OPTION.search(self.text)
        cut = option.start() if option else len(self.text)
        try:
            return Requirement(self.text[:cut].strip()), self.text[cut:]
        except InvalidRequirement:
            return None


def lines(text: Text) -> Iterator[Line]:
    """Yield the logical lines: a backslash at its end joins a line with the next one."""
    first, parts = 0, list[str]()
    for number, line in enumerate(text.lines, 1):
        content = bare(line)
        comment = COMMENT.search(content)
        if content.endswith("\\") and not comment and number < len(text.lines):
            parts.append(content[:-1])
            continue
        parts.append(content[: comment.start()] if comment else content)
        yield Line(first, number, "".join(parts), comment[0] if comment else "")
        first, parts = number, []


def includes(text: Text) -> Iterator[tuple[str, bool]]:
    """Yield the files that are read in by -r and -c, as they are written; True for -c, which installs nothing by itself."""
    for line in lines(text):
        found = INCLUDE.match(line.text.strip())
        if found:
            yield found["path"], bool(CONSTRAINT.match(line.text.strip()))


def pinned(text: Text, pin: str, path: str) -> tuple[Text, bool]:
    """Change each line of the pin's package, and say whether there is one.

    Raises:
        PatchError: the package is installed from an address, or the file is locked with hashes.
    """
    name = canonicalize_name(Requirement(pin).name)
    found = False
    for line in reversed([*_of(text, name, path)]):
        found = True
        changed = _changed(line, pin)
        if changed is not None:
            _refuse_hashes(text, path)
            text = text.replaced(line.first, line.last, changed + line.comment)
    return text, found


def added(text: Text, pin: str, path: str, at: int | None = None) -> Text:
    """Add a requirement, at the end or before a line.

    Raises:
        PatchError: the file is locked with hashes.
    """
    _refuse_hashes(text, path)
    return text.added(pin) if at is None else text.replaced(at, at, pin)


def dropped(text: Text, name: str, path: str) -> tuple[Text, int | None]:
    """Take out the lines of a package; say where the first of them stood."""
    first = None
    for line in reversed([*_of(text, canonicalize_name(name), path)]):
        first = line.first
        text = text.replaced(line.first, line.last)
    return text, first


def _of(text: Text, name: str, path: str) -> Iterator[Line]:
    for line in lines(text):
        egg = EGG.search(line.text + line.comment)
        parsed = line.requirement
        address = (parsed is not None and parsed[0].url) or egg
        if egg and canonicalize_name(egg[1]) != name:
            continue
        if not egg and (parsed is None or canonicalize_name(parsed[0].name) != name):
            continue
        if address:
            raise PatchError(f"{path} installs {name} from an address (line {line.first + 1})", "change that line by hand")
        yield line


def _changed(line: Line, pin: str) -> str | None:
    """Return the line with the pin in it, None where it holds already."""
    parsed = line.requirement
    assert parsed is not None  # noqa: S101  (`_of` yields only requirements)
    there, options = parsed
    wanted = Requirement(pin)
    if wanted.extras <= there.extras and _holds(there, wanted):
        return None
    head, semicolon, marker = line.text[: len(line.text) - len(options)].partition(";")
    named = NAME.match(head.strip())
    name = re.split(r"[\s\[]", named[0])[0] if named else there.name
    extras = ",".join(sorted(there.extras | wanted.extras))
    version = pin.partition(";")[0][len(_head(pin)) :].strip() or head.strip()[len(named[0]) if named else 0 :].strip()
    indent = line.text[: len(line.text) - len(line.text.lstrip())]
    return f"{indent}{name}{f'[{extras}]' if extras else ''}{version}{_spaced(head, semicolon)}{marker.rstrip()}{options}"


def _spaced(head: str, semicolon: str) -> str:
    return f"{head[len(head.rstrip()) :]}{semicolon}" if semicolon else ""


def _head(pin: str) -> str:
    found = NAME.match(pin)
    return found[0] if found else ""


def _holds(there: Requirement, wanted: Requirement) -> bool:
    """Return whether what stands there is as narrow as what is wanted: the same, or one version that it allows."""
    if not wanted.specifier or there.specifier == wanted.specifier:
        return True
    exact = [one.version for one in there.specifier if one.operator == "==" and not one.version.endswith(".*")]
    return len(there.specifier) == 1 and bool(exact) and wanted.specifier.contains(exact[0], prereleases=True)


def _refuse_hashes(text: Text, path: str) -> None:
    if any(line.lstrip().startswith("--require-hashes") or "--hash=" in line for line in text.lines):
        raise PatchError(
            f"{path} is locked with hashes, which belong to versions", "change the file that it is made from, and lock again"
        )
