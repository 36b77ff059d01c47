/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.platform.windows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Directories that only SYSTEM, administrators and the service's own user may enter. */
public final class PrivateDirectory {
    /** SYSTEM, administrators, and two that stand for whoever owns the file. */
    private static final Set<String> ALWAYS_ALLOWED = Set.of("SY", "BA", "CO", "OW");

    private PrivateDirectory() {}

    /** Keeps everybody else out of a directory, and of what will be made in it. */
    public static void close(Path directory) throws IOException {
        Descriptors.set(
                directory.toString(),
                "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;"
                        + Identity.own().sid() + ")");
    }

    /** Returns whom else the access list of a directory lets in, as security descriptors name them. */
    public static List<String> others(Path directory) throws IOException {
        String own = Descriptors.nameOf(Identity.own().sid());
        return Descriptors.allowed(Descriptors.ofFile(directory.toString())).stream()
                .filter(each -> !ALWAYS_ALLOWED.contains(each) && !each.equals(own))
                .distinct()
                .toList();
    }
}
