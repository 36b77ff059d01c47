/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

import static dev.gnomon.mutants.Patch.DROP;
import static dev.gnomon.mutants.Patch.YES;
import static dev.gnomon.mutants.Patch.in;

/** Mutants of what becomes of copies and writes when the diff area is full. */
final class FullTable extends Mutants {
    FullTable() {
        add(
                "drop_newest",
                "full",
                "the newest copy is dropped instead of the oldest",
                Search.DROPPING,
                in("snapshot.RoomKeeper.drop", "RoomKeeper.oldest", "newest"));
        add(
                "drop_untold",
                "full",
                "a copy is dropped and nobody is told",
                Search.DROPPING,
                in("snapshot.RoomKeeper.drop", "Events.tell", DROP).only(0, 2));
        add(
                "drop_unlooked",
                "full",
                "a copy is dropped while the space of deleted ones is not given back yet",
                Search.DELETED_BEFORE,
                in("snapshot.RoomKeeper.look", "DiffArea.awaitReclaimed", DROP));
        add(
                "unpromised",
                "full",
                "first overwrites are acknowledged for which there is no room",
                Search.HOLDING,
                in("snapshot.VolumeWrites.stage", "VolumeShare.take", YES));
    }
}
