/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

import static dev.gnomon.mutants.Patch.DROP;
import static dev.gnomon.mutants.Patch.YES;
import static dev.gnomon.mutants.Patch.in;
import static dev.gnomon.mutants.Search.CAMPAIGN;

/** Mutants of what is done about devices that fail, and of the log. */
final class FaultTable extends Mutants {
    FaultTable() {
        failing();
        logging();
    }

    private void failing() {
        add(
                "force_retried",
                "I7",
                "a failed force of an origin is tried again and believed",
                Search.ORIGIN_FORCE_FAILS,
                in("snapshot.VolumeFlushes.force", "Origin.force", "forceAgain"));
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
                in("store.StoreState.fail", "StoreState.writeSuperblockLocked", DROP)
                        .all(2));
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
                in("snapshot.LiveVolume.unavailable", "LiveVolume.failure", "noFailure"),
                in("snapshot.VolumeFlushes.forceFor", "VolumeFlushes.failure", "noFailure"),
                in("snapshot.VolumeFlushes.force", "VolumeFlushes.failure", "noFailure")
                        .all(2));
        add(
                "flush_failure_unlogged",
                "I7",
                "a failed flush is forgotten with the process",
                Search.ORIGIN_FORCE_FAILS,
                in("snapshot.VolumeFlushes.fail", "Store.change", DROP));
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
                in("store.SegmentOpener.open", "StorageFile.force", DROP));
        add(
                "trust_cache_log",
                "I7",
                "recovery reads the log through the page cache",
                Search.LOG_AND_SUPERBLOCK_FAIL,
                in("store.SegmentReader.load", "StorageFile.readAroundCache", "readThroughCache"),
                in("store.PayloadCheck.load", "StorageFile.readAroundCache", "readThroughCache"));
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
                in("snapshot.VolumeOpener.settle", "Origin.dropCache", DROP).all(2));
        add(
                "clear_keeps_cache",
                "I7",
                "clearing a failure keeps what only the cache shows",
                Search.CLEARED_FAILURE,
                in("snapshot.VolumeFlushes.clearFailure", "Origin.dropCache", DROP));
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
                in("store.StoreOpener.recover", "Superblock.generation", DROP),
                in("store.Log.append", "LongSupplier.getAsLong", DROP));
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
                in("store.SegmentMaker.prepare", "Storage.syncDirectory", DROP));
        add(
                "reserve_eaten",
                "full",
                "first overwrites are admitted into the space that is held back for deletes, and use it",
                Search.FULL,
                in("store.GroupCommitter.appendAll", "Log.append", "appendIntoReserve"),
                in("snapshot.VolumeWrites.stage", "VolumeShare.take", YES));
    }
}
