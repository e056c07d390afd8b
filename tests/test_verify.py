"""Did the fix work? Against a loopback Hub whose Space changes, and an app that really starts and stops as its container."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import referencing

from spacedoctor import Diagnosis, Verification, diagnose, diagnose_space, verify
from spacedoctor.errors import InputError, UsageError
from tests.conftest import ROOT
from tests.hub import HEAD, OLD, OWNER_TOKEN, Hub, Log, Space
from tests.spaces import BAD, FIRST, GOOD, MAIN_PY, NEXT, SECOND, TABLE, App, Platform, in_turn, reply, version
from tests.test_space import ALEMBIC, BOOT, BUILT, CRASH, runtime, serving

LATER = "===== Application Startup at 2026-11-23 21:00:00 ====="
NEW = (LATER, *serving(7860)[1:])
CHECKS = (
    'GET /health 200 json:{"status": "healthy"}',
    "GET /docs 200 html",
    'POST /api/v1/auth/register json:{"email": "ada@example.com", "password": "correct horse"} 201 json:{"email": "ada@example.com"}',
)


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[tuple[Platform, Hub]]:
    """A Space without a commit yet, and the Hub that it is on."""
    with Platform(tmp_path, commits=()) as made, Hub(made.space) as hub:
        yield made, hub


def seen(hub: Hub) -> Diagnosis:
    return diagnose_space("me/app", token=OWNER_TOKEN, endpoint=hub.endpoint)


def verified(hub: Hub, **more: Any) -> Verification:
    return verify("me/app", token=OWNER_TOKEN, endpoint=hub.endpoint, **{"timeout": 90.0, **more})


def valid(verification: Verification) -> dict[str, Any]:
    """Return the JSON report after holding it against its schema."""
    schemas = {
        name: json.loads((ROOT / "docs" / name).read_text()) for name in ("verification.schema.json", "report.schema.json")
    }
    registry: referencing.Registry[Any] = referencing.Registry().with_resources(
        (name, referencing.Resource.from_contents(schema)) for name, schema in schemas.items()
    )
    report = json.loads(verification.to_json())
    jsonschema.Draft202012Validator(schemas["verification.schema.json"], registry=registry).validate(report)
    return dict(report)


def test_a_fix_is_seen_to_work(platform: tuple[Platform, Hub]) -> None:
    """The story this is for: the migration fails, the fix is pushed, the new container migrates, starts and answers."""
    made, hub = platform
    made.deploy(BAD, FIRST)
    before = seen(hub)
    assert before.causes[0].id == "sqlite-alter-constraint"
    made.push(GOOD, SECOND)
    done = verified(hub, before=before, checks=CHECKS)
    assert done.verdict == "fixed", done.to_markdown()
    assert (done.before and done.before.commit, done.after.commit) == (FIRST, SECOND)
    assert [sign.id for sign in done.signs] == ["alembic-context", "alembic-upgrade", "uvicorn-ready"]
    assert ["-> 001" in sign.line.text for sign in done.signs if sign.line] == [False, True, False]
    assert [check.status for check in done.checks] == [200, 200, 201]
    report = valid(done)
    assert report["report"]["verdict"] == "healthy"
    for text in (done.to_markdown(), done.to_html(), done.to_terminal(), done.to_json()):
        assert "Fixed: SQLite cannot change a constraint" in text
        assert "Running upgrade" in text
        assert "correct horse" not in text


def test_the_same_failure_is_told(platform: tuple[Platform, Hub], tmp_path: Path) -> None:
    made, hub = platform
    made.deploy(BAD, FIRST)
    report = tmp_path / "before.json"
    report.write_text(seen(hub).to_json())
    made.push(BAD, SECOND)
    done = verified(hub, before=report)
    assert done.verdict == "same-failure"
    assert done.after.commit == SECOND
    assert done.diagnosis.causes[0].id == "sqlite-alter-constraint"
    assert "Not fixed" in done.to_markdown()
    valid(done)


def test_the_failure_behind_it_is_diagnosed(platform: tuple[Platform, Hub]) -> None:
    made, hub = platform
    made.deploy(BAD, FIRST)
    before = seen(hub)
    made.push(NEXT, SECOND)
    done = verified(hub, before=before)
    assert done.verdict == "other-failure"
    assert done.diagnosis.causes[0].id == "module-not-found"
    assert "here is the next one" in done.to_markdown()


def test_the_old_container_that_still_answers_is_not_taken_for_the_new_one(platform: tuple[Platform, Hub]) -> None:
    """A healthy old version runs while the new one is built; only the new one has version 2."""
    made, hub = platform
    made.deploy(GOOD, FIRST)
    before = seen(hub)
    made.push(version(*TABLE, main=MAIN_PY.replace('"version": 1', '"version": 2')), SECOND, lag=1.0)
    done = verified(hub, before=before, checks=['GET /health 200 json:{"version": 2}'])
    assert done.verdict == "fixed", done.to_markdown()
    assert (done.before and done.before.commit, done.after.commit) == (FIRST, SECOND)


def test_what_a_request_brings_about_is_diagnosed(platform: tuple[Platform, Hub]) -> None:
    """The app starts, and a request fails with an error that the log then shows."""
    made, hub = platform
    made.deploy(version("pass"), FIRST)
    done = verified(hub, checks=["GET /users 200 json"])
    assert done.verdict == "other-failure"
    assert done.checks[0].status == 500
    assert done.diagnosis.causes[0].id == "missing-table"


@pytest.mark.parametrize(("kept", "verdict"), [(False, "same-failure"), (True, "fixed")])
def test_persistence_is_tried_out(platform: tuple[Platform, Hub], tmp_path: Path, kept: bool, verdict: str) -> None:  # noqa: FBT001
    """What is written to the container's own disk is gone after a restart; on a volume it is there."""
    made, hub = platform
    disk = tmp_path / "volume.db" if kept else Path("app.db")
    files = {**GOOD, "app/config.py": f"class settings:\n    database_url = 'sqlite:///{disk}'\n"}
    made.deploy(files, FIRST)
    write = 'POST /api/v1/auth/register json:{"email": "{mark}@example.com", "password": "x"} 201 => GET /users 200 text:{mark}'
    done = verified(hub, before="database-resets", checks=CHECKS[:1], check_persistence=write)
    assert done.persistence is not None
    assert done.persistence.kept is kept, done.persistence
    assert done.verdict == verdict
    assert [path for path, _ in hub.posted] == ["/api/spaces/me/app/restart"]
    valid(done)


def test_a_restart_without_a_new_commit_is_told_by_its_banner(platform: tuple[Platform, Hub]) -> None:
    """The commit stays; what was logged before the restart is not held against the new container."""
    made, hub = platform
    made.deploy(version(*TABLE, main=f"import os\nos.environ['BOARD_KEY']\n\n{MAIN_PY}"), FIRST)
    before = seen(hub)
    assert before.causes[0].id == "env-var-missing"
    made.push({**GOOD}, FIRST)  # stands for a variable that was set: the same commit starts anew
    done = verified(hub, before=before)
    assert done.verdict == "fixed", done.to_markdown()
    assert done.before is not None
    assert (done.before.commit, done.after.commit) == (FIRST, FIRST)
    assert done.before.boot != done.after.boot


def space(app: App | None = None, *course: dict[str, Any], **more: Any) -> Space:
    """Return a Space that serves, at the address of an app, and what becomes of it step by step."""
    info = {"host": app.address} if app else {"host": "https://elsewhere.example"}
    return Space(**{"runtime": runtime("RUNNING"), "run": Log(NEW), "info": info, "course": list(course), **more})


def test_old_boots_in_the_log_are_not_held_against_the_new_one() -> None:
    """The stream still holds the boot that failed, and the new one says nothing that is known."""
    with App() as app, Hub(space(app, run=Log((*ALEMBIC, LATER, "the app is up")))) as hub:
        done = verified(hub, before=diagnose("\n".join(ALEMBIC)), checks=["GET / 404"])
    assert not done.diagnosis.causes
    assert done.after.boot == "2026-11-23 21:00:00"
    assert done.verdict == "unknown"  # nothing of what should be seen was seen
    assert any("alembic-upgrade" in doubt for doubt in done.doubts)


def test_a_failure_of_the_same_kind_is_another_one() -> None:
    """The module that was missing is there, the next one is not."""
    lines = [line.replace("flask", "numpy") for line in CRASH]
    with Hub(space(runtime=runtime("RUNTIME_ERROR"), run=Log((LATER, *lines[1:])))) as hub:
        done = verified(hub, before=diagnose("\n".join(CRASH)))
        again = verified(hub, before="module-not-found")
    assert done.verdict == "other-failure"
    assert done.diagnosis.causes[0].captures["module"] == "numpy"
    assert again.verdict == "same-failure"  # of an id alone, more is not known


def test_a_failed_build_of_the_fix_is_told() -> None:
    build = (
        BUILT[0].replace("19:58", "20:58"),
        "ERROR: Could not find a version that satisfies the requirement torch==9.9 (from versions: 2.0, 2.1)",
    )
    broken = {"runtime": runtime("BUILD_ERROR", "Job failed with exit code: 1", OLD), "build": Log(build)}
    with Hub(space(None, {"runtime": runtime("BUILDING", sha=OLD)}, {}, {}, broken, run=Log(CRASH))) as hub:
        done = verified(hub, before=diagnose("\n".join(CRASH)))
    assert done.verdict == "other-failure"
    assert done.diagnosis.causes[0].id == "pip-no-matching-version"


def test_what_never_finishes_ends_with_the_time_limit() -> None:
    with Hub(space(runtime=runtime("BUILDING", sha=OLD), run=Log(CRASH), build=Log(BUILT[:3]))) as hub:
        done = verified(hub, before="module-not-found", timeout=2.0)
    assert done.verdict == "unfinished"
    assert done.seconds < 20
    assert "BUILDING" in done.doubts[0]
    assert "Not finished" in valid(done)["headline"]


def test_an_old_commit_that_stays_is_not_finished() -> None:
    with Hub(space(runtime=runtime("RUNTIME_ERROR", sha=OLD), run=Log(CRASH))) as hub:
        done = verified(hub, before="module-not-found", timeout=2.0)
    assert done.verdict == "unfinished"
    assert "the old container still runs: commit bbbbbbbb" in done.doubts[0]


def test_only_a_private_space_gets_the_token() -> None:
    for private in (True, False):
        with App(health=reply(200, b'{"ok": true}')) as app, Hub(space(app, private=private)) as hub:
            done = verified(hub, checks=['GET /health 200 json:{"ok": true}'])
            assert done.verdict == "fixed", done.to_markdown()
        assert {token for _, _, token in app.asked} == {f"Bearer {OWNER_TOKEN}" if private else None}


def test_a_redirect_to_another_host_is_not_followed() -> None:
    with (
        App(health=reply()) as other,
        App(health=reply(302, Location=f"{other.address}/health")) as app,
        Hub(space(app, private=True)) as hub,
    ):
        done = verified(hub, checks=["GET /health 200"])
    assert not other.asked
    assert done.verdict == "other-failure"
    assert "not followed" in done.checks[0].reason


def test_a_redirect_within_the_space_is_followed() -> None:
    with App(health=reply(307, Location="/healthz"), healthz=reply(200)) as app, Hub(space(app)) as hub:
        assert verified(hub, checks=["GET /health 200"]).verdict == "fixed"


def test_an_app_that_wakes_late_is_asked_again() -> None:
    waking = in_turn(reply(503, b"waking"), reply(503, b"waking"), reply(200, b'{"status": "healthy"}'))
    asleep = {"runtime": runtime("SLEEPING")}
    with App(health=waking) as app, Hub(space(app, asleep, {}, {"runtime": runtime("RUNNING")})) as hub:
        done = verified(hub, checks=CHECKS[:1])
    assert done.verdict == "fixed", done.to_markdown()
    assert done.checks[0].tries == 3
    assert app.asked[0][:2] == ("GET", "/")  # the visit that wakes it


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example",
        "http://me-app.hf.space",
        "https://me-app.hf.space.example",
        "http://127.0.0.1:x",
        "file:///etc",
    ],
)
def test_an_address_that_is_not_the_spaces_is_not_asked(address: str) -> None:
    """Sockets of tests reach no further than this machine: asking would be an error."""
    with Hub(space(info={"host": address})) as hub:
        done = verified(hub, checks=["GET / 200"])
    assert not done.checks
    assert any("no address of its own" in doubt for doubt in done.doubts)
    assert done.verdict == "unknown"


def test_without_checks_the_first_page_and_the_frameworks_pages_are_asked() -> None:
    gradio = (LATER, "* Running on local URL:  http://0.0.0.0:7860")
    with App(config=reply(200, b"{}")) as app, Hub(space(app, run=Log(gradio))) as hub:
        done = verified(hub)
    assert [check.check for check in done.checks] == ["GET / answers", "GET /config 200 json"]
    assert done.verdict == "fixed"


def test_the_repository_may_hold_the_checks() -> None:
    contents = {"spacedoctor.yaml": "checks:\n  - 'GET /health 200 json:{\"ok\": true}'\n"}
    with App(health=reply(200, b'{"ok": false}')) as app, Hub(space(app, contents=contents, files=["spacedoctor.yaml"])) as hub:
        done = verified(hub)
    assert [check.reason for check in done.checks] == ["ok is false, not true"]
    assert done.verdict == "other-failure"


def test_a_space_that_fails_while_it_is_asked_is_looked_at_again() -> None:
    """RUNNING for a moment is not enough."""
    failed = {"runtime": runtime("RUNTIME_ERROR"), "run": Log((LATER, *CRASH[1:]))}
    with App() as app, Hub(space(app, {}, {}, {}, failed)) as hub:
        done = verified(hub)
    assert done.verdict == "other-failure"
    assert done.diagnosis.causes[0].id == "module-not-found"


def test_a_log_that_may_not_be_read_leaves_it_open() -> None:
    with App() as app, Hub(space(app)) as hub:
        done = verify("me/app", token=False, endpoint=hub.endpoint, timeout=30.0)
    assert done.verdict == "unknown"
    assert "The log of what runs could not be read." in done.doubts


@pytest.mark.parametrize("kind", ["waiting", "reading"])
def test_a_hub_that_fails_in_between_is_asked_again(kind: str) -> None:
    with App() as app, Hub(space(app, {"runtime": runtime("APP_STARTING")}, {}, {}, {"runtime": runtime("RUNNING")})) as hub:
        well = json.dumps({"id": "me/app", "sha": HEAD, "host": app.address}).encode()
        failed: list[str] = []

        def once(event: Any) -> None:
            if event.kind == kind and not failed:
                failed.append(event.text)
                hub.refuse["/api/spaces/me/app"] = [(400, {}, b"{}"), (200, {}, well)]

        assert verified(hub, progress=once).verdict == "fixed"
        assert failed


@pytest.mark.parametrize(
    ("path", "volumes", "kept"),
    [
        ("/data/app.db", [{"type": "bucket", "source": "me/disk", "mountPath": "/data"}], True),
        ("/data/app.db", [], False),
        ("/database/app.db", [{"type": "bucket", "source": "me/disk", "mountPath": "/data"}], False),
        ("/data/../app.db", [{"type": "bucket", "source": "me/disk", "mountPath": "/data"}], False),
        ("/data/app.db", [{"type": "model", "source": "me/model", "mountPath": "/data"}], None),
        ("/data/app.db", None, None),
    ],
)
def test_a_path_is_held_against_the_volumes(path: str, volumes: list[Any] | None, kept: bool | None) -> None:  # noqa: FBT001
    told: dict[str, Any] = {} if volumes is None else {"volumes": volumes}
    with App() as app, Hub(space(app, runtime=runtime("RUNNING", **told))) as hub:
        done = verified(hub, check_persistence=path)
    assert done.persistence is not None
    assert done.persistence.kept is kept
    assert done.verdict == {True: "fixed", False: "other-failure", None: "unknown"}[kept]
    assert not hub.posted


@pytest.mark.parametrize("text", ["no-such-entry", "x.json"])
def test_before_must_be_an_entry_or_a_report(text: str, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("[1]")
    with pytest.raises((UsageError, InputError)):
        verify("me/app", before=tmp_path / text if text.endswith(".json") else text, endpoint="http://127.0.0.1:9", token=False)


def command(hub: Hub, *words: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command against the loopback Hub, with nobody at the terminal."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    env |= {"HF_ENDPOINT": hub.endpoint, "HF_TOKEN": OWNER_TOKEN}
    words = (sys.executable, "-m", "spacedoctor", "verify", *words)
    return subprocess.run(words, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False, cwd=ROOT)


def test_the_exit_code_tells_the_verdict(tmp_path: Path) -> None:
    well = (App(health=reply(200, b'{"status": "healthy"}')),)
    with well[0] as app, Hub(space(app)) as hub:
        done = command(hub, "me/app", "--check", CHECKS[0], "--format", "json")
        assert (done.returncode, json.loads(done.stdout)["verdict"]) == (0, "fixed"), done.stderr
        (tmp_path / "checks.yaml").write_text("- GET /health 201\n")
        assert command(hub, "me/app", "--checks", str(tmp_path / "checks.yaml"), "-o", str(tmp_path / "r.html")).returncode == 1
        assert "1 of 1 checks fails" in (tmp_path / "r.html").read_text()
        assert command(hub, "me/app", "--check", "GET health 200").returncode == 2
        assert command(hub, "me/other").returncode == 3
        hub.spaces["me/app"].runtime = runtime("BUILDING")
        assert command(hub, "me/app", "--timeout", "1").returncode == 4


def test_a_restart_is_announced_and_asked_for() -> None:
    with App() as app, Hub(space(app)) as hub:
        done = command(hub, "me/app", "--check-persistence", "POST /x 201 => GET /x 200")
        assert not hub.posted
    assert done.returncode == 2
    assert b"3. restart me/app" in done.stderr
    assert b"--yes" in done.stderr
    assert HEAD not in done.stderr.decode()
    assert BOOT not in done.stderr.decode()
