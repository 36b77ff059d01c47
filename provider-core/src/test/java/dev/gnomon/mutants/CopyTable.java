/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

import static dev.gnomon.mutants.Patch.DROP;
import static dev.gnomon.mutants.Patch.in;
import static dev.gnomon.mutants.Search.CAMPAIGN;

/** Mutants of what copies, cuts and flushes promise. */
final class CopyTable extends Mutants {
    CopyTable() {
        preserving();
        flushing();
        remembering();
        cutting();
        reading();
    }

    private void preserving() {
        add(
                "no_preserve",
                "I1",
                "nothing is preserved",
                CAMPAIGN,
                in("snapshot.SettleGroup.lookUp", "VolumeExceptions.lookupOwed", DROP));
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
                in("snapshot.SettleGroup.settle", "SettleGroup.commit", "releaseBeforeCommit"));
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
                "direct_unpreserved",
                "I1",
                "a first touch goes straight to the origin",
                CAMPAIGN,
                in("snapshot.VolumeWrites.write", "EpochGate.enterDirect", "enterUnpreserved"));
        add(
                "trim_punches",
                "I1",
                "TRIM makes zeros of what nobody preserved",
                Search.EDGES,
                in("snapshot.LiveVolume.trim", "LiveVolume.unavailable", "zeroTrimmed"));
        add(
                "late_write_epoch",
                "I6",
                "a late write is staged under the epoch of now, not its own",
                Search.HELD_APPEND,
                in("snapshot.VolumeWrites.addStaged", "WriteRequest.epoch", "epochOfNow"));
        add(
                "no_range_lock",
                "I6",
                "a write does not wait for another one on its pieces",
                Search.HELD_WRITE,
                in("snapshot.EpochGate.enter", "EpochGate.occupied", DROP),
                in("snapshot.EpochGate.enterDirect", "EpochGate.occupied", DROP));
    }

    private void flushing() {
        add(
                "flush_no_origin",
                "I2",
                "FLUSH does not force the origin",
                CAMPAIGN,
                in("snapshot.VolumeFlushes.force", "Origin.force", DROP));
        add(
                "forced_through_early",
                "I2",
                "a force counts for writes that were still going on",
                Search.FLUSH_DURING_WRITE,
                in("snapshot.VolumeFlushes.force", "EpochGate.directEnteredIfQuiet", "enteredWhoeverIsInside"));
        add(
                "fua_direct",
                "I2",
                "FUA on a preserved piece does not force",
                CAMPAIGN,
                in("snapshot.VolumeWrites.write", "LiveVolume.finish", "finishAtOnce"));
        add(
                "fua_first_touch",
                "I2",
                "FUA on a first touch does not force",
                CAMPAIGN,
                in("snapshot.VolumeWrites.acknowledge", "WriteRequest.forced", DROP));
        add(
                "flush_queued",
                "I2",
                "FLUSH is acknowledged when it is queued",
                CAMPAIGN,
                in("snapshot.VolumeFlushes.await", "WorkQueue.offer", "flushedWhenQueued"));
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
                Search.LATE_RECORD,
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
                Search.DELETES,
                in("snapshot.Copies.end", "CatalogChanges.make", "forgetThenChange"));
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
                in("store.CatalogStep.create", "Map.containsKey", DROP));
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
                "what a write owes does not count a cut that is no copy yet",
                CAMPAIGN,
                in("snapshot.SettleGroup.takePiece", "EpochGate.copyBelow", "copyBelowWithoutOpenCut"));
        add(
                "open_cut_bits",
                "I6",
                "bits from before a cut count until it is a copy",
                CAMPAIGN,
                in("snapshot.EpochGate.cut", "VolumeExceptions.newestCopy", DROP));
    }

    private void reading() {
        add(
                "no_recheck",
                "I9",
                "a copy read that fell through is not checked again",
                Search.HELD_READ,
                in("snapshot.ShadowCopy.readPart", "VolumeExceptions.appeared", DROP));
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
                in("snapshot.SettleGroup.readOld", "SettleGroup.validBytes", "wholeOrNothing"));
    }
}
