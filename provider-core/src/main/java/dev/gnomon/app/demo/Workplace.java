/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app.demo;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.control.Protocol;
import dev.gnomon.protocol.nbd.NbdAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The directory of one run: a new one, below the one that was asked for, and removed with everything in it at the end.
 *
 * @param kept whether it stays
 */
record Workplace(Path directory, boolean kept) {
    private static final String PREFIX = "gnomon-demo-";

    /**
     * Makes one.
     *
     * @throws ControlException if it cannot be made or has too little room; nothing is left behind
     */
    static Workplace create(Optional<Path> parent, boolean keep, long bytesNeeded) throws ControlException {
        Path place = parent.orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir")));
        try {
            if (!Files.isDirectory(place)) {
                throw new ControlException(ErrorKind.NOT_FOUND, "--dir: " + place + " is not a directory");
            }
            long free = Files.getFileStore(place).getUsableSpace();
            if (free < bytesNeeded) {
                throw new ControlException(
                        ErrorKind.DIFF_AREA_FULL,
                        place + ": " + Figures.bytes(free) + " are free, the demonstration needs "
                                + Figures.bytes(bytesNeeded) + "; name another place with --dir");
            }
            Workplace made = new Workplace(Files.createTempDirectory(place, PREFIX), keep);
            made.requireShortPaths();
            return made;
        } catch (IOException e) {
            throw new ControlException(ErrorKind.FAILED, place + ": cannot work there: " + e, e);
        }
    }

    Path state() {
        return directory.resolve("state");
    }

    Path log() {
        return directory.resolve("service.log");
    }

    NbdAddress nbd() {
        return new NbdAddress.Unix(directory.resolve("nbd.sock"));
    }

    /** Removes it, unless it is kept. Does nothing if it is gone. */
    void remove() throws IOException {
        if (kept || !Files.exists(directory)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> tree = Files.walk(directory)) {
            all = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.deleteIfExists(path);
        }
    }

    private void requireShortPaths() throws ControlException, IOException {
        try {
            new NbdAddress.Unix(Protocol.socketPath(state()));
        } catch (IllegalArgumentException e) {
            Files.delete(directory);
            throw new ControlException(ErrorKind.INVALID, "--dir: " + e.getMessage(), e);
        }
    }
}
