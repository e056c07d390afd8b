"""Ask the Hub through huggingface_hub's session, within a deadline that holds whatever the other side does."""

from __future__ import annotations

import contextlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx2
from huggingface_hub import constants
from huggingface_hub.utils import build_hf_headers, get_session, parse_ratelimit_headers

from spacedoctor import __version__
from spacedoctor.errors import InputError

LARGEST_ANSWER = 32 << 20
AGAIN = frozenset({429, 500, 502, 503, 504})
FIRST_WAIT, LONGEST_WAIT = 0.4, 5.0
NETWORK_TRIES = 3
CONNECT_SECONDS, SILENT_SECONDS = 10.0, 120.0
NO_ACCESS = frozenset({401, 403, 404})
SENDABLE = re.compile(r"[!-~](?:[ -~]*[!-~])?")
T = TypeVar("T")


class HubError(InputError):
    """The Hub gave no usable answer; `status` is its HTTP status, None where there was no answer at all."""

    def __init__(self, message: str, hint: str | None = None, status: int | None = None) -> None:
        super().__init__(message, hint)
        self.status = status


@dataclass
class Deadline:
    """A point in time that all waiting respects."""

    seconds: float
    started: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        """Seconds that are left, at least 0."""
        return max(self.started + self.seconds - time.monotonic(), 0.0)


class Hub:
    """The Hub at one endpoint, asked with one token.

    Attributes:
        endpoint: its address.
        deadline: by when all must be done.
        request_ids: how the Hub named the requests, for its support.
        token: as it was given, for huggingface_hub's own functions.
    """

    def __init__(self, deadline: Deadline, *, token: str | bool | None = None, endpoint: str | None = None) -> None:
        self.endpoint = (endpoint or constants.ENDPOINT).rstrip("/")
        self.deadline = deadline
        self.token = token
        self.request_ids: list[str] = []
        self._headers = build_hf_headers(token=token, library_name="spacedoctor", library_version=__version__)
        if not all(SENDABLE.fullmatch(value) for value in self._headers.values()):  # what sends it would show it in its error
            raise HubError("the token holds characters that no token has", "set HF_TOKEN anew, or log in with `hf auth login`")

    @property
    def authorization(self) -> str | None:
        """The header by which requests carry a token, None where they carry none."""
        return next((value for name, value in self._headers.items() if name.lower() == "authorization"), None)

    @property
    def has_token(self) -> bool:
        """Whether requests carry a token."""
        return self.authorization is not None

    def json(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """Return the JSON that the Hub answers.

        Raises:
            HubError: no access, no such thing, no answer in time, or no JSON.
        """
        try:
            return json.loads(self.content(path, params))
        except (ValueError, RecursionError) as error:
            raise HubError(f"the answer to {path} is not JSON", "a proxy may stand between here and the Hub") from error

    def post(self, path: str, data: Mapping[str, Any]) -> Any:
        """Send data once, and return the JSON of the answer; None where it is none.

        Raises:
            HubError: refused, or no answer in time; it is not sent again, for it may have arrived.
        """
        timeout = min(self.deadline.left, SILENT_SECONDS)
        try:
            response = get_session().post(
                f"{self.endpoint}{path}", headers=self._headers, json=dict(data), timeout=timeout, follow_redirects=False
            )
        except httpx2.RequestError as error:
            raise self.unreachable(error) from error
        self._note(response)
        if not response.is_success:
            raise HubError(
                f"the Hub refuses it ({response.status_code} to {path})", _status_hint(response.status_code), response.status_code
            )
        try:
            return response.json()
        except ValueError:
            return None

    def content(self, path: str, params: Mapping[str, Any] | None = None) -> bytes:
        """Return the bytes that the Hub answers."""
        try:
            with self.open(path, params) as response:
                return self._body(response, path)
        except httpx2.RequestError as error:
            raise self.unreachable(error) from error

    def _body(self, response: httpx2.Response, path: str) -> bytes:
        body = bytearray()
        for piece in response.iter_bytes():
            body += piece
            if len(body) > LARGEST_ANSWER:
                raise HubError(f"the answer to {path} is larger than {LARGEST_ANSWER >> 20} MB")
            if not self.deadline.left:
                raise self.too_late()
        return bytes(body)

    @contextlib.contextmanager
    def open(self, path: str, params: Mapping[str, Any] | None = None) -> Iterator[httpx2.Response]:
        """Open a good answer; what is worth another try is tried again, with growing pauses, as long as the deadline allows."""
        with contextlib.ExitStack() as stack:
            yield self._answer(stack, path, params)

    def _answer(self, stack: contextlib.ExitStack, path: str, params: Mapping[str, Any] | None) -> httpx2.Response:
        wait, failures = FIRST_WAIT, 0
        while True:
            try:
                response = stack.enter_context(self._request(path, params))
            except httpx2.RequestError as error:
                failures += 1
                if failures >= NETWORK_TRIES or not self.deadline.left:
                    raise self.unreachable(error) from error
                pause = wait
            else:
                self._note(response)
                if response.status_code == 200:
                    return response
                pause = self._pause(response, wait, path)
                stack.close()
            if pause >= self.deadline.left:
                raise self.too_late()
            time.sleep(pause)
            wait = min(wait * 2, LONGEST_WAIT)

    def _request(self, path: str, params: Mapping[str, Any] | None) -> contextlib.AbstractContextManager[httpx2.Response]:
        left = max(self.deadline.left, 0.05)
        timeout = httpx2.Timeout(min(left, SILENT_SECONDS), connect=min(left, CONNECT_SECONDS))
        return get_session().stream("GET", f"{self.endpoint}{path}", headers=self._headers, params=params, timeout=timeout)

    def _note(self, response: httpx2.Response) -> None:
        request_id = response.headers.get("x-request-id")
        if request_id:
            self.request_ids.append(request_id[:100])

    def _pause(self, response: httpx2.Response, wait: float, path: str) -> float:
        """Return how long to wait before the next try; raise where there is nothing to wait for."""
        status = response.status_code
        if status not in AGAIN:
            raise HubError(f"the Hub answers {status} to {path}", _status_hint(status), status)
        pause = max(wait, _asked_to_wait(response))
        if pause >= self.deadline.left:
            why = f"asks to wait {pause:.0f} s" if pause > wait else f"kept answering {status}"
            raise HubError(f"the Hub {why} ({status} to {path})", _status_hint(status), status)
        return pause

    def too_late(self) -> HubError:
        """Return the error for what had not come by the deadline."""
        return HubError(f"the Hub did not answer within {self.deadline.seconds:g} s", "wait longer with --timeout SECONDS")

    def unreachable(self, error: Exception) -> HubError:
        """Return the error for an answer that never came."""
        if not self.deadline.left or isinstance(error, httpx2.ReadTimeout):
            return self.too_late()
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        return HubError(f"cannot reach {self.endpoint}: {reason}", "check the network, the proxy, and HF_ENDPOINT")


def _asked_to_wait(response: httpx2.Response) -> float:
    asked = response.headers.get("retry-after", "")
    try:
        limit = parse_ratelimit_headers(response.headers) if response.status_code == 429 else None
    except ValueError:  # more digits than a number has
        limit = None
    return max(float(asked) if asked.isdecimal() else 0.0, float(limit.reset_in_seconds) if limit else 0.0)


def _status_hint(status: int) -> str:
    if status in NO_ACCESS:
        return "check the Space's id, and log in with `hf auth login` or HF_TOKEN as somebody who may read it"
    return (
        "too many requests: try again later, or log in" if status == 429 else "the Hub has trouble: https://status.huggingface.co"
    )


def in_background(work: Callable[[], T]) -> Future[T]:
    """Start work in a thread of its own that never holds up the end of the program."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001  (told to whoever asks for the result)
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future


def result(future: Future[T], hub: Hub) -> T:
    """Return what the work came to.

    Raises:
        HubError: it failed, or was not done by the deadline.
    """
    try:
        return future.result(timeout=hub.deadline.left + 0.05)
    except FutureTimeoutError:
        raise hub.too_late() from None
