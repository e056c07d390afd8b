"""The way from sources to a diagnosis: read, clean, match, judge."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from spacedoctor.catalogue import Catalogue
from spacedoctor.catalogue.entry import Stage
from spacedoctor.diagnosis.findings import diagnosis_of
from spacedoctor.diagnosis.model import Diagnosis, Skipped
from spacedoctor.facts import Facts
from spacedoctor.facts.model import SERVING
from spacedoctor.log import read
from spacedoctor.match.examination import Examination
from spacedoctor.match.matcher import Compiled
from spacedoctor.match.sections import LogRecord
from spacedoctor.redact import Redactor

if TYPE_CHECKING:
    from spacedoctor.hub.patient import Patient


SPACE_SECONDS = 20.0


@functools.lru_cache(maxsize=4)
def compiled(catalogue: Catalogue) -> Compiled:
    """Return the catalogue ready to search."""
    return Compiled.of(catalogue)


@functools.cache
def built_in() -> Catalogue:
    """Return the built-in catalogue, loaded once."""
    return Catalogue.load()


def examine(source: read.Source, catalogue: Catalogue) -> tuple[LogRecord, list[Skipped]]:
    """Read one log to its end and return what was found in it, and what could not be looked at."""
    examination = begin(source, catalogue)
    for block in read.blocks(_counted(read.decoded(source.pieces), examination.record)):
        examination.feed(block)
    examination.finish()
    return examination.record, stopped(examination, source)


def begin(source: read.Source, catalogue: Catalogue) -> Examination:
    """Return the examination of a log, before its first line."""
    return Examination(source.label, source.stage, compiled(catalogue), is_message=source.is_message)


def stopped(examination: Examination, source: read.Source) -> list[Skipped]:
    """Return which patterns were too slow for some lines, and why the log was not read to its end."""
    slow = (f"pattern {name} was stopped on {n} lines: too slow" for name, n in examination.timeouts.items())
    return [Skipped(source.label, reason) for reason in (*source.problems, *slow)]


def _counted(pieces: Iterable[bytes], record: LogRecord) -> Iterator[bytes]:
    for piece in pieces:
        record.size += len(piece)
        yield piece


def diagnose_sources(
    sources: Iterable[read.Source], catalogue: Catalogue, facts: Facts | None = None, *, redact: bool = True
) -> Diagnosis:
    """Diagnose several logs of one Space together.

    Args:
        sources: the logs, such as build and run.
        catalogue: the known failures.
        facts: what is known of the Space beside its logs.
        redact: whether secrets are replaced by placeholders.

    Raises:
        InputError: a log could not be read.
    """
    examined = [examine(source, catalogue) for source in sources]
    skipped = [one for _, some in examined for one in some]
    mask = Redactor(off=not redact).mask
    return diagnosis_of([record for record, _ in examined], skipped, facts or Facts(), catalogue, mask)


def diagnose(
    log: str | Path | Iterable[str], *, stage: Stage | None = None, catalogue: Catalogue | None = None, facts: Facts | None = None
) -> Diagnosis:
    """Diagnose a log.

    Args:
        log: the log's text, the path of a file (a Path, or a string without a line break that names an existing file), or its lines.
        stage: `build` or `run`; None lets the log tell.
        catalogue: the known failures; None takes the built-in ones.
        facts: what is known of the Space beside its log.

    Returns:
        The diagnosis; its findings are in the order in which to mend them.

    Raises:
        InputError: the file cannot be read or is not text.
        CatalogueError: the catalogue is not as it should be.
    """
    return diagnose_sources([_source(log, stage)], catalogue or built_in(), facts)


def diagnose_space(
    space: str,
    *,
    token: str | bool | None = None,
    endpoint: str | None = None,
    timeout: float = SPACE_SECONDS,
    catalogue: Catalogue | None = None,
) -> Diagnosis:
    """Diagnose a Space: its facts, what the platform says of it, its build log and its run log together.

    Args:
        space: its id `OWNER/NAME`, the address of its page, or the hf.space address where it is served.
        token: a token of the Hub; None takes the one that huggingface_hub knows (HF_TOKEN, `hf auth login`), False takes none.
        endpoint: the Hub's address; None takes that of huggingface_hub (HF_ENDPOINT).
        timeout: seconds within which all must be read; what has not come by then is named under `skipped`.
        catalogue: the known failures; None takes the built-in ones.

    Raises:
        HubError: there is no such Space, no access to it, or no network.
        CatalogueError: the catalogue is not as it should be.
    """
    from spacedoctor.hub.client import Deadline, Hub
    from spacedoctor.hub.patient import visit

    patient = visit(space, Hub(Deadline(timeout), token=token, endpoint=endpoint))
    return diagnose_patient(patient, catalogue or built_in())


def diagnose_patient(patient: Patient, catalogue: Catalogue, *, redact: bool = True) -> Diagnosis:
    """Read a Space's logs to their end and diagnose all of it."""
    examined = [examine(source, catalogue) for source in sources_of(patient)]
    slow = [one for _, some in examined for one in some]
    return conclude(patient, [record for record, _ in examined], slow, catalogue, redact=redact)


def sources_of(patient: Patient) -> list[read.Source]:
    """Return a Space's logs as sources; they are read while they come."""
    return [read.Source(stream.label, stream.pieces(), stream.stage) for stream in patient.streams]


def conclude(
    patient: Patient, records: Iterable[LogRecord], slow: Iterable[Skipped], catalogue: Catalogue, *, redact: bool = True
) -> Diagnosis:
    """Diagnose a Space by what was found in its logs (one record a stream), what the platform says, and its facts.

    Raises:
        HubError: neither its state nor any log could be read.
    """
    from spacedoctor.hub.client import HubError
    from spacedoctor.hub.patient import settled

    skipped = settled(patient).skipped
    readable = [record for record, stream in zip(records, patient.streams, strict=True) if stream.readable]
    if not readable and patient.facts.stage is None and skipped:
        raise HubError(
            f"nothing could be read of {patient.facts.space}: {skipped[0].reason}", "try again later, or with more --timeout"
        )
    message = message_source(patient.facts)
    if message:
        readable.append(examine(message, catalogue)[0])
    mask = Redactor(off=not redact).mask
    return diagnosis_of(readable, [*skipped, *slow], patient.facts, catalogue, mask)


def message_source(facts: Facts) -> read.Source | None:
    """Return what the platform says of the failure, to be read like a log; None while the Space serves, for then it is old."""
    if not facts.error_message or facts.stage in SERVING:
        return None
    stage: Stage = "build" if facts.stage == "BUILD_ERROR" else "run"
    return replace(read.text_source(facts.error_message, f"{facts.space} error message", stage), is_message=True)


def _names_a_file(text: str) -> bool:
    try:
        return bool(text) and "\n" not in text and Path(text).is_file()
    except (OSError, ValueError):  # too long, or a NUL in it: no name of a file
        return False


def _source(log: str | Path | Iterable[str], stage: Stage | None) -> read.Source:
    if isinstance(log, Path):
        return read.file_source(str(log), stage)
    if isinstance(log, str):
        if _names_a_file(log):
            return read.file_source(log, stage)
        return read.text_source(log, stage=stage)
    return read.lines_source(log, stage=stage)
