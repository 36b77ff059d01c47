/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.control.EventView;
import dev.gnomon.control.LatencyView;
import dev.gnomon.control.Request;
import dev.gnomon.control.SetView;
import dev.gnomon.control.StatsReport;
import dev.gnomon.control.VolumeView;
import dev.gnomon.control.client.ControlClient;
import dev.gnomon.control.server.ShortTempDirectories;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The service as a process of its own, as users run it: real files, real sockets, real signals. */
@Timeout(180)
class ServiceProcessTests {
    private static final int WAIT_SECONDS = 60;

    @TempDir(factory = ShortTempDirectories.class)
    @SuppressWarnings("NullAway.Init") // Set before each test.
    private Path parent;

    private final List<Run> runs = new ArrayList<>();

    @AfterEach
    void nothingKeepsRunning() throws InterruptedException {
        for (Run run : runs) {
            run.process.destroyForcibly().waitFor();
        }
    }

    @Test
    void whatWasAcknowledgedIsThereAfterAKillAndAfterAStop() throws Exception {
        Path state = parent.resolve("state");
        Run first = service(state);
        List<VolumeView> volumes;
        List<SetView> sets;
        try (ControlClient client = ControlClient.connect(state)) {
            client.createVolume("data", "", 4 << 20, false);
            client.createVolume("log", "", 1 << 20, true);
            client.createSet(new Request.SetCreate(List.of("data", "log"), "n", Map.of("job", "backup")));
            volumes = client.volumes();
            sets = client.sets();
        }
        assertThat(greeting(state.resolve("nbd.sock"))).isEqualTo("NBDMAGIC");
        assertThat(Files.size(state.resolve("volumes/data.raw"))).isEqualTo(4 << 20);
        first.process.destroyForcibly();
        first.exitCode();

        Run second = service(state);
        assertThat(second.err()).contains("serving 2 volumes on unix:" + state.resolve("nbd.sock"));
        try (ControlClient client = ControlClient.connect(state)) {
            assertThat(client.volumes()).extracting(VolumeView::id).containsExactlyElementsOf(ids(volumes));
            assertThat(client.sets()).isEqualTo(sets);
        }
        Run stop = command("service", "stop", "--state", state.toString());
        assertThat(stop.exitCode()).isZero();
        assertThat(second.exitCode()).isZero();
        assertThat(second.err()).endsWith("gnomon: stopped").doesNotContain("\tat ");

        Run third = service(state);
        // Process.destroy would close the stream that the last words arrive on.
        third.process.toHandle().destroy();
        assertThat(third.exitCode()).as("SIGTERM is a clean stop").isZero();
        assertThat(third.err()).endsWith("gnomon: stopped");
        assertThat(state.resolve("control.sock")).doesNotExist();
        assertThat(state.resolve("nbd.sock")).doesNotExist();
    }

    @Test
    void eventsAreListedLoggedAndKeptOverAKill() throws Exception {
        Path state = parent.resolve("state");
        Run first = service(state);
        try (ControlClient client = ControlClient.connect(state)) {
            client.createVolume("data", "", 1 << 20, true);
            client.createSet(new Request.SetCreate(List.of("data"), "n", Map.of()));
            StatsReport stats = client.stats();
            assertThat(stats.latencies())
                    .filteredOn(latency -> latency.count() > 0)
                    .extracting(LatencyView::name)
                    .contains("engine.cut_hold", "engine.store_force", "engine.origin_force");
            assertThat(client.events(0, Instant.EPOCH))
                    .extracting(EventView::id)
                    .containsExactly("GNM-1101", "GNM-2101", "GNM-2104");
        }
        awaitInFile(state.resolve("events.log"), "GNM-2104");
        first.process.destroyForcibly();
        first.exitCode();

        Run second = service(state);
        try (ControlClient client = ControlClient.connect(state)) {
            List<EventView> events = client.events(0, Instant.EPOCH);
            assertThat(events)
                    .extracting(EventView::id)
                    .containsExactly("GNM-1101", "GNM-2101", "GNM-2104", "GNM-1101");
            assertThat(events).extracting(EventView::sequence).containsExactly(1L, 2L, 3L, 4L);
        }
        Run stop = command("service", "stop", "--state", state.toString());
        assertThat(stop.exitCode()).isZero();
        second.exitCode();
        assertThat(Files.readString(state.resolve("events.log")).lines().toList())
                .last()
                .asString()
                .contains("GNM-1103");
    }

    private static void awaitInFile(Path file, String text) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (!Files.readString(file).contains(text)) {
            assertThat(System.nanoTime())
                    .as("waiting for " + text + " in " + file)
                    .isLessThan(deadline);
            LockSupport.parkNanos(10_000_000);
        }
    }

    @Test
    void aSecondServiceIsRefusedAndTheFirstGoesOn() throws Exception {
        Path state = parent.resolve("state");
        Run first = service(state);

        Run second = command("service", "run", "--state", state.toString());
        assertThat(second.exitCode()).isEqualTo(5);
        assertThat(second.err()).startsWith("gnomon: " + state + ": in use by process " + first.process.pid());
        try (ControlClient client = ControlClient.connect(state)) {
            assertThat(client.status().pid()).isEqualTo(first.process.pid());
        }
    }

    @Test
    void addressesAreCheckedBeforeAnythingIsStarted() throws Exception {
        Path state = parent.resolve("state");
        Run remote = command("service", "run", "--state", state.toString(), "--nbd", "0.0.0.0:0");
        Run wrong = command("service", "run", "--state", state.toString(), "--nbd", "127.0.0.1:70000");

        assertThat(remote.exitCode()).isEqualTo(7);
        assertThat(remote.err())
                .startsWith("gnomon: --nbd: 0.0.0.0:0 can be reached")
                .contains("--allow-remote");
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.err()).startsWith("gnomon: --nbd: ").contains("70000", "65535");
        assertThat(state).doesNotExist();
    }

    @Test
    void checkTellsCleanFromDamagedFromUnchecked() throws Exception {
        Path state = parent.resolve("state");
        Run missing = command("check", "--state", state.toString());
        Run service = service(state);
        try (ControlClient client = ControlClient.connect(state)) {
            client.createVolume("data", "", 1 << 20, true);
            client.createSet(new Request.SetCreate(List.of("data"), "n", Map.of()));
        }
        Run running = command("check", "--state", state.toString());
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.err()).startsWith("gnomon: cannot check: ");
        assertThat(running.exitCode()).isEqualTo(1);
        assertThat(running.err()).contains("in use by process");
        service.process.toHandle().destroy();
        service.exitCode();

        Run clean = command("check", "--state", state.toString());
        assertThat(clean.exitCode()).as(clean.err()).isZero();
        flipAByteOfTheCheckpoint(state.resolve("store"));
        Run damaged = command("check", "--state", state.toString());
        assertThat(damaged.exitCode()).as(damaged.err()).isEqualTo(8);
    }

    private static void flipAByteOfTheCheckpoint(Path store) throws IOException {
        Path checkpoint;
        try (Stream<Path> files = Files.list(store)) {
            checkpoint = files.filter(file -> file.getFileName().toString().startsWith("checkpoint"))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(checkpoint);
        bytes[100] ^= 1;
        Files.write(checkpoint, bytes);
    }

    private static String greeting(Path socket) throws IOException {
        try (SocketChannel nbd = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            nbd.connect(UnixDomainSocketAddress.of(socket));
            ByteBuffer magic = ByteBuffer.allocate(8);
            while (magic.hasRemaining() && nbd.read(magic) >= 0) {
                // Until all of it is there.
            }
            return new String(magic.array(), StandardCharsets.US_ASCII);
        }
    }

    private static List<UUID> ids(List<VolumeView> volumes) {
        return volumes.stream().map(VolumeView::id).toList();
    }

    private Run service(Path state) throws IOException, InterruptedException {
        Run run = command("service", "run", "--state", state.toString());
        assertThat(run.ready.await(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(run.err()).contains("gnomon: serving");
        return run;
    }

    private Run command(String... arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.gnomon.app.Main"));
        line.addAll(List.of(arguments));
        Run run = new Run(new ProcessBuilder(line)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start());
        runs.add(run);
        return run;
    }

    /** One process and what it wrote to standard error. */
    private static final class Run {
        private final Process process;
        private final CountDownLatch ready = new CountDownLatch(1);
        private final List<String> lines = new ArrayList<>();
        private final Thread reader;

        Run(Process process) {
            this.process = process;
            this.reader = Thread.ofPlatform().daemon().start(this::readAll);
        }

        int exitCode() throws InterruptedException {
            assertThat(process.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
            reader.join();
            return process.exitValue();
        }

        synchronized String err() {
            return lines.stream().filter(line -> line.startsWith("gnomon: ")).collect(Collectors.joining("\n"));
        }

        private void readAll() {
            try (BufferedReader in =
                    new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    add(line);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                ready.countDown();
            }
        }

        private synchronized void add(String line) {
            lines.add(line);
            if (line.startsWith("gnomon: serving")) {
                ready.countDown();
            }
        }
    }
}
