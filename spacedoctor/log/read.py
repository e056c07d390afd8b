"""Open logs (standard input, files, gzip) and cut them into blocks of whole lines."""

from __future__ import annotations

import codecs
import io
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from spacedoctor.catalogue.entry import Stage
from spacedoctor.errors import InputError

BLOCK_BYTES = 1 << 20
LONGEST_LINE = 4 << 20
GZIP_MAGIC = b"\x1f\x8b"
GZIP_STEP = 1 << 14
LARGEST_UNPACKED = 4 << 30
SNIFF_BYTES = 8192
FIRST_LINE = 8


@dataclass(frozen=True, slots=True)
class Source:
    """One log to read.

    Attributes:
        label: what the report calls it: a path, `<stdin>`, or `me/app build`.
        pieces: its bytes in pieces of any size.
        stage: what kind of log it is, or None where the log itself has to tell.
        is_message: it is what the platform says of the failure, no log of the app or the build.
        problems: why it was not read to its end; noted while it is read.
    """

    label: str
    pieces: Iterable[bytes]
    stage: Stage | None = None
    is_message: bool = False
    problems: list[str] = field(default_factory=list)


def file_source(path: str, stage: Stage | None = None) -> Source:
    """Return the source for the file at `path`.

    Raises:
        InputError: there is no such file, it is a folder, or it may not be read.
    """
    try:
        name = Path(path)
        if name.is_dir():
            raise InputError(f"{path} is a folder", "name the log files in it")
        stream = name.open("rb")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(f"cannot read {path}: {reason}", "check the path; a Space is named as OWNER/NAME") from error
    return stream_source(stream, path, stage)


def stream_source(stream: BinaryIO, label: str, stage: Stage | None = None) -> Source:
    """Return the source for an open binary stream; what turns out to be no text is refused while it is read."""
    problems: list[str] = []
    return Source(label, _text_only(_unpacked(stream, label, problems), label), stage, problems=problems)


def text_source(text: str, label: str = "<text>", stage: Stage | None = None) -> Source:
    """Return the source for a log that is in memory already."""
    return Source(label, [text.encode("utf-8", "replace")], stage)


def lines_source(lines: Iterable[str], label: str = "<lines>", stage: Stage | None = None) -> Source:
    """Return the source for lines with or without their line breaks; they are taken one by one, so there may be any number."""
    return Source(label, (line.rstrip("\n").encode("utf-8", "replace") + b"\n" for line in lines), stage)


def _read(stream: BinaryIO, label: str) -> bytes:
    try:
        if isinstance(stream, io.BufferedReader):
            return stream.read1(BLOCK_BYTES)
        return stream.read(BLOCK_BYTES)
    except OSError as error:
        raise InputError(f"cannot read {label}: {error.strerror}") from error


def _unpacked(stream: BinaryIO, label: str, problems: list[str]) -> Iterator[bytes]:
    with stream:
        head = _read(stream, label)
        while len(head) == 1 and (more := _read(stream, label)):
            head += more
        pieces = _pieces(stream, head, label)
        yield from _gunzip(pieces, label, problems) if head.startswith(GZIP_MAGIC) else pieces


def _pieces(stream: BinaryIO, head: bytes, label: str) -> Iterator[bytes]:
    piece = head
    while piece:
        yield piece
        piece = _read(stream, label)


def _gunzip(pieces: Iterable[bytes], label: str, problems: list[str]) -> Iterator[bytes]:
    """Yield what was packed, member after member; what was cut off, or goes beyond LARGEST_UNPACKED, is noted."""
    unpacker = zlib.decompressobj(wbits=31)
    members = begun = size = 0
    for piece in _small(pieces):
        packed = piece
        while packed:
            try:
                text = unpacker.decompress(packed, BLOCK_BYTES)
            except zlib.error as error:
                if members and not begun:
                    problems.append("what stands behind the end of the packed log is not gzip: it was not read")
                    return
                raise InputError(f"{label} is damaged: {error}", "unpack it with gzip -d to see what is left of it") from error
            size += len(text)
            if size > LARGEST_UNPACKED:
                problems.append(f"more than {LARGEST_UNPACKED} bytes when unpacked: the rest was not read")
                return
            if text:
                yield text
            begun += len(packed)
            packed = unpacker.unconsumed_tail
            if unpacker.eof:
                packed = unpacker.unused_data
                unpacker, members, begun = zlib.decompressobj(wbits=31), members + 1, 0
    if begun:
        problems.append("the packed log is cut off: what had come was read")


def _small(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield pieces so small that what is left of one when a member ends is quickly copied."""
    for piece in pieces:
        yield from (piece[at : at + GZIP_STEP] for at in range(0, len(piece), GZIP_STEP))


def _text_only(pieces: Iterable[bytes], label: str) -> Iterator[bytes]:
    """Yield the pieces; raise when the first SNIFF_BYTES (or all there is) are no text."""
    head = bytearray()
    for piece in pieces:
        if len(head) < SNIFF_BYTES:
            head += piece[: SNIFF_BYTES - len(head)]
            if len(head) == SNIFF_BYTES:
                _refuse_binary(bytes(head), label)
        yield piece
    if len(head) < SNIFF_BYTES:
        _refuse_binary(bytes(head), label)


def _refuse_binary(head: bytes, label: str) -> None:
    if _is_binary(head):
        raise InputError(f"{label} is not text", "a log is expected: plain text, or text packed with gzip")


def _is_binary(head: bytes) -> bool:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _looks_utf16(head):
        return False
    control = sum(byte < 32 and byte not in b"\t\n\v\f\r\x1b\b" for byte in head)
    return head.startswith((b"\x7fELF", b"PK\x03\x04", b"\x89PNG", b"%PDF", b"SQLite format 3\0")) or control > len(head) * 0.1


def _looks_utf16(head: bytes) -> bool:
    return len(head) >= 8 and head[1::2].count(0) > 0.4 * len(head[1::2]) and head[::2].count(0) < 0.1 * len(head[::2])


def decoded(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield UTF-8: UTF-16 (with a mark, or told by its NULs) is converted, a UTF-8 mark is dropped, other bytes stay as they are.

    The first line decides, however it was cut on its way.
    """
    first = True
    decoder: codecs.IncrementalDecoder | None = None
    held = b""
    for piece in pieces:
        data = piece
        if first:
            held += data
            end = held.find(b"\n", FIRST_LINE, SNIFF_BYTES) + 1 or SNIFF_BYTES
            if len(held) < end:
                continue
            first = False
            decoder, head = _decoder_for(held[:end])
            data = head + held[end:]
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
    in_long_line = False
    for piece in pieces:
        held += piece
        if in_long_line and b"\n" not in piece and len(held) < LONGEST_LINE:
            continue
        in_long_line = False
        while len(held) >= size:
            end = held.rfind(b"\n", 0, size) + 1 or held.find(b"\n", size, LONGEST_LINE) + 1
            if not end:
                if len(held) < LONGEST_LINE:
                    in_long_line = True
                    break
                end = LONGEST_LINE
            yield bytes(held[:end])
            del held[:end]
    if held:
        yield bytes(held)
