/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.protocol.nbd.client.NbdClient;
import dev.gnomon.testkit.ManualClock;
import dev.gnomon.testkit.MemoryExport;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UnixSocketTests {
    // Not a temporary folder of JUnit: its path may be longer than a socket's may be.
    private final Path folder;
    private final Path path;
    private final NbdServer server = server();

    UnixSocketTests() throws IOException {
        folder = Files.createTempDirectory("nbd");
        path = folder.resolve("s");
    }

    @BeforeEach
    void start() throws IOException {
        assertThat(folder).isEmptyDirectory();
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    @Test
    void ownerOnlyMayConnectAndNothingElseIsLeftBehind() throws IOException {
        server.listen(new NbdAddress.Unix(path));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(path);
        }
        try (NbdClient client = NbdClient.connect(new NbdAddress.Unix(path), "data")) {
            client.flush();
        }
        server.close();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void socketOfADeadServerIsReplaced() throws IOException {
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(path));
        }
        assertThat(path).exists();
        server.listen(new NbdAddress.Unix(path));
        assertThat(NbdClient.list(new NbdAddress.Unix(path))).isEqualTo(List.of("data"));
    }

    @Test
    void socketOfALiveServerIsLeftAlone() throws IOException {
        server.listen(new NbdAddress.Unix(path));
        try (NbdServer second = server()) {
            assertThatThrownBy(() -> second.listen(new NbdAddress.Unix(path)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(path.toString())
                    .hasMessageContaining("a server answers there");
        }
        assertThat(NbdClient.list(new NbdAddress.Unix(path))).isEqualTo(List.of("data"));
    }

    @Test
    void fileThatIsNoSocketIsLeftAlone() throws IOException {
        Files.writeString(path, "precious");
        assertThatThrownBy(() -> server.listen(new NbdAddress.Unix(path)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("exists and is not a socket");
        assertThat(path).hasContent("precious");
    }

    @Test
    void missingFolderIsNamed() {
        Path missing = folder.resolve("none").resolve("s");
        assertThatThrownBy(() -> server.listen(new NbdAddress.Unix(missing)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none");
    }

    private static NbdServer server() {
        MemoryExport data = new MemoryExport("data", 1 << 20, false);
        return new NbdServer(MemoryExport.exports(data), NbdLimits.defaults(), new ManualClock());
    }
}
