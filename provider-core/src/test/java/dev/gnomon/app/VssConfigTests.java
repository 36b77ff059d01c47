/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VssConfigTests {
    private static final String WHOLE = """
            {"schemaVersion": 1, "channel": "pipe", "pipeName": "Gnomon.Test", "machineName": "HOST",
             "volumes": [
               {"guidPath": "\\\\\\\\?\\\\Volume{3629d4ed-ee09-4e0e-9a5c-6d8ba2872aef}\\\\", "names": ["V:\\\\"], "volume": "data"},
               {"guidPath": "\\\\\\\\?\\\\Volume{00000000-ee09-4e0e-9a5c-6d8ba2872aef}\\\\", "volume": null}],
             "surface": {"kind": "table", "deviceNames": "Device{n}"}, "allowFaults": true}
            """;

    @TempDir
    private Path directory;

    @Test
    void everythingIsRead() throws Exception {
        VssConfig config = read(WHOLE);

        assertThat(config.overPipe()).isTrue();
        assertThat(config.pipeName()).isEqualTo("Gnomon.Test");
        assertThat(config.machineName()).isEqualTo("HOST");
        assertThat(config.deviceNames()).contains("Device{n}");
        assertThat(config.allowFaults()).isTrue();
        assertThat(config.volumes()).hasSize(2);
        assertThat(config.volumes().get(1).volume()).isEmpty();
        assertThat(config.locator()).isEqualTo(VssConfig.Locator.TABLE);
    }

    @Test
    void usualValuesAreWhatIsNotGiven() throws Exception {
        VssConfig tcp = read(
                "{\"schemaVersion\":1,\"channel\":\"tcp\",\"machineName\":\"H\",\"volumes\":[],\"surface\":{\"kind\":\"none\"}}");
        VssConfig pipe = read(
                "{\"schemaVersion\":1,\"channel\":\"pipe\",\"machineName\":\"H\",\"volumes\":[],\"surface\":{\"kind\":\"none\"}}");

        assertThat(tcp.overPipe()).isFalse();
        assertThat(tcp.allowFaults()).isFalse();
        assertThat(tcp.deviceNames()).isEmpty();
        assertThat(pipe.pipeName()).isEqualTo("Gnomon.Vss");
    }

    @Test
    void disksNeedNoTable() throws Exception {
        String disks =
                "{\"schemaVersion\":1,\"channel\":\"pipe\",\"machineName\":\"H\",\"locator\":\"disks\",\"surface\":{\"kind\":\"none\"}}";

        assertThat(read(disks).locator()).isEqualTo(VssConfig.Locator.DISKS);
        assertThat(read(disks.replace("\"locator\"", "\"volumes\":[],\"locator\""))
                        .volumes())
                .isEmpty();
        assertThat(read(WHOLE.replace("\"surface\"", "\"locator\": \"table\", \"surface\""))
                        .volumes())
                .hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            "schemaVersion": 1                    | "schemaVersion": 2             | schemaVersion: found 2; allowed is 1
            "channel": "pipe"                     | "channel": "unix"              | channel: 'unix'; allowed are pipe and tcp
            "channel": "pipe"                     | "channel": "tcp"               | pipeName: 'Gnomon.Test'
            "pipeName": "Gnomon.Test"             | "pipeName": "a\\\\b"           | pipeName: 'a\\b'
            "machineName": "HOST"                 | "machineName": ""              | machineName: STRING; allowed is a text of 1 to
            "machineName": "HOST",                | "machine": "HOST",             | machineName: missing
            "machineName": "HOST",                | "machineName": "H", "more": 1, | 'more': unknown field
            "volume": "data"                      | "volume": "da ta"              | volume: 'da ta'
            "volume": "data"                      | "volume": 1                    | volumes[0].volume: NUMBER
            "volume": null                        | "note": null                   | volumes[1].volume: missing
            "kind": "table"                       | "kind": "none"                 | surface.'deviceNames': unknown field
            "kind": "table"                       | "kind": "iscsi"                | surface.kind: 'iscsi'; allowed are none and table
            "machineName": "HOST",                | "machineName": "H", "locator": "letters", | locator: 'letters'; allowed are table and disks
            "machineName": "HOST",                | "machineName": "H", "locator": "disks", | volumes: allowed is a list of at most 0
            "allowFaults": true                   | "allowFaults": "yes"           | allowFaults: STRING; allowed are true and false
            """)
    void whatIsWrongIsNamed(String whole, String instead, String message) {
        assertThatThrownBy(() -> read(WHOLE.replace(whole, instead)))
                .isInstanceOfSatisfying(
                        ControlException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID))
                .hasMessageStartingWith("--vss: " + directory.resolve("vss.json"))
                .hasMessageContaining(message);
    }

    @Test
    void missingFileAndOtherTextAreNamed() {
        assertThatThrownBy(() -> VssConfig.read(directory.resolve("none"))).hasMessageContaining("no such file");
        assertThatThrownBy(() -> read("[]")).hasMessageContaining("allowed is an object");
    }

    private VssConfig read(String text) throws IOException, ControlException {
        Path file = directory.resolve("vss.json");
        Files.writeString(file, text);
        return VssConfig.read(file);
    }
}
