"""Open logs (standard input, files, gzip) and cut them into blocks of whole lines."""

from __future__ import annotations

import codecs
import io
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from spacedoctor.catalogue.entry import Stage
from spacedoctor.errors import InputError

BLOCK_BYTES = 1 << 20
LONGEST_LINE = 4 << 20
GZIP_MAGIC = b"\x1f\x8b"
SNIFF_BYTES = 8192


@dataclass(frozen=True, slots=True)
class Source:
    """One log to read.

    Attributes:
        label: what the report calls it: a path, `<stdin>`, or `me/app build`.
        pieces: its bytes in pieces of any size.
        stage: what kind of log it is, or None where the log itself has to tell.
        is_message: it is what the platform says of the failure, no log of the app or the build.
    """

    label: str
    pieces: Iterable[bytes]
    stage: Stage | None = None
    is_message: bool = False


def file_source(path: str, stage: Stage | None = None) -> Source:
    """Return the source for the file at `path`.

    Raises:
        InputError: there is no such file, it is a folder, it may not be read, or it is not text.
    """
    name = Path(path)
    if name.is_dir():
        raise InputError(f"{path} is a folder", "name the log files in it")
    try:
        stream = name.open("rb")
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}", "check the path; a Space is named as OWNER/NAME") from error
    return stream_source(stream, path, stage)


def stream_source(stream: BinaryIO, label: str, stage: Stage | None = None) -> Source:
    """Return the source for an open binary stream; reading begins at once so that what is no text is refused here."""
    head = _read(stream, label)
    pieces = _pieces(stream, head, label)
    if head.startswith(GZIP_MAGIC):
        pieces = _gunzip(pieces, label)
        head = next(pieces, b"")
        pieces = _chain(head, pieces)
    if _is_binary(head[:SNIFF_BYTES]):
        raise InputError(f"{label} is not text", "a log is expected: plain text, or text packed with gzip")
    return Source(label, pieces, stage)


def text_source(text: str, label: str = "<text>", stage: Stage | None = None) -> Source:
    """Return the source for a log that is in memory already."""
    return Source(label, [text.encode("utf-8", "replace")], stage)


def _read(stream: BinaryIO, label: str) -> bytes:
    try:
        if isinstance(stream, io.BufferedReader):
            return stream.read1(BLOCK_BYTES)
        return stream.read(BLOCK_BYTES)
    except OSError as error:
        raise InputError(f"cannot read {label}: {error.strerror}") from error


def _pieces(stream: BinaryIO, head: bytes, label: str) -> Iterator[bytes]:
    with stream:
        piece = head
        while piece:
            yield piece
            piece = _read(stream, label)


def _chain(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from rest


def _gunzip(pieces: Iterable[bytes], label: str) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(wbits=31)
    for piece in pieces:
        packed = piece
        while packed:
            try:
                text = unpacker.decompress(packed, BLOCK_BYTES)
            except zlib.error as error:
                raise InputError(f"{label} is damaged: {error}", "unpack it with gzip -d to see what is left of it") from error
            if text:
                yield text
            packed = unpacker.unconsumed_tail
            if unpacker.eof:
                packed = unpacker.unused_data
                unpacker = zlib.decompressobj(wbits=31)


def _is_binary(head: bytes) -> bool:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _looks_utf16(head):
        return False
    control = sum(byte < 32 and byte not in b"\t\n\v\f\r\x1b\b" for byte in head)
    return head.startswith((b"\x7fELF", b"PK\x03\x04", b"\x89PNG", b"%PDF", b"SQLite format 3\0")) or control > len(head) * 0.1


def _looks_utf16(head: bytes) -> bool:
    return len(head) >= 8 and head[1::2].count(0) > 0.4 * len(head[1::2]) and head[::2].count(0) < 0.1 * len(head[::2])


def decoded(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield UTF-8: UTF-16 (with a mark, or told by its NULs) is converted, a UTF-8 mark is dropped, other bytes stay as they are."""
    first = True
    decoder: codecs.IncrementalDecoder | None = None
    held = b""
    for piece in pieces:
        data = piece
        if first:
            held += data
            if len(held) < 8:
                continue
            data, first = held, False
            decoder, data = _decoder_for(data)
        yield decoder.decode(data).encode("utf-8", "replace") if decoder else data
    if first and held:
        decoder, held = _decoder_for(held)
        yield decoder.decode(held).encode("utf-8", "replace") if decoder else held


def _decoder_for(head: bytes) -> tuple[codecs.IncrementalDecoder | None, bytes]:
    if head.startswith(codecs.BOM_UTF8):
        return None, head[len(codecs.BOM_UTF8) :]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return codecs.getincrementaldecoder("utf-16")("replace"), head
    if _looks_utf16(head):
        return codecs.getincrementaldecoder("utf-16-le")("replace"), head
    return None, head


def blocks(pieces: Iterable[bytes], size: int = BLOCK_BYTES) -> Iterator[bytes]:
    """Yield the same bytes as blocks of whole lines of about `size` bytes, the same blocks however the pieces were cut.

    A line longer than `LONGEST_LINE` is cut there.
    """
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= size:
            end = held.rfind(b"\n", 0, size) + 1 or held.find(b"\n", size, LONGEST_LINE) + 1
            if not end:
                if len(held) < LONGEST_LINE:
                    break
                end = LONGEST_LINE
            yield bytes(held[:end])
            del held[:end]
    if held:
        yield bytes(held)
