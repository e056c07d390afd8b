"""What counts as the cause: boots, order, chains, what is over, what only follows."""

from __future__ import annotations

from pathlib import Path

import pytest

from spacedoctor import Catalogue, Diagnosis
from spacedoctor.api import diagnose, diagnose_sources
from spacedoctor.facts import Facts
from spacedoctor.log import read
from tests.conftest import ROOT

BANNER = "===== Application Startup at 2026-11-23 20:0{}:00 =====\n\n"
READY = "INFO:     Application startup complete.\nINFO:     Uvicorn running on http://0.0.0.0:7860 (Press CTRL+C to quit)\n"
MISSING = """Traceback (most recent call last):
  File "/home/user/app/app.py", line 3, in <module>
    import pandas
ModuleNotFoundError: No module named 'pandas'
"""
OWN = """Traceback (most recent call last):
  File "/home/user/app/app.py", line 9, in <module>
    start(0)
  File "/home/user/app/engine.py", line 4, in start
    raise ValueError("speed must be positive")
ValueError: speed must be positive
"""


def ids(diagnosis: Diagnosis, role: str = "cause") -> list[str]:
    return [finding.id for finding in diagnosis.findings if finding.role == role]


def test_the_last_boot_counts(catalogue: Catalogue) -> None:
    """A failure of an earlier boot is over when the last boot serves."""
    diagnosis = diagnose(BANNER.format(1) + MISSING + BANNER.format(2) + READY, catalogue=catalogue)
    assert diagnosis.verdict == "healthy"
    assert diagnosis.signs[-1].text.startswith("INFO:     Application startup complete")
    assert diagnosis.logs[0].boots == 2


def test_a_boot_that_has_only_begun_hides_nothing(catalogue: Catalogue) -> None:
    """When the log ends right after a banner the boot before it is judged."""
    diagnosis = diagnose(BANNER.format(1) + MISSING + BANNER.format(2), catalogue=catalogue)
    assert ids(diagnosis)[0] == "module-not-found"
    assert diagnosis.findings[0].boot == 1


def test_a_loop_is_a_consequence_of_its_cause(catalogue: Catalogue) -> None:
    """Several boots that end alike: the cause first, the loop beneath it."""
    diagnosis = diagnose("".join(BANNER.format(n) + MISSING for n in range(5)), catalogue=catalogue)
    assert ids(diagnosis) == ["module-not-found"]
    assert diagnosis.findings[0].boot == 5
    assert "restart-loop" in ids(diagnosis, "consequence")


def test_specific_before_fallback(catalogue: Catalogue) -> None:
    """The fallback is folded beneath what explains the failure."""
    diagnosis = diagnose(MISSING, catalogue=catalogue)
    assert ids(diagnosis) == ["module-not-found"]
    assert ids(diagnosis, "consequence") == ["python-exception"]
    assert diagnosis.findings[0].explains == ("python-exception",)


def test_an_unknown_exception_is_a_guess_that_names_the_apps_own_frame(catalogue: Catalogue) -> None:
    """Nothing knows this failure: the fallback says so, with the app's own last frame."""
    finding = diagnose(OWN, catalogue=catalogue).findings[0]
    assert (finding.id, finding.confidence) == ("python-exception", "guess")
    assert (finding.captures["app_file"], finding.captures["app_line"]) == ("/home/user/app/engine.py", "4")


def test_a_caught_exception_before_the_app_serves_is_a_warning(catalogue: Catalogue) -> None:
    """What was logged and survived is no cause."""
    diagnosis = diagnose(MISSING + READY, catalogue=catalogue)
    assert diagnosis.verdict == "healthy"
    assert "module-not-found" in ids(diagnosis, "warning")


def test_an_exception_that_fails_a_request_is_a_cause(catalogue: Catalogue) -> None:
    """The app serves, but its requests end in an exception."""
    failed = 'INFO:     10.0.0.1:1 - "GET /users HTTP/1.1" 500 Internal Server Error\nERROR:    Exception in ASGI application\n'
    diagnosis = diagnose(READY + failed + OWN, catalogue=catalogue)
    assert ids(diagnosis) == ["python-exception"]


def test_the_terminal_exception_wins_over_a_caught_one(catalogue: Catalogue) -> None:
    """An exception that was survived earlier does not explain the one that ended the app."""
    caught = "WARNING could not warm the cache\n" + OWN.replace("in <module>", "in warm").replace(
        "ValueError: speed", "redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379. Connection refused. speed"
    )
    between = "".join(f"INFO step {n} done\n" for n in range(60))
    assert ids(diagnose(caught + between + OWN, catalogue=catalogue))[0] == "python-exception"


def test_the_first_of_a_chain_is_the_cause(catalogue: Catalogue) -> None:
    """What was raised while handling the root follows from it."""
    chained = MISSING + "\nDuring handling of the above exception, another exception occurred:\n\n" + OWN
    diagnosis = diagnose(chained, catalogue=catalogue)
    assert ids(diagnosis) == ["module-not-found"]


def test_an_unexplained_error_line_makes_the_verdict_unknown(catalogue: Catalogue) -> None:
    """A failure that nothing recognises is said to be one, with its lines."""
    diagnosis = diagnose("starting\nERROR: the frobnicator of unit 7 does not frobnicate\n", catalogue=catalogue)
    assert diagnosis.verdict == "unknown"
    assert [(one.text, one.line) for one in diagnosis.unrecognised] == [
        ("ERROR: the frobnicator of unit 7 does not frobnicate", 2)
    ]


@pytest.mark.parametrize("text", ["", "\n\n  \n"])
def test_nothing_to_read(catalogue: Catalogue, text: str) -> None:
    """An empty log is neither healthy nor failing."""
    assert diagnose(text, catalogue=catalogue).verdict == "empty"


def test_build_and_run_log_together(catalogue: Catalogue) -> None:
    """When the build fails, the run log is that of the old container: the build's failure comes first."""
    build = "--> RUN pip install -r requirements.txt\nERROR: Could not open requirements file: [Errno 2] No such file or directory: 'requirements.txt'\n"
    sources = [read.text_source(MISSING, "run", "run"), read.text_source(build, "build", "build")]
    found = diagnose_sources(sources, catalogue)
    assert found.findings[0].id == "pip-requirements-missing"
    assert found.findings[0].stage == "build"
    assert [log.stage for log in found.logs] == ["run", "build"]


def test_the_builds_banner_tells_a_stale_build(catalogue: Catalogue) -> None:
    """The commit in the banner is compared with the one that should run; a short and a long form of one commit are the same."""
    log = "===== Build Queued at 2026-11-23 20:00:00 / Commit SHA: 2f15462 =====\n\n--> Exporting cache\nDONE 1.0s\n"
    stale = diagnose(log, catalogue=catalogue, facts=Facts(head_commit="91ab00ce"))
    assert ids(stale) == ["stale-build"]
    assert stale.findings[0].captures == {"deployed": "2f15462", "head": "91ab00ce"}
    assert diagnose(log, catalogue=catalogue, facts=Facts(head_commit="2f15462b7c81aa")).verdict == "healthy"


def test_memory_does_not_grow_with_the_hits(catalogue: Catalogue) -> None:
    """A line that repeats is counted exactly and kept a few times only."""
    diagnosis = diagnose("ModuleNotFoundError: No module named 'pandas'\n" * 5000, catalogue=catalogue)
    finding = diagnosis.findings[0]
    assert (finding.count, finding.first_line, finding.last_line) == (5000, 1, 5000)


def test_evidence_is_the_hit_with_its_neighbours(catalogue: Catalogue) -> None:
    """Numbers count from 1 in the log as it is, and exactly one line is the hit."""
    evidence = diagnose("first\n" * 20 + MISSING + "after\n", catalogue=catalogue).findings[0].evidence
    assert [line.line for line in evidence] == [22, 23, 24, 25]
    assert [line.text for line in evidence if line.hit] == ["ModuleNotFoundError: No module named 'pandas'"]


def test_context_that_comes_in_the_next_block_is_seen(catalogue: Catalogue, own_catalogue: Path) -> None:
    """A pattern that needs a later line finds it beyond the border of a block."""
    from tests.entries import changed, write

    context = [{"regex": r"detail (?P<watts>\d{1,5})", "after": 50}]
    write(own_catalogue, changed(("patterns", 1), {"id": "older-wording", "regex": "FluxError: not enough", "context": context}))
    own = Catalogue.load(own_catalogue)
    filler = "x" * 99 + "\n"
    head = filler * ((read.BLOCK_BYTES - 1000) // 100)
    diagnosis = diagnose(head + "FluxError: not enough\n" + filler * 45 + "detail 42\n" + filler * 30, catalogue=own)
    assert ids(diagnosis) == ["flux-empty"]
    assert diagnosis.findings[0].captures["watts"] == "42"
    del catalogue


def test_a_slow_pattern_is_stopped_and_named(own_catalogue: Path) -> None:
    """A catastrophic regex of one's own catalogue costs its time limit, and the rest goes on."""
    from tests.entries import changed, write

    write(own_catalogue, changed(("patterns", 1, "regex"), r"Flux(?:a|aa)+(?=c)"))
    diagnosis = diagnose("Flux" + "a" * 2000 + "b c\n" + MISSING, catalogue=Catalogue.load(own_catalogue))
    assert ids(diagnosis)[0] == "module-not-found"
    assert [("flux-empty/older-wording" in one.reason) for one in diagnosis.skipped] == [True]


def test_the_apps_frame_is_found_in_the_second_part_of_a_chain(catalogue: Catalogue) -> None:
    """The driver's exception has a library's frames only: the app's own stand where it was raised again."""
    log = (ROOT / "tests/logs/sqlite-alter-constraint/raw-add-constraint.log").read_text()
    finding = diagnose(log, catalogue=catalogue).findings[0]
    assert "migrations/versions" in finding.captures["app_file"]
