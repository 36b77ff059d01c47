# Copyright 2026 The Gnomon Authors
# SPDX-License-Identifier: Apache-2.0
"""Reads the files of a store that nobody has open."""

from __future__ import annotations

import os
import re
from uuid import UUID

from store_format import PIECE, Batch, Damaged, Pieces, piece_crc

# Where the content of a piece lies: file, offset, checksum; None is zeros.
Place = tuple[str, int, int] | None


class Files:
    """The files of one store, read-only."""

    def __init__(self, directory: str, prefix: str = ""):
        self._directory = directory
        self._prefix = prefix
        self._elsewhere: dict[str, str] = {}
        self._open: dict[str, int] = {}
        self._checked: set[Place] = set()
        self.names = sorted(os.listdir(directory))

    def segments_in(self, paths: list[str]) -> None:
        """Take segments from these directories alone, "" being the store's own; one in a later counts before others."""
        names = {name for name in self.names if not name.startswith("segment-")}
        for path in paths:
            directory = self._prefix + path if path else self._directory
            try:
                found = os.listdir(directory)
            except FileNotFoundError:
                raise Damaged(f"{path}: the directory of the segments is missing") from None
            for name in found:
                if re.fullmatch(r"segment-[0-9]{8}", name):
                    self._elsewhere[name] = os.path.join(directory, name)
                    names.add(name)
        self.names = sorted(names)

    def read(self, name: str, offset: int, size: int) -> bytes:
        """Read up to size bytes; fewer at the end of the file."""
        return os.pread(self._handle(name), size, offset)

    def all(self, name: str) -> bytes:
        return self.read(name, 0, self.size(name))

    def size(self, name: str) -> int:
        return os.fstat(self._handle(name)).st_size

    def piece(self, place: Place, what: str) -> bytes:
        """Read a piece and check it; what says which for messages."""
        if place is None:
            return bytes(PIECE)
        name, offset, checksum = place
        data = self.read(name, offset, PIECE)
        if place not in self._checked:
            if len(data) < PIECE or piece_crc(data) != checksum:
                raise Damaged(f"{name} at {offset}: {what} does not match its checksum {checksum:08x}")
            self._checked.add(place)
        return data

    def batch(self, name: str, offset: int, limit: int, store: UUID) -> Batch | None:
        """Decode the batch whose head is at offset; None if there is no intact head."""
        try:
            return Batch.decode(lambda at, size: self.read(name, at, size), name, offset, limit, store)
        except Damaged:
            return None

    def heads(self, name: str, offset: int, limit: int, store: UUID) -> list[Batch]:
        """All intact heads at multiples of 4,096, from offset on."""
        found = (self.batch(name, at, limit, store) for at in range(offset, limit, PIECE)
                 if self.read(name, at, 8) == b"GNOMONBT")
        return [batch for batch in found if batch]

    def _handle(self, name: str) -> int:
        if name not in self._open:
            try:
                path = self._elsewhere.get(name, os.path.join(self._directory, name))
                self._open[name] = os.open(path, os.O_RDONLY)
            except FileNotFoundError:
                raise Damaged(f"{name} at 0: the file is missing") from None
        return self._open[name]


def places(batch: Batch, held: Pieces) -> list[Place]:
    """Where the pieces of an entry lie."""
    if held.checksums is None:
        return [None] * len(held.pieces)
    return [(batch.file, batch.offset_of(held, i), checksum) for i, checksum in enumerate(held.checksums)]


def payload_matches(files: Files, batch: Batch, chunk_size: int) -> bool:
    """Whether every piece in the payload matches its checksum."""
    for held in batch.pieces(chunk_size):
        for place in places(batch, held):
            try:
                files.piece(place, "payload")
            except Damaged:
                return False
    return True
