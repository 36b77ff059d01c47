/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.control.client.ControlClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The command line as scripts use it: processes, exit codes, one sentence that says what is wrong. */
@Tag("interop")
@Timeout(300)
@ExtendWith(WorkspaceExtension.class)
class CommandLineIT {
    private static final int MIB = 1 << 20;

    @Test
    void refusalsHaveTheirExitCodeNameTheValueAndChangeNothing(Workspace workspace) throws IOException {
        Path state = workspace.path("state");
        ServiceProcess service = workspace.service();
        service.createVolume("data", MIB);
        service.createSet("kept", "data");
        Path existing = Files.write(workspace.path("existing.raw"), new byte[MIB]);

        // Wrong, missing, too large, hostile.
        expect(state, 2, "volume", "create", "v", "--size", "1");
        expect(state, 2, "volume", "create", "v", "--size", "65T");
        expect(state, 2, "volume", "create", "v", "--size", "-1M");
        expect(state, 2, "volume", "create", "v", "--size", "1048577");
        expect(state, 2, "volume", "create", "v", "--size", "99999999999999999999T");
        expect(state, 2, "volume", "create", "v");
        expect(state, 2, "volume", "create", "../../etc/passwd", "--size", "1M");
        expect(state, 2, "volume", "create", "v".repeat(65), "--size", "1M");
        expect(state, 2, "volume", "create", "v\u0007w", "--size", "1M");
        expect(state, 2, "set", "create");
        expect(state, 2, "set", "create", "data", "data");
        expect(state, 2, "set", "create", "data", "--attr", "novalue");
        expect(state, 2, "set", "create", "data", "--name", "a b");
        expect(state, 2, "no-such-command");
        expect(state, 4, "volume", "show", "absent");
        expect(state, 4, "volume", "remove", "absent", "--yes");
        expect(state, 4, "set", "create", "data", "absent");
        expect(state, 4, "set", "show", "absent");
        expect(state, 4, "copy", "delete", "data@absent", "--yes");
        expect(
                state,
                4,
                "volume",
                "add",
                "v",
                "--path",
                workspace.path("absent.raw").toString());
        expect(state, 5, "volume", "create", "data", "--size", "1M");
        expect(state, 5, "volume", "create", "v", "--size", "1M", "--path", existing.toString());
        expect(state, 5, "set", "create", "data", "--name", "kept");
        expect(state, 5, "volume", "remove", "data", "--yes");
        // Nobody to ask, and a copy that is held.
        expect(state, 7, "volume", "remove", "data");
        expect(state, 7, "set", "delete", "kept");
        expect(state, 5, "volume", "remove", "data", "--dry-run");
        expect(state, 0, "set", "delete", "kept", "--dry-run");
        expect(state, 0, "copy", "hold", "data@kept", "--reason", "audit");
        expect(state, 7, "set", "delete", "kept", "--yes");
        expect(state, 7, "copy", "delete", "data@kept", "--yes");
        expect(state, 0, "copy", "release", "data@kept");
        expect(state, 7, "volume", "create", "v", "--size", "1M", "--path", state + "/store/v.raw");
        expect(state, 1, "check");
        expect(state, 3, "set", "delete", "kept", "absent", "--yes");

        assertThat(service.volumeNames()).hasSize(1);
        assertThat(service.ask(ControlClient::sets).size()).isZero();
        assertThat(service.volume("data").copies()).isZero();
        service.stop();
        expect(state, 10, "volume", "list");
        expect(workspace.path("nowhere"), 10, "service", "status");
        expect(state, 7, "service", "run", "--nbd", "0.0.0.0:0");
        expect(state, 2, "service", "run", "--nbd", "127.0.0.1:99999");
        expect(state, 2, "service", "run", "--segment-size", "1K");
        expect(state, 2, "service", "run", "--index-memory", "1K");
        expect(state, 7, "service", "run", "--metrics", "0.0.0.0:9750");
        expect(state, 2, "service", "run", "--metrics", "127.0.0.1");
        expect(state, 2, "service", "run", "--metrics", "example.org:9750");
        expect(state, 2, "service", "run", "--metrics", "127.0.0.1:99999");
        expect(state, 2, "service", "run", "--log-format", "xml");
        expect(state, 0, "check");
    }

    @Test
    void copiesAreComparedExportedAndVerified(Workspace workspace) throws IOException {
        Path state = workspace.path("state");
        ServiceProcess service = workspace.service();
        service.createVolume("data", 8 * MIB);
        QemuIo.run(service.uri("data"), "write -P 5 0 3M", "flush").ok();
        service.createSet("mon", "data");
        QemuIo.run(service.uri("data"), "write -P 6 1M 8k", "flush").ok();
        service.createSet("tue", "data");

        Tools.Result diff = ServiceProcess.command("copy", "diff", "data@mon", "data@tue", "--state", state.toString());
        assertThat(diff.ok()).contains("From data@mon to data@tue: 8 KiB (8192 bytes) in 1 extent changed, of 8 MiB.");
        Path file = workspace.path("mon.img");
        expect(state, 0, "copy", "export", "data@mon", file.toString());
        byte[] expected = new byte[8 * MIB];
        Arrays.fill(expected, 0, 3 * MIB, (byte) 5);
        assertThat(Files.readAllBytes(file)).isEqualTo(expected);
        expect(state, 5, "copy", "export", "data@tue", file.toString());
        expect(state, 4, "copy", "export", "data@wed", file + "2");
        expect(state, 1, "copy", "export", "data@tue", file + "2", "--nbd", "127.0.0.1:1");
        assertThat(Files.exists(Path.of(file + "2.partial"))).isFalse();
        expect(state, 0, "copy", "verify", "--all");
        expect(state, 4, "copy", "verify", "data@wed");
        service.stop();
    }

    private static void expect(Path state, int exitCode, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--state", state.toString()));
        Tools.Result result = ServiceProcess.command(all.toArray(String[]::new));
        assertThat(result.exitCode()).as(result.toString()).isEqualTo(exitCode);
        assertThat(result.err()).as(result.line()).doesNotContain("\tat ", "Exception");
        if (exitCode != 0) {
            assertThat(result.err()).as(result.line()).isNotBlank();
        }
    }

    @Test
    void deviceAndStrangeFilesAreJudgedBeforeTheyAreServed(Workspace workspace) {
        Path state = workspace.path("state");
        ServiceProcess service = workspace.service();
        Path pipe = workspace.path("pipe");
        Tools.run("mkfifo", pipe.toString()).ok();
        for (Path path : List.of(pipe, Path.of("/dev/null"), Path.of("/dev/tty"), workspace.path(""))) {
            Tools.Result result = ServiceProcess.command(
                    "volume", "add", "v", "--path", path.toString(), "--state", state.toString());
            assertThat(result.exitCode()).as(result.toString()).isIn(1, 2, 4, 7);
            assertThat(result.err()).doesNotContain("\tat ");
        }
        Path small = workspace.sparseFile("small", "1000000");
        Tools.Result tooSmall =
                ServiceProcess.command("volume", "add", "v", "--path", small.toString(), "--state", state.toString());
        assertThat(tooSmall.exitCode()).isEqualTo(2);
        assertThat(tooSmall.err()).contains("1000000");
        assertThat(service.volumeNames()).isEmpty();
        service.stop();
    }
}
