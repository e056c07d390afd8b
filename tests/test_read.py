"""Opening logs and cutting them into blocks."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest

from spacedoctor.errors import InputError
from spacedoctor.log import read


def text_of(source: read.Source) -> bytes:
    return b"".join(read.decoded(source.pieces))


def stream(data: bytes) -> io.BufferedReader:
    return io.BufferedReader(io.BytesIO(data))


@pytest.mark.parametrize("size", [1, 3, 7, 64, 1000])
def test_blocks_do_not_depend_on_how_the_pieces_came(size: int) -> None:
    """The same bytes make the same blocks of whole lines, however they were cut."""
    data = b"".join(b"line %d %s\n" % (n, b"x" * (n % 50)) for n in range(500))
    pieces = [data[i : i + size] for i in range(0, len(data), size)]
    whole = list(read.blocks([data], 256))
    assert list(read.blocks(pieces, 256)) == whole
    assert b"".join(whole) == data
    assert all(block.endswith(b"\n") for block in whole)


def test_a_line_without_end_is_cut() -> None:
    """A line longer than the limit does not gather in memory."""
    pieces = [b"x" * read.BLOCK_BYTES] * 9
    assert max(len(block) for block in read.blocks(pieces)) <= read.LONGEST_LINE


def test_gzip_with_several_members(tmp_path: Path) -> None:
    """Files that were packed and joined (log rotation) are read to their end."""
    path = tmp_path / "a.log.gz"
    path.write_bytes(gzip.compress(b"one\n") + gzip.compress(b"two\n"))
    assert text_of(read.file_source(str(path))) == b"one\ntwo\n"


def test_damaged_gzip_is_one_line(tmp_path: Path) -> None:
    """What is no longer gzip says so."""
    path = tmp_path / "a.log.gz"
    path.write_bytes(gzip.compress(b"one\n" * 1000)[:20] + b"garbage" * 10)
    with pytest.raises(InputError, match="damaged"):
        text_of(read.file_source(str(path)))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-8"])
def test_encodings(encoding: str) -> None:
    """UTF-16 with a mark or without (little-endian) and UTF-8 with a mark come out as UTF-8."""
    text = "Fehler: Größe überschritten, bitte prüfen\nzweite Zeile\n"
    data = text.encode(encoding)
    if encoding == "utf-16-be":
        data = b"\xfe\xff" + data
    assert text_of(read.stream_source(stream(data), "x")) == text.encode()


@pytest.mark.parametrize("head", [b"\x7fELF\x02\x01\x01" + b"\0" * 50, b"\x89PNG\r\n\x1a\n" + b"\0" * 9, bytes(range(32)) * 20])
def test_binary_files_are_refused(head: bytes) -> None:
    """Programs, pictures and other binaries are not taken for logs."""
    with pytest.raises(InputError, match="not text"):
        text_of(read.stream_source(stream(head), "x"))


def test_missing_file_and_folder(tmp_path: Path) -> None:
    """What cannot be read is named, with a hint."""
    with pytest.raises(InputError, match="is a folder"):
        read.file_source(str(tmp_path))
    with pytest.raises(InputError, match="No such file") as caught:
        read.file_source(str(tmp_path / "none.log"))
    assert caught.value.hint
