/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.util;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Properties;
import org.junit.jupiter.api.Test;

class BuildInfoTests {

    @Test
    void currentHoldsTheVersionAndTheCommitOfThisBuild() {
        BuildInfo info = BuildInfo.current();

        assertThat(info.version()).matches("\\d+\\.\\d+\\.\\d+(-SNAPSHOT)?");
        assertThat(info.commit()).matches("[0-9a-f]{40}|unknown");
    }

    @Test
    void unreplacedCommitIsUnknown() {
        assertThat(BuildInfo.of(properties("1.2.3", "${gnomon.commit}")))
                .isEqualTo(new BuildInfo("1.2.3", BuildInfo.UNKNOWN_COMMIT));
    }

    @Test
    void unreplacedVersionIsAnErrorThatShowsTheValue() {
        assertThatThrownBy(() -> BuildInfo.of(properties("${project.version}", "0")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("${project.version}");
    }

    private static Properties properties(String version, String commit) {
        Properties properties = new Properties();
        properties.setProperty("version", version);
        properties.setProperty("commit", commit);
        return properties;
    }
}
