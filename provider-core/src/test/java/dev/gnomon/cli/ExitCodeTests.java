/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.control.ErrorKind;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExitCodeTests {
    @Test
    void numbersNeverChange() {
        assertThat(Arrays.stream(ExitCode.values()).map(ExitCode::number))
                .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
        assertThat(ExitCode.IN_USE.number()).isEqualTo(11);
        assertThat(Map.of(
                        ExitCode.DONE, 0,
                        ExitCode.FAILED, 1,
                        ExitCode.USAGE, 2,
                        ExitCode.PARTLY, 3,
                        ExitCode.NOT_FOUND, 4,
                        ExitCode.WRONG_STATE, 5,
                        ExitCode.DIFF_AREA_FULL, 6,
                        ExitCode.REFUSED, 7,
                        ExitCode.DAMAGED, 8,
                        ExitCode.PERMISSION, 9))
                .allSatisfy((code, number) -> assertThat(code.number()).isEqualTo(number));
        assertThat(ExitCode.UNREACHABLE.number()).isEqualTo(10);
    }

    @ParameterizedTest
    @CsvSource({
        "INVALID,2",
        "NOT_FOUND,4",
        "WRONG_STATE,5",
        "DIFF_AREA_FULL,6",
        "REFUSED,7",
        "DAMAGED,8",
        "PERMISSION,9",
        "FAILED,1",
        "PROTOCOL,1",
        "BUSY,10",
        "UNREACHABLE,10"
    })
    void everyKindOfErrorHasItsNumber(ErrorKind kind, int number) {
        assertThat(ExitCode.of(kind).number()).isEqualTo(number);
    }
}
