# Copyright 2026 The Gnomon Authors
# SPDX-License-Identifier: Apache-2.0
"""The catalog of docs/format.md: volumes, snapshot sets, shadow copies. Written from that page alone."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from uuid import UUID

from store_format import Damaged, Entry, Refused


@dataclass
class Volume:
    number: int
    uuid: UUID
    size: int
    name: str
    origin: str
    failure: str = ""
    properties: dict[str, str] = field(default_factory=dict)
    # While it is being reverted: the copy, and the epoch from which on a piece is done.
    revert: tuple[UUID, int] | None = None
    # Copies up to this epoch are suspect, for the origin was changed behind their back.
    suspect_through: int = 0


@dataclass
class Overlay:
    number: int
    sealed_through: int | None = None
    failure: str = ""


@dataclass
class Copy:
    uuid: UUID
    volume: int
    epoch: int
    size: int
    held: bool = False
    overlay: Overlay | None = None
    bookmark: bool = False


@dataclass
class SnapshotSet:
    uuid: UUID
    created_ms: int
    name: str
    attributes: dict[str, str]
    copies: list[Copy]


class Contradiction(Exception):
    """An entry does not fit those before it."""


class Fields:
    """Takes the fields of one catalog entry in their order."""

    def __init__(self, entry: Entry):
        self._entry = entry
        self._at = 0

    def bytes(self, size: int) -> bytes:
        taken = self._entry.body[self._at:self._at + size]
        if len(taken) < size:
            raise Damaged(f"{self._entry.where}: type {self._entry.type} ends at {16 + self._at} with fields to come")
        self._at += size
        return taken

    def number(self, size: int) -> int:
        return int.from_bytes(self.bytes(size), "little")

    def uuid(self) -> UUID:
        return UUID(bytes=self.bytes(16))

    def string(self) -> str:
        return self.bytes(self.number(2)).decode("utf-8")

    def list(self, element) -> list:
        return [element() for _ in range(self.number(4))]


@dataclass
class Catalog:
    volumes: dict[int, Volume] = field(default_factory=dict)
    sets: dict[UUID, SnapshotSet] = field(default_factory=dict)
    highest_volume: int = 0

    def apply(self, entry: Entry) -> bool:
        """Fold one entry in; False if it is not one of the catalog."""
        fold = self._FOLDS.get(entry.type)
        if fold is None:
            return False
        fold(self, entry, Fields(entry))
        return True

    def copies(self) -> list[Copy]:
        return [copy for one in self.sets.values() for copy in one.copies]

    def _volume_added(self, entry: Entry, fields: Fields) -> None:
        self._require(entry, entry.volume > self.highest_volume, "its number was given before")
        uuid, size, _ = fields.uuid(), fields.number(8), fields.number(8)
        self.volumes[entry.volume] = Volume(entry.volume, uuid, size, fields.string(), fields.string())
        self.highest_volume = entry.volume

    def _volume_removed(self, entry: Entry, fields: Fields) -> None:
        self._volume(entry, entry.volume)
        own = [copy for copy in self.copies() if copy.volume == entry.volume]
        self._require(entry, all(copy.bookmark for copy in own), "the volume has shadow copies")
        self._delete({copy.uuid for copy in own})
        del self.volumes[entry.volume]

    def _set_created(self, entry: Entry, fields: Fields) -> None:
        uuid, created, name = fields.uuid(), fields.number(8), fields.string()
        attributes = dict(fields.list(lambda: (fields.string(), fields.string())))
        copies = fields.list(lambda: Copy(fields.uuid(), fields.number(4), fields.number(8), fields.number(8)))
        self._require(entry, uuid not in self.sets, f"set {uuid} was created before")
        for copy in copies:
            self._volume(entry, copy.volume)
        self.sets[uuid] = SnapshotSet(uuid, created, name, attributes, copies)

    def _set_attributes(self, entry: Entry, fields: Fields) -> None:
        uuid, changes = fields.uuid(), dict(fields.list(lambda: (fields.string(), fields.string())))
        if uuid in self.sets:
            attributes = self.sets[uuid].attributes
            attributes.update(changes)
            for key in [key for key, value in changes.items() if not value]:
                del attributes[key]

    def _copies_deleted(self, entry: Entry, fields: Fields) -> None:
        self._delete(set(fields.list(fields.uuid)))

    def _copies_become_bookmarks(self, entry: Entry, fields: Fields) -> None:
        bookmarks = set(fields.list(fields.uuid))
        for copy in self.copies():
            if copy.uuid in bookmarks:
                copy.bookmark, copy.overlay, copy.held = True, None, False

    def _delete(self, gone: set[UUID]) -> None:
        for one in list(self.sets.values()):
            one.copies = [copy for copy in one.copies if copy.uuid not in gone]
            if not one.copies:
                del self.sets[one.uuid]

    def _volume_failed(self, entry: Entry, fields: Fields) -> None:
        self._volume(entry, entry.volume).failure = fields.string()

    def _volume_cleared(self, entry: Entry, fields: Fields) -> None:
        self._volume(entry, entry.volume).failure = ""

    def _volume_resized(self, entry: Entry, fields: Fields) -> None:
        volume, size = self._volume(entry, entry.volume), fields.number(8)
        mine = [copy for copy in self.copies() if copy.volume == entry.volume]
        self._require(entry, size >= volume.size or not mine, "a volume with shadow copies or bookmarks shrinks")
        volume.size = size

    def _origin_noted(self, entry: Entry, fields: Fields) -> None:
        volume, state = self._volume(entry, entry.volume), fields.number(4)
        if state > 3:
            raise Damaged(f"{entry.where}: state {state} of an origin, expected 0 to 3")
        fields.bytes(20)  # Zero, size and time: nobody but the engine compares.
        suspect_through = fields.number(8)
        if state == 2:
            volume.suspect_through = suspect_through
        elif state == 3:
            volume.suspect_through = 0

    def is_suspect(self, copy: Copy) -> bool:
        """Whether the origin was changed behind a copy's back, so that it may show what was never there."""
        return copy.epoch <= self.volumes[copy.volume].suspect_through

    def _volume_property(self, entry: Entry, fields: Fields) -> None:
        properties, key, value = self._volume(entry, entry.volume).properties, fields.string(), fields.string()
        properties.pop(key, None)
        if value:
            properties[key] = value

    def _copy_held(self, entry: Entry, fields: Fields) -> None:
        uuid, held = fields.uuid(), fields.number(4)
        for copy in self.copies():
            if copy.uuid == uuid:
                copy.held = held == 1

    def _overlay_created(self, entry: Entry, fields: Fields) -> None:
        copy = self._copy(entry, fields.uuid())
        copy.overlay = Overlay(fields.number(8))

    def _overlay_changed(self, entry: Entry, fields: Fields) -> None:
        copy = self._copy(entry, fields.uuid())
        change, _, through = fields.number(4), fields.number(4), fields.number(8)
        self._require(entry, copy.overlay is not None, "the copy has no overlay")
        if change == 1:
            copy.overlay.sealed_through = through
        elif change == 2:
            copy.overlay = None
        elif change == 3:
            copy.overlay.failure = fields.string()
        else:
            raise Damaged(f"{entry.where}: change {change} of an overlay, expected 1 to 3")

    def _revert_started(self, entry: Entry, fields: Fields) -> None:
        volume, copy = self._volume(entry, entry.volume), self._copy(entry, fields.uuid())
        self._require(entry, copy.volume == entry.volume, "the copy is another volume's")
        self._require(entry, volume.revert is None, "a revert is under way")
        volume.revert = (copy.uuid, fields.number(8))

    def _revert_done(self, entry: Entry, fields: Fields) -> None:
        self._volume(entry, entry.volume).revert = None

    def _diff_area_set(self, entry: Entry, fields: Fields) -> None:
        fields.number(8)  # The limit means nothing to a reader.

    def _copy(self, entry: Entry, uuid: UUID) -> Copy:
        found = [copy for copy in self.copies() if copy.uuid == uuid]
        self._require(entry, bool(found), f"there is no copy {uuid}")
        return found[0]

    def _volume(self, entry: Entry, number: int) -> Volume:
        self._require(entry, number in self.volumes, f"there is no volume {number}")
        return self.volumes[number]

    @staticmethod
    def _require(entry: Entry, fits: bool, otherwise: str) -> None:
        if not fits:
            raise Contradiction(f"{entry.where}: type {entry.type} does not fit: {otherwise}")

    _FOLDS = {
        2: _volume_added,
        3: _volume_removed,
        4: _set_created,
        5: _copies_deleted,
        6: _volume_failed,
        7: _volume_cleared,
        9: _volume_property,
        10: _copy_held,
        11: _volume_resized,
        12: _origin_noted,
        13: _overlay_created,
        14: _overlay_changed,
        15: _revert_started,
        18: _revert_done,
        19: _copies_become_bookmarks,
        20: _diff_area_set,
        23: _set_attributes,
    }


def refuse_unknown(entry: Entry) -> None:
    """What the page says of a type that nobody knows."""
    if entry.type < 0x8000:
        raise Refused(f"{entry.where}: too new: entry of unknown type {entry.type}")
