/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

import static dev.gnomon.mutants.Patch.DROP;
import static dev.gnomon.mutants.Patch.in;

/** Mutants of what becomes of segments as a whole: their move to another directory, and holes in them. */
final class MoveTable extends Mutants {
    MoveTable() {
        add(
                "move_not_named",
                "move",
                "segments are moved before the superblock names where to",
                Search.MOVES,
                in("store.SegmentMover.name", "StoreState.nameSegments", DROP));
        add(
                "move_unforced",
                "move",
                "a segment goes before its copy is durable",
                Search.MOVES,
                in("store.SegmentCopy.force", "StorageFile.force", DROP),
                in("store.SegmentCopy.compare", "ByteBuffer.mismatch", "noMismatch"));
        add(
                "move_name_lost",
                "move",
                "a segment goes before the name of its copy is durable",
                Search.MOVES,
                in("store.SegmentCopy.takeName", "Storage.syncDirectory", DROP).only(0, 2));
        add(
                "move_misses_the_end",
                "move",
                "what was appended to a segment while it was copied is left behind",
                Search.MOVES,
                in("store.SegmentCopy.switchBetweenGroups", "SegmentCopy.catchUp", DROP));
        add(
                "move_of_what_was_given_up",
                "I5",
                "a segment that was given up while it was copied comes back",
                Search.MOVE_GIVEN_UP,
                in("store.SegmentCopy.switchBetweenGroups", "SegmentCopy.isGivenUp", DROP));
        add(
                "move_not_aside",
                "move",
                "a segment is switched while the cleaner reads it",
                Search.MOVE_EMPTIED,
                in("store.SegmentCopy.switchTo", "Store.asideOfHousekeeping", "notAside"));
        add(
                "move_two_of_a_number",
                "move",
                "of a segment that a crash left in both directories one stays while the other is written to",
                Search.MOVE_TWICE,
                in("store.StoreOpener.recover", "Segments.deleteDead", DROP));
        add(
                "move_store_made_anew",
                "move",
                "a store that lost its superblock is made anew beside its segments",
                Search.MOVE_NO_SUPERBLOCK,
                in("store.StoreOpener.readOrCreate", "SegmentMover.hasSegments", DROP));
        add(
                "punch_what_is_named",
                "I5",
                "holes are made where a shadow copy still reads",
                Search.REAPER,
                in("store.Puncher$Finder.preserve", "Puncher.isNamed", DROP));
        add(
                "punch_under_readers",
                "I5",
                "a read that was under way takes a hole for damage",
                Search.PUNCHED_READ,
                in("store.PreservedPieces.read", "SegmentHoles.has", DROP));
    }
}
