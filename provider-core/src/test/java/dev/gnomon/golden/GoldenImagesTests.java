/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The engine reads what earlier builds wrote: each golden image holds what the listing next to it says. With the system
 * property {@code gnomon.golden} set to {@code write}, images and listings are made anew first; docs/testing.md says when.
 */
class GoldenImagesTests {
    @ParameterizedTest
    @EnumSource
    void imageReadsAsItsListingSays(GoldenStore kind) throws IOException {
        if (System.getProperty("gnomon.golden", "").equals("write")) {
            kind.write();
        }
        assertThat(EngineListing.of(kind.image()).toPrettyString())
                .isEqualTo(kind.listing().toPrettyString());
    }
}
