"""Make the calls of a plan, one after the other; what fails is told in one line with what was done before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import httpx2
from huggingface_hub import HfApi, constants
from huggingface_hub.errors import HfHubHTTPError

from spacedoctor import __version__
from spacedoctor.errors import InputError, SpacedoctorError, UsageError
from spacedoctor.hub.client import Hub, in_background, result
from spacedoctor.treatment.plan import Call, Context, Plan
from spacedoctor.verification.model import Event, Progress

CALL_SECONDS = 60.0
LONG_CALLS = {"snapshot_download": 3600.0, "upload_folder": 3600.0, "create_commit": 600.0, "compare": 3600.0}
HINTS = {
    400: "the Hub does not take it; see the Space's settings",
    401: "log in with a token that may write: https://huggingface.co/settings/tokens",
    402: "the account needs a plan or a payment method: https://huggingface.co/settings/billing",
    403: "only the owner may do this, with a token that may write (the token of `hf auth login` in the browser may be refused)",
    404: "only the owner may do this, with a token that may write: https://huggingface.co/settings/tokens",
    409: "somebody else changes the Space just now: look at it, and try again",
    412: "the repository was changed meanwhile: try again",
    429: "too many requests: try again in some minutes",
}
COMMITS = ("create_commit", "upload_folder")  # they raise ValueError where the Hub finds fault with README.md
LONGEST_REASON = 200
NOT_KNOWN = "it is not known whether it was done"
LOOK = "look at the Space's settings"


class TreatmentError(InputError):
    """A call failed; `done` are the calls before it, which were made."""

    def __init__(self, message: str, hint: str | None, done: tuple[str, ...]) -> None:
        super().__init__(message, hint)
        self.done = done


def given(plan: Plan, values: Mapping[str, str] | Callable[[str], str] | None) -> dict[str, str]:
    """Return the values that the plan asks for.

    Raises:
        UsageError: one is missing or empty, or huggingface_hub would write it into its log.
    """
    if plan.asks and constants.HF_DEBUG:
        raise UsageError("with HF_DEBUG huggingface_hub writes what it sends into its log, values too", "unset HF_DEBUG")
    found = {name: values(name) if callable(values) else (values or {}).get(name, "") for name in plan.asks}
    for name, value in found.items():
        if not value or "\0" in value:
            raise UsageError(
                f"no value for {name}" if not value else f"the value for {name} is not text", "type it, or pipe it in"
            )
    return found


def perform(
    plan: Plan, values: Mapping[str, str], hub: Callable[[float], Hub], tell: Progress
) -> tuple[tuple[str, ...], str | None]:
    """Make the calls in order, and return them as words, and the address of a pull request.

    Raises:
        TreatmentError: one failed; the ones after it were not made.
    """
    done: list[str] = []
    pull_request = None
    for call in plan.calls:
        tell(Event("calling", call.words))
        pull_request = getattr(_made(call, plan, values, hub, tuple(done)), "pr_url", None) or pull_request
        done.append(call.words)
    return tuple(done), pull_request


def _made(call: Call, plan: Plan, values: Mapping[str, str], hub: Callable[[float], Hub], done: tuple[str, ...]) -> Any:
    there = hub(LONG_CALLS.get(call.method, CALL_SECONDS))
    api = HfApi(endpoint=there.endpoint, token=there.token, library_name="spacedoctor", library_version=__version__)
    try:
        return result(in_background(lambda: call.make(Context(api, values))), there)
    except HfHubHTTPError as error:
        reason, hint = _refused(error, quoted=not values)
    except httpx2.TransportError as error:
        unreachable = there.unreachable(error)
        reason, hint = unreachable.message, unreachable.hint
    except OSError as error:
        reason, hint = _plain(str(error)), None
    except ValueError as error:
        if call.method not in COMMITS:
            raise
        reason, hint = _plain(str(error)), None
    except SpacedoctorError as error:
        reason, hint = (error.message, error.hint) if there.deadline.left else (f"{error.message}; {NOT_KNOWN}", LOOK)
    except KeyboardInterrupt:
        reason, hint = f"interrupted; {NOT_KNOWN}", LOOK
    raise TreatmentError(_told(call, reason, plan, done), hint, done)


def _refused(error: HfHubHTTPError, *, quoted: bool) -> tuple[str, str | None]:
    """Return the reason and a hint; a server's words are not quoted where they might repeat what was typed in."""
    status = error.response.status_code
    said = _plain(error.server_message or "") if quoted else ""
    return f"the Hub refuses it ({status}{f': {said}' if said else ''})", HINTS.get(
        status, "the Hub has trouble: https://status.huggingface.co"
    )


def _plain(text: str) -> str:
    """Return a reason in one short line."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:LONGEST_REASON]


def _told(call: Call, reason: str, plan: Plan, done: tuple[str, ...]) -> str:
    lost = {one.words for one in plan.calls if one.loses} & set(done)
    parts = [
        f"{call.words} failed: {reason}",
        f"done before it: {', '.join(done)}" if done else "nothing was changed",
        *([plan.rescue] if plan.rescue and lost else []),
    ]
    return "; ".join(parts)
