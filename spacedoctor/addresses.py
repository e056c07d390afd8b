"""How people name a Space: its id, the address of its page, the address where its app is served."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

PART = r"[A-Za-z0-9][\w.-]{0,95}"
SPACE_ID = re.compile(rf"(?:spaces/)?(?P<id>{PART}/{PART})")
PAGE = re.compile(rf"/?spaces/(?P<id>{PART}/{PART})(?:[/?#].*)?")
SERVED = re.compile(r"(?P<subdomain>[a-z0-9-]{1,200})(?:\.static)?\.hf\.space")
PAGE_HOSTS = ("huggingface.co", "www.huggingface.co", "hf.co")
FILE_ENDINGS = (".log", ".txt", ".gz", ".md", ".json")


def space_id(text: str, endpoint: str | None = None) -> str | None:
    """Return the `OWNER/NAME` that an id or the address of a Space's page means, None for anything else.

    Args:
        text: such as `me/app`, `https://huggingface.co/spaces/me/app/tree/main`, `huggingface.co/spaces/me/app?logs=build`.
        endpoint: the Hub's address, where it is another than huggingface.co.
    """
    text = text.strip()
    plain = SPACE_ID.fullmatch(text)
    if plain:
        return None if text.lower().endswith(FILE_ENDINGS) or plain["id"].split("/")[0] in PAGE_HOSTS else plain["id"]
    address = urlsplit(text if "://" in text else f"https://{text}")
    hosts = (*PAGE_HOSTS, urlsplit(endpoint or "").netloc)
    page = PAGE.fullmatch(unquote(address.path)) if address.netloc.lower() in hosts else None
    return page["id"] if page else None


def subdomain(text: str) -> str | None:
    """Return the part before `.hf.space` of the address where a Space is served, None for anything else."""
    address = urlsplit(text.strip() if "://" in text else f"https://{text.strip()}")
    served = SERVED.fullmatch((address.hostname or "").lower())
    return served["subdomain"] if served else None


def is_space(text: str, endpoint: str | None = None) -> bool:
    """Return whether the text names a Space."""
    return bool(space_id(text, endpoint) or subdomain(text))


def possible_ids(served_at: str) -> Iterator[str]:
    """Yield the ids that a subdomain may stand for: it joins owner and name by a hyphen, and either may hold hyphens too."""
    parts = served_at.split("-")
    for cut in range(1, len(parts)):
        owner, name = "-".join(parts[:cut]), "-".join(parts[cut:])
        if owner and name:
            yield f"{owner}/{name}"


def subdomain_of(space: str) -> str:
    """Return the subdomain where a Space is served."""
    return re.sub(r"[^a-z0-9]+", "-", space.lower()).strip("-")
