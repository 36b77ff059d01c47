/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer;

import dev.gnomon.app.Main;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts {@code gnomon setup} without the word before it: what the custom actions of the Windows package call, by {@code javaw.exe}, so
 * that no window ever opens.
 */
public final class SetupMain {
    private SetupMain() {}

    /** Runs the command that the arguments name and exits with its exit code. */
    public static void main(String[] arguments) {
        List<String> all = new ArrayList<>(List.of(SetupCommand.NAME));
        all.addAll(List.of(arguments));
        Main.main(all.toArray(String[]::new));
    }
}
