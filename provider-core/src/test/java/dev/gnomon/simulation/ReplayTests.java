/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs single cases again: the one named by {@code -Dgnomon.replay}, and those that failed once. */
@Tag("simulation")
class ReplayTests {
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
        Explorer.replay(Case.parse(text), told -> {
            if (named) {
                System.out.println(told);
            }
        });
    }

    @Test
    void caseReadsBackAsItIsWritten() {
        Case path = new Case(Area.DELETE, -7, java.util.List.of()).then(3, 0).then(12, 40);
        assertThat(path).hasToString("DELETE:-7:3:0:12:40");
        assertThat(Case.parse(path.toString())).isEqualTo(path);
    }
}
