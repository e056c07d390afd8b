"""The facts of a Space. Everything may be unknown: None then, and unknown facts rule nothing out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

UNDER_WAY = frozenset({"BUILDING", "RUNNING_BUILDING", "APP_STARTING", "RUNNING_APP_STARTING"})
SERVING = frozenset({"RUNNING", "RUNNING_BUILDING", "RUNNING_APP_STARTING"})
FAILED = frozenset({"RUNTIME_ERROR", "BUILD_ERROR", "CONFIG_ERROR", "NO_APP_FILE"})
AT_REST = frozenset({"PAUSED", "STOPPED", "SLEEPING", "DELETING"})
A_FAILURE = re.compile(r"ERROR|FAIL|CRASH|INVALID")  # in stages that are new to us
DEFAULT_PORT = 7860  # https://huggingface.co/docs/hub/spaces-config-reference, checked 2026-11-23


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit of the Space's repository: `id` is its hash, `title` the first line of its message."""

    id: str
    title: str = ""
    date: datetime | None = None


@dataclass(frozen=True, slots=True)
class File:
    """A file of the repository: `size` in bytes; `stored_apart` where Git LFS or Xet holds its content."""

    path: str
    size: int | None = None
    stored_apart: bool = False


@dataclass(frozen=True, slots=True)
class Volume:
    """What is mounted into the container: `source` such as `me/bucket`, `path` such as `/data`."""

    type: str
    source: str
    path: str
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class Listening:
    """A server of the app says in the log (`line`, numbered from 1) where it listens."""

    host: str | None
    port: int
    line: int
    text: str
    log: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts of a Space; None is unknown.

    Attributes:
        space: its id, `OWNER/NAME`.
        stage: the Hub's word for its state, such as RUNNING or PAUSED; words that are new are taken as they are.
        error_message: what the platform says of the failure; it often ends with the last lines of the log.
        hardware: what it runs on, such as `cpu-basic`; requested_hardware: what was asked for.
        storage: the old paid storage, such as `small`.
        sleep_time: seconds without a visit after which it sleeps.
        replicas: how many containers were asked for.
        sdk: gradio, docker or static.
        front_matter: the settings at the top of README.md.
        deployed_commit: the commit that was built, 7 to 40 hexadecimal digits.
        head_commit: the commit that should run: the head of the repository.
        commits: the newest first; maybe not all.
        variables, secrets: their names. Values are never kept.
        disabled: the Hub has switched the repository off.
        address: where its page is served, such as `https://me-app.hf.space`.
        owner: whether the token may read what only the owner may read.
        asked_at: when the Hub was asked, with a time zone.
        request_ids: how the Hub names the requests made, for its support.
        listening: where the app's servers listen, by the log.
        log_lines: lines by stage of the logs (`build`, `run`) that could be read.
    """

    space: str | None = None
    stage: str | None = None
    error_message: str | None = None
    hardware: str | None = None
    requested_hardware: str | None = None
    storage: str | None = None
    volumes: tuple[Volume, ...] | None = None
    sleep_time: int | None = None
    replicas: int | None = None
    sdk: str | None = None
    front_matter: Mapping[str, Any] = field(default_factory=dict)
    deployed_commit: str | None = None
    head_commit: str | None = None
    commits: tuple[Commit, ...] | None = None
    files: tuple[File, ...] | None = None
    variables: tuple[str, ...] | None = None
    secrets: tuple[str, ...] | None = None
    private: bool | None = None
    disabled: bool | None = None
    address: str | None = None
    owner: bool | None = None
    asked_at: datetime | None = None
    request_ids: tuple[str, ...] = ()
    listening: tuple[Listening, ...] = ()
    log_lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether the platform says that the Space does not work; a stage that is new to us may say so too."""
        return self.stage in FAILED or bool(self.stage and A_FAILURE.search(self.stage.upper()))

    @property
    def app_port(self) -> int | None:
        """The port on which the platform expects the app, None where that is not known."""
        if self.sdk == "docker":
            given = str(self.front_matter.get("app_port", DEFAULT_PORT))
            return int(given) if given.isdecimal() else DEFAULT_PORT
        return DEFAULT_PORT if self.sdk == "gradio" else None

    @property
    def age(self) -> timedelta | None:
        """How long ago the head of the repository was pushed."""
        date = self.commits[0].date if self.commits else None
        return self.asked_at - date if self.asked_at and date else None

    @property
    def values(self) -> dict[str, str]:
        """The facts that remedies may ask for (`when: facts`) and that texts may name, by name; only those that are known."""
        wanted = {
            "stage": self.stage,
            "sdk": self.sdk,
            "hardware": self.hardware or self.requested_hardware,
            "requested_hardware": self.requested_hardware,
            "app_port": self.app_port,
            "sdk_version": self.front_matter.get("sdk_version"),
            "python_version": self.front_matter.get("python_version"),
            "visibility": None if self.private is None else "private" if self.private else "public",
            "owner": None if self.owner is None else "yes" if self.owner else "no",
            "volumes": None if self.volumes is None else ", ".join(one.path for one in self.volumes) or "none",
            "writable_volume": self._writable_volume(),
            "run_log": None if "run" not in self.log_lines else "lines" if self.log_lines["run"] else "empty",
        }
        return {name: str(value) for name, value in wanted.items() if value is not None}

    def _writable_volume(self) -> str | None:
        if self.volumes is None:
            return None
        return next((one.path for one in self.volumes if not one.read_only and one.type == "bucket"), "none")


VALUE_NAMES = frozenset(
    {
        "stage", "sdk", "hardware", "requested_hardware", "app_port", "sdk_version", "python_version", "visibility",
        "owner", "volumes", "writable_volume", "run_log",
    }
)  # fmt: skip
