/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.comshim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ProviderIdentitiesTests {
    private static final Path HEADER = Path.of("src/main/include/gnomon/identities.h");
    private static final Pattern DEFINITION =
            Pattern.compile("^#define (GNOMON_VSS_\\w+) \"(.*)\"$", Pattern.MULTILINE);

    @Test
    void identitiesAreThoseOfTheHeader() throws IOException {
        Map<String, String> header = new TreeMap<>();
        Matcher matcher = DEFINITION.matcher(Files.readString(HEADER));
        while (matcher.find()) {
            header.put(matcher.group(1), matcher.group(2).replace("\\\\", "\\"));
        }
        assertThat(header)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "GNOMON_VSS_PROVIDER_ID",
                        ProviderIdentities.PROVIDER_ID.toString(),
                        "GNOMON_VSS_CLASS_ID",
                        ProviderIdentities.CLASS_ID.toString(),
                        "GNOMON_VSS_VERSION_ID",
                        ProviderIdentities.VERSION_ID.toString(),
                        "GNOMON_VSS_LIBRARY_ID",
                        ProviderIdentities.LIBRARY_ID.toString(),
                        "GNOMON_VSS_PROVIDER_NAME",
                        ProviderIdentities.PROVIDER_NAME,
                        "GNOMON_VSS_PROG_ID",
                        "Gnomon.VssProvider",
                        "GNOMON_VSS_EVENT_SOURCE",
                        ProviderIdentities.EVENT_SOURCE,
                        "GNOMON_VSS_SERVICE_NAME",
                        ProviderIdentities.SERVICE_NAME,
                        "GNOMON_VSS_PIPE_NAME",
                        ProviderIdentities.PIPE_NAME,
                        "GNOMON_VSS_SETTINGS_KEY",
                        ProviderIdentities.SETTINGS_KEY));
    }

    @Test
    void identitiesAreFourDifferentOnes() {
        assertThat(java.util.Set.of(
                        ProviderIdentities.PROVIDER_ID,
                        ProviderIdentities.CLASS_ID,
                        ProviderIdentities.VERSION_ID,
                        ProviderIdentities.LIBRARY_ID))
                .hasSize(4);
    }
}
