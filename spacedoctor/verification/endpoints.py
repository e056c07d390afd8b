"""Ask a Space's own address, and nothing else: within time limits, bounded, with its token only where the Space is private."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx2
from huggingface_hub.utils import get_session

from spacedoctor import addresses
from spacedoctor.hub.client import Deadline, in_background
from spacedoctor.verification.checks import Check, missing
from spacedoctor.verification.model import CheckResult

LARGEST_BODY = 1 << 20
REQUEST_SECONDS, WAKE_SECONDS = 20.0, 120.0
FIRST_WAIT, LONGEST_WAIT = 0.3, 5.0
WAKING = frozenset({502, 503, 504})
REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS"})
REDIRECTS = 5
SHOWN_BODY = 160


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the app: `cut` where its body was longer than is read, or came too slowly."""

    status: int
    kind: str
    body: bytes
    cut: bool
    location: str | None = None


class NoAnswerError(Exception):
    """No answer came; `sent` tells whether the request may have arrived."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.sent = sent


def own_address(address: str | None, endpoint: str) -> str | None:
    """Return the address where a Space is served, None where what the Hub names is neither *.hf.space nor on the Hub's own host."""
    parts = urlsplit(address or "")
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    on_hub = host == urlsplit(endpoint).hostname and parts.scheme in ("http", "https")
    if parts.username or not (on_hub or (parts.scheme == "https" and port is None and addresses.subdomain(host))):
        return None
    return f"{parts.scheme}://{parts.netloc}"


class Endpoints:
    """A Space's address, asked until `deadline`.

    Attributes:
        address: scheme and host.
    """

    def __init__(self, address: str, deadline: Deadline, mask: Callable[[str], str], *, authorization: str | None = None) -> None:
        self.address = address
        self._deadline = deadline
        self._mask = mask
        self._patience = Deadline(WAKE_SECONDS)
        self._headers = {"accept-encoding": "identity"} | ({"authorization": authorization} if authorization else {})

    def knock(self) -> None:
        """Ask for the first page once, whatever it answers: that wakes a Space that sleeps."""
        try:
            self._answer(Check("GET", "/"))
        except NoAnswerError:
            return

    def ask(self, check: Check) -> CheckResult:
        """Return what came of a check; an app that wakes is asked again."""
        begun, wait, tries = time.monotonic(), FIRST_WAIT, 0
        while True:
            tries += 1
            status: int | None = None
            try:
                answer = self._answer(check)
            except NoAnswerError as error:
                reason, again = str(error), not error.sent or check.method in REPEATABLE
            else:
                status, reason = answer.status, self._fault(check, answer)
                waking = status in WAKING and status != check.status
                again = waking and (status == 503 or check.method in REPEATABLE)
            if not reason or not again or wait >= min(self._deadline.left, self._patience.left):
                return CheckResult(
                    self._mask(check.words), not reason, status, self._mask(reason), round(time.monotonic() - begun, 2), tries
                )
            time.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    def first_offered(self, checks: Sequence[Check]) -> CheckResult | None:
        """Return what came of the first check that is not answered by 404, None where all are."""
        results = (self.ask(check) for check in checks)
        return next((result for result in results if result.status != 404), None)

    def _answer(self, check: Check) -> Answer:
        url = f"{self.address}{check.path}"
        for _ in range(REDIRECTS):
            answer = self._in_time(check, url)
            target = urljoin(url, answer.location) if answer.location else None
            followed = target and check.status != answer.status and check.method in REPEATABLE
            if not followed or not target or self._elsewhere(target):
                return answer
            url = target
        return answer

    def _elsewhere(self, url: str) -> bool:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}" != self.address

    def _in_time(self, check: Check, url: str) -> Answer:
        """Ask in a thread of its own: whatever the other side does, the time limit holds."""
        seconds = min(REQUEST_SECONDS, max(self._deadline.left, 1.0))
        limit = Deadline(seconds)
        work = in_background(lambda: self._request(check, url, limit))
        try:
            return work.result(timeout=seconds + 0.5)
        except FutureTimeoutError:
            raise NoAnswerError(f"no answer within {seconds:g} s", sent=True) from None
        except httpx2.TransportError as error:
            sent = not isinstance(error, (httpx2.ConnectError, httpx2.ConnectTimeout))
            late = isinstance(error, httpx2.TimeoutException)
            reason = f"no answer within {seconds:g} s" if late else f"no answer: {' '.join(str(error).split())[:120]}"
            raise NoAnswerError(reason, sent=sent) from error

    def _request(self, check: Check, url: str, limit: Deadline) -> Answer:
        sent: dict[str, Any] = {"json": check.body.value} if check.body else {}
        body, cut = bytearray(), False
        with get_session().stream(
            check.method, url, headers=self._headers, timeout=limit.seconds, follow_redirects=False, **sent
        ) as response:
            for piece in response.iter_raw():
                body += piece
                cut = len(body) > LARGEST_BODY or limit.left < limit.seconds / 4
                if cut or check.kind not in ("json", "text"):  # of other answers the beginning tells enough
                    break
            return Answer(
                response.status_code,
                response.headers.get("content-type", ""),
                bytes(body[:LARGEST_BODY]),
                cut,
                response.headers.get("location") if response.is_redirect else None,
            )

    def _fault(self, check: Check, answer: Answer) -> str:
        """Return what is wrong with an answer, empty where it is as expected."""
        if answer.status != check.status if check.status else answer.status >= 500:
            return f"answers {answer.status}{_where(answer)}"
        if check.kind == "html" and "html" not in answer.kind.lower():
            return f"is no web page but {answer.kind[:60] or 'of no type'}"
        if check.kind == "text" and check.expected and str(check.expected.value).encode() not in answer.body:
            return "its answer does not contain what it should"
        return _json_fault(check, answer) if check.kind == "json" else ""


def _json_fault(check: Check, answer: Answer) -> str:
    if answer.cut:
        return f"its answer has no end within {LARGEST_BODY >> 20} MB and the time for it"
    try:
        actual = json.loads(answer.body)
        return "; ".join(missing(check.expected.value, actual))[:400] if check.expected else ""
    except ValueError:
        return f"its answer is no JSON: {_shown(answer.body)}"
    except RecursionError:
        return "its answer is nested too deeply"


def _where(answer: Answer) -> str:
    if answer.location:
        host = urlsplit(answer.location).netloc[:100]
        return f", which leads to {host or answer.location[:100]} and is not followed"
    return f": {_shown(answer.body)}" if answer.body and "html" not in answer.kind.lower() else ""


def _shown(body: bytes) -> str:
    return " ".join(body[:SHOWN_BODY].decode("utf-8", "replace").split())
