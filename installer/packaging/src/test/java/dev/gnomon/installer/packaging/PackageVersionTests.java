/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackageVersionTests {

    @Test
    void suffixComesBeforeTheReleaseForDebianAndIsUnknownToWindows() throws PackagingException {
        PackageVersion version = PackageVersion.of("0.1.0-SNAPSHOT");

        assertThat(version.number()).isEqualTo("0.1.0");
        assertThat(version.debian()).isEqualTo("0.1.0~SNAPSHOT");
        assertThat(PackageVersion.of("255.255.65535").debian()).isEqualTo("255.255.65535");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1.2",
                "1.2.3.4",
                "v1.2.3",
                "1.2.3-",
                "256.0.0",
                "0.256.0",
                "0.0.65536",
                "1.2.3 ",
                "1.2.3-a/b"
            })
    void whatWindowsInstallerOrAFileNameCannotHoldIsRefused(String text) {
        assertThatThrownBy(() -> PackageVersion.of(text))
                .isInstanceOf(PackagingException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining("255.255.65535");
    }
}
