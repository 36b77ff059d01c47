/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.io.IoStatus;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class NbdErrorTests {
    @Test
    void everyOutcomeHasItsNumberOfTheProtocol() {
        String table = Arrays.stream(IoStatus.values())
                .map(status -> status + "=" + NbdError.of(status).code())
                .collect(Collectors.joining(" "));
        assertThat(table).isEqualTo("OK=0 IO_ERROR=5 NO_SPACE=28 READ_ONLY=1 INVALID=22 NOT_SUPPORTED=95 GONE=108");
    }

    @Test
    void numbersAreNamed() {
        assertThat(NbdError.nameOf(28)).isEqualTo("ENOSPC");
        assertThat(NbdError.nameOf(-1)).isEqualTo("error 4294967295");
    }
}
