/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.protocol.nbd.NbdAddress;
import dev.gnomon.protocol.nbd.client.NbdClient;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The service as a service of Windows, under Wine's service manager, in the process of Procrun. Wine never shuts down, so what
 * happens then is tested with a service in memory only; neither has Wine recovery actions.
 */
@Tag("windows")
@Timeout(600)
@ExtendWith(WorkspaceExtension.class)
class WindowsHostIT {
    private static final String MAIN = "dev.gnomon.app.Main";
    private static final String PARAMETERS = "HKLM\\Software\\Wow6432Node\\Apache Software Foundation\\Procrun 2.0\\";

    /** Unpacked by the build, beside the tests. */
    private static final String PROCRUN = "procrun/amd64/prunsrv.exe";

    private static final int MIB = 1 << 20;

    @Test
    void isStartedUsedDrainedAndStoppedByTheServiceManager(Workspace workspace) throws IOException {
        Tools.require("nbdcopy", "nbdinfo");
        Wine wine = Wine.require();
        Host host = new Host(workspace, wine, "GnomonUsed");
        host.install("--nbd;127.0.0.1:" + host.port);
        try {
            host.start();
            Tools.await("service ready", () -> host.log().contains("gnomon: serving"));
            assertThat(host.gnomon("service", "status").ok()).contains("tcp:127.0.0.1:" + host.port);
            host.gnomon("volume", "create", "data", "--size", "4M").ok();
            Path image = Image.random(4 * MIB, Workspace.SEED).writeTo(workspace.path("image"));
            Tools.run("nbdcopy", "--flush", image.toString(), host.uri("data")).ok();

            stopWhileInUse(host);
            Tools.await("stopped", () -> host.log().contains("gnomon: stopped"));
            Tools.await("no process", () -> host.query().contains("STOPPED"));
            assertThat(host.log()).doesNotContain("cuts off");

            host.start();
            // The host begins its log anew.
            Tools.await("served again", () -> host.log().contains("serving 1 volume"));
            Path back = workspace.path("back");
            Tools.run("nbdcopy", host.uri("data"), back.toString()).ok();
            assertThat(back).hasSameBinaryContentAs(image);
            host.gnomon("service", "stop").ok();
            Tools.await("stopped by the command line", () -> host.query().contains("STOPPED"));
        } finally {
            host.end();
        }
    }

    /** Has a client while the service manager, and the command line, say stop; it leaves in time. */
    private static void stopWhileInUse(Host host) throws IOException {
        Running stopping;
        try (NbdClient client = NbdClient.connect(NbdAddress.loopback(host.port), "data")) {
            assertThat(host.gnomon("service", "clients").ok()).contains("data");
            assertThat(host.gnomon("service", "stop").refused()).contains("in use on this machine: data by nbd");
            stopping = Running.start(host.netWords("stop"));
            Tools.await("the event", () -> host.log().contains("waits 30 s for data by nbd"));
            assertThat(Tools.run("nbdinfo", host.uri("data")).exitCode())
                    .as("no new clients")
                    .isNotZero();
            client.read(0, ByteBuffer.allocate(512));
        }
        stopping.result(Tools.DEADLINE);
    }

    @Test
    void aServiceThatCannotStartDoesNotGoOnRunning(Workspace workspace) throws IOException {
        Wine wine = Wine.require();
        Host host = new Host(workspace, wine, "GnomonFailing");
        host.install("--nbd;192.0.2.7");
        try {
            Tools.await("the reason", () -> {
                host.tryToStart();
                return host.log().contains("can be reached from other machines");
            });
            assertThat(host.gnomon("service", "status").exitCode()).isEqualTo(10);
        } finally {
            host.end();
        }
    }

    /** A service of Windows. */
    private static final class Host {
        final int port;
        private final Wine wine;
        private final String name;
        private final Path directory;
        private final Path program;
        private final Running keeper;
        private int outputs;

        /** A service that is deleted is not always gone at once, so each has a name of its own. */
        Host(Workspace workspace, Wine wine, String name) throws IOException {
            this.wine = wine;
            this.name = name;
            directory = Files.createDirectories(workspace.path("host"));
            Path tests = Path.of(URI.create(WindowsHostIT.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toString()));
            program = Files.copy(tests.resolveSibling(PROCRUN), directory.resolve("gnomon-engine.exe"));
            try (ServerSocket socket = new ServerSocket(0)) {
                port = socket.getLocalPort();
            }
            keeper = wine.keepAlive();
        }

        void install(String parameters) {
            remove(); // what an earlier run that was killed may have left
            String log = Wine.windowsPath(directory);
            procrun(
                    "//IS//" + name,
                    "--DisplayName=Gnomon under test, " + name,
                    "--Startup=manual",
                    "--ServiceUser=LocalSystem",
                    "--Jvm=" + wine.jvm(),
                    "--JvmOptions=--enable-native-access=ALL-UNNAMED;-XX:-PrintWarnings;-XX:TieredStopAtLevel=1;-Xrs",
                    "--Classpath=" + Wine.classPath(),
                    "--StartMode=jvm",
                    "--StartClass=dev.gnomon.app.WindowsService",
                    "--StartMethod=start",
                    "--StartParams=--state;" + state() + ";" + parameters,
                    "--StopMode=jvm",
                    "--StopClass=dev.gnomon.app.WindowsService",
                    "--StopMethod=stop",
                    "--StopTimeout=60",
                    "--LogPath=" + log,
                    "--LogLevel=Debug",
                    "--StdOutput=" + log + "\\stdout.log",
                    "--StdError=" + log + "\\stderr.log");
        }

        /** Leaves nothing running, whatever the test found. */
        void end() {
            wine.run(output(), "net", "stop", name);
            remove();
            keeper.close();
        }

        private void remove() {
            // Procrun itself asks Wine for what Wine does not know, and gives up.
            wine.run(output(), "sc", "delete", name);
            wine.run(output(), "reg", "delete", PARAMETERS + name, "/f");
        }

        private void procrun(String... words) {
            List<String> all = new ArrayList<>(List.of(Wine.windowsPath(program)));
            all.addAll(List.of(words));
            wine.run(output(), all.toArray(String[]::new));
        }

        /** Wine's service manager ends with the last program, and who asks it at that moment has to ask again. */
        void start() {
            Tools.await("the service manager", () -> tryToStart().contains("successfully"));
        }

        /** Returns what was said to it. */
        String tryToStart() {
            return wine.run(output(), "net", "start", name).out();
        }

        List<String> netWords(String verb) {
            return wine.words(output(), "net", verb, name);
        }

        String query() {
            return wine.run(output(), "sc", "query", name).out();
        }

        Tools.Result gnomon(String... words) {
            List<String> all = new ArrayList<>(List.of(words));
            all.addAll(List.of("--state", state()));
            return wine.start(MAIN, all.toArray(String[]::new)).result(Tools.DEADLINE);
        }

        /** Returns what the service wrote, and its host when the service wrote nothing. */
        String log() {
            Path log = directory.resolve("stderr.log");
            try {
                return Files.exists(log) ? Files.readString(log) : "";
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        String uri(String export) {
            return "nbd://127.0.0.1:" + port + "/" + export;
        }

        private String state() {
            return Wine.windowsPath(directory.resolve("state"));
        }

        private Path output() {
            outputs++;
            return directory.resolve("output-" + outputs);
        }
    }
}
