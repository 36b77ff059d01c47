/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control.server;

import dev.gnomon.control.CallView;
import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.control.FaultView;
import java.util.List;

/** What the VSS provider of a service tells, and how it is made to misbehave. Thread-safe. */
public interface VssControl {
    /** That of a service that is no VSS provider. */
    VssControl NONE = new VssControl() {
        @Override
        public FaultView addFault(String call, String action, int times, String volume) throws ControlException {
            throw new ControlException(
                    ErrorKind.WRONG_STATE,
                    "this service is no VSS provider; start it with: gnomon service run --vss FILE");
        }

        @Override
        public List<FaultView> faults() {
            return List.of();
        }

        @Override
        public int clearFaults() {
            return 0;
        }

        @Override
        public List<CallView> calls(long afterSequence) {
            return List.of();
        }

        @Override
        public void clearCalls() {}
    };

    /**
     * Has a call go wrong.
     *
     * @throws ControlException of kind REFUSED if the configuration does not allow it, INVALID if it is no fault that there is
     */
    FaultView addFault(String call, String action, int times, String volume) throws ControlException;

    /** Returns the faults in force. */
    List<FaultView> faults();

    /** Ends all faults; returns how many there were. */
    int clearFaults();

    /** Returns the newest calls, in the order of their answers, with a sequence above one. */
    List<CallView> calls(long afterSequence);

    /** Forgets all calls. */
    void clearCalls();
}
