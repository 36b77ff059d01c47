#!/usr/bin/env python3
# Copyright 2026 The Gnomon Authors
# SPDX-License-Identifier: Apache-2.0
"""A second reader of Gnomon's on-disk format, written from docs/format.md alone.

It opens the directory of a store that nobody has open, read-only, checks every checksum on its way, and prints as JSON
what is in it: volumes, snapshot sets, shadow copies, and of each live volume and each copy its size and the SHA-256 of
its content. "met" counts what was met on the way.
Exit codes: 0 all well; 1 something is damaged, and standard error says what and where; 2 the store cannot be opened by
this reader, or the call is wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import sys

from store_catalog import Copy, Volume
from store_files import Files
from store_format import Damaged, Refused
from store_reader import Store


class Listing:
    """The answer: volumes, sets and copies with their hashes."""

    def __init__(self, store: Store, origin_of):
        self._store = store
        self._origin_of = origin_of
        self._origins: dict[int, int] = {}

    def make(self) -> dict:
        store = self._store
        return {
            "store": str(store.superblock.store),
            "volumes": [self._volume(one) for one in sorted(store.catalog.volumes.values(), key=lambda v: v.name)],
            "sets": [
                {
                    "uuid": str(one.uuid),
                    "name": one.name,
                    "created": one.created_ms,
                    "attributes": dict(sorted(one.attributes.items())),
                    "copies": sorted((self._copy(copy) for copy in one.copies if not copy.bookmark),
                                     key=lambda row: row["volume"]),
                }
                for one in store.catalog.sets.values() if not all(copy.bookmark for copy in one.copies)
            ],
            "met": dict(sorted(store.counts.items())),  # Last: reading the copies counts too.
        }

    def _volume(self, volume: Volume) -> dict:
        row = {"name": volume.name, "uuid": str(volume.uuid), "size": volume.size, "failure": volume.failure}
        return row | self._content(volume, self._store.staging.lost,
                                   lambda origin: self._store.live_sha256(volume, origin))

    def _copy(self, copy: Copy) -> dict:
        volume = self._store.catalog.volumes[copy.volume]
        row = {"uuid": str(copy.uuid), "volume": volume.name, "size": copy.size}
        lost = "what it preserved may be lost" if copy.uuid in self._store.suspect else self._store.staging.lost
        if self._store.catalog.is_suspect(copy):
            lost = "its origin was changed while nobody served it"
        return row | self._content(volume, lost, lambda origin: self._store.copy_sha256(copy, origin))

    def _content(self, volume: Volume, lost: str | None, sha256) -> dict:
        if lost:
            return {"error": lost}
        try:
            return {"sha256": sha256(self._origin(volume))}
        except (Damaged, OSError) as problem:
            self._store.problems.append(str(problem))
            return {"error": str(problem)}

    def _origin(self, volume: Volume) -> int:
        if volume.number not in self._origins:
            self._origins[volume.number] = os.open(self._origin_of(volume), os.O_RDONLY)
        return self._origins[volume.number]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Read a store of Gnomon and print its contents as JSON.")
    parser.add_argument("directory", help="the directory of the store")
    parser.add_argument("--origin", action="append", default=[], metavar="VOLUME=PATH",
                        help="where the origin of a volume is")
    parser.add_argument("--origin-prefix", default="", metavar="DIRECTORY",
                        help="what to put before the paths of origins and segments that the store names")
    return parser.parse_args()


def main() -> int:
    given = arguments()
    named = dict(one.split("=", 1) for one in given.origin)
    try:
        store = Store(Files(given.directory, given.origin_prefix))
    except Refused as refusal:
        print(f"refused: {refusal}", file=sys.stderr)
        return 2
    except Damaged as damage:
        print(f"damaged: {damage}", file=sys.stderr)
        return 1
    listing = Listing(store, lambda volume: named.get(volume.name, given.origin_prefix + volume.origin)).make()
    json.dump(listing, sys.stdout, indent=2)
    print()
    for problem in dict.fromkeys(store.problems):
        print(f"damaged: {problem}", file=sys.stderr)
    return 1 if store.problems else 0


if __name__ == "__main__":
    sys.exit(main())
