/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.export.Export;
import dev.gnomon.export.Exports;
import dev.gnomon.testkit.MemoryExport;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Writes of one receive are brought to the export together, and it never holds them back while anybody waits. */
class GatheredWritesTests {
    private static final Set<String> TOLD = Set.of("gather", "submit", "read", "write", "flush", "close");
    private static final int BYTES = 512;

    private final List<String> calls = new ArrayList<>();

    private ClientScript writes(ClientScript script, int count) {
        for (int i = 0; i < count; i++) {
            script.request(NbdProtocol.CMD_WRITE, 0, i, (long) i * BYTES, BYTES).raw(new byte[BYTES]);
        }
        return script;
    }

    private String run(ClientScript script, int pieceBytes) {
        MemoryExport data = new MemoryExport("data", 1 << 20, false);
        Export noting = (Export) Proxy.newProxyInstance(
                Export.class.getClassLoader(), new Class<?>[] {Export.class}, (proxy, called, arguments) -> {
                    if (TOLD.contains(called.getName())) {
                        calls.add(called.getName());
                    }
                    return called.invoke(data, arguments);
                });
        Exports exports = new Exports() {
            @Override
            public List<String> names() {
                return List.of("data");
            }

            @Override
            public Export open(String name) {
                return noting;
            }
        };
        byte[] _ = new InProcess(exports).run(script.bytes(), pieceBytes);
        return String.join(" ", calls);
    }

    @Test
    void whatCameTogetherIsBroughtTogether() {
        assertThat(run(writes(ClientScript.entered("data"), 4), Integer.MAX_VALUE))
                .isEqualTo("gather write write write write submit close");
    }

    @Test
    void nothingIsHeldBackForARequestThatMayWait() {
        ClientScript script = writes(ClientScript.entered("data"), 2)
                .request(NbdProtocol.CMD_READ, 0, 9, 0, BYTES)
                .request(NbdProtocol.CMD_FLUSH, 0, 10, 0, 0);
        assertThat(run(writes(script, 1).disconnect(), Integer.MAX_VALUE))
                .isEqualTo("gather write write submit read flush gather write submit close");
    }

    @Test
    void nothingIsHeldBackWhileThePayloadOfTheNextComes() {
        String told = run(writes(ClientScript.entered("data"), 3), 100);
        assertThat(told).isEqualTo("gather write submit gather write submit gather write submit close");
    }

    @Test
    void aConnectionThatBreaksHoldsNothingBack() {
        ClientScript broken = writes(ClientScript.entered("data"), 2)
                .request(NbdProtocol.CMD_WRITE, 0, 9, 0, BYTES)
                .raw(new byte[BYTES / 2]);
        assertThat(run(broken, Integer.MAX_VALUE)).isEqualTo("gather write write submit close");
        calls.clear();
        ClientScript tooLarge = writes(ClientScript.entered("data"), 2)
                .request(NbdProtocol.CMD_WRITE, 0, 9, 0, NbdLimits.defaults().requestBytes() + 1);
        assertThat(run(tooLarge, Integer.MAX_VALUE)).isEqualTo("gather write write submit close");
    }
}
