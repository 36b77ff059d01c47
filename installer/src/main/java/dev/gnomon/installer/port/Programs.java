/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.port;

import dev.gnomon.installer.plan.SetupException;
import java.nio.file.Path;
import java.util.List;

/** Other programs. */
@FunctionalInterface
public interface Programs {
    /**
     * Runs a program without a window and waits for its end.
     *
     * @throws SetupException if it cannot be started, does not end, or ends with another code than 0
     */
    void run(Path program, List<String> arguments) throws SetupException;
}
