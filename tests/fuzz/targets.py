"""What must hold whatever the bytes are: each function here takes bytes, and raises where something does not hold."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import jsonschema

from spacedoctor import Catalogue, Diagnosis
from spacedoctor.api import diagnose, diagnose_sources
from spacedoctor.catalogue import loading, packed
from spacedoctor.errors import InputError
from spacedoctor.facts import Facts
from spacedoctor.hub import state
from spacedoctor.log import read
from spacedoctor.redact import Redactor
from spacedoctor.render import terminal
from tests.conftest import ROOT

STEERS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]"
)


@functools.cache
def catalogue() -> Catalogue:
    """Return the built-in catalogue, loaded once."""
    return Catalogue.load()


@functools.cache
def _validator() -> Any:
    schema = json.loads((ROOT / "docs/report.schema.json").read_text())
    return jsonschema.validators.validator_for(schema)(schema)


def opened(data: bytes) -> read.Source:
    """Return bytes as a stream that is read like a file."""
    return read.stream_source(io.BufferedReader(io.BytesIO(data)), "fuzz")


def rendered(diagnosis: Diagnosis) -> None:
    """Every form of the report can be made, is valid, and holds no character that steers a terminal."""
    report = diagnosis.to_json()
    _validator().validate(json.loads(report, parse_constant=_no_constant))
    for text in (report, diagnosis.to_markdown(), diagnosis.to_html(), terminal.render(diagnosis, 80)):
        steering = STEERS.search(text)
        assert steering is None, repr(steering)
        text.encode()


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def log(data: bytes) -> None:
    """A log of any bytes is diagnosed or refused in words, and every report of it can be made."""
    with contextlib.suppress(InputError):
        rendered(diagnose_sources([opened(data)], catalogue()))


def cuts(data: bytes) -> None:
    """However a log is cut on its way, the report is the same. The first byte tells where to cut."""
    size, text = (data[0] % 64 + 1, data[1:]) if data else (1, b"")
    whole = _told(lambda: diagnose_sources([read.Source("fuzz", [text])], catalogue()))
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    assert _told(lambda: diagnose_sources([read.Source("fuzz", pieces)], catalogue())) == whole
    assert _told(lambda: diagnose_sources([read.stream_source(Trickle(pieces), "fuzz")], catalogue())) == _told(
        lambda: diagnose_sources([opened(text)], catalogue())
    )


class Trickle(io.BufferedReader):
    """A stream that gives one piece at a read, as a pipe does."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        super().__init__(io.BytesIO())
        self._pieces: Iterator[bytes] = iter(pieces)

    def read1(self, _size: int = -1, /) -> bytes:
        """Return the next piece."""
        return next(self._pieces, b"")


def _told(work: Callable[[], Diagnosis]) -> str:
    try:
        return work().to_json()
    except InputError as error:
        return str(error)


def text(data: bytes) -> None:
    """A text or lines of any characters, lone surrogates too, give the same findings."""
    said = data.decode("utf-8", "surrogateescape")
    whole = diagnose(f"{said}\n", catalogue=catalogue())
    rendered(whole)
    lines = diagnose(said.split("\n"), catalogue=catalogue())
    assert [one.id for one in lines.findings] == [one.id for one in whole.findings]


def entry(data: bytes) -> None:
    """An entry of any bytes is read or refused with its file and line, and can be searched for when it is read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "resources" / "fuzz.yaml"
        path.parent.mkdir()
        path.write_bytes(data)
        entries, marks, _, problems = loading.read([path])
        assert all(re.match(rf"{re.escape(str(path))}:\d+: ", one) for one in problems)
        if not problems:
            diagnose("ERROR: boom\n", catalogue=Catalogue(packed.pack(*loading.lean(entries, marks)), [path], "fuzz"))


def hub(data: bytes) -> None:
    """Whatever the Hub answers becomes facts that every report can tell of. A README is read the same way."""
    with contextlib.suppress(ValueError):
        state.front_matter(b"---\n" + data + b"\n---\n")
    try:
        answer = json.loads(data)
    except (ValueError, RecursionError):
        return
    told = {**state.of_info(answer), **{name: value for name, value in state.of_runtime(answer).items() if value is not None}}
    facts = Facts(space="me/app", variables=state.names(answer), commits=state.of_commits(answer), **told)
    rendered(diagnose("ERROR: boom\n", catalogue=catalogue(), facts=facts))


def secrets(data: bytes) -> None:
    """Masking ends, and masking twice changes nothing more."""
    said = data.decode("utf-8", "replace")
    once = Redactor().mask(said)
    assert Redactor().mask(once).count("<") >= once.count("<")


TARGETS: dict[str, Callable[[bytes], None]] = {
    "log": log, "cuts": cuts, "text": text, "entry": entry, "hub": hub, "secrets": secrets,
}  # fmt: skip
