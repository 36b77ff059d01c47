/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.windows;

import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.port.Programs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Programs as children of this process. The JVM starts them with CREATE_NO_WINDOW where it has no console itself, so none opens a
 * window for a user to find.
 */
final class WindowsPrograms implements Programs {
    private static final long TIMEOUT_S = 120;
    private static final int MAX_OUTPUT = 4_096;

    @Override
    public void run(Path program, List<String> arguments) throws SetupException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(arguments);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.PIPE)
                    .start();
            process.getOutputStream().close();
            String output;
            try (var in = process.getInputStream()) {
                output = new String(in.readNBytes(MAX_OUTPUT), StandardCharsets.UTF_8).strip();
            }
            if (!process.waitFor(TIMEOUT_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw SetupException.failed(program + " has not ended after " + TIMEOUT_S + " s");
            }
            if (process.exitValue() != 0) {
                throw SetupException.failed(program + " " + arguments.getFirst() + ": exit code " + process.exitValue()
                        + (output.isEmpty() ? "" : ", " + output));
            }
        } catch (IOException e) {
            throw SetupException.failed(program.toString(), e);
        } catch (InterruptedException e) {
            throw SetupException.failed(program.toString(), e);
        }
    }
}
