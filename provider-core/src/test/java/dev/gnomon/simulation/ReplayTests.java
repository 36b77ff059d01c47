/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs single cases again: the one named by {@code -Dgnomon.replay}, and those that failed once. */
@Tag("simulation")
class ReplayTests extends QuietEngine {
    static Stream<String> cases() throws Exception {
        String named = System.getProperty("gnomon.replay", "");
        if (!named.isBlank()) {
            return Stream.of(named);
        }
        try (InputStream list = ReplayTests.class.getResourceAsStream("regressions.txt")) {
            String text = new String(Objects.requireNonNull(list).readAllBytes(), StandardCharsets.UTF_8);
            return text
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> line.split("\\s", 2)[0])
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void caseHoldsNow(String text) {
        boolean named = !System.getProperty("gnomon.replay", "").isBlank();
        Consumer<String> told =
                named ? line -> line.lines().forEach(part -> System.out.println("FIGURE replay: " + part)) : line -> {};
        if (FaultCase.isOne(text)) {
            new FaultExplorer(new FaultTally(), told).replay(FaultCase.parse(text));
        } else {
            Explorer.replay(Case.parse(text), told);
        }
    }

    @Test
    void caseReadsBackAsItIsWritten() {
        Case path = new Case(Area.DELETE, -7, List.of()).then(3, 0).then(12, 40);
        assertThat(path).hasToString("DELETE:-7:3:0:12:40");
        assertThat(Case.parse(path.toString())).isEqualTo(path);
        assertThat(FaultCase.isOne(path.toString())).isFalse();
        FaultCase fault = new FaultCase(Area.DELETE, -7, DeviceFault.LIES, DeviceFault.Target.STORE, 12);
        assertThat(fault.endedAt(3, 40)).hasToString("DELETE:-7:LIES:STORE:12:3:40");
        assertThat(FaultCase.parse(fault.toString())).isEqualTo(fault);
        assertThat(FaultCase.parse(fault.endedAt(3, 40).toString())).isEqualTo(fault.endedAt(3, 40));
        assertThat(FaultCase.isOne(fault.toString())).isTrue();
    }

    /** Without this no replay would be one. */
    @ParameterizedTest
    @EnumSource
    void sameCaseIsTheSameRun(DeviceFault fault) {
        for (DeviceFault.Target target : DeviceFault.Target.values()) {
            FaultCase of = new FaultCase(Area.SEGMENT_CHANGE, Size.seed(), fault, target, 2);
            assertThat(FaultRun.of(of).trace())
                    .as("trace of %s", of)
                    .isEqualTo(FaultRun.of(of).trace());
        }
        FaultCase other = new FaultCase(Area.SEGMENT_CHANGE, Size.seed() + 1, fault, DeviceFault.Target.STORE, 2);
        FaultCase of = new FaultCase(Area.SEGMENT_CHANGE, Size.seed(), fault, DeviceFault.Target.STORE, 2);
        assertThat(FaultRun.of(other).trace()).isNotEqualTo(FaultRun.of(of).trace());
    }

    @ParameterizedTest
    @EnumSource
    void sameWorkloadIsTheSameRun(Area area) {
        Recording first = Workload.record(area, Size.seed());
        Recording second = Workload.record(area, Size.seed());
        assertThat(second.trace()).isEqualTo(first.trace());
        assertThat(Workload.record(area, Size.seed() + 1).trace()).isNotEqualTo(first.trace());
    }
}
