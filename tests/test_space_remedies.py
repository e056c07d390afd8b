"""What is advised depends on the Space: the same log, another SDK, hardware, volumes or owner, and other remedies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from spacedoctor.diagnosis.model import Finding
from tests.hub import OWNER_TOKEN, Log, Space
from tests.test_space import BOOT, BUILT, STATES, TIMED_OUT, key_error, no_file, runtime, seen, serving

GRADIO = "---\nsdk: gradio\nsdk_version: 5.49.1\n---\n"
DOCKER = "---\nsdk: docker\n---\n"
BUCKET = {"type": "bucket", "source": "me/data", "mountPath": "/mnt/store"}
MODEL = {"type": "model", "source": "acme/model", "mountPath": "/models", "readOnly": True}
ON_T4 = {"current": "t4-small", "requested": "t4-small"}


def broken(
    sdk: str = "docker", *, run: Sequence[str] = (), build: Sequence[str] = (), message: str | None = None, **more: Any
) -> Space:
    """Return a Space of that SDK that failed with that log; `more` goes into its runtime."""
    return Space(
        runtime=runtime("BUILD_ERROR" if build else "RUNTIME_ERROR", message, **more),
        readme=GRADIO if sdk == "gradio" else DOCKER,
        info={"sdk": sdk},
        run=Log((BOOT, *run)),
        build=Log((*BUILT[:3], *build)),
    )


def on(hardware: str) -> dict[str, Any]:
    """Return the part of a runtime that says so."""
    return {"hardware": {"current": hardware, "requested": hardware}}


def found(space: Space, **more: Any) -> Finding:
    return seen(space, **more).findings[0]


def ids(finding: Finding) -> list[str]:
    return [one.id for one in finding.remedies]


NO_FFMPEG = ("FileNotFoundError: [Errno 2] No such file or directory: 'ffmpeg'",)
NO_CUDA = ("Traceback (most recent call last):", "RuntimeError: No CUDA GPUs are available")
OTHER_PYTHON = (
    "ERROR: Ignored the following versions that require a different python version: 2.4.0 Requires-Python >=3.11",
    "ERROR: Could not find a version that satisfies the requirement numpy==2.4.0 (from versions: 1.26.4, 2.2.6)",
    "ERROR: No matching distribution found for numpy==2.4.0",
)
NO_TOOLCHAIN = ("  error: command 'gcc' failed: No such file or directory", "  ERROR: Failed building wheel for pycocotools")
STREAMLIT = (
    "  Warning: to view this Streamlit app on a browser, run it with the following",
    "  command:",
    "    streamlit run app.py [ARGUMENTS]",
)
BY_SDK = [
    (broken("gradio", run=NO_FFMPEG), "program-ffmpeg", "program-ffmpeg-docker"),
    (broken("docker", run=NO_FFMPEG), "program-ffmpeg-docker", "program-ffmpeg"),
    (broken("gradio", build=OTHER_PYTHON), "readme-python", "dockerfile-python"),
    (broken("docker", build=OTHER_PYTHON), "dockerfile-python", "readme-python"),
    (broken("gradio", build=NO_TOOLCHAIN), "install-tools", "install-tools-docker"),
    (broken("docker", build=NO_TOOLCHAIN), "install-tools-docker", "install-tools"),
    (broken("gradio", message=TIMED_OUT, run=("loading",)), "plain-launch", "port-and-host"),
    (broken("docker", message=TIMED_OUT, run=("loading",)), "port-and-host", "plain-launch"),
    (broken("gradio", message=TIMED_OUT, run=serving(8000)[1:]), "plain-launch", "app-port"),
    (broken("docker", message=TIMED_OUT, run=serving(8000)[1:]), "app-port", "plain-launch"),
]


@pytest.mark.parametrize(("space", "wanted", "other"), BY_SDK)
def test_each_sdk_has_its_own_way(space: Space, wanted: str, other: str) -> None:
    """packages.txt and python_version are not for Docker Spaces, Dockerfile and app_port not for Gradio Spaces."""
    offered = ids(found(space))
    assert wanted in offered
    assert other not in offered
    assert {wanted, other} & set(offered[:2]) == {wanted}


def test_where_the_sdk_is_not_known_both_ways_are_told() -> None:
    from spacedoctor import diagnose

    offered = ids(diagnose("\n".join((BOOT, *NO_FFMPEG))).findings[0])
    assert {"program-ffmpeg", "program-ffmpeg-docker"} <= set(offered)


def test_the_port_of_the_readme_stands_in_the_remedy() -> None:
    space = broken("docker", message=TIMED_OUT, run=serving(9000, "127.0.0.1")[1:])
    space.readme = "---\nsdk: docker\napp_port: 9000\n---\n"
    finding = found(space)
    assert finding.id == "bound-to-loopback"
    assert "port 9000" in finding.remedies[0].title
    assert not any("7860" in step for one in finding.remedies for step in one.steps)


@pytest.mark.parametrize(
    ("hardware", "wanted", "not_offered"),
    [
        ("cpu-basic", "--hardware cpu-upgrade", "l40sx1"),
        ("cpu-upgrade", "--hardware l40sx1", "cpu-upgrade"),
        ("t4-small", "--hardware l40sx1", "cpu-upgrade"),
        ("zero-a10g", None, "--hardware"),
    ],
)
def test_more_memory_is_more_than_there_is(hardware: str, wanted: str | None, not_offered: str) -> None:
    finding = found(broken("gradio", message="Memory limit exceeded (16Gi)", **on(hardware)))
    commands = [command for one in finding.remedies for command in one.commands]
    assert finding.id == "out-of-memory"
    assert wanted is None or any(wanted in command for command in commands)
    assert not any(not_offered in command for command in commands)


@pytest.mark.parametrize(
    ("sdk", "hardware", "wanted", "without"),
    [
        ("gradio", "cpu-basic", {"zerogpu", "gpu-hardware"}, {"inside-zerogpu"}),
        ("docker", "cpu-basic", {"gpu-hardware", "choose-device"}, {"zerogpu", "inside-zerogpu"}),
        ("docker", "t4-small", {"choose-device"}, {"gpu-hardware", "zerogpu"}),
        ("gradio", "zero-a10g", {"inside-zerogpu"}, {"gpu-hardware", "zerogpu"}),
    ],
)
def test_a_missing_gpu_is_missing_in_another_way(sdk: str, hardware: str, wanted: set[str], without: set[str]) -> None:
    offered = set(ids(found(broken(sdk, run=NO_CUDA, **on(hardware)))))
    assert wanted <= offered
    assert not without & offered


@pytest.mark.parametrize(
    ("volumes", "wanted", "words"),
    [
        ([BUCKET], "use-bucket", "sqlite:////mnt/store/app.db"),
        ([MODEL, BUCKET], "use-bucket", "sqlite:////mnt/store/app.db"),
        ([MODEL], "mount-bucket", "/models"),
        ([], "mount-bucket", "hf buckets create"),
    ],
)
def test_a_database_that_resets_goes_to_the_bucket_that_is_there(volumes: list[Any], wanted: str, words: str) -> None:
    first = "INFO  [alembic.runtime.migration] Running upgrade  -> 1a2b3c4d5e6f, first"
    boot = (BOOT, "INFO  [alembic.runtime.migration] Context impl SQLiteImpl.", first, *serving(7860)[1:])
    space = Space(runtime=runtime("RUNNING", volumes=volumes), run=Log((*boot, *boot)))
    (finding,) = [one for one in seen(space).findings if one.id == "database-resets"]
    remedy = next(one for one in finding.remedies if one.id == wanted)
    assert words in " ".join([*remedy.steps, *remedy.commands])
    assert not {"use-bucket", "mount-bucket"} - {wanted} & set(ids(finding))


@pytest.mark.parametrize(
    ("volumes", "words"),
    [([], "No volume is mounted at /data"), ([{**BUCKET, "mountPath": "/data", "readOnly": True}], "which can only be read")],
)
def test_a_path_on_a_volume_is_held_against_the_mounts(volumes: list[Any], words: str) -> None:
    space = broken(run=no_file("/data/app.json").lines[1:], volumes=volumes)
    assert words in found(space).cause


def test_only_the_owner_is_told_to_restart() -> None:
    """A visitor is told whom to ask."""
    assert ids(found(STATES["space-paused"]))[0] == "restart"
    assert ids(found(STATES["space-paused"], token=False)) == ["ask-owner"]
    assert ids(found(STATES["log-unavailable"], token=False)) == ["visitor"]
    assert "visitor" not in ids(found(STATES["log-unavailable"], token=OWNER_TOKEN))


def test_the_wanted_name_is_set_and_the_near_one_deleted() -> None:
    space = Space(runtime=runtime("RUNTIME_ERROR"), run=key_error("DATABASE_URL"), secrets=["DB_URL", "HF_TOKEN"])
    first = found(space).remedies[0]
    assert first.id == "rename-near"
    assert first.commands == ("hf spaces secrets add me/app -s DATABASE_URL",)
    assert "hf spaces secrets delete me/app DB_URL" in " ".join(first.steps)


@pytest.mark.parametrize(
    ("path", "files", "wanted"),
    [
        ("models/m.pkl", [{"rfilename": "models/m.pkl", "size": 133}], "upload-for-pointer"),
        ("models/m.pkl", ["app.py"], "push-folder"),
        ("data.csv", ["Data.csv"], "rename-near"),
        ("data.csv", ["app.py"], "push-file"),
    ],
)
def test_the_first_remedy_for_a_missing_file_follows_from_the_repository(path: str, files: list[Any], wanted: str) -> None:
    space = Space(runtime=runtime("RUNTIME_ERROR"), run=no_file(path), files=files)
    assert ids(found(space))[0] == wanted


def test_a_misspelt_requirements_file_is_renamed_first() -> None:
    line = "ERROR: Could not open requirements file: [Errno 2] No such file or directory: 'requirements.txt'"
    space = Space(runtime=runtime("BUILD_ERROR"), files=("README.md", "requirement.txt"), build=Log((*BUILT[:3], line)))
    first = found(space).remedies[0]
    assert first.commands[0].startswith('git mv "requirement.txt" "requirements.txt"')


@pytest.mark.parametrize(
    ("sdk", "wanted"), [("gradio", {"drop-gradio-line", "set-sdk-version"}), ("docker", {"one-gradio-docker"})]
)
def test_two_gradios_are_the_readmes_matter_in_a_gradio_space_only(sdk: str, wanted: set[str]) -> None:
    line = "ERROR: Cannot install gradio==4.44.1 and gradio[oauth]==5.49.1 because these package versions have conflicting dependencies."
    finding = found(broken(sdk, build=(line,)))
    assert finding.id == "gradio-sdk-version-conflict"
    assert set(ids(finding)) == wanted


def test_streamlit_code_in_a_gradio_space_needs_another_sdk() -> None:
    finding = found(broken("gradio", run=STREAMLIT))
    assert finding.id == "streamlit-misuse"
    assert ids(finding) == ["streamlit-is-not-gradio"]


@pytest.mark.parametrize(("hardware", "flavor"), [("cpu-basic", "t4-medium"), ("t4-medium", "l4x1"), ("l4x1", "a100-large")])
def test_a_larger_disk_is_larger(hardware: str, flavor: str) -> None:
    finding = found(broken(message="Workload evicted, storage limit exceeded (50G)", **on(hardware)))
    larger = [command for one in finding.remedies for command in one.commands if "--hardware" in command]
    assert larger == [f"hf spaces settings me/app --hardware {flavor}"]
