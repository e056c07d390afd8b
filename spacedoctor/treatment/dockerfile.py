"""Change a Dockerfile: variables that the app gets, and system packages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from spacedoctor.treatment.text import PatchError, Text, bare

WORD = re.compile(r"\s*([A-Za-z]+)\s+(.*)", re.DOTALL)
HEREDOC = re.compile(r"<<-?\s*[\"']?(\w+)[\"']?")
FROM = re.compile(r"(?:--\S+\s+)*(?P<image>\S+)(?:\s+AS\s+(?P<name>\S+))?\s*", re.IGNORECASE)
WITH_APT = re.compile(  # official images that are Debian or Ubuntu and begin as root
    r"(?:docker\.io/)?(?:library/)?(?:python|node|debian|ubuntu|buildpack-deps|nvidia/cuda|pytorch/pytorch)(?::(?!.*(?:alpine|ubi|rockylinux|windows))\S+)?"
)


@dataclass(frozen=True, slots=True)
class Instruction:
    """An instruction from line `first` to before `last`; `word` in capitals, `rest` without line ends."""

    first: int
    last: int
    word: str
    rest: str


def instructions(text: Text) -> Iterator[Instruction]:
    """Yield the instructions; comments stand between them, here-documents belong to theirs."""
    escape = "`" if text.lines and re.match(r"#\s*escape\s*=\s*`", text.lines[0]) else "\\"
    number = 0
    while number < len(text.lines):
        first, parts = number, list[str]()
        while number < len(text.lines):
            content = bare(text.lines[number]).rstrip()
            number += 1
            if content.lstrip().startswith("#") or (parts and not content):
                continue
            parts.append(content.removesuffix(escape))
            if not content.endswith(escape):
                break
        found = WORD.fullmatch(" ".join(parts))
        if not found:
            continue
        word = found[1].upper()
        for ending in HEREDOC.findall(found[2]) if word in ("RUN", "COPY", "ADD") else ():
            while number < len(text.lines) and text.lines[number].strip() != ending:
                number += 1
            number += 1
        yield Instruction(first, min(number, len(text.lines)), word, found[2])


def with_variables(text: Text, variables: Mapping[str, str]) -> Text:
    """Return the Dockerfile that sets variables in its last stage, before the app is started.

    Raises:
        PatchError: it has no stage.
    """
    stage = _last_stage(text)
    missing = {name: value for name, value in variables.items() if not _sets(stage, name, value)}
    if not missing:
        return text
    settled = max(number for number, one in enumerate(stage) if one.word in ("FROM", "USER", "ENV"))
    start = next((one for one in stage[settled + 1 :] if one.word in ("CMD", "ENTRYPOINT")), None)
    line = "ENV " + " ".join(f'{name}="{value}"' if " " in value else f"{name}={value}" for name, value in missing.items())
    return text.replaced(start.first, start.first, line) if start else text.added(line)


def _sets(stage: Sequence[Instruction], name: str, value: str) -> bool:
    given = [re.findall(rf"(?:^|\s){name}=\"?([^\s\"]*)\"?(?=\s|$)", one.rest) for one in stage if one.word == "ENV"]
    values = [found for some in given for found in some]
    return bool(values) and values[-1] == value


def with_packages(text: Text, packages: Sequence[str]) -> Text:
    """Return the Dockerfile that installs system packages at the beginning of its last stage.

    Raises:
        PatchError: it is not known that the image has apt and begins as root.
    """
    stage = _last_stage(text)
    named = {word for one in stage if one.word == "RUN" for word in re.split(r"[\s;&|\\]+", one.rest)}
    missing = [one for one in packages if one not in named]
    if not missing:
        return text
    image = _image(text, stage[0])
    if not WITH_APT.fullmatch(image):
        raise PatchError(
            f"the Dockerfile begins with {image[:80]}: it is not known whether that has apt",
            f"install {' '.join(missing)} in it by hand",
        )
    line = f"RUN apt-get update && apt-get install -y --no-install-recommends {' '.join(missing)} && rm -rf /var/lib/apt/lists/*"
    return text.replaced(stage[0].last, stage[0].last, line)


def _last_stage(text: Text) -> list[Instruction]:
    every = [*instructions(text)]
    begun = [number for number, one in enumerate(every) if one.word == "FROM"]
    if not begun:
        raise PatchError("the Dockerfile has no FROM", "mend the Dockerfile first")
    return every[begun[-1] :]


def _image(text: Text, start: Instruction) -> str:
    """Return the image that a stage begins with, through the names of other stages."""
    stages: dict[str, str] = {}
    for one in instructions(text):
        found = FROM.fullmatch(one.rest) if one.word == "FROM" else None
        if found is None:
            continue
        image = stages.get(found["image"].lower(), found["image"])
        if one.first == start.first:
            return image
        stages[(found["name"] or "").lower()] = image
    return start.rest
