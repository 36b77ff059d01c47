/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.export.Export;
import dev.gnomon.export.Export.Durability;
import dev.gnomon.export.Exports;
import dev.gnomon.protocol.nbd.client.NbdClient;
import dev.gnomon.testkit.ManualClock;
import dev.gnomon.testkit.MemoryExport;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An export that throws, which is a bug, costs the connection that met it and nothing else. */
@Timeout(60)
class FaultyExportTests {
    @ParameterizedTest
    @ValueSource(strings = {"read", "write", "flush", "sizeBytes"})
    void exportThatThrowsCostsItsConnection(String method) throws IOException {
        MemoryExport data = new MemoryExport("data", 1 << 20, false);
        InvocationHandler handler = (proxy, called, arguments) -> {
            if (called.getName().equals(method)) {
                throw new IllegalStateException("a bug, on purpose");
            }
            return called.invoke(data, arguments);
        };
        Exports exports = exports(
                (Export) Proxy.newProxyInstance(Export.class.getClassLoader(), new Class<?>[] {Export.class}, handler),
                data);
        try (NbdServer server = new NbdServer(exports, NbdLimits.defaults(), new ManualClock())) {
            NbdAddress address = server.listen(NbdAddress.loopback(0));
            try (NbdClient witness = NbdClient.connect(address, "good")) {
                assertThatThrownBy(() -> useAll(address)).isInstanceOf(IOException.class);
                Await.until("it is counted", () -> server.stats().faults() == 1);
                Await.until("nothing is left of it", () -> server.connections() == 1);
                witness.write(0, ByteBuffer.allocate(4096), Durability.FORCED);
            }
            assertThat(data.closed()).isPositive();
        }
    }

    private static void useAll(NbdAddress address) throws IOException {
        try (NbdClient client = NbdClient.connect(address, "bad")) {
            client.read(0, ByteBuffer.allocate(512));
            client.write(0, ByteBuffer.allocate(512), Durability.BUFFERED);
            client.flush();
        }
    }

    private static Exports exports(Export bad, Export good) {
        return new Exports() {
            @Override
            public List<String> names() {
                return List.of("bad", "good");
            }

            @Override
            public Export open(String name) {
                return name.equals("bad") ? bad : good;
            }
        };
    }
}
