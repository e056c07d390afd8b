"""`spacedoctor treat` against a Hub on the loopback that real huggingface_hub writes to: exactly these calls, and no others."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from spacedoctor import Treatment, treat
from spacedoctor.errors import InputError, UsageError
from spacedoctor.hub.client import result
from spacedoctor.treatment.perform import TreatmentError
from spacedoctor.treatment.plan import Plan
from tests.hub import HEAD, OLD, OWNER_TOKEN, Log, Space
from tests.test_remedies import parse
from tests.test_space import BOOT, BUILT, CRASH, command, runtime, serving
from tests.writable import DOCKERFILE, REQUIREMENTS, WritableHub

SECRET = "s3cr3t-value-that-nobody-sees"  # gitleaks:allow
APP = "/spaces/me/app"
VOLUMES: list[dict[str, Any]] = [
    {"type": "model", "source": "acme/model", "mountPath": "/models", "readOnly": True, "revision": "v1", "path": "sub"},
    {"type": "bucket", "source": "me/other", "mountPath": "/other"},
]
NO_VALIDATOR = (BOOT, "Traceback (most recent call last):", '  File "/app/app.py", line 3, in <module>', "    from api import app",
    "ImportError: email-validator is not installed, run `pip install 'pydantic[email]'`",
)  # fmt: skip


def space(**more: Any) -> Space:
    """Return a Space that crashes, with a variable, a secret and two volumes."""
    given = {"run": Log(CRASH), "build": Log(BUILT), "variables": ["MODE"], "secrets": ["HF_TOKEN"], **more}
    return Space(runtime={**runtime("RUNTIME_ERROR"), "volumes": [*VOLUMES]}, **given)


@pytest.fixture
def hub() -> Iterator[WritableHub]:
    """A Hub with that Space."""
    with WritableHub(space()) as server:
        yield server


def treated(hub: WritableHub, remedy: str, **more: Any) -> Treatment:
    """Treat without looking afterwards, agreeing to everything."""
    more = {
        "check": False,
        "confirm_loss": lambda _: True,
        "values": {"API_KEY": SECRET, "HF_TOKEN": SECRET, "MODE": SECRET},
        **more,
    }
    return treat("me/app", remedy, token=OWNER_TOKEN, endpoint=hub.endpoint, **more)


def made(hub: WritableHub) -> list[tuple[str, str, Any, Any]]:
    return [(one.method, one.path, dict(one.query), one.body) for one in hub.changes]


BUCKET = {"type": "bucket", "source": "me/app-data", "mountPath": "/data"}
CALLS = [
    ("restart", [("POST", f"{APP}/restart", {}, None)]),
    ("factory-rebuild", [("POST", f"{APP}/restart", {"factory": "true"}, None)]),
    ("pause", [("POST", f"{APP}/pause", {}, None)]),
    ("set-variable:API_KEY", [("POST", f"{APP}/variables", {}, {"key": "API_KEY", "value": SECRET})]),
    ("set-secret:API_KEY", [("POST", f"{APP}/secrets", {}, {"key": "API_KEY", "value": SECRET})]),
    ("delete-variable:MODE", [("DELETE", f"{APP}/variables", {}, {"key": "MODE"})]),
    ("delete-secret:HF_TOKEN", [("DELETE", f"{APP}/secrets", {}, {"key": "HF_TOKEN"})]),
    ("request-hardware:t4-small", [("POST", f"{APP}/hardware", {}, {"flavor": "t4-small"})]),
    (
        "mount-bucket:/data",
        [
            ("POST", "/buckets/me/app-data", {}, {"visibility": "private"}),
            ("PUT", f"{APP}/volumes", {}, {"volumes": [*VOLUMES, BUCKET]}),
        ],
    ),
]


@pytest.mark.parametrize(("remedy", "calls"), CALLS)
def test_exactly_these_calls(hub: WritableHub, remedy: str, calls: list[Any]) -> None:
    """Each action makes the calls it shows, to the Hub alone, and no other; the values typed are in nothing that comes back."""
    done = treated(hub, remedy)
    assert made(hub) == calls
    assert hub.hosts == {hub.endpoint.removeprefix("http://")}
    assert [call.words for call in done.plan.calls] == list(done.done)
    assert SECRET not in repr(done)


def test_sleep_time_is_for_paid_hardware() -> None:
    paid = space()
    paid.runtime["hardware"] = {"current": "t4-small", "requested": "t4-small"}
    with WritableHub(paid) as hub:
        treated(hub, "set-sleep-time:3600")
        assert made(hub) == [("POST", f"{APP}/sleeptime", {}, {"seconds": 3600})]
    with WritableHub(space()) as hub, pytest.raises(UsageError, match="fixed to 48 hours"):
        treated(hub, "set-sleep-time:3600")


def test_a_bucket_that_is_there_is_mounted_and_not_made(hub: WritableHub) -> None:
    hub.buckets.add("me/app-data")
    assert "what it holds" in treated(hub, "mount-bucket:/data").plan.calls[0].does
    assert hub.calls() == [("PUT", f"{APP}/volumes")]


@pytest.mark.parametrize(
    ("volumes", "error", "said"),
    [
        ([{"type": "bucket", "source": "me/db", "mountPath": "/data"}], UsageError, "me/db is mounted at /data already"),
        ([{"type": "bucket", "source": "me/db", "mountPath": "/data/"}], UsageError, "already"),
        ([{**VOLUMES[1], "quota": 5}], InputError, r"would be lost .*quota"),
        ([{"source": "me/db", "mountPath": "/db"}], InputError, "cannot be read"),
        ("none", InputError, "cannot be read"),
    ],
)
def test_volumes_that_would_be_lost_are_left_alone(hub: WritableHub, volumes: Any, error: type[Exception], said: str) -> None:
    hub.space.runtime["volumes"] = volumes
    with pytest.raises(error, match=said):
        treated(hub, "mount-bucket:/data")
    assert not hub.changes


def test_volumes_that_the_hub_then_does_not_show_are_told(hub: WritableHub) -> None:
    hub.refuse[f"PUT /api{APP}/volumes"] = [(200, {}, b"{}")]
    with pytest.raises(TreatmentError, match="does not show /data"):
        treated(hub, "mount-bucket:/data")


@pytest.mark.parametrize(
    ("remedy", "said"),
    [
        ("set-variable:HF_TOKEN", "a secret HF_TOKEN already"),
        ("set-secret:MODE", "a variable MODE already"),
        ("delete-secret:OTHER", "has no secret OTHER"),
        ("delete-variable:HF_TOKEN", "has no variable HF_TOKEN"),
        ("set-secret", "is not complete"),
        ("set-secret:A B", "is not complete"),
        ("request-hardware:huge", "is not complete"),
        ("module-not-found/local-or-package", "is for a person to do"),
        ("explode", "no remedy 'explode'"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_done(hub: WritableHub, remedy: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        treated(hub, remedy)
    assert not hub.changes


LOSING = ["delete-secret:HF_TOKEN", "delete-variable:MODE", "set-secret:HF_TOKEN", "set-variable:MODE", "recreate"]


@pytest.mark.parametrize("remedy", LOSING)
def test_nothing_is_lost_without_a_second_yes(hub: WritableHub, remedy: str, tmp_path: Path) -> None:
    """Without anybody to ask it is refused; one who says no to either question has it his way."""
    asked: list[str] = []

    def says(question: str, *, answer: bool) -> Any:
        def ask(plan: Plan) -> bool:
            asked.append(f"{question} {plan.space}")
            return answer

        return ask

    more = {"save_to": tmp_path / "saved"}
    with pytest.raises(UsageError, match="loses"):
        treated(hub, remedy, confirm=says("do", answer=True), confirm_loss=None, **more)
    assert treated(hub, remedy, confirm=says("do", answer=False), confirm_loss=says("lose", answer=True), **more).done == ()
    assert treated(hub, remedy, confirm=says("do", answer=True), confirm_loss=says("lose", answer=False), **more).done == ()
    assert asked == ["do me/app", "do me/app", "lose me/app"]
    assert not hub.changes
    assert not (tmp_path / "saved").exists()


@pytest.mark.parametrize("remedy", [*(remedy for remedy, _ in CALLS), "recreate"])
def test_a_dry_run_changes_nothing(hub: WritableHub, remedy: str) -> None:
    done = treated(hub, remedy, dry_run=True)
    assert done.plan.calls
    assert done.done == ()
    assert not hub.changes


@pytest.mark.parametrize("values", [{}, {"API_KEY": ""}, {"API_KEY": "a\0b"}, lambda _: ""])
def test_a_value_that_is_missing_is_told_before_anything_is_done(hub: WritableHub, values: Any) -> None:
    with pytest.raises(UsageError, match="API_KEY"):
        treated(hub, "set-secret:API_KEY", values=values)
    assert not hub.changes


def test_a_log_of_huggingface_hub_gets_no_value(hub: WritableHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """HF_DEBUG writes bodies into the log."""
    monkeypatch.setattr("huggingface_hub.constants.HF_DEBUG", True)
    with pytest.raises(UsageError, match="HF_DEBUG"):
        treated(hub, "set-secret:API_KEY")
    assert not hub.changes


@pytest.mark.parametrize(
    ("status", "hint"), [(400, "does not take it"), (401, "token"), (402, "payment method"), (403, "owner"), (404, "owner"), (429, "too many"), (500, "trouble")]
)  # fmt: skip
def test_a_refusal_in_the_middle_says_what_was_done(hub: WritableHub, status: int, hint: str) -> None:
    hub.refuse[f"PUT /api{APP}/volumes"] = [(status, {}, b'{"error": "not for you"}')]
    with pytest.raises(
        TreatmentError, match=rf"set_space_volumes.*failed: the Hub refuses it \({status}.*done before it: create_bucket"
    ) as caught:
        treated(hub, "mount-bucket:/data")
    assert hint in str(caught.value.hint)
    assert "\n" not in caught.value.message
    assert len(caught.value.done) == 1


def test_a_server_that_repeats_the_value_is_not_quoted(hub: WritableHub) -> None:
    hub.refuse[f"POST /api{APP}/secrets"] = [(400, {}, json.dumps({"error": f"bad value {SECRET[:12]}"}).encode())]
    with pytest.raises(TreatmentError, match=r"refuses it \(400\)") as caught:
        treated(hub, "set-secret:API_KEY")
    assert SECRET[:12] not in repr(caught.value)
    assert caught.value.__context__ is None


def test_a_servers_words_steer_no_terminal(hub: WritableHub) -> None:
    hub.refuse[f"POST /api{APP}/restart"] = [(400, {}, b'{"error": "no\\u001b[2J\\nway"}')]
    with pytest.raises(TreatmentError, match=r"\(400: no \[2J way\)"):
        treated(hub, "restart")


def test_a_space_is_created_again_with_what_it_had(hub: WritableHub, tmp_path: Path) -> None:
    """Contents, variables and volumes are there again; what is lost was told; secrets are only named."""
    before = dict(hub.contents)
    done = treated(hub, "recreate", save_to=tmp_path / "saved")
    assert hub.calls()[:2] == [("DELETE", "/repos/delete"), ("POST", "/repos/create")]
    assert hub.calls()[-1] == ("POST", f"{APP}/commit/main")
    assert hub.contents == before
    created = hub.changes[1].body
    assert created["variables"] == [{"key": "MODE", "value": "value-of-MODE"}]
    assert created["volumes"] == VOLUMES
    assert {path.name: path.read_bytes() for path in (tmp_path / "saved" / "repo").iterdir() if path.is_file()} == before
    settings = json.loads((tmp_path / "saved" / "settings.json").read_text())
    assert (settings["variables"], settings["secrets"]) == (["MODE"], ["HF_TOKEN"])
    assert "value-of-MODE" not in (tmp_path / "saved" / "settings.json").read_text() + repr(done)
    (lost,) = done.plan.loses
    assert "HF_TOKEN" in lost
    assert "Git history" in lost


@pytest.mark.parametrize("failing", ["POST /api/repos/create", f"POST /api{APP}/commit/main"])
def test_a_failure_after_the_deletion_says_where_the_contents_lie(hub: WritableHub, failing: str, tmp_path: Path) -> None:
    hub.refuse[failing] = [(402, {}, b'{"error": "subscribe"}')]
    with pytest.raises(
        TreatmentError, match=r"the saved contents lie in .*saved; create the Space with: hf repos create me/app"
    ) as caught:
        treated(hub, "recreate", save_to=tmp_path / "saved")
    assert any(words.startswith("delete_repo") for words in caught.value.done)
    assert (tmp_path / "saved" / "repo" / "requirements.txt").read_bytes() == REQUIREMENTS


def test_what_was_not_saved_whole_is_not_deleted(hub: WritableHub, tmp_path: Path) -> None:
    """A checksum that differs, a push meanwhile, an account that may not create it, a folder that is there: nothing is deleted."""
    served = hub.contents["app.py"]
    tree = [{"type": "file", "path": "app.py", "size": len(served), "oid": "0" * 40}]
    hub.refuse[f"/api{APP}/tree/{HEAD}"] = [(200, {}, json.dumps(tree).encode())]
    with pytest.raises(TreatmentError, match=r"app\.py was not saved as it is"):
        treated(hub, "recreate", save_to=tmp_path / "saved")
    with pytest.raises(UsageError, match="is there already"):
        treated(hub, "recreate", save_to=tmp_path / "saved")
    hub.pro = False
    with pytest.raises(UsageError, match="would refuse to create"):
        treated(hub, "recreate", save_to=tmp_path / "other")
    assert not hub.changes


COMMIT = [("POST", f"{APP}/preupload/main"), ("POST", f"{APP}/commit/main")]


def validator() -> Space:
    """Return a Space that misses email-validator."""
    return Space(runtime=runtime("RUNTIME_ERROR"), run=Log(NO_VALIDATOR), info={"sdk": "docker"})


@pytest.mark.parametrize("push", [False, True])
def test_a_patch_goes_into_a_pull_request_or_is_pushed(push: bool) -> None:  # noqa: FBT001
    """One commit on the commit that was looked at; main is changed only where that was asked for."""
    with WritableHub(validator()) as hub:
        done = treated(hub, "add-email-validator", push=push)
        assert hub.calls() == COMMIT
        assert hub.changes[-1].query == ({} if push else {"create_pr": "1"})
        header, file = (line["value"] for line in hub.changes[-1].body)
        assert header["parentCommit"] == HEAD
        assert base64.b64decode(file["content"]) == REQUIREMENTS + b"email-validator\n"
        assert done.plan.patch.splitlines()[-1] == "+email-validator"
        assert (done.pull_request is None) == push
        assert (hub.contents["requirements.txt"] == REQUIREMENTS) != push


def test_a_patch_that_is_in_already_commits_nothing() -> None:
    with WritableHub(validator(), {"requirements.txt": b"Email_Validator>=2\n"}) as hub:
        done = treated(hub, "add-email-validator")
        assert done.plan.calls == ()
        assert not hub.changes


def test_a_patch_into_a_checkout_sends_nothing(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_bytes(b"fastapi\r\n")
    with WritableHub(validator()) as hub:
        treated(hub, "add-email-validator", repo=tmp_path)
        assert not hub.changes
        with pytest.raises(UsageError, match="changes no file"):
            treated(hub, "restart", repo=tmp_path)
        with pytest.raises(UsageError, match="not both"):
            treated(hub, "add-email-validator", repo=tmp_path, push=True)
    assert (tmp_path / "requirements.txt").read_bytes() == b"fastapi\r\nemail-validator\r\n"


def test_a_repository_that_moved_on_is_not_overwritten() -> None:
    with WritableHub(validator()) as hub:
        hub.refuse[f"POST /api{APP}/commit/main"] = [(412, {}, b'{"error": "A commit has happened since"}')]
        with pytest.raises(TreatmentError, match="nothing was changed") as caught:
            treated(hub, "add-email-validator", push=True)
        assert "meanwhile" in str(caught.value.hint)


def ran(hub: WritableHub, *words: str, piped: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return command(hub, "treat", "me/app", *words, piped=piped)


def test_the_command_lists_what_can_be_carried_out(hub: WritableHub) -> None:
    hub.space.runtime["sha"] = OLD
    done = ran(hub)
    assert b"1. Build the newest commit  [stale-build/factory-rebuild]" in done.stdout
    assert b"--remedy ID" in done.stderr
    assert done.returncode == 1
    assert not hub.changes


def test_the_command_shows_and_does_not_do_with_dry_run(hub: WritableHub) -> None:
    done = ran(hub, "--remedy", "mount-bucket:/data", "--dry-run")
    assert done.returncode == 0
    assert b"create_bucket('me/app-data', private=True)" in done.stdout
    assert b"storage plan" in done.stdout
    assert b"the volumes that are there (/models, /other) stay" in done.stdout
    assert not hub.changes


def test_the_diff_of_the_command_is_one_for_git(tmp_path: Path) -> None:
    with WritableHub(validator()) as hub:
        shown = ran(hub, "--remedy", "add-email-validator", "--dry-run").stdout
    (tmp_path / "requirements.txt").write_bytes(REQUIREMENTS)
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)}
    subprocess.run(["git", "apply"], input=shown, cwd=tmp_path, check=True, env=environment)
    assert (tmp_path / "requirements.txt").read_bytes() == REQUIREMENTS + b"email-validator\n"


@pytest.mark.parametrize(
    ("words", "code"), [(["--yes"], 2), ([], 2), (["--allow-data-loss"], 2), (["--yes", "--allow-data-loss"], 0)]
)
def test_the_command_loses_nothing_by_yes_alone(hub: WritableHub, words: list[str], code: int) -> None:
    """--yes is refused where data would be lost, unless --allow-data-loss is given too; without --yes there must be somebody to ask."""
    done = ran(hub, "--remedy", "delete-secret:HF_TOKEN", "--no-verify", *words)
    assert done.returncode == code
    assert bool(hub.changes) == (code == 0)
    assert b"CANNOT BE HAD BACK: the value of the secret HF_TOKEN" in done.stdout


@pytest.mark.parametrize("refused", [False, True])
def test_a_piped_value_is_in_no_output(hub: WritableHub, refused: bool) -> None:  # noqa: FBT001
    """Not in the report, not in the errors, not with --debug; it arrives as it was piped in, without the last line's end."""
    if refused:
        hub.refuse[f"POST /api{APP}/secrets"] = [(400, {}, json.dumps({"error": f"no: {SECRET}"}).encode())]
    done = ran(
        hub, "--remedy", "set-secret:API_KEY", "--yes", "--no-verify", "--debug", piped=f"{SECRET}\nsecond line\n".encode()
    )
    assert done.returncode == (3 if refused else 0)
    assert hub.changes[0].body == {"key": "API_KEY", "value": f"{SECRET}\nsecond line"}
    assert SECRET.encode() not in done.stdout + done.stderr


def test_a_refusal_is_one_line_and_a_hint(hub: WritableHub) -> None:
    hub.refuse[f"POST /api{APP}/restart"] = [(403, {}, b'{"error": "no"}')]
    done = ran(hub, "--remedy", "restart", "--yes")
    assert done.returncode == 3
    assert [line.partition(b":")[0] for line in done.stderr.splitlines() if not line.startswith(b"-> ")] == [b"error", b"hint"]


def test_a_space_without_failure_offers_actions_by_name() -> None:
    with WritableHub(Space(run=Log(serving(7860)), build=Log(BUILT))) as hub:
        done = ran(hub)
    assert done.returncode == 0
    assert b"set-secret:NAME" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="no pseudo-terminals there")
def test_somebody_at_a_terminal_is_asked(hub: WritableHub, tmp_path: Path) -> None:
    """Which one, then whether to do it, then the Space's name; a wrong name changes nothing, and typed values are not shown."""
    hub.space.runtime["sha"] = OLD
    words = ["--no-verify", "--remedy"]
    typed(hub, ["--no-verify"], "1\ny\n")
    assert made(hub) == [("POST", f"{APP}/restart", {"factory": "true"}, None)]
    hub.changes.clear()
    assert "nothing was done" in typed(hub, [*words, "recreate", "--save-to", str(tmp_path / "a")], "y\nme/ap\n")
    assert not hub.changes
    assert SECRET not in typed(hub, [*words, "set-secret:API_KEY"], f"y\n{SECRET}\n")
    assert hub.changes[0].body == {"key": "API_KEY", "value": SECRET}
    hub.changes.clear()
    typed(hub, [*words, "recreate", "--save-to", str(tmp_path / "b")], "y\nme/app\n")
    assert hub.calls()[:2] == [("DELETE", "/repos/delete"), ("POST", "/repos/create")]


def typed(hub: WritableHub, words: list[str], keys: str) -> str:
    """Run the command at a pseudo-terminal, type each line when a question is asked, and return what was shown."""
    import pty

    environment = {**os.environ, "HF_ENDPOINT": hub.endpoint, "HF_TOKEN": OWNER_TOKEN}
    child, terminal = pty.fork()
    if child == 0:
        os.execve(sys.executable, [sys.executable, "-m", "spacedoctor", "treat", "me/app", *words], environment)  # noqa: S606
    shown, left = b"", keys.splitlines(keepends=True)
    try:
        while piece := os.read(terminal, 4096):
            shown += piece
            if left and shown.rstrip(b" ").endswith((b":", b"]:", b"]")) and b"\n" in shown and shown.endswith(b": "):
                os.write(terminal, left.pop(0).encode())
    except OSError:  # the other side has closed it
        pass
    os.waitpid(child, 0)
    os.close(terminal)
    return shown.decode()


def test_the_dockerfile_is_as_it_was() -> None:
    """What the tests above rely on: the repository's other files are never touched."""
    with WritableHub(validator()) as hub:
        treated(hub, "add-email-validator", push=True)
        assert hub.contents["Dockerfile"] == DOCKERFILE


def test_a_call_without_answer_is_not_waited_for_for_ever(hub: WritableHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may have been done all the same, and that is said."""
    monkeypatch.setattr("spacedoctor.treatment.perform.CALL_SECONDS", 0.3)
    hub.restarted = lambda _: time.sleep(2)
    with pytest.raises(TreatmentError, match=r"did not answer within 0\.3 s; it is not known whether it was done"):
        treated(hub, "restart")


def test_an_interruption_after_the_deletion_says_where_the_contents_lie(
    hub: WritableHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_calls = iter(range(10))

    def interrupted(future: Future[Any], there: Any) -> Any:
        if next(made_calls) == 5:
            raise KeyboardInterrupt
        return result(future, there)

    monkeypatch.setattr("spacedoctor.treatment.perform.result", interrupted)
    with pytest.raises(TreatmentError, match=r"create_repo.*interrupted; .*the saved contents lie in"):
        treated(hub, "recreate", save_to=tmp_path / "saved")


def test_the_commands_for_the_worst_case_exist(hub: WritableHub, tmp_path: Path) -> None:
    """What is told after a failed creation are commands that the installed `hf` takes."""
    rescue = str(treated(hub, "recreate", save_to=tmp_path / "saved", dry_run=True).plan.rescue)
    commands = re.findall(r"hf (?:repos create|upload)[^,;]+?(?=, and|$)", rescue)
    assert len(commands) == 2
    for words in commands:
        parse(words.split())
