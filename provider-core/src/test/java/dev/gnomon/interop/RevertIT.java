/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.client.ControlClient;
import dev.gnomon.export.Export.Durability;
import dev.gnomon.protocol.nbd.NbdAddress;
import dev.gnomon.protocol.nbd.client.NbdClient;
import dev.gnomon.protocol.nbd.client.NbdException;
import dev.gnomon.testkit.Xoshiro256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Reverting a volume of a running service, which is killed again and again meanwhile. */
@Tag("interop")
@Timeout(600)
@ExtendWith(WorkspaceExtension.class)
class RevertIT {
    private static final int MIB = 1 << 20;
    private static final int SIZE = 64 * MIB;
    private static final int BLOCK = 64 << 10;
    private static final int KILLS = Workspace.LONG ? 50 : 4;

    @Test
    void aRevertGoesOnAfterEachKillAndCopiesStayWhole(Workspace workspace) throws Exception {
        ServiceProcess service = workspace.service("--segment-size", "8M");
        service.createVolume("data", SIZE);
        Xoshiro256 random = new Xoshiro256(Workspace.SEED);
        byte[] old = bytes(random);
        byte[] now = bytes(random);
        write(service, old);
        service.createSet("old", "data");
        write(service, now);
        service.createSet("new", "data");
        service.ask(client -> client.revert("data@old", false));
        byte[] expected = old.clone();
        int inTheMiddle = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            Tools.pause(100 + random.nextInt(300));
            int at = random.nextInt(SIZE / 4096 - 1) * 4096 + 1024;
            try (NbdClient client = connect(service, "data")) {
                byte[] patch = new byte[2048];
                ByteBuffer.wrap(patch).putLong(random.nextLong()).putLong(2040, random.nextLong());
                client.write(at, ByteBuffer.wrap(patch), Durability.BUFFERED);
                System.arraycopy(patch, 0, expected, at, patch.length);
            }
            inTheMiddle += service.ask(ControlClient::reverts).isEmpty() ? 0 : 1;
            service.kill();
            service.restart();
            assertThat(read(service, "data")).as("after kill " + kill).isEqualTo(expected);
        }
        Tools.await(
                "the end of the revert",
                () -> service.ask(ControlClient::reverts).isEmpty());
        assertThat(read(service, "data")).isEqualTo(expected);
        assertThat(read(service, "data@old")).isEqualTo(old);
        assertThat(read(service, "data@new")).isEqualTo(now);
        service.stop();
        Tools.Result check = ServiceProcess.command(
                "check", "--state", service.stateDirectory().toString());
        assertThat(check.exitCode()).as(check.toString()).isZero();
        assertThat(inTheMiddle).as("kills in the middle of the revert").isPositive();
        System.out.println("FIGURE interop: " + inTheMiddle + " of " + KILLS + " kills in the middle of a revert");
    }

    @Test
    void aConnectedClientKeepsARevertFromBeginningAndIsDisconnectedByForce(Workspace workspace) throws Exception {
        ServiceProcess service = workspace.service();
        service.createVolume("data", MIB);
        service.createSet("s", "data");
        try (NbdClient client = connect(service, "data")) {
            client.write(0, ByteBuffer.wrap(new byte[] {1, 2, 3}), Durability.BUFFERED);
            assertThatThrownBy(() -> service.attempt(c -> c.revert("data@s", false)))
                    .isInstanceOf(ControlException.class)
                    .hasMessageContaining("1 clients connected");
            service.ask(c -> c.revert("data@s", true));
            assertThatThrownBy(() -> client.write(0, ByteBuffer.wrap(new byte[] {4}), Durability.FORCED))
                    .isInstanceOf(NbdException.class);
        }
        assertThat(service.volume("data").clients()).isZero();
        byte[] first = new byte[4];
        try (NbdClient client = connect(service, "data")) {
            client.read(0, ByteBuffer.wrap(first));
        }
        assertThat(first).containsOnly(0);
    }

    private static byte[] bytes(Xoshiro256 random) {
        byte[] bytes = new byte[SIZE];
        for (ByteBuffer fill = ByteBuffer.wrap(bytes); fill.hasRemaining(); ) {
            fill.putLong(random.nextLong());
        }
        return bytes;
    }

    private static NbdClient connect(ServiceProcess service, String export) throws IOException {
        return NbdClient.connect(NbdAddress.parse("unix:" + service.socket()), export);
    }

    private static void write(ServiceProcess service, byte[] bytes) throws IOException {
        try (NbdClient client = connect(service, "data")) {
            for (int at = 0; at < SIZE; at += BLOCK) {
                client.write(at, ByteBuffer.wrap(Arrays.copyOfRange(bytes, at, at + BLOCK)), Durability.BUFFERED);
            }
            client.flush();
        }
        Tools.await("no client", () -> service.volume("data").clients() == 0);
    }

    private static byte[] read(ServiceProcess service, String export) throws IOException {
        byte[] bytes = new byte[SIZE];
        try (NbdClient client = connect(service, export)) {
            for (int at = 0; at < SIZE; at += BLOCK) {
                ByteBuffer block = ByteBuffer.allocate(BLOCK);
                client.read(at, block);
                System.arraycopy(block.array(), 0, bytes, at, BLOCK);
            }
        }
        return bytes;
    }
}
