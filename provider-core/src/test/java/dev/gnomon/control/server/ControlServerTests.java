/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.control.FrameChannel;
import dev.gnomon.control.Json;
import dev.gnomon.control.Protocol;
import dev.gnomon.control.Reply;
import dev.gnomon.control.Request;
import dev.gnomon.control.RequestCodec;
import dev.gnomon.control.SchemaChecks;
import dev.gnomon.control.client.ControlClient;
import dev.gnomon.observe.Events;
import dev.gnomon.snapshot.Engine;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.SetRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ControlServerTests {
    private static final int WAIT_MS = 20_000;

    @SuppressWarnings("NullAway.Init") // Set before each test.
    private ControlFixture service;

    @BeforeEach
    void start() throws IOException {
        service = new ControlFixture();
    }

    @AfterEach
    void stillServesAndStops() throws IOException, ControlException {
        waitForASlot();
        service.close();
    }

    @Test
    void socketAndDirectoryAdmitTheirOwnerOnly() throws IOException {
        Path socket = Protocol.socketPath(service.directory());

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(service.directory())))
                .isEqualTo("rwx------");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwxr-x---", "rwx--x---", "rwx-----x", "rwxrwxrwx"})
    void directoriesThatOthersMayEnterAreRefused(
            String permissions, @TempDir(factory = ShortTempDirectories.class) Path directory) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(permissions));

        assertThatThrownBy(() -> ControlServer.open(
                        Protocol.socketPath(directory), request -> sink -> {}, ControlLimits.DEFAULT, Events.toLog()))
                .hasMessageContaining(permissions)
                .hasMessageContaining("rwx------");
    }

    @Test
    void socketPathsHaveUpTo106Bytes(@TempDir(factory = ShortTempDirectories.class) Path directory) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        int room = ControlSocket.MAX_SOCKET_PATH_BYTES - directory.toString().length() - 1;
        for (int length : new int[] {room - 1, room}) {
            ControlServer.open(
                            directory.resolve("s".repeat(length)),
                            request -> sink -> {},
                            ControlLimits.DEFAULT,
                            Events.toLog())
                    .close();
        }
        assertThatThrownBy(() -> ControlServer.open(
                        directory.resolve("s".repeat(room + 1)),
                        request -> sink -> {},
                        ControlLimits.DEFAULT,
                        Events.toLog()))
                .hasMessageContaining("a socket path of 107 bytes; allowed are 106");
    }

    @Test
    void onlyTheOwnerAndRootAreAdmitted() throws IOException {
        UserPrincipal owner = () -> "alice";
        UserPrincipal root = () -> "root";
        PeerCheck check = new PeerCheck(owner, root);

        assertThat(check.refusal(owner)).isEmpty();
        assertThat(check.refusal(root)).isEmpty();
        assertThat(check.refusal((UserPrincipal) () -> "mallory"))
                .isEqualTo("user mallory may not control this service; allowed are alice and root");
    }

    @Test
    void aSocketLeftBehindIsReplaced(@TempDir(factory = ShortTempDirectories.class) Path directory)
            throws IOException, ControlException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        Path socket = Protocol.socketPath(directory);
        Files.writeString(socket, "");

        try (ControlServer _ = ControlServer.open(
                socket, request -> sink -> sink.part(Json.object(), false), ControlLimits.DEFAULT, Events.toLog())) {
            try (ControlClient client = ControlClient.connect(directory)) {
                client.stop();
            }
        }
        assertThat(socket).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Protocol.MAX_FRAME_BYTES + 1, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void framesOfAnImpossibleLengthEndTheConnectionWithTheReason(int length) throws Exception {
        try (SocketChannel socket = service.connect()) {
            socket.write(ByteBuffer.allocate(4).putInt(length).flip());
            try (FrameChannel frames = new FrameChannel(socket)) {
                Reply.Failure failure = failure(frames);

                assertThat(failure.kind()).isEqualTo(ErrorKind.PROTOCOL);
                assertThat(failure.message())
                        .isEqualTo("frame: " + Integer.toUnsignedString(length) + " bytes; allowed are 1 to 1048576");
                assertThat(ends(frames)).isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Protocol.MAX_FRAME_BYTES - 1, Protocol.MAX_FRAME_BYTES})
    void framesUpToTheLargestAreRead(int length) throws Exception {
        byte[] frame = new byte[length];
        Arrays.fill(frame, (byte) ' ');
        byte[] request = Json.toBytes(RequestCodec.encode(1, new Request.VolumeList()));
        System.arraycopy(request, 0, frame, frame.length - request.length, request.length);
        try (FrameChannel frames = service.frames()) {
            frames.write(frame, WAIT_MS);

            assertThat(reply(frames)).isInstanceOf(Reply.Result.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"garbage", "[]", "{}", "{\"schemaVersion\":2,\"id\":5,\"operation\":\"volume.list\"}"})
    void messagesThatAreNoneEndTheConnectionWithTheReason(String message) throws Exception {
        try (FrameChannel frames = service.frames()) {
            frames.write(message.getBytes(UTF_8), WAIT_MS);
            Reply.Failure failure = failure(frames);

            assertThat(failure.kind()).isEqualTo(ErrorKind.PROTOCOL);
            assertThat(failure.id()).isEqualTo(message.contains("id") ? 5 : 0);
            assertThat(ends(frames)).isTrue();
        }
    }

    @Test
    void aWrongValueCostsOnlyTheRequest() throws Exception {
        try (FrameChannel frames = service.frames()) {
            frames.write(Json.toBytes(RequestCodec.encode(1, new Request.VolumeShow("a b"))), WAIT_MS);
            assertThat(failure(frames).kind()).isEqualTo(ErrorKind.INVALID);

            frames.write(Json.toBytes(RequestCodec.encode(2, new Request.VolumeList())), WAIT_MS);
            assertThat(reply(frames).id()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 5, 40})
    void halfAFrameEndsTheConnectionAfterItsDeadline(int sent) throws Exception {
        byte[] request = Json.toBytes(RequestCodec.encode(1, new Request.VolumeList()));
        ByteBuffer frame =
                ByteBuffer.allocate(4 + request.length).putInt(request.length).put(request);
        try (SocketChannel socket = service.connect()) {
            socket.write(frame.flip().limit(sent));

            assertThat(socket.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
    }

    @Test
    void silenceEndsTheConnectionAfterItsDeadline() throws Exception {
        try (ControlFixture hasty = new ControlFixture(new ControlLimits(8, 50, 50));
                SocketChannel socket = hasty.connect()) {
            assertThat(socket.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
    }

    @Test
    void aClientThatNeverReadsIsCutOff() throws Exception {
        fillWithLargeCopies();
        try (SocketChannel socket = service.connect()) {
            byte[] request = Json.toBytes(RequestCodec.encode(1, new Request.CopyList("")));
            socket.write(ByteBuffer.allocate(4 + request.length)
                    .putInt(request.length)
                    .put(request)
                    .flip());
            try (ControlClient other = ControlClient.connect(service.directory())) {
                assertThat(other.volumes()).hasSize(1);
            }
            waitUntilCutOff(socket);
        }
    }

    @Test
    void clientsBeyondTheEighthAreToldSo() throws Exception {
        List<FrameChannel> clients = new ArrayList<>();
        try {
            for (int i = 0; i < Protocol.MAX_CLIENTS; i++) {
                FrameChannel client = service.frames();
                clients.add(client);
                client.write(Json.toBytes(RequestCodec.encode(1, new Request.VolumeList())), WAIT_MS);
                assertThat(reply(client)).isInstanceOf(Reply.Result.class);
            }
            assertThatThrownBy(() -> {
                        try (ControlClient ninth = ControlClient.connect(service.directory())) {
                            ninth.volumes();
                        }
                    })
                    .hasMessageContaining("8 clients")
                    .extracting("kind")
                    .isEqualTo(ErrorKind.BUSY);
            clients.getFirst().write(Json.toBytes(RequestCodec.encode(2, new Request.VolumeList())), WAIT_MS);
            assertThat(reply(clients.getFirst()).id()).isEqualTo(2);
        } finally {
            for (FrameChannel client : clients) {
                client.close();
            }
        }
    }

    @Test
    void aListLargerThanAFrameArrivesComplete() throws Exception {
        fillWithLargeCopies();

        try (ControlClient client = ControlClient.connect(service.directory())) {
            assertThat(client.copies(""))
                    .hasSize(40)
                    .allSatisfy(copy -> assertThat(copy.attributes()).isEqualTo(FakeEngine.largestAttributes()));
            assertThat(client.copies("data")).hasSize(40);
            assertThat(client.sets()).hasSize(40);
        }
    }

    @ParameterizedTest
    @EnumSource(EngineException.Kind.class)
    void failuresOfTheEngineReachTheClientWithKindAndMessage(EngineException.Kind kind) throws Exception {
        service.engine().failNext(kind, "volume data: the reason");
        try (ControlClient client = ControlClient.connect(service.directory())) {
            assertThatThrownBy(() -> client.volume("data"))
                    .hasMessage("volume data: the reason")
                    .extracting("kind")
                    .isEqualTo(ErrorKind.valueOf(kind.name()));
        }
    }

    @Test
    void aDefectCostsOnlyTheRequest(@TempDir(factory = ShortTempDirectories.class) Path directory) throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        RequestHandler broken = request -> {
            throw new IllegalStateException("broken");
        };
        try (ControlServer _ = ControlServer.open(
                        Protocol.socketPath(directory), broken, ControlLimits.DEFAULT, Events.toLog());
                ControlClient client = ControlClient.connect(directory)) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(client::volumes)
                        .hasMessageContaining("GNM-1002")
                        .extracting("kind")
                        .isEqualTo(ErrorKind.FAILED);
            }
        }
    }

    @Test
    void closingTheServerEndsSilentConnectionsAtOnce() throws Exception {
        try (ControlFixture other = new ControlFixture(new ControlLimits(8, 3_600_000, 3_600_000));
                SocketChannel socket = other.connect()) {
            try (ControlClient client = ControlClient.connect(other.directory())) {
                assertThat(client.volumes()).isEmpty();
                other.server().close();
                assertThat(socket.read(ByteBuffer.allocate(1))).isEqualTo(-1);
                assertThatThrownBy(client::volumes).extracting("kind").isEqualTo(ErrorKind.UNREACHABLE);
            }
        }
    }

    private void fillWithLargeCopies() throws EngineException {
        service.engine().createVolume("data", Path.of("/d"), 1 << 20, Engine.Allocation.SPARSE);
        for (int i = 0; i < 40; i++) {
            service.engine().createSet(new SetRequest(List.of("data"), "", FakeEngine.largestAttributes()));
        }
    }

    /** A misbehaving client's slot is free again in the end, and until then the others are served. */
    private void waitForASlot() throws ControlException {
        long deadline = System.nanoTime() + WAIT_MS * 1_000_000L;
        while (true) {
            try (ControlClient client = ControlClient.connect(service.directory())) {
                client.status();
                return;
            } catch (ControlException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
            }
        }
    }

    /** Writes until the server has closed its end; what it sent meanwhile stays unread. */
    private static void waitUntilCutOff(SocketChannel socket) {
        long deadline = System.nanoTime() + WAIT_MS * 1_000_000L;
        assertThatThrownBy(() -> {
                    socket.configureBlocking(false);
                    while (System.nanoTime() < deadline) {
                        socket.write(ByteBuffer.allocate(1));
                        Thread.onSpinWait();
                    }
                })
                .isInstanceOf(IOException.class);
    }

    private static Reply reply(FrameChannel frames) throws IOException, ControlException {
        byte @Nullable [] frame = frames.read(WAIT_MS, WAIT_MS);
        if (frame == null) {
            throw new IOException("closed");
        }
        SchemaChecks.check("reply", new String(frame, UTF_8));
        return Reply.fromJson(Json.parseObject(frame));
    }

    private static Reply.Failure failure(FrameChannel frames) throws IOException, ControlException {
        return (Reply.Failure) reply(frames);
    }

    private static boolean ends(FrameChannel frames) throws ControlException {
        try {
            return frames.read(WAIT_MS, WAIT_MS) == null;
        } catch (IOException e) {
            return true;
        }
    }
}
