"""Checks of endpoints: how they are written, and apps that answer badly."""

from __future__ import annotations

import time
from typing import Any

import pytest

from spacedoctor.errors import UsageError
from spacedoctor.hub.client import Deadline
from spacedoctor.redact import Redactor
from spacedoctor.verification import checks
from spacedoctor.verification.endpoints import LARGEST_BODY, Endpoints, own_address
from spacedoctor.verification.model import CheckResult
from tests.spaces import App, Reply, endless, reply


def asked(check: str, answer: Reply, seconds: float = 10.0) -> CheckResult:
    """Ask an app that answers so at /x."""
    with App(x=answer) as app:
        return Endpoints(app.address, Deadline(seconds), Redactor().mask).ask(checks.parse(check))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("GET / 200", "GET / 200"),
        ("get /docs?x=1 200 html", "GET /docs?x=1 200 html"),
        ('POST /a json:{"b": [1, 2], "c": "d e"} 201', "POST /a json:{b, c} 201"),
        ('POST /a json: [1] 201 json:{"id": 1}', "POST /a json:[...] 201 json:{id}"),
        ("GET /x 200 text:two words", "GET /x 200 text:..."),
    ],
)
def test_a_check_is_a_line(text: str, words: str) -> None:
    assert checks.parse(text).words == words


@pytest.mark.parametrize(
    "text",
    [
        "", "GET", "GET /", "FETCH / 200", "GET x 200", "GET //evil.example/ 200", "GET /\\evil 200", "GET / 999", "GET / 200 xml", "GET / 200 json:{",
        "GET / 200 json:{} html", "POST / json:{bad} 200", "GET / 200 html more", "GET https://x.example/ 200",
    ],
)  # fmt: skip
def test_what_is_no_check_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        checks.parse(text)


@pytest.mark.parametrize(
    "content", [b"", b"checks: 3", b"- {a: b}", b"- &a GET / 200\n- *a", b"\xff\xfe", b"[" * 5000, b"- x\n" * 51, b"#" * 70_000]
)
def test_what_is_no_file_of_checks_is_refused(content: bytes) -> None:
    with pytest.raises(UsageError):
        checks.of_file(content, "checks.yaml")


@pytest.mark.parametrize(
    ("expected", "actual", "missing"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, []),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}, []),
        ({"a": [{"b": 1}]}, {"a": [{"b": 1, "c": 2}]}, []),
        ({"a": 1}, {}, ["a is missing"]),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, ["a.b is 2, not 1"]),
        ({"a": True}, {"a": 1}, ["a is 1, not true"]),
        ({"a": 0}, {"a": False}, ["a is false, not 0"]),
        ([1], [1, 2], ["the answer is no list of 1"]),
        ({"a": 1}, [], ["the answer is no object"]),
    ],
)
def test_of_an_object_the_given_keys_must_be_there(expected: Any, actual: Any, missing: list[str]) -> None:
    assert list(checks.missing(expected, actual)) == missing


@pytest.mark.parametrize(
    ("check", "answer", "reason"),
    [
        ("GET /x 200 json", reply(200, b"<html>"), "no JSON"),
        ("GET /x 200 json", reply(200, b"[" * 200_000), "too deeply"),
        ("GET /x 200 json", reply(200, b"1" * 100_000), "no JSON"),
        ("GET /x 200 json", reply(200, b'{"a": "' + b"x" * (LARGEST_BODY + 9) + b'"}'), "no end within 1 MB"),
        ("GET /x 200 json", endless(b"[1," * 5000), "no end within 1 MB"),
        ("GET /x 200 html", reply(200, b"{}"), "no web page"),
        ("GET /x 200", reply(500, b'{"detail": "token hf_abcdefghijklmnopqrstuvwxyz"}'), "answers 500"),
        ("GET /x 200 text:hello", reply(200, b"hullo"), "does not contain"),
        ("GET /x 200", reply(302, Location="/x"), "answers 302"),
        ("POST /x 200", reply(303, Location="/"), "answers 303"),
        ("GET /x 200", reply(302, Location="//evil.example/"), "evil.example"),
    ],
)
def test_a_bad_answer_is_told(check: str, answer: Reply, reason: str) -> None:
    result = asked(check, answer)
    assert not result.passed
    assert reason in result.reason
    assert "hf_abc" not in result.reason


@pytest.mark.parametrize("check", ["GET /x 200", "GET /x 200 json"])
def test_a_body_that_drips_for_ever_is_left(check: str) -> None:
    """Where the status is enough, the first piece is enough."""
    begun = time.monotonic()
    result = asked(check, endless(b" ", 0.1), 3.0)
    assert time.monotonic() - begun < 8
    assert result.passed is (check == "GET /x 200")


def test_an_app_that_says_nothing_is_left() -> None:
    result = asked("GET /x 200", lambda _: time.sleep(20), 1.5)
    assert not result.passed
    assert "no answer within" in result.reason


def test_a_refused_connection_is_tried_again_until_time_is_up() -> None:
    with App() as app:
        pass
    result = Endpoints(app.address, Deadline(2.0), Redactor().mask).ask(checks.parse("GET / 200"))
    assert not result.passed
    assert result.tries > 1


@pytest.mark.parametrize(("method", "status", "again"), [("GET", 502, True), ("POST", 502, False), ("POST", 503, True)])
def test_what_may_have_arrived_is_not_sent_twice(method: str, status: int, again: bool) -> None:  # noqa: FBT001
    result = asked(f"{method} /x 201", reply(status), 1.5)
    assert (result.tries > 1) is again


def test_a_status_that_is_expected_is_no_reason_to_wait() -> None:
    result = asked("GET /x 503", reply(503))
    assert result.passed
    assert result.tries == 1


@pytest.mark.parametrize(
    ("address", "endpoint", "own"),
    [
        ("https://me-app.hf.space", "https://huggingface.co", True),
        ("https://me-app.static.hf.space/", "https://huggingface.co", True),
        ("http://127.0.0.1:9000", "http://127.0.0.1:8000", True),
        ("http://127.0.0.1:9000", "https://huggingface.co", False),
        ("https://user@me-app.hf.space", "https://huggingface.co", False),
        ("https://me-app.hf.space:8443", "https://huggingface.co", False),
        ("https://hf.space.evil.example", "https://huggingface.co", False),
        (None, "https://huggingface.co", False),
    ],
)
def test_which_address_is_the_spaces(address: str | None, endpoint: str, own: bool) -> None:  # noqa: FBT001
    assert (own_address(address, endpoint) is not None) is own
