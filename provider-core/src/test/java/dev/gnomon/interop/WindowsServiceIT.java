/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.app.DiskChecks;
import dev.gnomon.platform.windows.PipeChecks;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The service in a Windows JVM, under Wine: its files, paths, locks and pipes are those of Windows, as far as Wine has them. Clients of NBD are
 * Linux programs; the command line is a Windows program, too. What Wine cannot show: access lists, and the refusal of a second first
 * instance of a pipe.
 */
@Tag("windows")
@Timeout(600)
@ExtendWith(WorkspaceExtension.class)
class WindowsServiceIT {
    private static final int MIB = 1 << 20;
    private static final String MAIN = "dev.gnomon.app.Main";

    @Test
    void setIsMadeAndReadBackByALinuxClient(Workspace workspace) throws IOException {
        Tools.require("nbdcopy");
        Wine wine = Wine.require();
        Path state = workspace.path("state");
        int port = freePort();
        try (Running service = serve(wine, state, port)) {
            gnomon(wine, state, "volume", "create", "data", "--size", "16M").ok();
            Path first = Image.random(16 * MIB, Workspace.SEED).writeTo(workspace.path("first"));
            Path second = Image.random(16 * MIB, Workspace.SEED + 1).writeTo(workspace.path("second"));
            write(first, port);
            gnomon(wine, state, "set", "create", "--volume", "data", "--name", "one")
                    .ok();
            write(second, port);

            assertThat(read(workspace, port, "data@one")).hasSameBinaryContentAs(first);
            assertThat(read(workspace, port, "data")).hasSameBinaryContentAs(second);

            assertThat(gnomon(wine, state, "service", "status", "--output", "json")
                            .ok())
                    .contains(
                            "\"nbdAddresses\" : [ \"tcp:127.0.0.1:" + port + "\" ]",
                            Wine.windowsPath(state).replace("\\", "\\\\"));
            assertThat(gnomon(wine, state, "doctor").ok()).contains("nothing failed");
            assertThat(gnomon(wine, state, "service", "run", "--nbd", "127.0.0.1:0")
                            .refused())
                    .contains("one process at a time");
            gnomon(wine, state, "service", "stop").ok();
            service.result(Tools.DEADLINE).ok();
            assertThat(state.resolve("volumes/data.raw")).hasSameBinaryContentAs(second);
        }
    }

    @Test
    void killedServiceHasEverythingAgain(Workspace workspace) throws IOException {
        Tools.require("nbdcopy");
        Wine wine = Wine.require();
        Path state = workspace.path("state");
        int port = freePort();
        Path first = Image.random(8 * MIB, Workspace.SEED).writeTo(workspace.path("first"));
        Path second = Image.random(8 * MIB, Workspace.SEED + 1).writeTo(workspace.path("second"));
        try (Running service = serve(wine, state, port)) {
            gnomon(wine, state, "volume", "create", "data", "--size", "8M").ok();
            write(first, port);
            gnomon(wine, state, "set", "create", "--volume", "data", "--name", "one")
                    .ok();
            write(second, port);
            service.kill();
        }
        try (Running service = serve(wine, state, port)) {
            assertThat(read(workspace, port, "data@one")).hasSameBinaryContentAs(first);
            assertThat(read(workspace, port, "data")).hasSameBinaryContentAs(second);
            gnomon(wine, state, "service", "stop").ok();
            service.result(Tools.DEADLINE).ok();
        }
        assertThat(gnomon(wine, state, "check").ok()).isNotBlank();
    }

    @Test
    void pipesBehaveAsTheChannelNeedsThem() {
        Wine wine = Wine.require();

        Tools.Result result = wine.start(PipeChecks.class.getName()).result(Tools.DEADLINE);

        assertThat(result.ok().lines().filter(line -> line.startsWith("ok ")).map(line -> line.substring(3)))
                .as(result.toString())
                .containsExactlyElementsOf(PipeChecks.NAMES);
    }

    @Test
    void volumesOfWindowsAreLookedUpByTheirDisks() {
        Wine wine = Wine.require();

        Tools.Result result = wine.start(DiskChecks.class.getName()).result(Tools.DEADLINE);

        assertThat(result.ok().lines().filter(line -> line.startsWith("ok ")).map(line -> line.substring(3)))
                .as(result.toString())
                .containsExactlyElementsOf(DiskChecks.NAMES);
    }

    private static Running serve(Wine wine, Path state, int port) {
        Running service =
                wine.start(MAIN, "service", "run", "--state", Wine.windowsPath(state), "--nbd", "127.0.0.1:" + port);
        Tools.await("service ready", () -> service.err().contains("gnomon: serving") || !service.isAlive());
        if (!service.isAlive()) {
            throw new AssertionError("the service did not start:\n" + service.result(Tools.DEADLINE));
        }
        return service;
    }

    private static Tools.Result gnomon(Wine wine, Path state, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--state", Wine.windowsPath(state)));
        return wine.start(MAIN, all.toArray(String[]::new)).result(Tools.DEADLINE);
    }

    private static void write(Path image, int port) {
        Tools.run("nbdcopy", "--flush", image.toString(), uri(port, "data")).ok();
    }

    private static Path read(Workspace workspace, int port, String export) throws IOException {
        Path back = workspace.path("back");
        Files.deleteIfExists(back);
        Tools.run("nbdcopy", uri(port, export), back.toString()).ok();
        return back;
    }

    private static String uri(int port, String export) {
        return "nbd://127.0.0.1:" + port + "/" + export;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
