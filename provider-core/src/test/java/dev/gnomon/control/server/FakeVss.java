/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control.server;

import dev.gnomon.control.CallView;
import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.control.FaultView;
import dev.gnomon.control.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A VSS provider that allows every fault but {@code explode}, and has been asked for two sets. Thread-safe. */
public final class FakeVss implements VssControl {
    private static final Instant NOW = Instant.parse("2026-02-03T04:05:06Z");

    private final List<FaultView> faults = new CopyOnWriteArrayList<>();
    private final List<CallView> calls = new CopyOnWriteArrayList<>(List.of(
            call(1, "PreCommitSnapshots", "FROZEN", "0x00000000", "", ""),
            call(2, "CommitSnapshots", "HELD", "0x80042306", "too slow; truly", "delay=12s"),
            call(3, "AbortSnapshots", "FROZEN", "0x00000000", "", "")));

    private static CallView call(
            long sequence, String call, String phase, String hresult, String reason, String fault) {
        return new CallView(
                sequence,
                NOW,
                1_500_000,
                "process 4711, shim 0.1.0",
                1,
                call,
                Json.object().put("setId", "3629d4ed-ee09-4e0e-9a5c-6d8ba2872aef"),
                hresult,
                Json.object(),
                reason,
                phase,
                fault);
    }

    @Override
    public FaultView addFault(String call, String action, int times, String volume) throws ControlException {
        if (action.equals("explode")) {
            throw new ControlException(ErrorKind.REFUSED, "faults are not allowed");
        }
        FaultView fault = new FaultView(faults.size() + 1, call, action, times, volume, NOW);
        faults.add(fault);
        return fault;
    }

    @Override
    public List<FaultView> faults() {
        return List.copyOf(faults);
    }

    @Override
    public int clearFaults() {
        int count = faults.size();
        faults.clear();
        return count;
    }

    @Override
    public List<CallView> calls(long afterSequence) {
        return new ArrayList<>(
                calls.stream().filter(call -> call.sequence() > afterSequence).toList());
    }

    @Override
    public void clearCalls() {
        calls.clear();
    }
}
