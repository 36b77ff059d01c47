/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

/** Calls that move a snapshot set on: the columns of {@link SetTable}. */
enum SetCall {
    /** BeginPrepareSnapshot with the id of the set. */
    BEGIN(SetState.UNKNOWN, SetState.PREPARING),
    /** BeginPrepareSnapshot with the id of another one. */
    BEGIN_OTHER(SetState.UNKNOWN, SetState.PREPARING),
    /** EndPrepareSnapshots. */
    END_PREPARE(SetState.PROCESSING_PREPARE, SetState.PREPARED),
    /** PreCommitSnapshots. */
    PRE_COMMIT(SetState.PROCESSING_PRECOMMIT, SetState.PRECOMMITTED),
    /** CommitSnapshots. */
    COMMIT(SetState.PROCESSING_COMMIT, SetState.COMMITTED),
    /** PostCommitSnapshots. */
    POST_COMMIT(SetState.PROCESSING_POSTCOMMIT, SetState.POSTCOMMITTED),
    /** PreFinalCommitSnapshots. */
    PRE_FINAL(SetState.PROCESSING_PREFINALCOMMIT, SetState.PREFINALCOMMITTED),
    /** PostFinalCommitSnapshots. */
    POST_FINAL(SetState.PROCESSING_POSTFINALCOMMIT, SetState.CREATED),
    /** AbortSnapshots. */
    ABORT(SetState.ABORTED, SetState.ABORTED);

    private final SetState during;
    private final SetState after;

    SetCall(SetState during, SetState after) {
        this.during = during;
        this.after = after;
    }

    /** Returns the state of the set while the call is on its way. */
    SetState during() {
        return during;
    }

    /** Returns the state of the set when the call has succeeded. */
    SetState after() {
        return after;
    }
}
