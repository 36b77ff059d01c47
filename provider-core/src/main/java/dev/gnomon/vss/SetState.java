/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

/** State of a snapshot set; the numbers are those of VSS_SNAPSHOT_STATE (provider contract 4.2). */
enum SetState {
    /** There is no set of that id. */
    UNKNOWN(0),
    /** Volumes are being named. */
    PREPARING(1),
    /** EndPrepareSnapshots is on its way. */
    PROCESSING_PREPARE(2),
    /** Everything is flushed, and room is kept. */
    PREPARED(3),
    /** PreCommitSnapshots is on its way. */
    PROCESSING_PRECOMMIT(4),
    /** One step in memory is left. */
    PRECOMMITTED(5),
    /** CommitSnapshots is on its way. */
    PROCESSING_COMMIT(6),
    /** The point in time is fixed, in memory. */
    COMMITTED(7),
    /** PostCommitSnapshots is on its way. */
    PROCESSING_POSTCOMMIT(8),
    /** The set is durable: from here on it exists. */
    POSTCOMMITTED(15),
    /** PreFinalCommitSnapshots is on its way. */
    PROCESSING_PREFINALCOMMIT(9),
    /** Its copies are visible and can be written to. */
    PREFINALCOMMITTED(10),
    /** PostFinalCommitSnapshots is on its way. */
    PROCESSING_POSTFINALCOMMIT(11),
    /** Its copies are what they will be for ever. */
    CREATED(12),
    /** It was discarded, or deleted. */
    ABORTED(13);

    private final int number;

    SetState(int number) {
        this.number = number;
    }

    /** Returns its number for VSS. */
    int number() {
        return number;
    }

    /** Returns whether a set in this state is in the catalog, counts as existing, and outlives its requester. */
    boolean exists() {
        return switch (this) {
            case POSTCOMMITTED, PROCESSING_PREFINALCOMMIT, PREFINALCOMMITTED, PROCESSING_POSTFINALCOMMIT, CREATED ->
                true;
            default -> false;
        };
    }

    /** Returns whether a call of the set is on its way. */
    boolean isProcessing() {
        return name().startsWith("PROCESSING");
    }

    /** Returns whether the provider must neither be unloaded nor change its context: EndPrepare has begun, PostCommit has not ended. */
    boolean isBetweenEndPrepareAndPostCommit() {
        return switch (this) {
            case PROCESSING_PREPARE,
                    PREPARED,
                    PROCESSING_PRECOMMIT,
                    PRECOMMITTED,
                    PROCESSING_COMMIT,
                    COMMITTED,
                    PROCESSING_POSTCOMMIT -> true;
            default -> false;
        };
    }
}
