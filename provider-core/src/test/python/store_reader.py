# Copyright 2026 The Gnomon Authors
# SPDX-License-Identifier: Apache-2.0
"""Opens a store as docs/format.md says, "How a store is read". Written from that page alone."""

from __future__ import annotations

import hashlib
import os
import sys
from collections import Counter

from store_catalog import Catalog, Contradiction, Copy, Volume, refuse_unknown
from store_files import Files, Place, places
from store_format import (MOVED, NO_PAYLOAD, NOT_KEPT, PIECE, Batch, Checkpoint, Damaged, Entry, Refused, Run,
                          Superblock, check_segment_header, decode_preserve)
from store_log import LogReader, segment_name
from store_overlay import read_overlay
from store_staging import StagingReader

# The place of bytes that only bookmarks ask about, and these have no content.
NOWHERE: Place = ("", 0, 0)


class Exceptions:
    """The index: of each piece of each volume, by epoch, where its preserved content lies."""

    def __init__(self):
        self._index: dict[tuple[int, int], dict[int, Place]] = {}

    def preserve(self, volume: int, piece: int, epoch: int, place: Place) -> None:
        """Of two preserves of one piece and epoch the first counts."""
        self._index.setdefault((volume, piece), {}).setdefault(epoch, place)

    def moved(self, volume: int, piece: int, epoch: int, place: Place) -> None:
        """Of places the newest that is marked as moved counts."""
        self._index.setdefault((volume, piece), {})[epoch] = place

    def place(self, volume: int, piece: int, epoch: int) -> tuple[bool, Place]:
        """Whether there is a preserve with an epoch greater than this one, and the place of that with the smallest."""
        epochs = self._index.get((volume, piece), {})
        smallest = min((e for e in epochs if e > epoch), default=None)
        return smallest is not None, epochs.get(smallest)


class Store:
    """
    What the files of a store say. Damage that leaves something to read is collected in problems, other is raised.

    counts says how much of what was met, for those who want to know what a store exercises.
    """

    def __init__(self, files: Files):
        self.files = files
        self.problems: list[str] = []
        self.counts: Counter = Counter()
        self.catalog = Catalog()
        self.suspect: set = set()
        self._gap_seen = self._cut_may_precede_gap = False
        self._exceptions = Exceptions()
        self._runs: dict[int, Run] = {}
        self.superblock = self._newest_superblock()
        to = self.superblock.segments_to
        files.segments_in([self.superblock.segments_in] + (["" if to == "." else to] if to else []))
        checkpoint = self._checkpoint()
        segments = self._check_segments(checkpoint)
        for run in self._runs.values():
            self._fold_run(run)
        log_claim = self._read_log(checkpoint, segments)
        self.staging = StagingReader(files, self.superblock.store, log_claim)
        if self.staging.lost:
            self.problems.append(self.staging.lost)
        self.counts["staging batches"] = self.staging.batches
        # By volume and piece, in order of sequence: epoch and place.
        self._new_data: dict[tuple[int, int], list[tuple[int, Place]]] = {}
        for volume in self.catalog.volumes:
            for one in self.staging.unsettled(volume):
                for piece, place in zip(one.held.pieces, one.places):
                    if piece * PIECE >= self.catalog.volumes[volume].size:
                        continue  # It was settled before the volume shrank.
                    self._new_data.setdefault((volume, piece), []).append((one.held.epoch, place))
                    self.counts["unsettled pieces"] += 1

    # Superblock, checkpoint, segments

    def _newest_superblock(self) -> Superblock:
        if "superblock" not in self.files.names:
            raise Refused("superblock at 0: the file is missing; is this the directory of a store?")
        found, damage = [], []
        for slot, offset in enumerate((0, 65536)):
            where = f"superblock at {offset}"
            try:
                block = Superblock.decode(self.files.read("superblock", offset, PIECE), where)
                if block.generation % 2 != slot:
                    raise Damaged(f"{where}: generation {block.generation} does not belong here")
                found.append(block)
            except Damaged as one:
                damage.append(str(one))
        if found:
            for one in damage:
                # A power cut leaves the same, and the other slot stands in.
                print(f"note: {one}; the other slot counts", file=sys.stderr)
            return max(found, key=lambda block: block.generation)
        if any(name.startswith("segment-") or name == "segments-elsewhere" for name in self.files.names):
            raise Damaged("; ".join(damage))
        raise Refused("superblock at 0: no slot is intact and there is no segment: the creation was cut off")

    def _checkpoint(self) -> Checkpoint:
        number, store = self.superblock.checkpoint, self.superblock.store
        if number == 0:
            return Checkpoint(1, 0, PIECE, bytes(16), 0, [], 0, [])
        name = f"checkpoint-{number:08d}"
        data = self.files.all(name)
        length = int.from_bytes(data[64:72], "little")
        if length > len(data) or length < PIECE or length % PIECE:
            raise Damaged(f"{name} at 0: the structure has {length} bytes, the file {len(data)}")
        checkpoint = Checkpoint.decode(data[:length], f"{name} at 0", store, number)
        for entry in checkpoint.catalog:
            self._fold_catalog(entry)
        self.catalog.highest_volume = max(self.catalog.highest_volume, checkpoint.highest_volume)
        for run, checksum in checkpoint.runs:
            name = f"run-{run:08d}"
            self._runs[run] = Run.decode(self.files.all(name), name, store, run, checksum)
        self.counts["runs"] = len(self._runs)
        return checkpoint

    def _check_segments(self, checkpoint: Checkpoint) -> int:
        """Check that all segments that count are there, with header and size; return one more than the last number."""
        end = self.superblock.segments
        wanted = set(range(checkpoint.segment, end))
        for run in self._runs.values():
            wanted.update(run.segments)
        numbers = [int(name[8:]) for name in self.files.names if name.startswith("segment-")]
        if any(number > end for number in numbers):
            raise Damaged(f"{segment_name(max(numbers))} at 0: of {end} segments, one more at most may be there")
        if end in numbers and not self._is_half_made(end, checkpoint.start):
            wanted.add(end)
            end += 1
        for number in sorted(wanted):
            self._check_segment(number)
        self.counts["dead segments"] = len([number for number in numbers if number < end and number not in wanted])
        self.counts["highest segment"] = end - 1
        return end

    def _check_segment(self, number: int) -> None:
        name, size = segment_name(number), self.superblock.segment
        if self.files.size(name) != size:
            raise Damaged(f"{name} at 0: has {self.files.size(name)} bytes, expected {size}")
        check_segment_header(self.files.read(name, 0, PIECE), f"{name} at 0", self.superblock.store, number, size)

    def _is_half_made(self, number: int, start: int) -> bool:
        """Whether a last file that the superblock does not count is to be ignored."""
        name, size = segment_name(number), self.superblock.segment
        try:
            check_segment_header(self.files.read(name, 0, PIECE), f"{name} at 0", self.superblock.store, number, size)
            return False
        except Damaged:
            heads = self.files.heads(name, PIECE, size, self.superblock.store)
            return all(head.sequence < start for head in heads)

    def _fold_run(self, run: Run) -> None:
        for entry in run.entries:
            where = entry.place & NO_PAYLOAD
            place = None
            if where == NOT_KEPT:
                place = NOWHERE
                self.counts["pieces not kept"] += 1
            elif where != NO_PAYLOAD:
                place = (segment_name(where >> 18), (where & 0x3FFFF) * PIECE, entry.checksum)
            fold = self._exceptions.moved if entry.place & MOVED else self._exceptions.preserve
            fold(entry.volume, entry.piece, entry.epoch, place)
            self.counts["moved pieces"] += entry.place & MOVED != 0
            self.counts["zero pieces"] += place is None

    # The log

    def _read_log(self, checkpoint: Checkpoint, segments: int) -> int:
        """Fold the log; return the highest sequence of the staging chain that it knows durable."""
        block = self.superblock
        if segments <= checkpoint.segment:
            if block.durable_through:
                raise Damaged(f"{segment_name(checkpoint.segment)} at 0: the file is missing,"
                              f" but batches through {block.durable_through} were durable")
            return checkpoint.staging_through
        log = LogReader(self.files, block.store, block.segment, block.chunk, segments, block.durable_through,
                        self._fold_batch, self._fold_gap)
        log.run(checkpoint.segment, checkpoint.offset, checkpoint.start, checkpoint.hash_before)
        self.counts["log batches"] = log.batches
        return max(checkpoint.staging_through, log.staging_claim)

    def _fold_gap(self, problem: str) -> None:
        self.problems.append(problem)
        self._gap_seen = self._cut_may_precede_gap = True
        self.suspect.update(copy.uuid for copy in self.catalog.copies())

    def _fold_batch(self, batch: Batch) -> None:
        for entry in batch.entries():
            if entry.type in (1, 8):
                held = decode_preserve(entry, self.superblock.chunk)
                fold = self._exceptions.moved if entry.type == 8 else self._exceptions.preserve
                for piece, place in zip(held.pieces, places(batch, held)):
                    fold(held.volume, piece, held.epoch, place)
                    self.counts["moved pieces"] += entry.type == 8
                    self.counts["zero pieces"] += place is None
            else:
                self._fold_catalog(entry)

    def _fold_catalog(self, entry: Entry) -> None:
        try:
            if not self.catalog.apply(entry):
                refuse_unknown(entry)
        except Contradiction as contradiction:
            if not self._gap_seen:
                raise Damaged(str(contradiction)) from None
            return  # What it refers to is lost, and that is told already.
        if entry.type == 4 and self._cut_may_precede_gap:
            self._cut_may_precede_gap = False
            self.suspect.update(copy.uuid for copy in list(self.catalog.sets.values())[-1].copies)

    # Contents

    def live_sha256(self, volume: Volume, origin: int) -> str:
        """Hash the live content."""
        if volume.revert is None:
            return self._sha256(volume.size, lambda piece: self._piece(volume, piece, None, origin))
        uuid, since = volume.revert
        copy = next(copy for copy in self.catalog.copies() if copy.uuid == uuid)
        self.counts["reverts"] += 1
        return self._sha256(volume.size, lambda piece: self._piece(volume, piece, None, origin)
                            if self._is_done(volume, piece, since) else self._reverted(volume, piece, copy, origin))

    def _reverted(self, volume: Volume, piece: int, copy: Copy, origin: int) -> bytes:
        """A piece of a volume that reads as the copy: zeros behind the end of that, if the volume grew since."""
        inside = min(PIECE, max(0, copy.size - piece * PIECE))
        return (self._piece(volume, piece, copy.epoch, origin)[:inside] if inside else b"").ljust(PIECE, b"\0")

    def _is_done(self, volume: Volume, piece: int, since: int) -> bool:
        """Whether a piece is what a revert, or a write since it began, made of it."""
        written = any(epoch >= since for epoch, _ in self._new_data.get((volume.number, piece), []))
        return written or self._exceptions.place(volume.number, piece, since - 1)[0]

    def copy_sha256(self, copy: Copy, origin: int) -> str:
        """Hash what a shadow copy shows: with a sealed overlay, that over its own content."""
        volume = self.catalog.volumes[copy.volume]
        over = {}
        if copy.overlay and copy.overlay.sealed_through is not None:
            over = read_overlay(self.files, self.superblock.store, copy)
            self.counts["sealed overlays"] += 1
        return self._sha256(copy.size, lambda piece: self.files.piece(over[piece], f"piece {piece} of an overlay")
                            if piece in over else self._piece(volume, piece, copy.epoch, origin))

    @staticmethod
    def _sha256(size: int, read) -> str:
        digest = hashlib.sha256()
        for piece in range(-(-size // PIECE)):
            digest.update(read(piece)[:size - piece * PIECE])
        return digest.hexdigest()

    def _piece(self, volume: Volume, piece: int, epoch: int | None, origin: int) -> bytes:
        found, place = (False, None) if epoch is None else self._exceptions.place(volume.number, piece, epoch)
        if not found:
            for written, new in self._new_data.get((volume.number, piece), []):
                if epoch is None or written <= epoch:
                    found, place = True, new
        if found and place == NOWHERE:
            raise Damaged(f"the runs at epoch {epoch} or above: the bytes of piece {piece} of volume {volume.name}"
                          " are not kept, but a copy reads them")
        if found:
            return self.files.piece(place, f"piece {piece} of volume {volume.name}")
        wanted = min(PIECE, volume.size - piece * PIECE)
        data = os.pread(origin, wanted, piece * PIECE)
        if len(data) < wanted:
            raise Damaged(f"{volume.origin} at {piece * PIECE}: ends here, volume {volume.name} is {volume.size} bytes")
        return data
