/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

import static dev.gnomon.mutants.Patch.DROP;
import static dev.gnomon.mutants.Patch.YES;
import static dev.gnomon.mutants.Patch.in;
import static dev.gnomon.mutants.Search.CAMPAIGN;

import java.util.ArrayList;
import java.util.List;

/** The table of mutants: which rule each breaks, how, and what finds it. */
final class Mutants {
    private final List<Mutant> table = new ArrayList<>();

    private Mutants() {
        preserving();
        flushing();
        remembering();
        cutting();
        failing();
        reading();
        logging();
        checkpointing();
        reusing();
    }

    static List<Mutant> all() {
        return List.copyOf(new Mutants().table);
    }

    private void add(String name, String rule, String text, Search search, Patch... patches) {
        table.add(new Mutant(name, rule, text, search, List.of(patches)));
    }

    private void preserving() {
        add(
                "no_preserve",
                "I1",
                "nothing is preserved",
                CAMPAIGN,
                in("snapshot.FirstTouch.takePart", "EpochGate.owed", DROP));
        add(
                "preserve_unforced",
                "I1",
                "the log is never forced",
                CAMPAIGN,
                in("store.Log.force", "StorageFile.force", DROP));
        add(
                "origin_first",
                "I1",
                "the origin is written before its old bytes are preserved",
                CAMPAIGN,
                in("snapshot.FirstTouch.run", "FirstTouch.commit", "releaseBeforeCommit"));
        add(
                "bit_early",
                "I1",
                "a batch counts when it is written, not when it is durable",
                CAMPAIGN,
                in("store.GroupCommitter.commitGroup", "Log.force", "forceAfterPreservesAreTold"));
        add(
                "bit_own_file",
                "I1",
                "of a group that spans two segments only the second is forced",
                Search.TWO_SEGMENTS,
                in("store.Log.force", "Segments.file", "newestSegment"));
        add(
                "zeroes_direct",
                "I1",
                "WRITE_ZEROES goes to the origin unpreserved",
                CAMPAIGN,
                in("snapshot.LiveVolume.writeZeros", "EpochGate.enterDirect", "enterUnpreserved"));
        add(
                "trim_punches",
                "I1",
                "TRIM makes zeros of what nobody preserved",
                Search.EDGES,
                in("snapshot.LiveVolume.trim", "LiveVolume.refusal", "zeroTrimmed"));
        add(
                "late_write_epoch",
                "I6",
                "a late write preserves under the epoch of now, not its own",
                Search.LATE,
                in("snapshot.FirstTouch.takePart", "EpochGate.epoch", "epochOfNow"));
        add(
                "no_range_lock",
                "I6",
                "a write does not wait for another one on its pieces",
                Search.LATE,
                in("snapshot.EpochGate.tryEnter", "EpochGate.occupied", DROP),
                in("snapshot.EpochGate.enter", "EpochGate.occupied", DROP),
                in("snapshot.EpochGate.enterDirect", "EpochGate.occupied", DROP));
    }

    private void flushing() {
        add(
                "flush_no_origin",
                "I2",
                "FLUSH does not force the origin",
                CAMPAIGN,
                in("snapshot.LiveVolume.force", "Origin.force", DROP));
        add(
                "forced_through_early",
                "I2",
                "a force counts for writes that were still going on",
                CAMPAIGN,
                in("snapshot.LiveVolume.force", "EpochGate.enteredIfQuiet", "enteredWhoeverIsInside"));
        add(
                "fua_direct",
                "I2",
                "FUA on a preserved piece does not force",
                CAMPAIGN,
                in("snapshot.LiveVolume.write", "LiveVolume.finish", "finishAtOnce"));
        add(
                "fua_first_touch",
                "I2",
                "FUA on a first touch does not force",
                CAMPAIGN,
                in("snapshot.FirstTouch.release", "Finisher.finish", "finishUnforced"));
        add(
                "flush_queued",
                "I2",
                "FLUSH is acknowledged when it is queued",
                CAMPAIGN,
                in("snapshot.LiveVolume.finish", "WorkQueue.offer", "flushedWhenQueued"));
    }

    private void remembering() {
        add(
                "old_tag",
                "I3",
                "a bit of an older epoch counts for the live one",
                CAMPAIGN,
                in("store.VolumeExceptions.preserved", "PreservedBitmap.all", "preservedSinceEver"));
        add(
                "late_bit",
                "I3",
                "a record of a late write sets the bit for the newest copy",
                CAMPAIGN,
                in("store.VolumeExceptions.publish", "PreservedBitmap.set", "setForNewestCopy"));
        add(
                "last_wins",
                "I4",
                "of two records of one epoch the last wins",
                Search.TWICE,
                in("store.ExceptionIndex.insert", "ExceptionIndex.epoch", "epochPlusOne")
                        .only(0, 2));
        add(
                "lookup_ge",
                "I8",
                "copy e takes the record with epoch >= e instead of > e",
                CAMPAIGN,
                in("store.ExceptionIndex.find", "ExceptionIndex.epoch", "epochPlusOne")
                        .only(0, 2));
        add(
                "lookup_newest",
                "I8",
                "a copy takes the newest record of a piece",
                CAMPAIGN,
                in("store.VolumeExceptions.lookup", "ExceptionIndex.find", "findNewest")
                        .all(2));
        add(
                "epoch_back",
                "epochs",
                "recovery reopens the highest epoch instead of going above all",
                Search.EPOCHS,
                in("snapshot.LiveVolume.<init>", "Store.highestEpoch", "epochBack"));
        add(
                "names_reused",
                "epochs",
                "a deleted copy's epoch is given to the next one",
                Search.EPOCHS,
                in("store.Store.highestEpoch", "VolumeEntry.highestEpoch", "highestOfCopies"));
        add(
                "delete_at_once",
                "delete",
                "writes stop to count a copy before its delete is durable",
                CAMPAIGN,
                in("snapshot.Copies.delete", "CatalogChanges.make", "forgetThenChange"));
        add(
                "delete_early",
                "delete",
                "a delete is acknowledged before it is durable",
                Search.HELD_FORCE,
                in("store.GroupCommitter.commitGroup", "Log.force", "forceAfterDeletesAreTold"));
        add(
                "delete_unhidden",
                "delete",
                "readers go on in a copy that is deleted",
                Search.EDGES,
                in("snapshot.Copies.hide", "ShadowCopy.hide", DROP));
    }

    private void cutting() {
        add(
                "pc_acked_only",
                "I6",
                "PostCommit does not wait for writes in flight at the cut",
                CAMPAIGN,
                in("snapshot.SetCut.record", "EpochGate.awaitOlder", DROP));
        add(
                "pc_no_origin",
                "I6",
                "PostCommit does not force the origins",
                CAMPAIGN,
                in("snapshot.SetCut.record", "SetCut.flushAll", DROP));
        add(
                "pc_no_log",
                "I6",
                "PostCommit does not wait until its record is durable",
                Search.HELD_FORCE,
                in("store.GroupCommitter.commitGroup", "Log.force", "forceAfterSetsAreTold"));
        add(
                "split_set",
                "I6",
                "one catalog record per volume instead of one for the set",
                CAMPAIGN,
                in("snapshot.SetCut.record", "Store.change", "changeOneByOne"),
                in("store.Catalog.create", "Map.containsKey", DROP));
        add(
                "split_gate",
                "I6",
                "the volumes of a set are cut one after another",
                Search.CHAINS,
                in("snapshot.SetCut.commit", "EpochGate.close", DROP),
                in("snapshot.SetCut.commit", "EpochGate.cut", "cutAlone"),
                in("snapshot.SetCut.commit", "EpochGate.open", DROP));
        add(
                "open_cut_forgotten",
                "I6",
                "first touches do not count a cut that is no copy yet",
                CAMPAIGN,
                in("snapshot.EpochGate.owed", "EpochGate.copyBelow", "copyBelowWithoutOpenCut"));
        add(
                "open_cut_bits",
                "I6",
                "bits from before a cut count until it is a copy",
                CAMPAIGN,
                in("snapshot.EpochGate.cut", "VolumeExceptions.newestCopy", DROP));
    }

    private void failing() {
        add(
                "force_retried",
                "I7",
                "a failed force of an origin is tried again and believed",
                Search.ORIGIN_FORCE_FAILS,
                in("snapshot.LiveVolume.force", "Origin.force", "forceAgain"));
        add(
                "log_force_retried",
                "I7",
                "a failed force of the log is tried again and believed",
                Search.LOG_FORCE_FAILS,
                in("store.Log.force", "StorageFile.force", "forceAgain"));
        add(
                "store_goes_on",
                "I7",
                "a failed force of the log is ignored",
                Search.LOG_FORCE_FAILS,
                in("store.GroupCommitter.commitGroup", "Store.fail", DROP));
        add(
                "poison_in_memory",
                "I7",
                "a failed store is forgotten with the process",
                Search.LOG_FORCE_FAILS,
                in("store.Store.fail", "Store.writeSuperblock", DROP).all(2));
        add(
                "poison_unforced",
                "I7",
                "a superblock is not forced",
                Search.LOG_FORCE_FAILS,
                in("store.SuperblockFile.write", "StorageFile.force", DROP));
        add(
                "poison_told_nobody",
                "I7",
                "recovery clears the failure of a store without a word",
                Search.LOG_FORCE_FAILS,
                in("snapshot.Volumes.noteFailure", "Store.change", DROP));
        add(
                "flush_not_sticky",
                "I7",
                "after a failed flush the next one succeeds",
                Search.ORIGIN_FORCE_FAILS,
                in("snapshot.LiveVolume.refusal", "LiveVolume.failure", "noFailure"),
                in("snapshot.LiveVolume.force", "LiveVolume.failure", "noFailure")
                        .all(2));
        add(
                "flush_failure_unlogged",
                "I7",
                "a failed flush is forgotten with the process",
                Search.ORIGIN_FORCE_FAILS,
                in("snapshot.LiveVolume.fail", "Store.change", DROP));
        add(
                "store_name",
                "log",
                "the directory of a new store is not made durable",
                CAMPAIGN,
                in("store.StoreOpener.readOrCreate", "StoreOpener.makeNamesDurable", DROP));
        add(
                "recover_no_force",
                "I7",
                "recovery counts batches that it has not forced",
                Search.KILLED_BEFORE_FORCE,
                in("store.Segments.openAll", "StorageFile.force", DROP));
        add(
                "trust_cache_log",
                "I7",
                "recovery reads the log through the page cache",
                Search.LOG_AND_SUPERBLOCK_FAIL,
                in("store.SegmentReader.load", "StorageFile.readAroundCache", "readThroughCache"),
                in("store.PayloadCheck.matches", "StorageFile.readAroundCache", "readThroughCache"));
        add(
                "trust_short_log",
                "I7",
                "a log that only the cache has whole raises no doubt",
                Search.LOG_AND_SUPERBLOCK_FAIL,
                in("store.StoreOpener.recover", "StoreOpener.cutOffByFailedForce", DROP));
        add(
                "trust_cache_orig",
                "I7",
                "recovery keeps the cached pages of origins",
                Search.ORIGIN_FORCE_FAILS,
                in("snapshot.VolumeOpener.settle", "Origin.dropCache", DROP));
        add(
                "clear_keeps_cache",
                "I7",
                "clearing a failure keeps what only the cache shows",
                Search.CLEARED_FAILURE,
                in("snapshot.LiveVolume.clearFailure", "Origin.dropCache", DROP));
    }

    private void reading() {
        add(
                "no_recheck",
                "I9",
                "a copy read that fell through is not checked again",
                Search.HELD_READ,
                in("snapshot.ShadowCopy.readSome", "VolumeExceptions.appeared", DROP));
        add(
                "crc_unchecked",
                "damage",
                "preserved bytes are returned whatever their checksum",
                Search.ROT,
                in("snapshot.ShadowCopy.readPreserved", "Store.readPiece", "readUnchecked")
                        .all(2));
        add(
                "zero_by_head",
                "format",
                "a piece whose first sector is zeros is taken for zeros",
                Search.EDGES,
                in("store.format.BatchWriter.addPiece", "BatchWriter.isZero", "isZeroAtItsStart"));
        add(
                "last_piece",
                "format",
                "the last piece is preserved only if it is whole",
                Search.EDGES,
                in("snapshot.FirstTouch.addOldBytes", "Origin.sizeBytes", "wholePiecesOnly"));
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

    private void reusing() {
        add(
                "reuse_early",
                "I5",
                "a segment is given up before the checkpoint that names nothing in it is durable",
                Search.REAPER,
                in("store.Checkpointer.make", "Checkpointer.name", "freeThenName"));
        add(
                "reuse_pinned",
                "I5",
                "a reader does not look again when its segment was given up meanwhile",
                Search.HELD_SEGMENT,
                in("store.Store.readPiece", "Store.recycled", DROP).all(2));
        add(
                "old_place_early",
                "I5",
                "an emptied segment is given up before a checkpoint names the new places",
                Search.REAPER,
                in("store.Cleaner.clean", "Cleaner.move", "moveAndRetire"));
        add(
                "half_recycled",
                "log",
                "old batches in a segment that was about to be used again are taken for new ones",
                Search.REAPER,
                in("store.Segments.isHalfMade", "BatchHeader.sequence", "newerThanAll"));
    }

    private void logging() {
        add(
                "no_chain",
                "log",
                "no hash of the batch before: a stale batch counts again",
                Search.STALE_BATCH,
                in("store.LogScan.matching", "BatchHeader.continues", YES));
        add(
                "same_opening",
                "log",
                "a batch that is written again after a crash is the same, and continued",
                Search.STALE_BATCH,
                in("store.StoreOpener.recover", "Superblock.generation", DROP));
        add(
                "torn_head",
                "log",
                "the checksum of a head is not looked at",
                Search.TORN_HEAD,
                in("store.SegmentReader.head", "BatchHeader.intact", YES));
        add(
                "torn_payload",
                "log",
                "the payload of a batch that nobody claimed is not checked",
                CAMPAIGN,
                in("store.LogScan.tail", "LogScan.payloadIntact", YES));
        add(
                "damage_as_tail",
                "log",
                "damage inside the log is taken for its torn tail",
                Search.ROT,
                in("store.LogScan.run", "LogScan.resync", DROP));
        add(
                "no_claim",
                "log",
                "an idle log does not claim its last batch",
                Search.ROT,
                in("store.GroupCommitter.run", "GroupCommitter.claimLast", DROP).all(2));
        add(
                "claims_too_much",
                "log",
                "a batch claims those before it durable that are only written",
                Search.STALE_BATCH,
                in("store.Log.append", "BatchWriter.seal", "claimAllBefore"));
        add(
                "superblock_unchecked",
                "log",
                "the checksum of a superblock is not looked at",
                Search.ROT,
                in("store.format.Superblock.decode", "Prologue.intact", YES));
        add(
                "superblock_one_slot",
                "log",
                "every superblock goes to the same slot",
                CAMPAIGN,
                in("store.SuperblockFile.write", "Superblock.slotOffset", DROP));
        add(
                "segment_name",
                "log",
                "the name of a new segment is not made durable",
                CAMPAIGN,
                in("store.Segments.prepare", "Storage.syncDirectory", DROP));
        add(
                "reserve_eaten",
                "full",
                "preserves use the space that is held back for deletes",
                Search.FULL,
                in("store.GroupCommitter.appendAll", "Log.append", "appendIntoReserve"));
    }
}
