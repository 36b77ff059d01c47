/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import static dev.gnomon.vss.Hresult.E_INVALIDARG;
import static dev.gnomon.vss.Hresult.S_OK;
import static dev.gnomon.vss.Hresult.VSS_E_BAD_STATE;
import static dev.gnomon.vss.Hresult.VSS_E_OBJECT_NOT_FOUND;
import static dev.gnomon.vss.Hresult.VSS_E_PROVIDER_VETO;

import java.util.Arrays;
import java.util.List;

/**
 * What VSS sets must do, written from the contract without a look at the provider's table: one set on its way as a number of
 * steps taken, and of each of two ids whether it is free, finished, or gone.
 */
final class SetModel {
    /** Steps taken: 0 none, 1 begun, 2 EndPrepare, 3 PreCommit, 4 Commit, 5 PostCommit, 6 PreFinal. */
    int steps;

    int current = -1;
    int volumes;
    private final boolean readOnlyAtOnce;
    private boolean mine;
    private boolean contextFrozen;
    final Kind[] kinds = {Kind.FREE, Kind.FREE};
    final int[] copies = new int[2];

    /** What an id is that is not on its way. */
    enum Kind {
        FREE,
        FINISHED,
        GONE
    }

    SetModel(boolean readOnlyAtOnce) {
        this.readOnlyAtOnce = readOnlyAtOnce;
    }

    boolean exists(int set) {
        return kinds[set] == Kind.FINISHED || (current == set && steps >= 5);
    }

    /** Returns the answer to BeginPrepareSnapshot; the first two of a set name different volumes. */
    int begin(int set) {
        if (current == set) {
            if (steps > 1) {
                return steps >= 5 ? VSS_E_PROVIDER_VETO : dropped();
            }
            if (volumes == 2) {
                return E_INVALIDARG;
            }
            volumes++;
            return S_OK;
        }
        if (kinds[set] != Kind.FREE) {
            return VSS_E_PROVIDER_VETO;
        }
        if (current >= 0) {
            over();
        }
        current = set;
        steps = 1;
        volumes = 1;
        mine = true;
        contextFrozen = false;
        return S_OK;
    }

    /** Returns the answer to the call that takes a set from so many steps to one more; 1 is EndPrepare, 6 PostFinal. */
    int step(int set, int from) {
        if (current != set) {
            if (from >= 5) {
                return kinds[set] == Kind.FINISHED ? S_OK : VSS_E_PROVIDER_VETO;
            }
            return kinds[set] == Kind.FINISHED ? VSS_E_PROVIDER_VETO : VSS_E_OBJECT_NOT_FOUND;
        }
        if (steps != from) {
            return steps >= 5 ? VSS_E_PROVIDER_VETO : dropped();
        }
        steps++;
        contextFrozen = steps >= 2 && steps <= 4 && (contextFrozen || from == 1);
        if (steps >= 5) {
            copies[set] = volumes;
        }
        if (steps == 7 || (steps == 5 && readOnlyAtOnce)) {
            finish();
        }
        return S_OK;
    }

    int abort(int set) {
        if (current == set) {
            gone();
        }
        return S_OK;
    }

    int setContext() {
        return current >= 0 && contextFrozen ? VSS_E_BAD_STATE : S_OK;
    }

    /** Returns the answer to DeleteSnapshots of a set. */
    int delete(int set) {
        if (!exists(set)) {
            return VSS_E_OBJECT_NOT_FOUND;
        }
        if (current == set) {
            gone();
        }
        kinds[set] = Kind.GONE;
        return S_OK;
    }

    void unload() {
        if (current >= 0 && mine) {
            over();
        }
    }

    void disconnect() {
        if (current >= 0 && mine && steps < 5) {
            gone();
        }
        mine = false;
        contextFrozen = false;
    }

    void expire() {
        if (current >= 0) {
            over();
        }
    }

    void restart() {
        if (current >= 0) {
            over();
        }
        for (int i = 0; i < kinds.length; i++) {
            kinds[i] = kinds[i] == Kind.GONE ? Kind.FREE : kinds[i];
        }
    }

    private int dropped() {
        gone();
        return VSS_E_PROVIDER_VETO;
    }

    private void over() {
        if (steps >= 5) {
            finish();
        } else {
            gone();
        }
    }

    private void finish() {
        kinds[current] = Kind.FINISHED;
        current = -1;
    }

    private void gone() {
        kinds[current] = Kind.GONE;
        current = -1;
    }

    @Override
    public String toString() {
        return current < 0
                ? List.of(kinds) + " " + Arrays.toString(copies)
                : current + " " + steps + " " + volumes + " " + mine + contextFrozen + List.of(kinds)
                        + Arrays.toString(copies);
    }
}
