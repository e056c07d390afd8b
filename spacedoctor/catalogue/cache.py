"""Small files in the user's cache folder: written atomically, private, and never needed (a missing or broken file is a miss)."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from spacedoctor import resources

DIGEST = 16
KEPT = 12


def get(folder: Path, name: str) -> bytes | None:
    """Return the bytes kept under `name`, or None where there are none or they are damaged."""
    try:
        raw = (folder / name).read_bytes()
    except OSError:
        return None
    digest, content = raw[:DIGEST], raw[DIGEST:]
    return content if hashlib.blake2b(content, digest_size=DIGEST).digest() == digest else None


def put(folder: Path, name: str, content: bytes) -> None:
    """Keep `content` under `name`; where the folder cannot be written nothing is kept.

    Of each kind (the name up to its first dash) the latest KEPT stay.
    """
    import tempfile

    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.blake2b(content, digest_size=DIGEST).digest() + content)
            Path(temporary).replace(folder / name)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
        of_its_kind = sorted(folder.glob(f"{name.partition('-')[0]}-*"), key=lambda path: path.stat().st_mtime_ns)
        for old in of_its_kind[:-KEPT]:
            old.unlink(missing_ok=True)


def kept(folder: Path | None, name: str, make: Callable[[], bytes]) -> bytes:
    """Return what is kept under `name`, or make and keep it."""
    content = get(folder, name) if folder else None
    if content is None:
        content = make()
        if folder:
            put(folder, name, content)
    return content


def digest(content: bytes) -> str:
    """Return 12 hexadecimal digits that name this content."""
    return hashlib.blake2b(content, digest_size=6).hexdigest()


def code(part: str) -> str:
    """Return the digest of a part's own source: what another version of it has made is not taken for its own."""
    return digest(b"".join(path.read_bytes() for path in sorted((resources.PACKAGE / part).glob("*.py"))))
