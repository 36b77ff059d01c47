/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class NbdAddressesTests {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1,127.0.0.1,10809",
        "127.0.0.1:0,127.0.0.1,0",
        "tcp:127.0.0.1:65535,127.0.0.1,65535",
        "[::1]:7,0:0:0:0:0:0:0:1,7",
        "[::1],0:0:0:0:0:0:0:1,10809"
    })
    void hostsMayHaveAPort(String written, String host, int port) {
        InetSocketAddress address = (InetSocketAddress) new NbdAddresses().convert(written);

        assertThat(address.getAddress().getHostAddress()).isEqualTo(host);
        assertThat(address.getPort()).isEqualTo(port);
    }

    @Test
    void unixSocketsAreMadeAbsolute() {
        assertThat(new NbdAddresses().convert("unix:/run/nbd.sock"))
                .isEqualTo(UnixDomainSocketAddress.of("/run/nbd.sock"));
        assertThat(((UnixDomainSocketAddress) new NbdAddresses().convert("unix:nbd.sock")).getPath())
                .isAbsolute();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "unix:",
                ":1",
                "127.0.0.1:",
                "127.0.0.1:x",
                "127.0.0.1:65536",
                "127.0.0.1:-1",
                "a b",
                "::1",
                "http://x",
                "[::1",
                "unknown.invalid"
            })
    void otherTextsAreRefused(String written) {
        assertThatThrownBy(() -> new NbdAddresses().convert(written))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'" + written + "'")
                .hasMessageContaining("allowed are");
    }

    @Test
    void addressesThatOtherMachinesCanReachAreRefused() throws ControlException {
        List<SocketAddress> local = List.of(
                UnixDomainSocketAddress.of("/x"),
                new NbdAddresses().convert("127.5.5.5"),
                new NbdAddresses().convert("[::1]"));
        NbdAddresses.requireLocal(local);

        for (String remote : List.of("0.0.0.0", "[::]", "192.0.2.1")) {
            assertThatThrownBy(() -> NbdAddresses.requireLocal(List.of(new NbdAddresses().convert(remote))))
                    .hasMessageContaining("--allow-remote")
                    .extracting("kind")
                    .isEqualTo(ErrorKind.REFUSED);
        }
    }
}
