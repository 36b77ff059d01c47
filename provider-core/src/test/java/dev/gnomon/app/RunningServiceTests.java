/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.cli.LocalCommands;
import dev.gnomon.cli.LocalCommands.ServiceOptions;
import dev.gnomon.control.ClientView;
import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.control.NbdStatsView;
import dev.gnomon.control.Protocol;
import dev.gnomon.control.ServiceView;
import dev.gnomon.control.client.ControlClient;
import dev.gnomon.control.server.FakeEngine;
import dev.gnomon.control.server.ShortTempDirectories;
import dev.gnomon.export.Export;
import dev.gnomon.export.Exports;
import dev.gnomon.io.Clock;
import dev.gnomon.io.Storage;
import dev.gnomon.io.os.OsClock;
import dev.gnomon.io.os.OsStorage;
import dev.gnomon.observe.EventRecorder;
import dev.gnomon.observe.Latencies;
import dev.gnomon.observe.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RunningServiceTests {
    @TempDir(factory = ShortTempDirectories.class)
    @SuppressWarnings("NullAway.Init") // Set before each test.
    private Path parent;

    private final FakeParts parts = new FakeParts();

    @Test
    void servesUntilAClientStopsItAndClosesInOrder() throws Exception {
        Path state = parent.resolve("a/state");
        RunningService service = RunningService.start(parts, options(state));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state)))
                .isEqualTo("rwx------");
        Thread ended = Thread.ofPlatform().start(() -> {
            service.awaitStop();
            service.shutDown();
        });

        try (ControlClient client = ControlClient.connect(state)) {
            assertThat(client.createVolume("data", "", 1 << 20, false).origin())
                    .isEqualTo(state.resolve("volumes/data.raw").toString());
            ServiceView status = client.status();
            assertThat(status.nbdAddresses()).containsExactly("unix:" + state.resolve("nbd.sock"));
            assertThat(status.volumes()).isEqualTo(1);
            assertThat(status.pid()).isEqualTo(ProcessHandle.current().pid());
            client.stop();
        }
        assertThat(parts.closed).containsExactly("nbd", "engine");
        ended.join();
        assertThat(Protocol.socketPath(state)).doesNotExist();
        restartAndStop(state);
    }

    @Test
    void aServiceInUseOnItsMachineIsNotStoppedUnlessForced() throws Exception {
        Path state = parent.resolve("state");
        parts.clients.add(new ClientView("nbd", "data", "127.0.0.1:5", true));
        RunningService service = RunningService.start(parts, options(state));
        Thread ended = Thread.ofPlatform().start(() -> {
            service.awaitStop();
            service.shutDown();
        });

        try (ControlClient client = ControlClient.connect(state)) {
            assertThat(client.clients()).containsExactlyElementsOf(parts.clients);
            assertThatThrownBy(() -> client.stop(false))
                    .hasMessageContaining("in use on this machine: data by nbd 127.0.0.1:5; unmount")
                    .extracting("kind")
                    .isEqualTo(ErrorKind.REFUSED);
            assertThat(client.volumes()).as("it serves").isEmpty();
            client.stop(true);
        }
        ended.join();
    }

    @Test
    void readersOfCopiesAndOtherMachinesDoNotKeepAServiceFromStopping() throws Exception {
        Path state = parent.resolve("state");
        parts.clients.add(new ClientView("nbd", "data@nightly", "127.0.0.1:5", true));
        parts.clients.add(new ClientView("nbd", "data", "192.0.2.7:5", false));
        RunningService service = RunningService.start(parts, options(state));
        assertThat(service.awaitStop(Duration.ofMillis(1))).isFalse();
        Thread ended = Thread.ofPlatform().start(() -> {
            service.awaitStop();
            service.shutDown();
        });

        service.stop(false);

        ended.join();
        assertThat(service.awaitStop(Duration.ofMillis(1))).isTrue();
        assertThat(new ClientView("nbd", "data@nightly+rw", "unix:x", true).inUseHere())
                .isTrue();
    }

    @Test
    void aSecondServiceIsRefusedWithTheHolder() throws Exception {
        Path state = parent.resolve("state");
        RunningService service = RunningService.start(parts, options(state));

        assertThatThrownBy(() -> RunningService.start(new FakeParts(), options(state)))
                .hasMessageContaining(
                        state + ": in use by process " + ProcessHandle.current().pid() + ", started 20")
                .extracting("kind")
                .isEqualTo(ErrorKind.WRONG_STATE);
        try (ControlClient client = ControlClient.connect(state)) {
            assertThat(client.volumes()).isEmpty();
        }
        end(service);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwxr-xr-x", "rwx-----x", "rwxrwxrwx"})
    void aUsedDirectoryThatOthersMayEnterIsRefusedAndAnEmptyOneMadePrivate(String permissions) throws Exception {
        Path state = Files.createDirectory(parent.resolve("state"));
        Files.setPosixFilePermissions(state, PosixFilePermissions.fromString(permissions));
        restartAndStop(state);

        Files.setPosixFilePermissions(state, PosixFilePermissions.fromString(permissions));
        assertThatThrownBy(() -> RunningService.start(parts, options(state)))
                .hasMessageContaining("permissions are " + permissions + "; allowed are rwx------")
                .extracting("kind")
                .isEqualTo(ErrorKind.REFUSED);
    }

    @Test
    void aFileInPlaceOfTheDirectoryIsRefused() throws IOException {
        Path state = Files.writeString(parent.resolve("file"), "");

        assertThatThrownBy(() -> RunningService.start(parts, options(state)))
                .isInstanceOf(ControlException.class)
                .hasMessageContaining(state.toString());
        assertThat(Files.readString(state)).isEmpty();
    }

    @Test
    void whatWasOpenedIsClosedIfTheRestCannotBe() throws Exception {
        Path state = parent.resolve("state");
        parts.refused = "two";
        ServiceOptions options = new ServiceOptions(
                state,
                List.of("one", "two"),
                LocalCommands.NewStore.USUAL,
                0,
                Optional.empty(),
                false,
                false,
                LocalCommands.LogFormat.TEXT,
                Optional.empty(),
                List.of(),
                Optional.empty());

        assertThatThrownBy(() -> RunningService.start(parts, options)).hasMessage("cannot serve NBD on two: in use");
        assertThat(parts.closed).containsExactly("nbd", "engine");
        restartAndStop(state);
    }

    @Test
    void aFailedCloseIsToldToTheOneWhoStops() throws Exception {
        Path state = parent.resolve("state");
        parts.closeFails = true;
        RunningService service = RunningService.start(parts, options(state));
        Thread ended = Thread.ofPlatform().start(() -> {
            service.awaitStop();
            service.shutDown();
        });

        try (ControlClient client = ControlClient.connect(state)) {
            assertThatThrownBy(client::stop)
                    .hasMessageContaining("closing NBD failed")
                    .hasMessageContaining("broken");
        }
        ended.join();
        assertThat(parts.closed).containsExactly("engine");
    }

    private void restartAndStop(Path state) throws ControlException {
        end(RunningService.start(new FakeParts(), options(state)));
    }

    private static void end(RunningService service) {
        service.shutDown();
    }

    private static ServiceOptions options(Path state) {
        return new ServiceOptions(
                state,
                List.of(),
                LocalCommands.NewStore.USUAL,
                0,
                Optional.empty(),
                false,
                false,
                LocalCommands.LogFormat.TEXT,
                Optional.empty(),
                List.of(),
                Optional.empty());
    }

    /** Real files and time; an engine in memory; nobody listens. */
    private static final class FakeParts implements ServiceParts {
        final List<String> closed = new CopyOnWriteArrayList<>();
        final List<ClientView> clients = new CopyOnWriteArrayList<>();

        String refused = "";

        boolean closeFails;
        private final Storage storage = new OsStorage();
        private final EventRecorder events = new EventRecorder(new OsClock()::now);

        @Override
        public OpenedProvider openProvider(VssConfig config, Opened opened) {
            throw new AssertionError("nobody asked for a VSS provider");
        }

        @Override
        public Storage storage() {
            return storage;
        }

        @Override
        public Clock clock() {
            return new OsClock();
        }

        @Override
        public EventRecorder events() {
            return events;
        }

        @Override
        public Latencies latencies() {
            return new Latencies();
        }

        @Override
        public Opened openEngine(Path storeDirectory) {
            return new Opened(new FakeEngine(() -> closed.add("engine")), noExports());
        }

        private static Exports noExports() {
            return new Exports() {
                @Override
                public List<String> names() {
                    return new ArrayList<>();
                }

                @Override
                public @Nullable Export open(String name) {
                    return null;
                }
            };
        }

        @Override
        public void checkNbd(String address, boolean allowRemote) {}

        @Override
        public void checkMetrics(String address, boolean allowRemote) {}

        @Override
        public MetricsService serveMetrics(String address, List<Metric> metrics) {
            return new MetricsService(address, () -> closed.add("metrics"));
        }

        @Override
        public NbdService serveNbd(Exports exports) {
            return new NbdService() {
                @Override
                public String listen(String address, boolean allowRemote) throws IOException {
                    if (address.equals(refused)) {
                        throw new IOException("in use");
                    }
                    return address;
                }

                @Override
                public NbdStatsView stats() {
                    return NbdStatsView.NONE;
                }

                @Override
                public List<ClientView> clients() {
                    return clients;
                }

                @Override
                public void close() {
                    if (closeFails) {
                        throw new IllegalStateException("broken");
                    }
                    closed.add("nbd");
                }
            };
        }
    }
}
