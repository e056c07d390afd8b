"""Whatever comes in: no crash, no hang, flat memory, and the same answer however it is cut and whatever healthy noise is around it."""

from __future__ import annotations

import contextlib
import gzip
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacedoctor import Catalogue, Diagnosis
from spacedoctor.api import diagnose, diagnose_sources
from spacedoctor.errors import InputError
from spacedoctor.follow import follow
from spacedoctor.log import read
from spacedoctor.log.clean import Cleaner
from spacedoctor.redact import Redactor
from tests import manglings
from tests.conftest import ROOT
from tests.fuzz import seeds, targets

MEGABYTE = 1_000_000
MISSING = b"ModuleNotFoundError: No module named 'pandas'\n"
BOOT = "===== Application Startup at 2026-11-2{} 20:00:00 =====\n"
HEALTHY = [path.read_text() for path in seeds.LOGS if path.parent.name == "healthy"]
FAILING = [path for path in seeds.LOGS if path.parent.name != "healthy"]
ALONE = [path for path in FAILING if "===== " not in path.read_text()]

mixed = st.lists(
    st.one_of(
        st.sampled_from(seeds.WORDS), st.binary(max_size=40), st.text(max_size=40).map(lambda one: one.encode("utf-8", "replace"))
    )
)
anything = st.one_of(st.binary(max_size=400), mixed.map(b"".join))


@st.composite
def spoilt_logs(draw: st.DrawFn) -> bytes:
    """A real log, cut, with words or bytes put in, and then mangled on its way."""
    text = draw(st.sampled_from(FAILING)).read_text()[-3000:]
    at = draw(st.integers(0, len(text)))
    put = draw(anything).decode("utf-8", "replace")
    return draw(st.sampled_from(manglings.ALL))(text[:at] + put + text[at + draw(st.integers(0, 200)) :])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20), lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)  # fmt: skip
FIELDS = (
    "sdk",
    "cardData",
    "siblings",
    "runtime",
    "stage",
    "errorMessage",
    "hardware",
    "replicas",
    "volumes",
    "gcTimeout",
    "sha",
    "subdomain",
)
answers = st.dictionaries(
    st.sampled_from(FIELDS), json_values | st.fixed_dictionaries({"stage": json_values, "current": json_values})
)


@contextlib.contextmanager
def within(seconds: int) -> Iterator[None]:
    """Stop what hangs: these texts take less than a second, or hours."""

    def stop(*_: object) -> None:
        raise AssertionError(f"not done after {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def first(diagnosis: Diagnosis) -> str:
    return diagnosis.causes[0].id if diagnosis.causes else diagnosis.verdict


@given(anything | spoilt_logs())
def test_any_bytes_become_every_report(data: bytes) -> None:
    targets.log(data)


@given(anything | spoilt_logs())
def test_the_report_is_the_same_however_the_log_was_cut(data: bytes) -> None:
    targets.cuts(data)


@given(anything)
def test_any_text_is_diagnosed_whole_or_by_lines(data: bytes) -> None:
    targets.text(data)


@given(anything)
def test_any_file_is_an_entry_or_refused_with_its_line(data: bytes) -> None:
    targets.entry(data)


@given(answers)
def test_any_answer_of_the_hub_becomes_facts(answer: dict[str, object]) -> None:
    targets.hub(json.dumps(answer).encode())


@given(mixed.map(b"".join))
def test_any_readme_becomes_facts(data: bytes) -> None:
    targets.hub(data)


@pytest.mark.parametrize(
    "hostile",
    [
        b"a" * MEGABYTE + b"\rb\n",
        b"1% " * 30_000 + b"x\rb\n",
        b" " * MEGABYTE + b"\n===== \n",
        b'{"message": "x", "deep": ' + b"[" * 200_000 + b"\n",
        b"{" + b"} " * (MEGABYTE // 2) + b"x\n",
        b"\x1b[" + b"0" * MEGABYTE,
        b'File "a", line 1, in x y' + b" a" + b".A" * MEGABYTE,
        b'Traceback (most recent call last):\n  File "/app/a.py", line 1, in f\nValueError: x\n\nDuring handling of the above exception, another exception occurred:\n\n' * 1000,
    ],
    ids=["bar", "percents", "blanks", "nested", "braces", "colour", "dotted", "thousand tracebacks"],
)  # fmt: skip
def test_no_text_is_slow_to_clean_or_to_match(hostile: bytes, catalogue: Catalogue) -> None:
    """What once took hours; the run is stopped by its time limit if it does again."""
    with within(60):
        diagnose_sources([read.Source("x", [hostile])], catalogue)


@pytest.mark.parametrize(
    "hostile", ["a" + "\n" * 300_000 + "a", "://a:" * 50_000, "password" + " " * MEGABYTE, "a@" + "a." * 100_000]
)
def test_no_text_is_slow_to_mask(hostile: str) -> None:
    with within(60):
        Redactor().mask(hostile)


def test_memory_stays_flat_however_long_the_log() -> None:
    """Ten times as many short lines (a sample of a billion), and a line of 100 MB, need hardly more memory."""
    script = """
import resource, sys
from spacedoctor import Catalogue
from spacedoctor.api import diagnose, diagnose_sources
from spacedoctor.log import read
catalogue = Catalogue.load()
diagnose(("ERROR: %d" % n if n % 40 == 0 else "tick" for n in range(200_000)), catalogue=catalogue)
diagnose_sources([read.Source("x", (b"x" * 1_000_000 for _ in range(12)))], catalogue)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
diagnose(("ERROR: %d" % n if n % 40 == 0 else "tick" for n in range(2_000_000)), catalogue=catalogue)
diagnose_sources([read.Source("x", (b"x" * 1_000_000 for _ in range(100)))], catalogue)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    grown = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, timeout=200, cwd=ROOT).stdout
    assert int(grown) < 40_000  # kilobytes


def test_a_line_that_is_too_long_is_one_line(catalogue: Catalogue) -> None:
    """What comes after a line of many megabytes keeps its number."""
    diagnosis = diagnose_sources([read.Source("x", [b"x" * (2 * read.LONGEST_LINE + 7), b"\nb\n" + MISSING])], catalogue)
    assert diagnosis.findings[0].first_line == 3
    assert diagnosis.logs[0].lines == 3


def test_packing_that_is_cut_off_is_read_as_far_as_it_goes_and_named(catalogue: Catalogue) -> None:
    packed = gzip.compress(MISSING * 2000, 1)[:-12]
    diagnosis = diagnose_sources([targets.opened(packed)], catalogue)
    assert first(diagnosis) == "module-not-found"
    assert "cut off" in diagnosis.skipped[0].reason


def test_what_stands_behind_the_packed_log_is_named(catalogue: Catalogue) -> None:
    diagnosis = diagnose_sources([targets.opened(gzip.compress(MISSING) + b"garbage")], catalogue)
    assert first(diagnosis) == "module-not-found"
    assert "behind the end" in diagnosis.skipped[0].reason


def test_a_bomb_is_unpacked_up_to_the_limit_and_named(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "LARGEST_UNPACKED", 5_000_000)
    diagnosis = diagnose_sources([targets.opened(gzip.compress(MISSING + b"x\n" * 20_000_000, 9))], catalogue)
    assert first(diagnosis) == "module-not-found"
    assert "more than 5000000 bytes when unpacked" in diagnosis.skipped[0].reason
    assert diagnosis.logs[0].size <= 5_000_000


def test_many_empty_members_do_not_make_the_unpacking_slow() -> None:
    """What is left of a piece is copied for each member: small pieces keep that in bounds."""
    stream = targets.opened(gzip.compress(b"") * 100_000 + gzip.compress(b"end\n"))
    assert b"".join(stream.pieces) == b"end\n"
    assert max(map(len, read._small([b"x" * MEGABYTE]))) <= read.GZIP_STEP


def test_a_long_line_that_trickles_is_not_looked_through_again_and_again() -> None:
    """The time to cut blocks does not grow with the square of a line's length."""
    pieces = (b"x" * 64 for _ in range(read.LONGEST_LINE // 64 + 2))
    assert [len(block) for block in read.blocks(pieces)] == [read.LONGEST_LINE, 128]


@pytest.mark.parametrize("inserted", ["\\u001c", "\\u000b", "\\u0000"])
def test_numbers_of_lines_cannot_be_shifted_by_what_a_record_holds(inserted: str) -> None:
    """Our own signs for line breaks come from nowhere but our own steps."""
    raw = b'{"message": "' + inserted.encode() * 5 + b'x"}\nlast\n'
    block = Cleaner().clean(raw)
    numbers = block.numbers or [1, 2]
    assert (block.text.split(b"\n")[-2], numbers[-1]) == (b"last", 2)


@pytest.mark.parametrize("entity", ["&#10;", "&#13;", "&#xa;"])
def test_a_line_break_as_an_entity_keeps_the_numbers(entity: str) -> None:
    block = Cleaner().clean(f"a{entity}b\nlast\n".encode())
    assert block.text == b"a\nb\nlast\n"
    assert block.numbers == [1, 1, 2]


NOISE = [
    "DEBUG cache hit for item {}\n", "2026-11-23 20:00:00,000 - app - INFO - loaded shard {} of 900\n", "INFO: step {} done, loss 0.1\n", "\n",
]  # fmt: skip


@given(st.sampled_from(ALONE), st.sampled_from(NOISE), st.integers(1, 400))
def test_healthy_noise_before_the_log_changes_nothing(path: Path, noise: str, times: int) -> None:
    text = path.read_text()
    before = "".join(noise.format(n) for n in range(times))
    assert first(diagnose(before + text, catalogue=targets.catalogue())) == path.parent.name


@given(st.sampled_from(ALONE), st.sampled_from(NOISE), st.integers(1, 30))
def test_healthy_noise_after_the_log_changes_nothing(path: Path, noise: str, times: int) -> None:
    text = path.read_text()
    after = "".join(noise.format(n) for n in range(times))
    assert first(diagnose(f"{text}\n{after}", catalogue=targets.catalogue())) == path.parent.name


@given(st.sampled_from(FAILING), st.integers(1, 4))
def test_a_boot_of_several_that_is_gone_changes_nothing(path: Path, boots: int) -> None:
    """A log that repeats itself boot by boot has one first finding, with or without one of its boots."""
    text = path.read_text()
    loop = [BOOT.format(n) + text + "\n" for n in range(boots + 1)]
    wanted = first(diagnose("".join(loop[1:]), catalogue=targets.catalogue()))
    assert first(diagnose("".join(loop), catalogue=targets.catalogue())) == wanted


def test_files_may_grow_and_shrink_while_they_are_read(tmp_path: Path, catalogue: Catalogue) -> None:
    """What is there when it is read counts; the rest is missing or comes with it."""
    for change, lines in ((b"more\n", 3), (None, 1)):
        path = tmp_path / "run.log"
        path.write_bytes(MISSING + b"x\n")
        source = read.file_source(str(path))
        with path.open("ab") as file:
            file.write(change) if change else file.truncate(len(MISSING))
        diagnosis = diagnose_sources([source], catalogue)
        assert (first(diagnosis), diagnosis.logs[0].lines) == ("module-not-found", lines)


def test_a_log_that_breaks_while_it_is_followed_is_told(catalogue: Catalogue) -> None:
    """The error of the thread that reads comes out where it is heard."""
    broken = targets.opened(gzip.compress(b"one\n" * 1000)[:20] + b"garbage" * 10)
    with pytest.raises(InputError, match="damaged"):
        list(follow([broken], catalogue, lambda *_: diagnose("x\n", catalogue=catalogue)))
