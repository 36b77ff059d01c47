/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class VssHostTests {
    /** Where the shim has it from. */
    private static final Path HEADER = Path.of("../com-shim/src/main/include/gnomon/identities.h");

    @Test
    void providerIdIsTheOneThatTheShimRegisters() throws IOException {
        assertThat(Files.readString(HEADER)).contains("#define GNOMON_VSS_PROVIDER_ID \"" + VssHost.PROVIDER_ID + "\"");
    }
}
