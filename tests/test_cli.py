"""The installed command, as a user runs it."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from tests.conftest import ROOT
from tests.entries import GOOD, write

COMMAND = str(Path(sys.executable).parent / "spacedoctor")
MISSING = b"ModuleNotFoundError: No module named 'pandas'\n"
READY = b"INFO:     Application startup complete.\n"
SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text())


def run(*words: str, stdin: bytes = b"", cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [COMMAND, *words], input=stdin, capture_output=True, cwd=cwd, env={**os.environ, **env}, timeout=60, check=False
    )


@pytest.mark.parametrize(
    ("stdin", "code", "verdict"),
    [
        (READY, 0, "healthy"),
        (MISSING, 1, "failing"),
        (b"ERROR: the frobnicator is gone\n", 4, "unknown"),
        (b"", 4, "empty"),
        (b" \n\n", 4, "empty"),
    ],
)
def test_exit_codes_of_verdicts(stdin: bytes, code: int, verdict: str) -> None:
    """0 nothing wrong, 1 a failure, 4 an unknown failure or nothing to read; the JSON report is valid in each case."""
    done = run("--format", "json", stdin=stdin)
    report = json.loads(done.stdout)
    jsonschema.validate(report, SCHEMA)
    assert (done.returncode, report["verdict"]) == (code, verdict)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--no-such-option"], 2, "No such option"),
        (["--format", "pdf"], 2, "Invalid value"),
        (["-o", "report.pdf"], 2, "names no format"),
        (["none.log"], 3, "cannot read none.log"),
        (["."], 3, "is a folder"),
        (["picture.png"], 3, "is not text"),
        (["-o", "no/such/folder/r.md"], 3, "cannot write"),
        (["--catalogue", "none"], 2, "is no folder"),
        (["patterns", "show", "module-not-fond"], 2, "near: module-not-found"),
        (["patterns", "list", "--area", "weather"], 2, "no area"),
    ],
)
def test_bad_input_is_one_clear_line(words: list[str], code: int, said: str, tmp_path: Path) -> None:
    """An error line, a hint, the right code, and no traceback."""
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    done = run(*words, stdin=MISSING, cwd=tmp_path)
    lines = done.stderr.decode().splitlines()
    assert done.returncode == code
    assert lines[0].startswith("error: ")
    assert said in done.stderr.decode()
    assert len(lines) <= 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["picture.png"]


def test_a_broken_entry_is_told_with_file_and_line(own_catalogue: Path) -> None:
    """The error of a catalogue of one's own leads to the line."""
    path = write(own_catalogue, {**GOOD, "blame": "weather"})
    done = run("--catalogue", str(own_catalogue), stdin=MISSING)
    assert done.returncode == 2
    assert done.stderr.decode().startswith(f"error: {path}:")


def test_files_gzip_and_stdin_together(tmp_path: Path) -> None:
    """Several logs make one report that names each."""
    (tmp_path / "build.log").write_bytes(b"--> Exporting cache\nDONE 1.0s\n")
    (tmp_path / "run.log.gz").write_bytes(gzip.compress(MISSING))
    done = run("build.log", "run.log.gz", "-", "--format", "json", stdin=READY, cwd=tmp_path)
    report = json.loads(done.stdout)
    assert [(log["source"], log["lines"]) for log in report["logs"]] == [("build.log", 2), ("run.log.gz", 1), ("<stdin>", 1)]
    assert report["findings"][0]["id"] == "module-not-found"


@pytest.mark.parametrize(
    ("name", "begins"), [("r.md", "## "), ("r.html", "<!doctype html>"), ("r.json", "{"), ("r.txt", "\u2717 ")]
)
def test_the_ending_of_the_output_tells_the_format(tmp_path: Path, name: str, begins: str) -> None:
    """The report goes into the file, whole, and nothing to standard output."""
    done = run("-o", name, stdin=MISSING, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, b"")
    assert (tmp_path / name).read_text().startswith(begins)
    assert len(list(tmp_path.iterdir())) == 1


def test_markdown_into_a_pipe_without_colours() -> None:
    """Into a pipe the report is Markdown."""
    assert run(stdin=MISSING).stdout.startswith(b"## ")
    assert b"\x1b" not in run("--format", "terminal", stdin=MISSING).stdout


def test_a_terminal_gets_colours_unless_told_otherwise() -> None:
    """On a terminal there are colours; NO_COLOR takes them away."""
    shown = {}
    for value in ("", "1"):
        reading, writing = os.openpty()
        subprocess.run(
            [COMMAND],
            input=MISSING,
            stdout=writing,
            env={**os.environ, "NO_COLOR": value, "TERM": "xterm"},
            check=False,
            timeout=60,
        )
        os.close(writing)
        shown[value] = os.read(reading, 1 << 16)
        os.close(reading)
    assert b"\x1b[" in shown[""]
    assert b"\x1b[" not in shown["1"]
    assert b"A Python module that the app imports is not installed" in shown["1"]


def test_a_closed_pipe_is_no_error() -> None:
    """`spacedoctor | head -1` prints one line and no traceback."""
    done = subprocess.run(  # noqa: S602
        f"yes 'ERROR: one more' | head -2000 | {COMMAND} --format markdown | head -1",
        shell=True,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.startswith(b"## ")
    assert done.stderr == b""


def test_ctrl_c_ends_quietly() -> None:
    """An interrupted run ends with 130 and no traceback."""
    with subprocess.Popen([COMMAND, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin
        process.stdin.write(b"x\n")
        process.stdin.flush()
        _wait_until_reading(process.pid)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err.strip()) == (130, b"")


def _wait_until_reading(pid: int) -> None:
    """Wait until the process sleeps in a read of its empty pipe: then it is past its imports."""
    import time

    for _ in range(200):
        time.sleep(0.05)
        call = Path(f"/proc/{pid}/wchan").read_text() if Path(f"/proc/{pid}/wchan").exists() else "pipe"
        if "pipe" in call or call in ("0", ""):
            time.sleep(0.5)
            return


def test_patterns_commands(own_catalogue: Path) -> None:
    """The catalogue can be listed, shown, linted and tried."""
    write(own_catalogue, GOOD)
    extra = ["--catalogue", str(own_catalogue)]
    assert b"flux-empty" in run("patterns", "list", *extra).stdout
    assert run("patterns", "show", "flux-empty", *extra).stdout.startswith(b"# The flux capacitor")
    assert run("patterns", "lint", "flux-empty", *extra).returncode == 0
    log = own_catalogue / "x.log"
    log.write_text("flux capacitor B needs 2.5 jiggawatts\n")
    tried = run("patterns", "test", "flux-empty", str(log), *extra)
    assert tried.returncode == 0
    assert b"by too-few, 1 times, captures {'name': 'B', 'watts': '2.5'}" in tried.stdout


def test_help_and_version() -> None:
    """Help names the options and the commands."""
    shown = run("--help").stdout.decode()
    assert all(word in shown for word in ("--format", "--stage", "--catalogue", "patterns"))
    assert run("--version").stdout.startswith(b"spacedoctor, version ")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes on this system")
def test_a_pipe_is_written_into_and_not_replaced(tmp_path: Path) -> None:
    """So is a device: as root, /dev/null would otherwise become a file."""
    pipe = tmp_path / "report.md"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
        command = [sys.executable, "-m", "spacedoctor", "-o", str(pipe)]
        assert subprocess.run(command, input=MISSING, timeout=60, check=False).returncode == 1
        told, _ = reader.communicate(timeout=20)
    assert told.startswith(b"## ")
    assert pipe.is_fifo()


def test_progress_is_told_at_a_terminal_only(tmp_path: Path) -> None:
    """How much of a long log has been read, on standard error; the report on standard output stays clean."""
    pty = pytest.importorskip("pty")
    pipe = tmp_path / "slow.log"
    os.mkfifo(pipe)
    script = f"import time\nwith open({str(pipe)!r}, 'wb', 0) as f:\n for n in range(8):\n  f.write(b'line\\n' * 9000); time.sleep(0.1)"
    for at_terminal in (True, False):
        ours, theirs = pty.openpty()
        with (
            subprocess.Popen([sys.executable, "-c", script]),
            subprocess.Popen(
                [sys.executable, "-m", "spacedoctor", str(pipe)],
                stdout=subprocess.PIPE,
                stderr=theirs if at_terminal else subprocess.PIPE,
            ) as started,
        ):
            out, err = started.communicate(timeout=60)
        os.close(theirs)
        told = os.read(ours, 100_000) if at_terminal else err
        os.close(ours)
        assert (b"reading " in told) == at_terminal
        assert b"reading " not in out
        assert b"\x1b" not in out
