/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.util;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VolumeIdentifierTests {
    private static final UUID ID = UUID.fromString("0b5f0a9e-3f0a-4a6e-9d39-5a0fe1a7c00d");

    @Test
    void bytesAreThoseOfTheStandard() {
        assertThat(new String(VolumeIdentifier.of(ID), StandardCharsets.US_ASCII))
                .isEqualTo("GNOMON  0b5f0a9e-3f0a-4a6e-9d39-5a0fe1a7c00d");
        assertThat(VolumeIdentifier.read(VolumeIdentifier.of(ID))).contains(ID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GNOMON  0B5F0A9E-3F0A-4A6E-9D39-5A0FE1A7C00D",
                "GNOMON  0b5f0a9e-3f0a-4a6e-9d39-5a0fe1a7c00d\0\0\0",
                "GNOMON  0b5f0a9e-3f0a-4a6e-9d39-5a0fe1a7c00d  "
            })
    void caseAndPaddingDoNotMatter(String text) {
        assertThat(VolumeIdentifier.read(text.getBytes(StandardCharsets.US_ASCII)))
                .contains(ID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "GNOMON  ",
                "GNOMON",
                "GNOMON  0-0-0-0-0",
                "GNOMON 0b5f0a9e-3f0a-4a6e-9d39-5a0fe1a7c00d",
                "GNOMON   0b5f0a9e-3f0a-4a6e-9d39-5a0fe1a7c00d",
                "gnomon  0b5f0a9e-3f0a-4a6e-9d39-5a0fe1a7c00d",
                "GNOMON  0b5f0a9e-3f0a-4a6e-9d39-5a0fe1a7c00d0"
            })
    void everythingElseIsNone(String text) {
        assertThat(VolumeIdentifier.read(text.getBytes(StandardCharsets.US_ASCII)))
                .isEmpty();
    }
}
