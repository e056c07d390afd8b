"""Small files in the user's cache folder: written atomically, private, and never needed (a missing or broken file is a miss)."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

DIGEST = 16


def get(folder: Path, name: str) -> bytes | None:
    """Return the bytes kept under `name`, or None where there are none or they are damaged."""
    try:
        raw = (folder / name).read_bytes()
    except OSError:
        return None
    digest, content = raw[:DIGEST], raw[DIGEST:]
    return content if hashlib.blake2b(content, digest_size=DIGEST).digest() == digest else None


def put(folder: Path, name: str, content: bytes) -> None:
    """Keep `content` under `name`; where the folder cannot be written nothing is kept."""
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.blake2b(content, digest_size=DIGEST).digest() + content)
            Path(temporary).replace(folder / name)
        except OSError:
            Path(temporary).unlink(missing_ok=True)


def get_json(folder: Path, name: str) -> Any:
    """Return the data kept under `name`, or None."""
    content = get(folder, name)
    return None if content is None else json.loads(content)


def put_json(folder: Path, name: str, data: Any) -> None:
    """Keep JSON data under `name`."""
    put(folder, name, json.dumps(data, separators=(",", ":")).encode())
