/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

import static dev.gnomon.mutants.Patch.DROP;
import static dev.gnomon.mutants.Patch.YES;
import static dev.gnomon.mutants.Patch.in;

/** Mutants of reverts. */
final class RevertTable extends Mutants {
    RevertTable() {
        beginning();
        goingOn();
    }

    private void beginning() {
        add(
                "revert_in_memory",
                "revert",
                "a revert is acknowledged, and nothing is written down",
                Search.REVERTS,
                in("snapshot.VolumeRevert.cutAndBegin", "Store.change", DROP));
        add(
                "revert_write_between",
                "revert",
                "writes are let in between the cut of a revert and its beginning",
                Search.HELD_REVERT,
                in("snapshot.VolumeRevert.begin", "EpochGate.suspend", DROP));
        add(
                "revert_late_write",
                "revert",
                "a revert does not wait for writes that were let in before",
                Search.HELD_REVERT,
                in("snapshot.VolumeRevert.cutAndBegin", "EpochGate.awaitOlder", DROP));
        add(
                "revert_drop_src",
                "revert",
                "the source of a running revert may be deleted",
                Search.REVERT_SOURCE,
                in("snapshot.Copies.requireFree", "Copies.isRevertSource", DROP),
                in("store.CatalogStep.delete", "Catalog.isRevertSource", DROP));
    }

    private void goingOn() {
        add(
                "revert_reads_origin",
                "revert",
                "a piece that a revert has not come to is read from the origin",
                Search.REVERTS,
                in("snapshot.StagedReads.readSome", "VolumeExceptions.unreverted", DROP));
        add(
                "revert_step_overwrites",
                "revert",
                "a step of a revert overwrites what a client has written since",
                Search.STEP_MEETS_CLIENT,
                in("snapshot.VolumeWrites.dispatch", "VolumeRevert.isDue", YES));
        add(
                "revert_not_preserved",
                "I1",
                "a step of a revert preserves nothing for newer copies",
                Search.REVERTS,
                in("snapshot.SettleGroup.lookUpReaders", "Lookup.found", YES));
        add(
                "revert_forgets_done",
                "revert",
                "a piece whose old bytes no copy reads gets no record that a revert has been there",
                Search.DONE_PIECES,
                in("snapshot.SettleGroup.takePiece", "EpochGate.copyBelow", "readBelowAlone"));
        add(
                "revert_record_first",
                "revert",
                "a piece gets its record before its new data is durable",
                Search.REVERTS,
                in("snapshot.SettleGroup.settle", "Staging.forceThrough", "unforced"));
        add(
                "revert_part_released",
                "revert",
                "of a piece that a client wrote in part the rest stays as it was before the revert",
                Search.REVERTS,
                in("snapshot.SettleGroup.takePiece", "EpochGate.ofRevert", DROP));
        add(
                "revert_done_early",
                "revert",
                "the end of a revert is written down before its new data is durable or settled",
                Search.END_WITHOUT_FORCE,
                in("snapshot.VolumeRevert.finish", "VolumeRevert.awaitSettled", YES),
                in("snapshot.VolumeRevert.finish", "Staging.forceThrough", "unforced"));
    }
}
