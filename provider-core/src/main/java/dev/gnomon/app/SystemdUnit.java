/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.cli.DoctorReport.Check;
import dev.gnomon.cli.DoctorReport.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The unit of the Debian package, as systemd has it. Immutable. */
final class SystemdUnit {
    private static final String NAME = "systemd unit";
    private static final String UNIT = "gnomon.service";
    private static final Path FILE = Path.of("lib/systemd/system", UNIT);
    private static final Path SYSTEMD = Path.of("run/systemd/system");

    /** A healthy systemd answers at once; one that hangs must not keep the rest of the report. */
    private static final int DEADLINE_S = 10;

    private final Path root;
    private final Systemctl systemctl;

    /** Asks systemd. */
    interface Systemctl {
        /** Returns what {@code systemctl} printed. */
        String run(List<String> words) throws IOException;
    }

    /**
     * Looks for the unit.
     *
     * @param root of the file system
     */
    SystemdUnit(Path root, Systemctl systemctl) {
        this.root = root;
        this.systemctl = systemctl;
    }

    /** Looks for the unit of this machine. */
    static SystemdUnit ofThisMachine() {
        return new SystemdUnit(Path.of("/"), SystemdUnit::run);
    }

    /** Returns what is found; nothing where the package is not installed. */
    Optional<Check> check() {
        if (!Files.exists(root.resolve(FILE))
                && !Files.exists(root.resolve("usr").resolve(FILE))) {
            return Optional.empty();
        }
        if (!Files.isDirectory(root.resolve(SYSTEMD))) {
            return Optional.of(new Check(
                    NAME, Status.WARN, UNIT + " is installed, and systemd does not run here", "gnomon service run"));
        }
        try {
            return Optional.of(judge(properties(
                    systemctl.run(List.of("show", UNIT, "--property=LoadState,ActiveState,UnitFileState,Result")))));
        } catch (IOException e) {
            return Optional.of(
                    new Check(NAME, Status.WARN, "cannot ask: " + e.getMessage(), "systemctl status gnomon"));
        }
    }

    private static Check judge(Map<String, String> unit) {
        String active = unit.getOrDefault("ActiveState", "unknown");
        String enabled = unit.getOrDefault("UnitFileState", "unknown");
        String result = unit.getOrDefault("Result", "");
        String found = UNIT + " is " + active + ", " + enabled
                + (result.isEmpty() || result.equals("success") ? "" : ", result " + result);
        return switch (active) {
            case "active" ->
                enabled.equals("enabled")
                        ? new Check(NAME, Status.OK, found, "")
                        : new Check(NAME, Status.WARN, found, "systemctl enable gnomon, for the next boot");
            case "failed" ->
                new Check(NAME, Status.FAILED, found, "journalctl -u gnomon -n 50; then: systemctl restart gnomon");
            case "activating", "deactivating", "reloading" ->
                new Check(NAME, Status.WARN, found, "wait, then look again: systemctl status gnomon");
            default -> new Check(NAME, Status.WARN, found, "systemctl enable --now gnomon");
        };
    }

    private static Map<String, String> properties(String text) {
        Map<String, String> properties = new HashMap<>();
        text.lines().forEach(line -> {
            int equals = line.indexOf('=');
            if (equals > 0) {
                properties.put(line.substring(0, equals), line.substring(equals + 1));
            }
        });
        return properties;
    }

    private static String run(List<String> words) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("systemctl");
        builder.command().addAll(words);
        builder.redirectErrorStream(true);
        Process process = builder.start();
        process.getOutputStream().close();
        try {
            if (!process.waitFor(DEADLINE_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("systemctl gave no answer within " + DEADLINE_S + " s");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("Nobody interrupts threads here", e);
        }
        // A few lines: they fit into the pipe while nobody reads.
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
