"""What goes wrong around us: the place of the report, the streams, the environment; told in a line, with nothing half done."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from spacedoctor import Catalogue
from spacedoctor.api import diagnose
from spacedoctor.commands import output
from spacedoctor.errors import InputError
from tests.conftest import ROOT

MISSING = b"ModuleNotFoundError: No module named 'pandas'\n"
LONG = b"".join(b"ERROR: something number %d went wrong in this long line %s\n" % (n, b"x" * 300) for n in range(200))


def run(*words: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "spacedoctor", *words],
        input=MISSING,
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        timeout=100,
        check=False,
    )


def test_a_link_at_the_place_of_the_report_is_replaced_and_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    (tmp_path / "r.md").symlink_to(precious)
    output.write("report", str(tmp_path / "r.md"))
    assert precious.read_text() == "mine"
    assert (tmp_path / "r.md").read_text() == "report"


def test_a_link_where_the_temporary_file_was_once_expected_is_not_written_through(tmp_path: Path) -> None:
    """The temporary file's name cannot be foretold, and it is made anew."""
    precious = tmp_path / "precious"
    precious.write_text("mine")
    (tmp_path / f".r.md.{os.getpid()}").symlink_to(precious)
    output.write("report", str(tmp_path / "r.md"))
    assert precious.read_text() == "mine"


def test_reports_are_private_and_a_file_that_was_there_keeps_its_permissions(tmp_path: Path) -> None:
    output.write("report", str(tmp_path / "new.md"))
    (tmp_path / "old.md").write_text("old")
    (tmp_path / "old.md").chmod(0o644)
    output.write("report", str(tmp_path / "old.md"))
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("new.md", "old.md")] == [0o600, 0o644]


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_what_is_interrupted_leaves_the_old_report_and_no_other_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fail(*_: object) -> None:
        raise error

    (tmp_path / "r.md").write_text("old")
    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises((KeyboardInterrupt, InputError)):
        output.write("report", str(tmp_path / "r.md"))
    assert [path.name for path in tmp_path.iterdir()] == ["r.md"]
    assert (tmp_path / "r.md").read_text() == "old"


def test_a_full_disk_leaves_no_half_file(tmp_path: Path) -> None:
    """A limit on the size of files stands for the full disk."""
    script = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)); from spacedoctor.cli import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", script, "-o", "r.json"], input=LONG, capture_output=True, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(tmp_path / "cache")}, timeout=100, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr.count(b"\n")) == (3, 2)
    assert done.stderr.startswith(b"error: cannot write r.json")
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == []


def test_a_full_standard_output_is_one_line() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "spacedoctor"],
            input=MISSING,
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=100,
            check=False,
            cwd=ROOT,
        )
    assert done.stderr == b"error: cannot write the report: No space left on device\n"
    assert done.returncode == 3


@pytest.mark.parametrize(
    "env",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "cp1252"},
    ],
)
def test_a_stream_without_our_characters_gets_the_report_all_the_same(env: dict[str, str]) -> None:
    done = run("--format", "terminal", env=env)
    assert done.returncode == 1
    assert b"is not installed" in done.stdout
    assert done.stderr == b""


def test_without_a_home_nothing_is_written_beside_us(tmp_path: Path) -> None:
    """Unset HOME and a user without an entry: the cache is done without."""
    script = (
        "import sys, os, pathlib; os.path.expanduser = lambda path: path\n"
        "from spacedoctor.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    env = {name: value for name, value in os.environ.items() if name not in ("HOME", "XDG_CACHE_HOME")}
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=MISSING,
        capture_output=True,
        cwd=tmp_path,
        env={**env, "PYTHONPATH": str(ROOT)},
        timeout=100,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, b"")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a" * 5000 + "/x", "https://[bad", "http://[::1/spaces/me/app"])
def test_a_name_that_can_be_nothing_is_one_line(name: str) -> None:
    done = run(name)
    assert (done.returncode, done.stderr.count(b"\n")) == (3, 2)
    assert b"Traceback" not in done.stderr


def test_closed_streams_are_no_bugs() -> None:
    for closed in (">&-", "2>&-", ">&- 2>&-"):
        done = subprocess.run(  # noqa: S602
            f"{sys.executable} -m spacedoctor --format markdown {closed}",
            shell=True,
            input=MISSING,
            capture_output=True,
            timeout=100,
            check=False,
            cwd=ROOT,
        )
        assert done.returncode == 1, done.stderr
        assert b"Traceback" not in done.stderr


def test_threads_get_the_same_answer(catalogue: Catalogue) -> None:
    told: list[str] = []
    text = MISSING.decode() * 50
    wanted = diagnose(text, catalogue=catalogue).to_json()
    threads = [threading.Thread(target=lambda: told.append(diagnose(text, catalogue=catalogue).to_json())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == [wanted] * 8


def test_processes_share_a_cache_that_is_being_made(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "spacedoctor", "--format", "json"]
    env = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    begun = [subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env=env) for _ in range(3)]
    told = {process.communicate(MISSING, timeout=100)[0] for process in begun}
    assert len(told) == 1
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith(".new-")]
