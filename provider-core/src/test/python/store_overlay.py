# Copyright 2026 The Gnomon Authors
# SPDX-License-Identifier: Apache-2.0
"""Reads the overlay of a shadow copy, docs/format.md, "Overlays". Written from that page alone."""

from __future__ import annotations

import struct
from uuid import UUID

from store_catalog import Copy
from store_files import Files, Place, payload_matches, places
from store_format import PIECE, Batch, Damaged, check_prologue, decode_new_data, short_hash


def read_overlay(files: Files, store: UUID, copy: Copy) -> dict[int, Place]:
    """The pieces that a sealed overlay holds; damage is raised."""
    name = f"overlay-{copy.overlay.number:08d}"
    header = files.read(name, 0, PIECE)
    check_prologue(header, "GNOMONOV", f"{name} at 0", store)
    number, uuid, chain, size = struct.unpack_from("<Q16sQQ", header, 56)
    if (number, UUID(bytes=uuid), size) != (copy.overlay.number, copy.uuid, copy.size):
        raise Damaged(f"{name} at 0: overlay {number} of {UUID(bytes=uuid)}, {size} bytes; expected"
                      f" {copy.overlay.number} of {copy.uuid}, {copy.size} bytes")
    end = files.size(name)
    # At 112, where a batch of the log names the staging chain, a batch of an overlay names its own.
    heads = [head for head in files.heads(name, PIECE, end, store) if head.staging_through == chain]
    claim = max([copy.overlay.sealed_through] + [head.durable_through for head in heads])
    held: dict[int, Place] = {}
    offset, sequence, before = PIECE, 1, short_hash(header)
    while True:
        batch = files.batch(name, offset, end, store)
        if batch is None or (batch.sequence, batch.hash_before, batch.staging_through) != (sequence, before, chain):
            break
        batch.check_version()
        if sequence > claim and not payload_matches(files, batch, PIECE):
            break
        _take(batch, held)
        offset, sequence, before = batch.end, sequence + 1, batch.hash
    if claim >= sequence:
        raise Damaged(f"{name} at {offset}: batch {sequence} is missing or damaged,"
                      f" but batches through {claim} were durable")
    return held


def _take(batch: Batch, held: dict[int, Place]) -> None:
    for entry in batch.entries():
        if entry.type != 16:
            raise Damaged(f"{entry.where}: type {entry.type} in an overlay, expected 16")
        new = decode_new_data(entry)
        held.update(zip(new.pieces, places(batch, new)))
