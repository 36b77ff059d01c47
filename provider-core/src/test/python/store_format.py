# Copyright 2026 The Gnomon Authors
# SPDX-License-Identifier: Apache-2.0
"""The structures of docs/format.md, one decoder each.

Written from that page alone, so that the page is known to be enough: nothing here was taken from the Java code, and
nothing may be. Where a decoder needs a rule that the page does not give, the page is wrong and is mended first.
Decoders check magic, checksum, version and features, in that order, and say which was wrong, where, what was found and
what was expected. They never write.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from uuid import UUID

VERSION = 1
PIECE = 4096
PROLOGUE = 56


class Damaged(Exception):
    """A structure or a piece is not what was written there."""


class Refused(Exception):
    """A structure is intact, but this reader must not read it: another version, or a feature that it does not know."""


# Checksums -----------------------------------------------------------------------------------------------------------

def _byte_table() -> list[int]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


def _word_table() -> list[int]:
    one = _byte_table()
    step = [one[value & 0xFF] ^ (value >> 8) for value in range(65536)]
    return [one[value & 0xFF] ^ (value >> 8) for value in step]


# Two bytes a step: twice as fast as one, and the table still takes no noticeable time to make.
_WORDS = _word_table()


def crc32c(data: bytes) -> int:
    """The CRC32C of data, whose length is even."""
    crc = 0xFFFFFFFF
    table = _WORDS
    for word in struct.unpack(f"<{len(data) // 2}H", data):
        crc = table[(crc ^ word) & 0xFFFF] ^ (crc >> 16)
    return crc ^ 0xFFFFFFFF


_ZEROS = bytes(PIECE)
_ZEROS_CRC = crc32c(_ZEROS)


def piece_crc(piece: bytes) -> int:
    """The CRC32C of one piece; zeros, which are frequent, are looked up."""
    return _ZEROS_CRC if piece == _ZEROS else crc32c(piece)


def check_crc(data: bytes, at: int, where: str) -> None:
    """Check a structure's checksum, which lies at offset at and is taken as zero."""
    found = struct.unpack_from("<I", data, at)[0]
    expected = crc32c(data[:at] + bytes(4) + data[at + 4:])
    if found != expected:
        raise Damaged(f"{where}: checksum is {found:08x}, expected {expected:08x}")


def short_hash(data: bytes) -> bytes:
    """SHA-256, cut to its first 16 bytes."""
    return hashlib.sha256(data).digest()[:16]


# The prologue --------------------------------------------------------------------------------------------------------

def check_prologue(data: bytes, magic: str, where: str, store: UUID | None) -> UUID:
    """Check magic and checksum of the structure that data is, then its store, version and features."""
    check_intact(data, magic, where)
    uuid = UUID(bytes=bytes(data[16:32]))
    if store is not None and uuid != store:
        raise Damaged(f"{where}: belongs to store {uuid}, expected {store}")
    check_version(data, where)
    return uuid


def check_intact(data: bytes, magic: str, where: str) -> None:
    """Check magic and checksum only."""
    if data[:8] != magic.encode("ascii"):
        raise Damaged(f"{where}: magic is {bytes(data[:8])!r}, expected {magic}")
    check_crc(data, 12, where)


def check_version(data: bytes, where: str) -> None:
    """Refuse what another version wrote, and features that have to be known to read it."""
    version, length = struct.unpack_from("<HH", data, 8)
    if version != VERSION:
        age = "new" if version > VERSION else "old"
        raise Refused(f"{where}: format version {version} is too {age}, this reader knows {VERSION}")
    if length != PROLOGUE:
        raise Damaged(f"{where}: the prologue has {length} bytes, expected {PROLOGUE}")
    incompatible = struct.unpack_from("<Q", data, 48)[0]
    if incompatible:
        raise Refused(f"{where}: too new: unknown incompatible features {incompatible:#x}")


# Superblock, segment header, staging table ---------------------------------------------------------------------------

@dataclass(frozen=True)
class Superblock:
    store: UUID
    generation: int
    chunk: int
    segment: int
    durable_through: int
    flags: int
    boot_id: str
    segments: int
    checkpoint: int
    segments_in: str
    segments_to: str

    @staticmethod
    def decode(data: bytes, where: str) -> "Superblock":
        store = check_prologue(data, "GNOMONSB", where, None)
        generation, chunk, piece, segment, durable, flags, length = struct.unpack_from("<QIIQQII", data, 56)
        segments, checkpoint = struct.unpack_from("<QQ", data, 160)
        if piece != PIECE:
            raise Damaged(f"{where}: piece size is {piece}, expected {PIECE}")
        if not PIECE <= chunk <= 1 << 20 or chunk & (chunk - 1):
            raise Damaged(f"{where}: chunk size is {chunk}, expected a power of two of 4096 to 1048576")
        if segment % PIECE or segment < 2 * PIECE:
            raise Damaged(f"{where}: segment size is {segment}, expected a multiple of 4096")
        if length > 64:
            raise Damaged(f"{where}: the boot id has {length} bytes, expected at most 64")
        boot_id = bytes(data[96:96 + length]).decode("utf-8")
        paths = []
        for at in (176, 1200):
            size = struct.unpack_from("<H", data, at)[0]
            if size > 1022:
                raise Damaged(f"{where}: a path of the segments has {size} bytes, expected at most 1022")
            paths.append(bytes(data[at + 2:at + 2 + size]).decode("utf-8"))
        return Superblock(store, generation, chunk, segment, durable, flags, boot_id, segments, checkpoint, *paths)


def check_segment_header(data: bytes, where: str, store: UUID, number: int, size: int) -> None:
    """Check the first 4,096 bytes of a segment against what its name and the superblock say."""
    check_prologue(data, "GNOMONSG", where, store)
    found_number, found_size = struct.unpack_from("<QQ", data, 56)
    if (found_number, found_size) != (number, size):
        raise Damaged(f"{where}: segment {found_number} of {found_size} bytes, expected {number} of {size}")


@dataclass(frozen=True)
class StagingFile:
    number: int
    ordinal: int
    first: int
    end: int
    hash_before: bytes


@dataclass(frozen=True)
class StagingTable:
    generation: int
    durable_through: int
    file_size: int
    files: list[StagingFile]
    marks: dict[int, int]

    @staticmethod
    def decode(data: bytes, where: str, store: UUID) -> "StagingTable":
        check_prologue(data, "GNOMONST", where, store)
        generation, durable, file_size, files, marks = struct.unpack_from("<QQQII", data, 56)
        if files > 32 or 88 + 40 * files + 12 * marks > len(data):
            raise Damaged(f"{where}: {files} files and {marks} marks do not fit")
        rows = [StagingFile(i, *struct.unpack_from("<QQQ16s", data, 88 + 40 * i)) for i in range(files)]
        at = 88 + 40 * files
        return StagingTable(generation, durable, file_size, rows,
                            dict(struct.unpack_from("<IQ", data, at + 12 * i) for i in range(marks)))


# Batches and their entries -------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Entry:
    """One entry; body is what follows its header of 16 bytes."""
    type: int
    codec: int
    volume: int
    body: bytes
    where: str


def decode_entries(data: bytes, at: int, count: int, where: str) -> list[Entry]:
    """Take entries one behind the other from offset at."""
    entries = []
    for i in range(count):
        place = f"{where}, entry {i}"
        if at + 16 > len(data):
            raise Damaged(f"{place}: begins at {at}, behind the end at {len(data)}")
        kind, codec, _, length, key, volume = struct.unpack_from("<HBBIII", data, at)
        if length < 16 or length % 8 or at + length > len(data):
            raise Damaged(f"{place}: has {length} bytes at {at} of {len(data)}")
        if codec not in (0, 1) or key:
            raise Refused(f"{place}: too new: payload codec {codec}, key {key}")
        entries.append(Entry(kind, codec, volume, data[at + 16:at + length], place))
        at += length
    return entries


@dataclass(frozen=True)
class Pieces:
    """The pieces that an entry of type 1, 8 or 16 holds: their numbers, and where they lie in the payload."""
    volume: int
    epoch: int
    pieces: list[int]
    place: int
    checksums: list[int] | None


def decode_preserve(entry: Entry, chunk_size: int) -> Pieces:
    """Type 1, preserve, and type 8, moved."""
    chunk, epoch, place, count = struct.unpack_from("<QQII", need(entry, 24))
    per_chunk = chunk_size // PIECE
    words = max(1, per_chunk // 64)
    mask = int.from_bytes(need(entry, 24 + 8 * words)[24:24 + 8 * words], "little")
    pieces = [chunk * per_chunk + i for i in range(words * 64) if mask >> i & 1]
    if len(pieces) != count or mask >> per_chunk:
        raise Damaged(f"{entry.where}: count is {count}, its mask of {per_chunk} pieces is {mask:#x}")
    return Pieces(entry.volume, epoch, pieces, place, decode_checksums(entry, 24 + 8 * words, count))


def decode_new_data(entry: Entry) -> Pieces:
    """Type 16, new data."""
    first, epoch, place, count, _ = struct.unpack_from("<QQIII", need(entry, 32))
    if not 1 <= count <= 256:
        raise Damaged(f"{entry.where}: count is {count}, expected 1 to 256")
    return Pieces(entry.volume, epoch, list(range(first, first + count)), place, decode_checksums(entry, 32, count))


def decode_checksums(entry: Entry, at: int, count: int) -> list[int] | None:
    if entry.codec == 1:
        return None
    return list(struct.unpack_from(f"<{count}I", need(entry, at + 4 * count), at))


def need(entry: Entry, size: int) -> bytes:
    if len(entry.body) < size:
        raise Damaged(f"{entry.where}: type {entry.type} has {len(entry.body)} bytes of fields, expected {size}")
    return entry.body


@dataclass(frozen=True)
class Batch:
    file: str
    offset: int
    sequence: int
    durable_through: int
    hash_before: bytes
    hash: bytes
    head_bytes: int
    payload_bytes: int
    staging_through: int
    head: bytes
    count: int

    @property
    def where(self) -> str:
        return f"{self.file} at {self.offset}: batch {self.sequence}"

    @property
    def end(self) -> int:
        return self.offset + self.head_bytes + self.payload_bytes

    def entries(self) -> list[Entry]:
        return decode_entries(self.head, 128, self.count, self.where)

    def pieces(self, chunk_size: int) -> list[Pieces]:
        """What the entries with a payload hold."""
        return [decode_new_data(entry) if entry.type == 16 else decode_preserve(entry, chunk_size)
                for entry in self.entries() if entry.type in (1, 8, 16)]

    def check_version(self) -> None:
        check_version(self.head, f"{self.file} at {self.offset}")

    def offset_of(self, held: Pieces, index: int) -> int:
        """The offset in the file of the piece with this index in an entry."""
        if (held.place + len(held.pieces)) * PIECE > self.payload_bytes:
            raise Damaged(f"{self.where}: pieces {held.place} and {len(held.pieces) - 1} more"
                          f" of a payload of {self.payload_bytes} bytes")
        return self.offset + self.head_bytes + (held.place + index) * PIECE

    @staticmethod
    def decode(read, file: str, offset: int, limit: int, store: UUID) -> "Batch":
        """Decode the head at offset, if it is intact and the batch ends before limit; read(offset, size) reads file."""
        where = f"{file} at {offset}"
        first = read(offset, PIECE)
        if first[:8] != b"GNOMONBT":
            raise Damaged(f"{where}: magic is {bytes(first[:8])!r}, expected GNOMONBT")
        sequence, durable, before, head_bytes, count, payload, _, staging = struct.unpack_from("<QQ16sIIQQQ", first, 56)
        if not PIECE <= head_bytes <= 1 << 20 or head_bytes % PIECE:
            raise Damaged(f"{where}: the head has {head_bytes} bytes, expected a multiple of 4096, at most 1048576")
        if payload % PIECE or offset + head_bytes + payload > limit:
            raise Damaged(f"{where}: {head_bytes} + {payload} bytes do not fit before {limit}")
        head = read(offset, head_bytes)
        check_intact(head, "GNOMONBT", where)
        if bytes(head[16:32]) != store.bytes:
            raise Damaged(f"{where}: belongs to store {UUID(bytes=bytes(head[16:32]))}, expected {store}")
        return Batch(file, offset, sequence, durable, before, short_hash(head), head_bytes, payload, staging, head,
                     count)


# Checkpoints and runs ------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Checkpoint:
    start: int
    segment: int
    offset: int
    hash_before: bytes
    highest_volume: int
    runs: list[tuple[int, int]]
    staging_through: int
    catalog: list[Entry]

    @staticmethod
    def decode(data: bytes, where: str, store: UUID, number: int) -> "Checkpoint":
        check_prologue(data, "GNOMONCP", where, store)
        found, _, start, segment, offset, before = struct.unpack_from("<QQQQQ16s", data, 56)
        volume, runs, epochs, entries, staging = struct.unpack_from("<IIIIQ", data, 112)
        if found != number:
            raise Damaged(f"{where}: is checkpoint {found}, expected {number}")
        at = 160 + 16 * runs + 24 * epochs
        if at > len(data):
            raise Damaged(f"{where}: {runs} runs and {epochs} epochs do not fit into {len(data)} bytes")
        rows = [struct.unpack_from("<QI", data, 160 + 16 * i) for i in range(runs)]
        catalog = decode_entries(data, at, entries, where)
        return Checkpoint(start, segment, offset, before, volume, rows, staging, catalog)


NO_PAYLOAD = (1 << 47) - 1
NOT_KEPT = NO_PAYLOAD - 0x3FFFF
MOVED = 1 << 47


@dataclass(frozen=True)
class RunEntry:
    volume: int
    piece: int
    epoch: int
    place: int
    checksum: int


@dataclass(frozen=True)
class Run:
    entries: list[RunEntry]
    segments: dict[int, int]

    @staticmethod
    def decode(data: bytes, name: str, store: UUID, number: int, header_crc: int) -> "Run":
        check_prologue(data[:PIECE], "GNOMONRN", f"{name} at 0", store)
        found, count, blocks, volumes, segments, contents_crc = struct.unpack_from("<QQIIII", data, 56)
        if found != number:
            raise Damaged(f"{name} at 0: is run {found}, expected {number}")
        if struct.unpack_from("<I", data, 12)[0] != header_crc:
            raise Damaged(f"{name} at 0: its checksum is not {header_crc:08x}, which the checkpoint names")
        at = PIECE * (1 + blocks)
        size = -(-(40 * volumes + 8 * segments + 16 * blocks) // PIECE) * PIECE
        if len(data) < at + size:
            raise Damaged(f"{name}: has {len(data)} bytes, expected {at + size}")
        if crc32c(data[at:at + size]) != contents_crc:
            raise Damaged(f"{name} at {at}: the table of contents does not match its checksum {contents_crc:08x}")
        entries = []
        for block in range(blocks):
            entries += _block(data, name, number, block)
        rows = [struct.unpack_from("<II", data, at + 40 * volumes + 8 * i) for i in range(segments)]
        if len(entries) != count:
            raise Damaged(f"{name}: {len(entries)} entries, expected {count}")
        return Run(entries, dict(rows))


def _block(data: bytes, name: str, run: int, block: int) -> list[RunEntry]:
    at = PIECE * (1 + block)
    where = f"{name} at {at}"
    check_crc(data[at:at + PIECE], 0, where)
    _, volume, found_run, found_block, count = struct.unpack_from("<IIQIH", data, at)
    if (found_run, found_block) != (run, block) or not 1 <= count <= 169:
        raise Damaged(f"{where}: block {found_block} of run {found_run} with {count} entries,"
                      f" expected {block} of {run}")
    entries = []
    for i in range(count):
        piece, epoch, place, checksum = struct.unpack_from("<Q6s6sI", data, at + 32 + 24 * i)
        entries.append(RunEntry(volume, piece, int.from_bytes(epoch, "little"), int.from_bytes(place, "little"),
                                checksum))
    if any((a.piece, a.epoch) >= (b.piece, b.epoch) for a, b in zip(entries, entries[1:])):
        raise Damaged(f"{where}: entries are not in order of piece and epoch")
    return entries
