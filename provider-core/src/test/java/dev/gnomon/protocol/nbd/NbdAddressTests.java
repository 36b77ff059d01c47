/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NbdAddressTests {
    @ParameterizedTest
    @CsvSource({
        "tcp:127.0.0.1:10809, tcp:127.0.0.1:10809, true",
        "127.0.0.1:0, tcp:127.0.0.1:0, true",
        "127.0.0.1, tcp:127.0.0.1:10809, true",
        "localhost:1, tcp:127.0.0.1:1, true",
        "127.9.9.9:65535, tcp:127.9.9.9:65535, true",
        "[::1]:10809, tcp:[0:0:0:0:0:0:0:1]:10809, true",
        "tcp:[::1], tcp:[0:0:0:0:0:0:0:1]:10809, true",
        "0.0.0.0:10809, tcp:0.0.0.0:10809, false",
        "192.0.2.1:7, tcp:192.0.2.1:7, false",
        "nbd://127.0.0.1, tcp:127.0.0.1:10809, true",
        "nbd://[::1]:5/, tcp:[0:0:0:0:0:0:0:1]:5, true",
        "unix:/run/x.sock, unix:/run/x.sock, true",
        "nbd+unix:///?socket=/run/x.sock, unix:/run/x.sock, true",
    })
    void formsAreUnderstood(String text, String canonical, boolean local) {
        NbdAddress address = NbdAddress.parse(text);
        assertThat(address).hasToString(canonical);
        assertThat(address.local()).isEqualTo(local);
        assertThat(NbdAddress.parse(address.toString())).isEqualTo(address);
        assertThat(NbdAddress.of(address.socketAddress())).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "tcp:",
                "127.0.0.1:",
                "127.0.0.1:65536",
                "127.0.0.1:-1",
                "127.0.0.1:+1",
                "127.0.0.1:0x10",
                "127.0.0.1:999999999999",
                "::1:10809",
                "[::1:10809",
                "::1]:10809",
                "example.org:10809",
                "1.2.3:4",
                "0:10809",
                "nbd://127.0.0.1:1/name",
                "nbd+unix:///name?socket=/x",
                "nbd+unix:///",
                "nbd+unix:",
                "unix:",
                "http://127.0.0.1",
                "unix:/a\0b",
            })
    void malformedTextIsRefusedWithTheFormsThatAreAllowed(String text) {
        assertThatThrownBy(() -> NbdAddress.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining("unix:PATH");
    }

    @Test
    void socketPathIsAtMost107Bytes() {
        assertThat(NbdAddress.parse("unix:/" + "p".repeat(106))).isInstanceOf(NbdAddress.Unix.class);
        assertThatThrownBy(() -> NbdAddress.parse("unix:/" + "p".repeat(107)))
                .hasMessageContaining("has 108 bytes, allowed are 1 to 107");
    }

    @Test
    void unresolvedHostIsRefused() {
        assertThatThrownBy(() -> NbdAddress.of(InetSocketAddress.createUnresolved("x", 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
