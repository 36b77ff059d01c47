# Copyright 2026 The Gnomon Authors
# SPDX-License-Identifier: Apache-2.0
"""Reads the log of docs/format.md, "How a store is read", steps 2 to 4. Written from that page alone."""

from __future__ import annotations

from uuid import UUID

from store_files import Files, payload_matches
from store_format import PIECE, Batch


def segment_name(number: int) -> str:
    return f"segment-{number:08d}"


class LogReader:
    """
    Finds the batches that count, in order.

    take(batch) gets each; gap(message) is told where durable batches are missing, before those behind it are taken.
    """

    def __init__(self, files: Files, store: UUID, segment_size: int, chunk_size: int, segments: int, claim: int,
                 take, gap):
        self._files = files
        self._store = store
        self._size = segment_size
        self._chunk = chunk_size
        self._segments = segments
        self._take = take
        self._gap = gap
        self.claim = claim
        self.batches = 0
        self.staging_claim = 0

    def run(self, segment: int, offset: int, sequence: int, hash_before: bytes) -> None:
        while True:
            found = self._next(segment, offset, sequence, hash_before) or self._behind_gap(segment, offset, sequence)
            if found is None:
                return
            segment, batch = found
            batch.check_version()
            self.claim = max(self.claim, batch.durable_through)
            if batch.sequence > self.claim and not payload_matches(self._files, batch, self._chunk):
                self._claims(self._heads(segment, batch.offset + batch.head_bytes, self._segments))
                if batch.sequence > self.claim:
                    return
            self._take(batch)
            self.batches += 1
            self.staging_claim = max(self.staging_claim, batch.staging_through)
            offset, sequence, hash_before = batch.end, batch.sequence + 1, batch.hash

    def _next(self, segment: int, offset: int, sequence: int, hash_before: bytes) -> tuple[int, Batch] | None:
        here = self._batch(segment, offset)
        if here and (here.sequence, here.hash_before) == (sequence, hash_before):
            return segment, here
        if segment + 1 >= self._segments or offset == PIECE:
            return None
        there = self._batch(segment + 1, PIECE)
        if there and (there.sequence, there.hash_before) == (sequence, hash_before):
            if there.end - there.offset <= self._size - offset:
                self._claims(self._heads(segment, offset, segment + 1))
            return segment + 1, there
        return None

    def _batch(self, segment: int, offset: int) -> Batch | None:
        return self._files.batch(segment_name(segment), offset, self._size, self._store)

    def _heads(self, segment: int, offset: int, end: int) -> list[tuple[int, Batch]]:
        """All intact heads from a place on, in the segments below end."""
        return [(number, head) for number in range(segment, end)
                for head in self._files.heads(segment_name(number), offset if number == segment else PIECE, self._size,
                                              self._store)]

    def _claims(self, heads: list[tuple[int, Batch]]) -> None:
        self.claim = max([self.claim] + [head.durable_through for _, head in heads])

    def _behind_gap(self, segment: int, offset: int, sequence: int) -> tuple[int, Batch] | None:
        """None at the torn tail; behind damage, where reading goes on."""
        heads = self._heads(segment, offset, self._segments)
        self._claims(heads)
        if self.claim < sequence:
            return None
        self._gap(f"{segment_name(segment)} at {offset}: batch {sequence} is missing or damaged,"
                  f" but batches through {self.claim} were durable")
        return next((one for one in heads if one[1].sequence > sequence and one[1].durable_through >= sequence), None)
