"""Reports that are attached: to a Community tab, to GitHub, to a job's summary; and that they stay within what fits there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from spacedoctor import Catalogue, diagnose, diagnose_space
from spacedoctor.render import markdown
from tests.hub import OWNER_TOKEN, Hub, Log, Space
from tests.test_space import CRASH, runtime

SECRET = "hf_" + "Ab1" * 11
BROKEN = Space(runtime=runtime("RUNTIME_ERROR"), run=Log((f"login with {SECRET}", *CRASH)))
DISCUSSIONS = "/api/spaces/me/app/discussions"


def run(hub: Hub, *words: str, path: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command against the loopback Hub; `path` comes first where programs are looked for."""
    env = {**os.environ, "HF_ENDPOINT": hub.endpoint, "HF_TOKEN": OWNER_TOKEN, **more}
    env.pop("GITHUB_STEP_SUMMARY", None) if "GITHUB_STEP_SUMMARY" not in more else None
    if path:
        env["PATH"] = f"{path}{os.pathsep}{env['PATH']}"
    command = [sys.executable, "-m", "spacedoctor", *words]
    return subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)


def test_a_report_is_posted_to_the_community_tab() -> None:
    with Hub(BROKEN) as hub:
        done = run(hub, "me/app", "--attach", "discussion", "--yes")
        assert done.returncode == 1
        ((path, body),) = hub.posted
    assert path == DISCUSSIONS
    assert "not installed" in body["title"]
    assert "flask" in body["description"]
    assert SECRET not in json.dumps(body)
    assert f"posted: {hub.endpoint}/spaces/me/app/discussions/1" in done.stderr


def test_nothing_is_posted_without_being_asked_for() -> None:
    """Nobody can be asked here, so that without --yes nothing is posted; and never with secrets."""
    with Hub(BROKEN) as hub:
        assert run(hub, "me/app", "--attach", "discussion").returncode == 2
        assert run(hub, "me/app", "--attach", "discussion", "--yes", "--no-redact").returncode == 2
        assert run(hub, "me/app", "--attach", "nowhere", "--yes").returncode == 2
        assert not hub.posted


def test_github_is_not_written_to_without_being_asked_for(gh: Path, tmp_path: Path) -> None:
    with Hub(BROKEN) as hub:
        done = run(hub, "me/app", "--attach", "github:me/app#12", path=gh)
        assert run(hub, "me/app", "--attach", "github:me/app#12 --web", "--yes", path=gh).returncode == 2
    assert done.returncode == 2
    assert "add --yes" in done.stderr
    assert done.stdout.startswith("## ")
    assert not (tmp_path / "called").exists()


def test_what_gh_says_is_told_in_a_line_and_without_secrets(gh: Path) -> None:
    (gh / "gh").write_text(f"#!/bin/sh\ncat > /dev/null\necho 'HTTP 401: {SECRET} is no good' >&2\nexit 4\n")
    with Hub(BROKEN) as hub:
        done = run(hub, "me/app", "--attach", "github:me/app", "--yes", path=gh)
    assert done.returncode == 3
    assert "gh did not post the report: HTTP 401: <hf-token-1> is no good" in done.stderr
    assert "Traceback" not in done.stderr


def test_whoever_sits_at_a_terminal_is_asked() -> None:
    """Only yes posts; the report itself comes in either case."""
    pty = pytest.importorskip("pty")
    for answer, posts in ((b"n\n", 0), (b"y\n", 1)):
        with Hub(BROKEN) as hub:
            ours, theirs = pty.openpty()
            env = {**os.environ, "HF_ENDPOINT": hub.endpoint, "HF_TOKEN": OWNER_TOKEN}
            env.pop("GITHUB_STEP_SUMMARY", None)
            command = [sys.executable, "-m", "spacedoctor", "me/app", "--attach", "discussion"]
            with subprocess.Popen(command, env=env, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as started:
                os.write(ours, answer)
                out, err = started.communicate(timeout=60)
            os.close(ours)
            os.close(theirs)
            assert len(hub.posted) == posts
            assert out.startswith(b"## ")
            assert b"for everybody who may read there?" in err


def test_a_refused_post_is_one_line() -> None:
    with Hub(BROKEN) as hub:
        hub.refuse[f"POST {DISCUSSIONS}"] = [(403, {}, b"{}")]
        done = run(hub, "me/app", "--attach", "discussion", "--yes", "-o", os.devnull, "--format", "json")
    assert done.returncode == 3
    assert "discussions disabled" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def gh(tmp_path: Path) -> Path:
    """A program named gh that writes down how it was called: the real one asks GitHub."""
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "gh"
    script.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$*" > {tmp_path}/called\ncat > {tmp_path}/body\necho https://github.com/me/app/issues/12#c1\n'
    )
    script.chmod(0o755)
    return folder


@pytest.mark.parametrize(
    ("target", "called"),
    [
        ("github:me/app#12", "issue comment 12 --repo me/app --body-file -"),
        (
            "github:me/app",
            "issue create --title spacedoctor: A Python module that the app imports is not installed --repo me/app --body-file -",
        ),
    ],
)
def test_a_report_goes_to_github_through_gh(gh: Path, tmp_path: Path, target: str, called: str) -> None:
    with Hub(BROKEN) as hub:
        done = run(hub, "me/app", "--attach", target, "--yes", path=gh)
    assert (tmp_path / "called").read_text().strip() == called
    assert "flask" in (tmp_path / "body").read_text()
    assert "posted: https://github.com/me/app/issues/12" in done.stderr


def test_in_github_actions_the_summary_is_filled_and_causes_are_annotated(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    with Hub(BROKEN) as hub:
        done = run(hub, "me/app", GITHUB_STEP_SUMMARY=str(summary))
    assert summary.read_text().startswith("before\n## ")
    assert SECRET not in summary.read_text()
    (annotation,) = [line for line in done.stderr.splitlines() if line.startswith("::")]
    assert annotation.startswith("::error title=A Python module that the app imports is not installed,file=app.py,line=3::")


@pytest.mark.parametrize("limit", [65_000, 20_000, 8_000, 5_000])
def test_markdown_fits_and_says_what_was_left_out(catalogue: Catalogue, limit: int) -> None:
    """Many long lines, many causes: the report is cut from what matters least, and its fences stay closed."""
    long = "x" * 3000
    lines = [f"ModuleNotFoundError: No module named 'mod{number}' {long}" for number in range(20)]
    more = [
        f"sqlite3.OperationalError: no such table: users {long}",
        f"PermissionError: [Errno 13] Permission denied: '/data/{long}'",
        f"ERROR: {long}",
    ]
    diagnosis = diagnose("\n".join([*CRASH, *lines, *more * 3]), catalogue=catalogue)
    text = markdown.render(diagnosis, limit)
    assert len(text) <= limit
    assert len(markdown.render(diagnosis, 10**9)) > 8_000
    assert ("Left out" in text) == (len(markdown.render(diagnosis, 10**9)) > limit)
    assert sum(line.lstrip().startswith("```") for line in text.splitlines()) % 2 == 0


def test_a_space_with_endless_settings_fits(catalogue: Catalogue) -> None:
    """README with hundreds of long settings, names and commits without end."""
    settings = "".join(f"key{n}: {'v' * 450}\n" for n in range(130))
    names = tuple(f"NAME_{n}_{'x' * 80}" for n in range(2000))
    space = replace(BROKEN, readme=f"---\nsdk: docker\n{settings}---\n", variables=names, secrets=names)
    with Hub(space) as hub:
        diagnosis = diagnose_space("me/app", token=OWNER_TOKEN, endpoint=hub.endpoint)
    text = diagnosis.to_markdown()
    assert len(text) < 65_000
    assert len(markdown.render(diagnosis, 9_000)) <= 9_000
    assert "111 more settings" in text
