/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

import static dev.gnomon.mutants.Patch.DROP;
import static dev.gnomon.mutants.Patch.YES;
import static dev.gnomon.mutants.Patch.in;
import static dev.gnomon.mutants.Search.CAMPAIGN;

/** Mutants of the staging chain and of settling. */
final class ChainTable extends Mutants {
    ChainTable() {
        staging();
        versions();
    }

    private void staging() {
        add(
                "retire_early",
                "settled",
                "new data is marked settled before its origin was forced",
                Search.SETTLED_THEN_FLUSHED,
                in("snapshot.Settler.askForce", "VolumeFlushes.forceOrigin", "forcedAtOnce"));
        add(
                "direct_unretired",
                "settled",
                "a direct write is allowed over new data that is not settled",
                CAMPAIGN,
                in("snapshot.EpochGate.straight", "StagedPieces.any", DROP));
        add(
                "mark_unforced",
                "settled",
                "FLUSH does not force a mark that only it would have to force",
                Search.DIRECT_OVER_SETTLED,
                in("snapshot.Settler.mark", "VolumeFlushes.mustForceThrough", DROP));
        add(
                "mark_gap",
                "settled",
                "\"settled through\" skips new data that is not settled",
                Search.MARK_WHILE_REFUSED,
                in("snapshot.Settler.mark", "StagedPieces.wholeBatches", "allBatches"));
        add(
                "flush_no_chain",
                "I2",
                "FLUSH does not force the staging chain",
                CAMPAIGN,
                in("snapshot.VolumeFlushes.forceFor", "Staging.forceThrough", "unforced"));
        add(
                "staging_in_heap",
                "kill",
                "new data is only in memory when it is acknowledged",
                CAMPAIGN,
                in("store.Staging.appendInTurn", "StorageFile.write", DROP));
        add(
                "preserve_disk",
                "I8",
                "preserve reads the origin, not new data over it",
                CAMPAIGN,
                in("snapshot.SettleGroup.lookUp", "Lookup.slot", "nothingStaged"));
        add(
                "copy_sees_staged",
                "I8",
                "a look-up finds new data whatever its epoch",
                CAMPAIGN,
                in("store.VolumeExceptions.lookup", "StagedPieces.newest", "whateverItsEpoch"));
        add(
                "reads_origin_only",
                "I8",
                "a client reads the origin, not new data over it",
                CAMPAIGN,
                in("snapshot.StagedReads.read", "StagedPieces.isEmpty", YES));
        add(
                "table_unforced",
                "I5",
                "a staging file is used again before the table that says so is durable",
                CAMPAIGN,
                in("store.StagingTableFile.write", "StorageFile.force", DROP));
        add(
                "staging_reused_early",
                "I5",
                "a staging file is used again while new data in it is not settled",
                CAMPAIGN,
                in("store.Staging.appendInTurn", "StagingRoom.hold", DROP));
        add(
                "new_data_torn",
                "log",
                "the payload of new data is not checked",
                CAMPAIGN,
                in("store.StagingScan.matching", "PayloadCheck.damagedBehind", DROP));
        add(
                "chain_claims",
                "log",
                "nobody looks whether missing new data was durable",
                Search.CHAIN_ROT,
                in("store.StagingScan.run", "StagingScan.seekClaims", DROP),
                in("store.StagingScan.<init>", "StagingTable.durableThrough", DROP),
                in("store.StoreOpener.recover", "Loaded.stagingClaim", DROP),
                in("store.StoreOpener.recover", "LogScan.stagingClaim", DROP));
        add(
                "staged_lost_force",
                "I7",
                "what a failed force of the origin lost is not released again",
                Search.SETTLING_FORCE_FAILS,
                in("snapshot.VolumeFlushes.fail", "Runnable.run", DROP));
        add(
                "chain_force_ignored",
                "I7",
                "a failed force of the chain is ignored",
                Search.CHAIN_FORCE_FAILS,
                in("store.StagingForces.force", "Host.fail", DROP));
        add(
                "trust_short_chain",
                "I7",
                "a chain that only the cache has whole raises no doubt",
                Search.CHAIN_AND_SUPERBLOCK_FAIL,
                in("store.StagingOpener.cutOffByFailedForce", "StagingScan.goesOnInCache", DROP));
        add(
                "chain_tail_kept",
                "log",
                "what is left of a torn batch of new data is not cleared",
                Search.TORN_TWICE,
                in("store.StagingOpener.open", "StoreOpener.clearBlock", DROP));
        add(
                "noted_early",
                "I2",
                "a force of the chain counts for a batch that was not written when it began",
                Search.FLUSH_DURING_APPEND,
                in("store.Staging.appendInTurn", "StorageFile.write", "notedThenWritten"));
        add(
                "restamp",
                "epochs",
                "recovery stages new data under a new epoch, not its own",
                Search.CUT_THEN_POWER,
                in("store.StagingOpener.fill", "VolumeExceptions.stage", "stageRestamped"));
    }

    private void versions() {
        add(
                "staging_merges",
                "I8",
                "of a piece that is staged twice only the newest version is kept, across a cut too",
                Search.VERSIONS,
                in("store.VolumeExceptions.stage", "StagedPieces.add", "addMerged"));
        add(
                "newest_first",
                "I8",
                "of a piece that is staged twice only the newest version is preserved for",
                Search.VERSIONS,
                in("snapshot.SettleGroup.take", "SettleGroup.takePiece", "takeNewest"));
        add(
                "slot_left",
                "I8",
                "bytes of a slot are returned though it has left meanwhile",
                Search.HELD_SLOT,
                in("snapshot.StagedReads.readSlot", "StagedPieces.holds", YES));
        add(
                "released_whole",
                "I2",
                "of a piece that was written in part all sectors are released",
                Search.GARBLED_NEIGHBOURS,
                in("snapshot.SettleGroup.takePiece", "StagedPieces.from", DROP),
                in("snapshot.SettleGroup.takePiece", "StagedPieces.to", "toItsEnd"));
    }
}
