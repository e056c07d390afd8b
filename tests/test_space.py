"""A Space by its name, against a Hub on the loopback that real huggingface_hub talks to over HTTP."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from spacedoctor import Diagnosis, diagnose_space
from spacedoctor.errors import InputError
from tests.conftest import ROOT
from tests.hub import HEAD, OLD, OWNER_TOKEN, Hub, Log, Space

BOOT = "===== Application Startup at 2026-11-23 20:00:00 ====="
CRASH = (
    BOOT, "", "Traceback (most recent call last):", '  File "/app/app.py", line 3, in <module>', "    from flask import Flask",
    "ModuleNotFoundError: No module named 'flask'",
)  # fmt: skip
ALEMBIC = (
    BOOT, "INFO  [alembic.runtime.migration] Context impl SQLiteImpl.", "Traceback (most recent call last):",
    '  File "/app/main.py", line 9, in <module>', "    upgrade()",
    'sqlalchemy.exc.OperationalError: (sqlite3.OperationalError) near "CONSTRAINT": syntax error',
    "[SQL: ALTER TABLE users ADD CONSTRAINT uq UNIQUE (email)]",
)  # fmt: skip
QUEUED = "===== Build Queued at 2026-11-23 19:58:00 / Commit SHA: aaaaaaa ====="
BUILT = (QUEUED, "", "--> FROM docker.io/library/python:3.11", "DONE 0.1s", "--> Pushing image", "DONE 2.0s")
TIMED_OUT = "Launch timed out, workload was not healthy after 30 min"


def serving(port: int, host: str = "0.0.0.0") -> tuple[str, ...]:  # noqa: S104
    """Return the log of a uvicorn that serves there."""
    return (
        BOOT,
        "INFO:     Application startup complete.",
        f"INFO:     Uvicorn running on http://{host}:{port} (Press CTRL+C to quit)",
    )


def runtime(stage: str, message: str | None = None, sha: str = HEAD, **more: Any) -> dict[str, Any]:
    """Return what the Hub says of a Space's runtime."""
    said = {"errorMessage": message} if message else {}
    return {"stage": stage, "sha": sha, "hardware": {"current": "cpu-basic", "requested": "cpu-basic"}, **said, **more}


def seen(space: Space, *, token: str | bool = OWNER_TOKEN, **more: Any) -> Diagnosis:
    """Diagnose the Space on a loopback Hub."""
    with Hub(space) as hub:
        return diagnose_space(space.id, token=token, endpoint=hub.endpoint, **more)


def first(diagnosis: Diagnosis) -> str:
    """Return the id of the first finding if it is a cause, else the verdict."""
    causes = diagnosis.causes
    return causes[0].id if causes else diagnosis.verdict


STATES = {
    "space-paused": Space(runtime=runtime("PAUSED")),
    "space-flagged": Space(runtime=runtime("PAUSED", "Flagged as abusive")),
    "space-config-error": Space(runtime=runtime("CONFIG_ERROR", '"colorFrom" must be one of [red, yellow]')),
    "zerogpu-torch-version": Space(
        runtime=runtime("CONFIG_ERROR", "torch version in requirements.txt is not compatible with ZeroGPU")
    ),
    "hardware-unavailable": Space(
        runtime=runtime(
            "RUNTIME_ERROR", "Scheduling failure: unable to schedule", hardware={"current": None, "requested": "t4-small"}
        )
    ),
    "out-of-memory": Space(runtime=runtime("RUNTIME_ERROR", "Memory limit exceeded (16Gi)"), run=Log(serving(7860))),
    "storage-limit-evicted": Space(runtime=runtime("RUNTIME_ERROR", "Workload evicted, storage limit exceeded (50G)")),
    "zerogpu-no-function": Space(runtime=runtime("RUNTIME_ERROR", "No @spaces.GPU function detected during startup")),
    "space-not-healthy": Space(runtime=runtime("RUNTIME_ERROR", TIMED_OUT), run=Log((BOOT, "loading the model"))),
    "log-unavailable": Space(runtime=runtime("RUNTIME_ERROR")),
    "build-queue-stuck": Space(runtime={"stage": "BUILDING"}, build=Log((QUEUED,))),
    "module-not-found": Space(runtime=runtime("RUNTIME_ERROR", "Exit code: 1. Reason: " + " ".join(CRASH[2:]))),
    "container-start-failed": Space(
        runtime=runtime("RUNTIME_ERROR", "Exit code: 128. Reason: failed to create containerd task: failed to create shim task")
    ),
}


@pytest.mark.parametrize("wanted", STATES)
def test_what_the_state_tells_comes_first(wanted: str) -> None:
    """Stage and errorMessage are recognised, and read like a log."""
    assert first(seen(STATES[wanted])) == wanted


def test_a_disabled_repository_is_flagged() -> None:
    assert first(seen(Space(runtime=runtime("PAUSED"), info={"disabled": True}))) == "space-flagged"


def test_a_missing_app_file_names_what_is_there() -> None:
    space = Space(
        runtime={"stage": "NO_APP_FILE"}, files=("README.md", "App.py"), readme="---\nsdk: gradio\n---\n", info={"sdk": "gradio"}
    )
    finding = seen(space).findings[0]
    assert finding.id == "no-app-file"
    assert finding.captures["expected"] == "app.py"
    assert finding.captures["found"] == "App.py"


@pytest.mark.parametrize("stage", ["RUNNING", "SLEEPING", "RUNNING_BUILDING"])
def test_a_good_state_is_healthy(stage: str) -> None:
    diagnosis = seen(Space(runtime=runtime(stage), build=Log(BUILT), run=Log(serving(7860))))
    assert diagnosis.verdict == "healthy"
    assert not diagnosis.skipped


def test_a_state_with_a_new_name_is_taken_as_it_is() -> None:
    """The Hub may have words that are new; nothing is made up about them."""
    diagnosis = seen(Space(runtime={"stage": "WARMING_UP", "hardware": "cpu-new", "replicas": None, "volumes": [3]}))
    assert diagnosis.verdict == "unknown"
    assert diagnosis.space is not None
    assert diagnosis.space["stage"] == "WARMING_UP"


def test_a_failed_build_is_told_before_the_old_container() -> None:
    build = (*BUILT[:3], "ERROR: Could not find a version that satisfies the requirement torch==9.9 (from versions: 2.0, 2.1)")
    message = "Job failed with exit code: 1. Reason: cache miss: [2/5] RUN pip install -r requirements.txt"
    diagnosis = seen(Space(runtime=runtime("BUILD_ERROR", message, OLD), build=Log(build), run=Log(CRASH)))
    assert first(diagnosis) == "pip-no-matching-version"


def test_while_a_build_is_under_way_the_old_run_log_is_no_verdict() -> None:
    diagnosis = seen(Space(runtime={"stage": "BUILDING"}, build=Log(BUILT[:4]), run=Log(CRASH)))
    assert diagnosis.verdict == "healthy"
    assert [one.role for one in diagnosis.findings if one.id == "module-not-found"] == ["warning"]


def test_an_old_commit_that_runs_names_both_and_what_was_pushed() -> None:
    """The story this tool began with: the fix is pushed, the old commit still runs."""
    commits = ((HEAD, "Batch mode for SQLite", 30.0), (OLD, "Add the migration", 90.0))
    diagnosis = seen(Space(runtime=runtime("RUNTIME_ERROR", sha=OLD), commits=commits, build=Log(BUILT), run=Log(ALEMBIC)))
    stale, failure = diagnosis.causes
    assert (stale.id, failure.id) == ("stale-build", "sqlite-alter-constraint")
    assert OLD[:12] in stale.cause
    assert HEAD[:12] in stale.cause
    assert "Batch mode for SQLite" in stale.cause
    assert "restart does not build" in stale.cause


@pytest.mark.parametrize("stage", ["BUILDING", "RUNNING_BUILDING", "APP_STARTING", "BUILD_ERROR"])
def test_a_difference_of_commits_is_no_stale_build_while_or_where_a_build_is_at_work(stage: str) -> None:
    assert "stale-build" not in [one.id for one in seen(Space(runtime=runtime(stage, sha=OLD), build=Log(BUILT))).findings]


@pytest.mark.parametrize(
    ("readme", "lines", "wanted"),
    [
        ("---\nsdk: docker\n---\n", serving(8000), "port-mismatch"),
        ("---\nsdk: docker\napp_port: 8000\n---\n", serving(8000), "healthy"),
        ("---\nsdk: docker\napp_port: 8000\n---\n", serving(7860), "port-mismatch"),
        ("---\nsdk: docker\n---\n", serving(7860, "127.0.0.1"), "bound-to-loopback"),
        ("---\nsdk: docker\n---\n", (*serving(11434), *serving(7860)[1:]), "healthy"),
        ("---\nsdk: docker\n---\n", (*serving(8000), *CRASH[2:]), "module-not-found"),
    ],
)
def test_where_the_app_listens_is_held_against_app_port(readme: str, lines: Sequence[str], wanted: str) -> None:
    assert first(seen(Space(runtime=runtime("APP_STARTING"), readme=readme, run=Log(lines)))) == wanted


def key_error(name: str) -> Log:
    """Return the log of an app that misses a variable."""
    return Log((BOOT, *CRASH[2:4], f'    os.environ["{name}"]', f"KeyError: '{name}'"))


@pytest.mark.parametrize(
    ("wanted", "secrets", "variables", "captured"),
    [
        ("OPENAI_API_KEY", ["OPENAI_KEY"], [], {"near_variable": "OPENAI_KEY"}),
        ("DATABASE_URL", ["DB_URL", "HF_TOKEN"], [], {"near_variable": "DB_URL"}),
        ("OPENAI_API_KEY", [], ["openai_api_key"], {"near_variable": "openai_api_key"}),
        ("OPENAI_API_KEY", ["HF_TOKEN"], ["MODE"], {"known_variables": "HF_TOKEN, MODE"}),
        ("OPENAI_API_KEY", [], [], {"known_variables": "none"}),
        ("OPENAI_API_KEY", ["OPENAI_API_KEY"], [], {"is_set": "secret"}),
    ],
)
def test_a_missing_variable_is_held_against_the_names_that_are_set(
    wanted: str, secrets: list[str], variables: list[str], captured: dict[str, str]
) -> None:
    space = Space(runtime=runtime("RUNTIME_ERROR"), run=key_error(wanted), secrets=secrets, variables=variables)
    finding = seen(space).findings[0]
    assert captured.items() <= finding.captures.items()
    assert all(value.split(",")[0] in finding.cause for value in captured.values() if value not in ("none", "secret"))


def no_file(path: str) -> Log:
    """Return the log of an app that misses a file."""
    return Log((BOOT, *CRASH[2:4], f'    open("{path}")', f"FileNotFoundError: [Errno 2] No such file or directory: '{path}'"))


@pytest.mark.parametrize(
    ("path", "files", "captured"),
    [
        ("models/m.pkl", [{"rfilename": "models/m.pkl", "size": 133}], {"in_repo": "pointer"}),
        ("models/m.pkl", [{"rfilename": "models/m.pkl", "size": 90000, "lfs": {"size": 90000}}], {"in_repo": "yes"}),
        ("models/m.pkl", ["app.py"], {"missing_folder": "models"}),
        ("data.csv", ["Data.csv"], {"near_file": "Data.csv"}),
        ("/home/user/app/data.csv", ["assets/data.csv"], {"near_file": "assets/data.csv"}),
        ("data.csv", ["app.py"], {"in_repo": "no"}),
    ],
)
def test_a_missing_file_is_held_against_the_repository(path: str, files: list[Any], captured: dict[str, str]) -> None:
    finding = seen(Space(runtime=runtime("RUNTIME_ERROR"), run=no_file(path), files=files)).findings[0]
    assert finding.id == "local-file-missing"
    assert captured.items() <= finding.captures.items()


def test_a_misspelt_requirements_file_is_named() -> None:
    line = "ERROR: Could not open requirements file: [Errno 2] No such file or directory: 'requirements.txt'"
    space = Space(runtime=runtime("BUILD_ERROR"), files=("README.md", "requirement.txt"), build=Log((*BUILT[:3], line)))
    finding = seen(space).findings[0]
    assert finding.id == "pip-requirements-missing"
    assert finding.captures["near_file"] == "requirement.txt"


def test_memory_is_told_with_its_hardware() -> None:
    assert "cpu-basic with 16 GB" in seen(STATES["out-of-memory"]).findings[0].cause


def test_the_report_joins_what_each_side_says() -> None:
    """One report: the Space, the platform, the build, the app; and its JSON is valid."""
    diagnosis = seen(
        Space(runtime=runtime("RUNTIME_ERROR", TIMED_OUT), build=Log(BUILT), run=Log(serving(8000)), secrets=["HF_TOKEN"])
    )
    said = {one.who: one.what for one in diagnosis.says}
    assert list(said) == ["Space", "Platform", "Build", "App"]
    assert "cpu-basic" in said["Space"]
    assert TIMED_OUT in said["Platform"]
    assert "no failure recognised" in said["Build"]
    report = diagnosis.to_dict()
    jsonschema.validate(report, json.loads((ROOT / "docs" / "report.schema.json").read_text()))
    assert report["space"]["secrets"] == ["HF_TOKEN"]
    for text in (diagnosis.to_markdown(), diagnosis.to_html()):
        assert "RUNTIME" in text
        assert "me/app" in text


def test_a_visitor_gets_a_verdict_and_a_letter_to_the_owner() -> None:
    message = "Exit code: 1. Reason: " + " ".join(CRASH[2:])
    diagnosis = seen(Space(runtime=runtime("RUNTIME_ERROR", message), run=Log(CRASH)), token=False)
    assert first(diagnosis) == "module-not-found"
    assert {one.source for one in diagnosis.skipped} == {
        "me/app variables",
        "me/app secrets",
        "me/app build log",
        "me/app run log",
    }
    (letter,) = diagnosis.letters
    assert letter.kind == "community"
    assert diagnosis.findings[0].title in letter.text


def test_a_fault_of_the_platform_comes_with_a_letter_to_its_support() -> None:
    (letter,) = seen(STATES["hardware-unavailable"]).letters
    assert letter.kind == "support"
    assert "Root=1-" in letter.text
    assert "unable to schedule" in letter.text


def test_no_value_of_a_variable_or_secret_is_kept() -> None:
    diagnosis = seen(Space(runtime=runtime("RUNNING"), variables=["MODE"], secrets=["HF_TOKEN"], run=Log(serving(7860))))
    for text in (diagnosis.to_json(), diagnosis.to_markdown(), diagnosis.to_html()):
        assert "value-of-MODE" not in text
        assert OWNER_TOKEN not in text


def test_timestamps_of_the_events_are_kept() -> None:
    (hit,) = [line for line in seen(Space(runtime=runtime("RUNTIME_ERROR"), run=Log(CRASH))).findings[0].evidence if line.hit]
    assert hit.timestamp is not None
    assert hit.timestamp.startswith("20")
    assert hit.line == len(CRASH)


def test_the_deadline_holds_however_long_keep_alives_come() -> None:
    """A stream that never ends and one that drips for ever: both are cut at the deadline, and what had come is diagnosed."""
    space = Space(runtime=runtime("RUNTIME_ERROR"), build=Log(BUILT * 1000, pause=0.05), run=Log(CRASH, after="keep-alive"))
    begun = time.monotonic()
    diagnosis = seen(space, timeout=2.0)
    assert time.monotonic() - begun < 4
    assert first(diagnosis) == "module-not-found"
    assert any("still coming after 2 s" in one.reason for one in diagnosis.skipped)


def test_both_logs_are_read_at_the_same_time() -> None:
    """Two logs that each take a second take about one second together."""
    slow = Space(runtime=runtime("RUNTIME_ERROR"), build=Log(BUILT, pause=0.2), run=Log(CRASH, pause=0.2))
    begun = time.monotonic()
    assert first(seen(slow)) == "module-not-found"
    one_after_the_other = (len(BUILT) + len(CRASH)) * 0.2
    assert time.monotonic() - begun < one_after_the_other


def test_a_stream_that_breaks_leaves_what_had_come() -> None:
    diagnosis = seen(Space(runtime=runtime("RUNTIME_ERROR"), run=Log(CRASH, after="break"), build=Log(BUILT)))
    assert first(diagnosis) == "module-not-found"
    assert any("stream broke" in one.reason and "run log" in one.source for one in diagnosis.skipped)


def test_a_stream_that_ends_within_a_line_says_so() -> None:
    cut = b'data: {"timestamp": "2026-11-24T01:00:00.000Z", "data": "ModuleNotFoundError: No module named \'pandas\''
    with Hub(Space(runtime=runtime("RUNTIME_ERROR"))) as hub:
        hub.refuse["/api/spaces/me/app/logs/run"] = [(200, {"Content-Type": "text/event-stream"}, cut)]
        diagnosis = diagnose_space("me/app", token=OWNER_TOKEN, endpoint=hub.endpoint)
    assert first(diagnosis) == "module-not-found"
    assert any("in the middle of a line" in one.reason and "run log" in one.source for one in diagnosis.skipped)


def test_a_stage_that_is_new_and_names_an_error_is_not_called_healthy() -> None:
    assert (
        seen(Space(runtime=runtime("QUANTUM_ERROR"), run=Log((BOOT, "INFO:     Application startup complete.")))).verdict
        == "unknown"
    )
    assert (
        seen(Space(runtime=runtime("QUANTUM_LEAP"), run=Log((BOOT, "INFO:     Application startup complete.")))).verdict
        == "healthy"
    )


@pytest.mark.parametrize(("status", "headers"), [(429, {"Retry-After": "1"}), (503, {}), (500, {})])
def test_a_busy_hub_is_asked_again(status: int, headers: dict[str, str]) -> None:
    space = Space(runtime=runtime("RUNTIME_ERROR"), run=Log(CRASH))
    with Hub(space) as hub:
        hub.refuse["/api/spaces/me/app"] = [(status, headers, b"busy"), (status, headers, b"busy")]
        hub.refuse["/api/spaces/me/app"].append(
            (200, {}, json.dumps({"id": "me/app", "runtime": space.runtime, "sha": HEAD}).encode())
        )
        assert first(diagnose_space("me/app", token=OWNER_TOKEN, endpoint=hub.endpoint)) == "module-not-found"


def test_a_limit_that_outlasts_the_deadline_is_told_at_once() -> None:
    with Hub(Space()) as hub:
        hub.refuse["/api/spaces/me/app"] = [(429, {"Retry-After": "300"}, b"")]
        begun = time.monotonic()
        with pytest.raises(InputError, match="429"):
            diagnose_space("me/app", token=OWNER_TOKEN, endpoint=hub.endpoint)
        assert time.monotonic() - begun < 10


def test_a_log_that_is_refused_does_not_hide_the_rest() -> None:
    with Hub(Space(runtime=runtime("RUNTIME_ERROR"), run=Log(CRASH))) as hub:
        hub.refuse["/api/spaces/me/app/logs/build"] = [(403, {}, b"{}")]
        hub.refuse["/api/spaces/me/app/commits/main"] = [(200, {}, b"<html>proxy</html>")]
        hub.refuse["/spaces/me/app/resolve/main/README.md"] = [(200, {}, b"---\n a: [\n---\n")]
        diagnosis = diagnose_space("me/app", token=OWNER_TOKEN, endpoint=hub.endpoint)
    assert first(diagnosis) == "module-not-found"
    assert {one.source for one in diagnosis.skipped} == {"me/app build log", "me/app commits", "me/app README.md"}


def test_a_hub_that_is_silent_about_the_facts_leaves_the_logs() -> None:
    with Hub(Space(runtime=runtime("RUNTIME_ERROR"), run=Log(CRASH))) as hub:
        hub.delay = {"/api/spaces/me/app": 30.0}
        diagnosis = diagnose_space("me/app", token=OWNER_TOKEN, endpoint=hub.endpoint, timeout=1.5)
    assert first(diagnosis) == "module-not-found"
    assert any(one.source == "facts" for one in diagnosis.skipped)


def test_a_hub_that_never_answers_is_an_error_and_not_an_empty_report() -> None:
    with Hub(Space()) as hub:
        hub.delay = dict.fromkeys(
            ("/api/spaces/me/app", "/api/spaces/me/app/runtime", "/api/spaces/me/app/logs/run", "/api/spaces/me/app/logs/build"),
            30.0,
        )
        begun = time.monotonic()
        with pytest.raises(InputError, match="within 1 s"):
            diagnose_space("me/app", token=OWNER_TOKEN, endpoint=hub.endpoint, timeout=1.0)
    assert time.monotonic() - begun < 4


HOSTILE = [
    {"id": "me/app", "runtime": "RUNNING"},
    {"id": "me/app", "runtime": {"stage": 7, "hardware": [], "errorMessage": {"a": 1}, "volumes": {}, "gcTimeout": "x"}},
    {"id": 3, "cardData": [], "siblings": [1, {"rfilename": 2}, {}], "sha": {}, "sdk": None},
    [],
    "text",
]


@pytest.mark.parametrize("answer", HOSTILE)
def test_answers_of_another_shape_are_read_tolerantly(answer: Any) -> None:
    with Hub(Space(run=Log(CRASH))) as hub:
        hub.refuse["/api/spaces/me/app"] = [(200, {}, json.dumps(answer).encode())]
        hub.refuse["/api/spaces/me/app/runtime"] = [(200, {}, b"[1]")]
        hub.refuse["/api/spaces/me/app/secrets"] = [(200, {}, b"[{}, 1]")]
        assert first(diagnose_space("me/app", token=OWNER_TOKEN, endpoint=hub.endpoint)) == "module-not-found"


@pytest.mark.parametrize(
    "name",
    [
        "me/app", "spaces/me/app", "https://huggingface.co/spaces/me/app", "huggingface.co/spaces/me/app/tree/main/src",
        "https://huggingface.co/spaces/me/app?logs=build", "https://hf.co/spaces/me/app/logs", "https://me-app.hf.space/x?y=1", "me-app.hf.space",
    ],
)  # fmt: skip
def test_a_space_has_many_names(name: str) -> None:
    with Hub(Space(runtime=runtime("PAUSED"))) as hub:
        diagnosis = diagnose_space(name, token=OWNER_TOKEN, endpoint=hub.endpoint)
    assert diagnosis.space is not None
    assert diagnosis.space["id"] == "me/app"


def test_an_address_with_hyphens_finds_its_space_even_where_the_hub_does_not_know_subdomains() -> None:
    space = Space(id="my-org/the-app", runtime=runtime("PAUSED"))
    with Hub(space) as hub:
        hub.refuse["/api/spaces/by-subdomain/my-org-the-app"] = [(404, {}, b"{}")]
        assert (
            first(diagnose_space("https://my-org-the-app.hf.space", token=OWNER_TOKEN, endpoint=hub.endpoint)) == "space-paused"
        )


def command(
    hub: Hub, *words: str, token: str | None = OWNER_TOKEN, piped: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run the command against the loopback Hub."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("HF_")} | {"HF_ENDPOINT": hub.endpoint}
    env |= {"HF_TOKEN": token} if token else {"HF_HUB_DISABLE_IMPLICIT_TOKEN": "1"}
    return subprocess.run(
        [sys.executable, "-m", "spacedoctor", *words], env=env, input=piped, capture_output=True, timeout=60, check=False
    )


def test_the_command_reads_a_space_with_the_environment_of_huggingface_hub() -> None:
    """HF_ENDPOINT and HF_TOKEN are honoured, and the exit code tells the verdict."""
    with Hub(Space(runtime=runtime("RUNTIME_ERROR"), run=Log(CRASH)), Space(id="me/well", run=Log(serving(7860)))) as hub:
        failing = command(hub, "me/app", "--format", "json")
        assert failing.returncode == 1
        assert json.loads(failing.stdout)["findings"][0]["id"] == "module-not-found"
        assert command(hub, "me/well").returncode == 0
        only_build = json.loads(command(hub, "me/app", "--stage", "build", "--format", "json").stdout)
        assert [log["source"] for log in only_build["logs"]] == ["me/app build log"]


@pytest.mark.parametrize(("token", "says"), [(None, b"hf auth login"), ("hf_" + "x" * 34, b"no access")])
def test_no_access_is_one_line_with_a_hint(token: str | None, says: bytes) -> None:
    with Hub(Space(private=True)) as hub:
        done = command(hub, "me/app", token=token)
    assert done.returncode == 3
    assert says in done.stderr
    assert done.stderr.count(b"\n") == 2
    assert b"Traceback" not in done.stderr


def test_no_network_is_one_line_with_a_hint() -> None:
    with Hub() as hub:
        pass
    done = command(hub, "me/app", "--timeout", "5")
    assert done.returncode == 3
    assert b"cannot reach" in done.stderr
    assert done.stderr.count(b"\n") == 2


def test_a_space_stands_alone() -> None:
    with Hub(Space()) as hub:
        done = command(hub, "me/app", "you/app")
    assert done.returncode == 2
    assert b"alone" in done.stderr


@pytest.fixture(scope="module")
def logs_of_hf() -> Iterator[tuple[Hub, bytes]]:
    """What the real `hf spaces logs` prints of a failing Space."""
    with Hub(Space(runtime=runtime("RUNTIME_ERROR"), run=Log(ALEMBIC))) as hub:
        env = {**os.environ, "HF_ENDPOINT": hub.endpoint, "HF_TOKEN": OWNER_TOKEN}
        hf = Path(sys.executable).with_name("hf")
        done = subprocess.run([str(hf), "spaces", "logs", "me/app"], env=env, capture_output=True, timeout=60, check=True)
        yield hub, done.stdout


def test_what_hf_prints_gives_the_same_first_finding(logs_of_hf: tuple[Hub, bytes]) -> None:
    """`hf spaces logs me/app | spacedoctor` and `spacedoctor me/app` agree."""
    hub, printed = logs_of_hf
    assert b"CONSTRAINT" in printed
    piped = json.loads(command(hub, "--format", "json", piped=printed).stdout)
    asked = json.loads(command(hub, "me/app", "--format", "json").stdout)
    assert piped["findings"][0]["id"] == asked["findings"][0]["id"] == "sqlite-alter-constraint"


def test_a_busy_app_does_not_hold_us() -> None:
    """An app that goes on logging while we read is left at the first line that is newer than our question."""
    busy = Log((*serving(7860), *("tick",) * 400), pause=0.05, minutes_ago=0.02)
    begun = time.monotonic()
    diagnosis = seen(replace(STATES["module-not-found"], runtime=runtime("RUNNING"), run=busy))
    assert time.monotonic() - begun < 15
    assert diagnosis.verdict == "healthy"


def following(hub: Hub, *words: str) -> subprocess.Popen[bytes]:
    """Start the command with --follow."""
    env = {**os.environ, "HF_ENDPOINT": hub.endpoint, "HF_TOKEN": OWNER_TOKEN}
    return subprocess.Popen(
        [sys.executable, "-m", "spacedoctor", *words, "--follow"],
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_follow_tells_a_finding_while_the_log_goes_on() -> None:
    """The finding is told though the stream has not ended; Ctrl-C then gives the report."""
    with Hub(
        Space(runtime=runtime("RUNTIME_ERROR"), run=Log(CRASH, after="keep-alive"), build=Log(BUILT, after="keep-alive"))
    ) as hub:
        process = following(hub, "me/app", "--format", "json")
        assert process.stderr is not None
        assert b"module-not-found" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert json.loads(out)["findings"][0]["id"] == "module-not-found"


def test_follow_reads_standard_input_as_it_comes() -> None:
    with Hub() as hub:
        process = following(hub, "-", "--format", "json")
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write("\n".join(CRASH).encode() + b"\n")
        process.stdin.flush()
        assert b"module-not-found" in process.stderr.readline()
        out, _ = process.communicate(timeout=30)
    assert json.loads(out)["verdict"] == "failing"


def test_follow_goes_on_after_a_break() -> None:
    """A stream that breaks is opened anew, and no line is counted twice."""
    with Hub(Space(runtime=runtime("RUNNING"), run=Log(serving(7860), after="break"))) as hub:
        process = following(hub, "me/app", "--stage", "run", "--timeout", "5", "--format", "json")
        out, _ = process.communicate(timeout=60)
        asked = [path for path, _ in hub.asked if path.endswith("/logs/run")]
    assert len(asked) > 1
    assert json.loads(out)["logs"][0]["lines"] == len(serving(7860))


def test_an_empty_log_that_was_read_is_not_to_be_read_again() -> None:
    """The owner's tool has just read both logs: what is left is to make the app say more."""
    space = Space(runtime=runtime("RUNTIME_ERROR", errorMessage="Exit code: 1. Reason: "), build=Log(BUILT))
    (finding,) = seen(space).findings
    assert finding.id == "log-unavailable"
    assert finding.remedies
    assert all(remedy.id != "read-both-logs" for remedy in finding.remedies)
