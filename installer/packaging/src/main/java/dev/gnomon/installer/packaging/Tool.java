/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.packaging;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs other programs, always in the same locale and time zone. */
final class Tool {
    private Tool() {}

    /**
     * Runs {@code command} in {@code directory} and returns what it wrote to its standard output and standard error.
     *
     * @throws PackagingException if it cannot be started or fails; the message holds its output
     */
    static String run(Path directory, List<String> command) throws PackagingException {
        return run(directory, command, Map.of());
    }

    /** Does the same with further environment variables. */
    static String run(Path directory, List<String> command, Map<String, String> environment) throws PackagingException {
        List<String> inDirectory = new ArrayList<>(List.of("env", "-C", directory.toString()));
        inDirectory.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(inDirectory).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().put("TZ", "UTC");
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            if (code != 0) {
                throw new PackagingException(command.getFirst() + " ended with code " + code + " ("
                        + String.join(" ", command) + "):\n" + output.strip());
            }
            return output;
        } catch (IOException e) {
            throw new PackagingException("cannot run " + command.getFirst() + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw new PackagingException(command.getFirst() + " was interrupted", e);
        }
    }
}
