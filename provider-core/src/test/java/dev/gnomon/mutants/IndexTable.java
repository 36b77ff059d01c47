/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

import static dev.gnomon.mutants.Patch.DROP;
import static dev.gnomon.mutants.Patch.YES;
import static dev.gnomon.mutants.Patch.in;

/** Mutants of checkpoints and runs, and of giving space back. */
final class IndexTable extends Mutants {
    IndexTable() {
        checkpointing();
        reusing();
        bookmarking();
    }

    private void checkpointing() {
        add(
                "checkpoint_named_first",
                "checkpoint",
                "the superblock names a checkpoint before it is durable",
                Search.CHECKPOINTS,
                in("store.Checkpointer.name", "Checkpoints.write", "nameThenWrite"));
        add(
                "checkpoint_unforced",
                "checkpoint",
                "a checkpoint is named that was written, not forced",
                Search.CHECKPOINTS,
                in("store.Checkpoints.write", "StorageFile.force", DROP));
        add(
                "checkpoint_name",
                "checkpoint",
                "the names of a checkpoint and its run are not made durable",
                Search.CHECKPOINTS,
                in("store.Checkpoints.write", "Storage.syncDirectory", DROP));
        add(
                "run_unforced",
                "checkpoint",
                "a run is named that was written, not forced",
                Search.CHECKPOINTS,
                in("store.RunWriter.finish", "StorageFile.force", DROP));
        add(
                "checkpoint_start_late",
                "I3",
                "a checkpoint leaves out batches that came while it was written",
                Search.CHECKPOINTS,
                in("store.Checkpointer.name", "Checkpoints.start", "startNow"));
        add(
                "old_checkpoint_early",
                "I5",
                "the old checkpoint is deleted before the new one is named",
                Search.CHECKPOINTS,
                in("store.Checkpointer.make", "Checkpointer.name", "deleteThenName"));
        add(
                "frozen_unseen",
                "I9",
                "look-ups do not see a tail while a run is made of it",
                Search.CHECKPOINTS,
                in("store.VolumeExceptions.lookup", "ExceptionIndex.find", DROP).only(1, 2));
        add(
                "merge_needed",
                "reaper",
                "a merge leaves out what only the copy of the epoch before reads",
                Search.CHECKPOINTS,
                in("store.RunMerge.take", "Needs.needs", "needsAfter"));
        add(
                "merge_last_wins",
                "I4",
                "a merge takes the newest record of an epoch",
                Search.TWICE,
                in("store.RunMerge.take", "ExceptionSource.moved", YES).only(1, 2));
        add(
                "run_crc_unchecked",
                "damage",
                "the checksum of a block of the index is not looked at",
                Search.INDEX_ROT,
                in("store.Run.load", "RunBlock.require", DROP));
        add(
                "checkpoint_lost_is_empty",
                "damage",
                "a damaged checkpoint is taken for none",
                Search.INDEX_ROT,
                in("store.Checkpoints.load", "Superblock.checkpoint", DROP).only(0, 2));
        add(
                "checkpoint_epochs",
                "epochs",
                "a checkpoint forgets the epochs of deleted copies",
                Search.EPOCHS,
                in("store.Checkpointer.freeze", "VolumeEntry.highestEpoch", "highestOfCopies"));
    }

    private void bookmarking() {
        add(
                "bookmark_unmarked",
                "bookmarks",
                "a merge leaves out the first record after a bookmark that no copy reads",
                Search.BOOKMARKS,
                in("store.RunMerge.take", "Needs.marks", DROP));
        add(
                "bookmark_checkpoint",
                "bookmarks",
                "a checkpoint forgets that a copy is a bookmark",
                Search.BOOKMARKS,
                in("store.CatalogEntries.all", "Catalog.bookmarks", "bookmarksAsCopies")
                        .only(1, 2));
        add(
                "bookmark_unpreserved",
                "bookmarks",
                "writes preserve for copies only, so first writes after a bookmark stay unknown",
                Search.BOOKMARKS,
                in("snapshot.LiveVolume.copyEpochs", "VolumeEntry.bookmarks", "noBookmarks"));
        add(
                "bookmark_kept_bytes",
                "bookmarks",
                "what a copy reads is taken for a bookmark's, and its bytes are given up",
                Search.BOOKMARKS,
                in("store.RunMerge.take", "Needs.needs", DROP));
    }

    private void reusing() {
        add(
                "reuse_early",
                "I5",
                "a segment is given up before the checkpoint that names nothing in it is durable",
                Search.REAPER,
                in("store.Checkpointer.make", "Checkpointer.name", "freeThenName"));
        add(
                "old_place_early",
                "I5",
                "an emptied segment is given up before a checkpoint names the new places",
                Search.REAPER,
                in("store.Cleaner.clean", "Cleaner.move", "moveAndRetire"));
        add(
                "reuse_pinned",
                "I5",
                "a reader inside a segment that is given up and used again takes what it finds there for the answer",
                Search.PINNED_READERS,
                in("store.PreservedPieces.read", "PreservedPieces.recycled", DROP)
                        .all(2));
        add(
                "half_recycled",
                "log",
                "old batches in a segment that was about to be used again are taken for new ones",
                Search.RECYCLED,
                in("store.SegmentOpener.isHalfMade", "BatchHeader.sequence", "newerThanAll"));
        add(
                "recycled_name",
                "log",
                "the new name of a segment that is used again is not made durable before it is used",
                Search.RECYCLED,
                in("store.SegmentMaker.recycle", "Storage.syncDirectory", DROP));
        add(
                "one_slot",
                "checkpoint",
                "one superblock slot still names a checkpoint when that is deleted",
                Search.SLOT_ROT,
                in("store.StoreState.nameCheckpoint", "SuperblockFile.write", DROP)
                        .only(1, 2));
    }
}
