"""Did the fix work?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from spacedoctor.catalogue import Catalogue
from spacedoctor.diagnosis.model import Diagnosis
from spacedoctor.verification.model import Progress, Verification

TIMEOUT = 1800.0  # https://huggingface.co/docs/hub/spaces-config-reference: startup_duration_timeout, checked 2026-11-23


def verify(
    space: str,
    *,
    before: str | Diagnosis | Path | None = None,
    checks: Sequence[str] = (),
    timeout: float = TIMEOUT,
    token: str | bool | None = None,
    endpoint: str | None = None,
    catalogue: Catalogue | None = None,
    progress: Progress | None = None,
) -> Verification:
    """Wait until the fix runs, and look whether it worked.

    Args:
        space: its id `OWNER/NAME`, the address of its page, or the hf.space address where it is served.
        before: what was wrong: an entry's id, the diagnosis, or the path of its JSON report. A diagnosis also tells which container is the
            old one; give it where the Space was restarted without a new commit.
        checks: requests to the Space and what they must answer, such as `GET /health 200 json:{"status": "healthy"}`.
        timeout: seconds to wait for the build, the start and the answers; the last look at the logs may take 20 seconds more.
        token: a token of the Hub; None takes the one that huggingface_hub knows (HF_TOKEN, `hf auth login`), False takes none.
        endpoint: the Hub's address; None takes that of huggingface_hub (HF_ENDPOINT).
        catalogue: the known failures; None takes the built-in ones.
        progress: is told of each step, from the calling thread.

    Raises:
        HubError: there is no such Space, no access to it, or no network.
        InputError: the report of `before` cannot be read.
        UsageError: a check cannot be understood, or `before` names no entry.
        CatalogueError: the catalogue is not as it should be.
    """
    raise NotImplementedError  # the types are settled; the way is being built
