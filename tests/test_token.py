"""The token goes to the endpoint and nowhere else: not to where a redirect leads, not into a report, an error or a traceback."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys

import pytest

from spacedoctor import diagnose_space
from spacedoctor.hub.client import Deadline, HubError
from spacedoctor.hub.client import Hub as Client
from tests.conftest import ROOT
from tests.hub import OWNER_TOKEN, Hub, Log, Space

README = "/spaces/me/app/resolve/main/README.md"


@pytest.mark.parametrize("path", ["/api/spaces/me/app", "/api/spaces/me/app/logs/run", README])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_redirect_to_another_host_or_port_loses_the_token(path: str, host: str) -> None:
    with Hub(Space()) as other, Hub(Space(run=Log(("x",)))) as hub:
        elsewhere = other.endpoint.replace("127.0.0.1", host)
        hub.refuse[path] = [(302, {"Location": f"{elsewhere}{path}"}, b"")]
        with contextlib.suppress(HubError):
            diagnose_space("me/app", token=OWNER_TOKEN, endpoint=hub.endpoint, timeout=8)
        assert (path, OWNER_TOKEN) in [(asked.split("?")[0], token) for asked, token in hub.asked]
        assert other.asked
        assert {token for _, token in other.asked} == {None}


def test_a_report_is_posted_to_the_endpoint_alone() -> None:
    """A redirect of what is posted is refused: the report would go with it."""
    with Hub(Space()) as other, Hub(Space()) as hub:
        path = "/api/spaces/me/app/discussions"
        hub.refuse[f"POST {path}"] = [(307, {"Location": f"{other.endpoint}{path}"}, b"")]
        with pytest.raises(HubError, match="307"):
            Client(Deadline(5), token=OWNER_TOKEN, endpoint=hub.endpoint).post(path, {"title": "x"})
        assert other.posted == []


def test_redirects_without_end_are_one_error() -> None:
    with Hub(Space()) as hub:
        hub.refuse["/api/spaces/me/app"] = [(302, {"Location": "/api/spaces/me/app"}, b"")]
        with pytest.raises(HubError, match="cannot reach"):
            diagnose_space("me/app", token=OWNER_TOKEN, endpoint=hub.endpoint, timeout=8)


def test_an_answer_whose_packing_is_broken_is_one_error() -> None:
    with Hub(Space()) as hub:
        hub.refuse["/api/spaces/me/app"] = [(200, {"Content-Encoding": "gzip"}, b"no gzip at all")]
        with pytest.raises(HubError):
            diagnose_space("me/app", token=OWNER_TOKEN, endpoint=hub.endpoint, timeout=8)


@pytest.mark.parametrize("token", ["hf_" + "s" * 20 + "\x07" + "s" * 10, "hf_" + "s" * 20 + "\u00e9"])
@pytest.mark.parametrize("debug", [(), ("--debug",)])
def test_a_token_that_cannot_be_sent_is_not_shown(token: str, debug: tuple[str, ...]) -> None:
    with Hub(Space()) as hub:
        env = {**os.environ, "HF_ENDPOINT": hub.endpoint, "HF_TOKEN": token}
        done = subprocess.run(
            [sys.executable, "-m", "spacedoctor", "me/app", *debug],
            env=env,
            capture_output=True,
            timeout=60,
            check=False,
            cwd=ROOT,
        )
    assert done.returncode == 3
    assert b"the token holds characters" in done.stderr
    assert b"s" * 10 not in done.stdout + done.stderr


def test_nothing_that_is_told_holds_the_token() -> None:
    """Not even where the log, the platform's message and an answer repeat it."""
    with Hub(
        Space(runtime={"stage": "RUNTIME_ERROR", "errorMessage": f"bad token {OWNER_TOKEN}"}, run=Log((f"ERROR: {OWNER_TOKEN}",)))
    ) as hub:
        env = {**os.environ, "HF_ENDPOINT": hub.endpoint, "HF_TOKEN": OWNER_TOKEN}
        for form in ("json", "markdown", "html", "terminal"):
            done = subprocess.run(
                [sys.executable, "-m", "spacedoctor", "me/app", "--debug", "--format", form],
                env=env,
                capture_output=True,
                timeout=60,
                check=False,
                cwd=ROOT,
            )
            assert done.returncode in (1, 4)
            assert OWNER_TOKEN.encode() not in done.stdout + done.stderr
            assert form != "json" or json.loads(done.stdout)


@pytest.mark.parametrize(
    "headers", [{"Retry-After": "9" * 400}, {"RateLimit": '"api";r=0;t=' + "9" * 5000}, {"Date": "Fri, 31 Dec 9999 23:59:59 GMT"}]
)
def test_hostile_headers_are_no_bugs(headers: dict[str, str]) -> None:
    with Hub(Space()) as hub:
        hub.refuse["/api/spaces/me/app"] = [(429, headers, b"")]
        with pytest.raises(HubError, match="429"):
            diagnose_space("me/app", token=OWNER_TOKEN, endpoint=hub.endpoint, timeout=1)
