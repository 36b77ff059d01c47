# Copyright 2026 The Gnomon Authors
# SPDX-License-Identifier: Apache-2.0
"""Reads the staging chain of docs/format.md. Written from that page alone."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from store_catalog import refuse_unknown
from store_files import Files, Place, payload_matches, places
from store_format import Batch, Damaged, Pieces, StagingFile, StagingTable, decode_new_data, need


@dataclass(frozen=True)
class NewData:
    """New data of one batch, and where its pieces lie."""
    sequence: int
    held: Pieces
    places: list[Place]


def staging_name(number: int) -> str:
    return f"staging-{number:02d}"


class StagingReader:
    """What the chain holds that counts: unsettled() lists it; lost says so if acknowledged new data is missing."""

    def __init__(self, files: Files, store: UUID, log_claim: int):
        self._files = files
        self._store = store
        self._found: list[NewData] = []
        self._marks: dict[int, int] = {}
        self.lost: str | None = None
        self.batches = 0
        self._read(log_claim)

    def unsettled(self, volume: int) -> list[NewData]:
        """New data of a volume that may not be in its origin yet, in order of sequence."""
        mark = self._marks.get(volume, 0)
        return [one for one in self._found if one.held.volume == volume and one.sequence > mark]

    def _read(self, claim: int) -> None:
        table = self._table()
        if table is None:
            if claim or any(name.startswith("staging-") and name != "staging-table" for name in self._files.names):
                self.lost = "staging-table at 0: no slot is intact, but there are staging files, or batches through" \
                            f" {claim} were durable"
            return
        self._marks = dict(table.marks)
        chain = sorted((one for one in table.files if one.ordinal), key=lambda one: one.ordinal)
        claim = max(claim, table.durable_through if chain else 0)
        missing, name, offset, rest = self._walk(table, chain)
        for file in rest:
            begin = offset if staging_name(file.number) == name else 0
            for head in self._files.heads(staging_name(file.number), begin, table.file_size, self._store):
                claim = max(claim, head.durable_through)
        claim = max(claim, self._claim)
        if claim >= missing:
            self.lost = f"{name} at {offset}: batch {missing} of the staging chain is missing or damaged," \
                        f" but batches through {claim} were durable"

    def _table(self) -> StagingTable | None:
        newest = None
        for offset in (0, 65536) if "staging-table" in self._files.names else ():
            data = self._files.read("staging-table", offset, 8192)
            try:
                table = StagingTable.decode(data, f"staging-table at {offset}", self._store)
                newest = table if newest is None or table.generation > newest.generation else newest
            except Damaged:
                continue  # A power cut leaves the same; the other slot counts.
        return newest

    def _walk(self, table: StagingTable, chain: list[StagingFile]) -> tuple[int, str, int, list[StagingFile]]:
        """Read the files in order; return the sequence that is missing at the end, where, and the files from there."""
        self._claim = 0
        sequence, before, offset, ordinal = 1, bytes(16), 0, None
        name = "staging-table"
        for i, file in enumerate(chain):
            if ordinal is not None and file.ordinal == ordinal + 1:
                if (sequence, before) != (file.first, file.hash_before):
                    return sequence, name, offset, chain[i - 1:]
            sequence, before, ordinal, offset = file.first, file.hash_before, file.ordinal, 0
            name = staging_name(file.number)
            if self._files.size(name) != table.file_size:
                raise Damaged(f"{name} at 0: has {self._files.size(name)} bytes, expected {table.file_size}")
            while file.end == 0 or sequence < file.end:
                batch = self._next(name, offset, table.file_size, sequence, before)
                if batch is None:
                    return sequence, name, offset, chain[i:]
                self._take(batch)
                offset, sequence, before = batch.end, sequence + 1, batch.hash
        return sequence, name, offset, chain[-1:]

    def _next(self, name: str, offset: int, limit: int, sequence: int, before: bytes) -> Batch | None:
        batch = self._files.batch(name, offset, limit, self._store)
        if batch is None or (batch.sequence, batch.hash_before) != (sequence, before):
            return None
        batch.check_version()
        # There are no chunks in the chain: any size will do.
        return batch if payload_matches(self._files, batch, 4096) else None

    def _take(self, batch: Batch) -> None:
        self.batches += 1
        self._claim = max(self._claim, batch.durable_through)
        for entry in batch.entries():
            if entry.type == 16:
                held = decode_new_data(entry)
                self._found.append(NewData(batch.sequence, held, places(batch, held)))
            elif entry.type == 17:
                through = int.from_bytes(need(entry, 8)[:8], "little")
                self._marks[entry.volume] = max(self._marks.get(entry.volume, 0), through)
            else:
                refuse_unknown(entry)
