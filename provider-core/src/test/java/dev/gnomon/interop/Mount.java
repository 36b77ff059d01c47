/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A mounted file system. */
final class Mount implements AutoCloseable {
    private final Path at;
    private final @Nullable Running server;
    private boolean mounted = true;

    /** Takes over a mount, and the program that serves it if there is one. */
    Mount(Path at, @Nullable Running server) {
        this.at = at;
        this.server = server;
    }

    Path at() {
        return at;
    }

    /** Returns a path in the file system. */
    Path path(String name) {
        return at.resolve(name);
    }

    /** Returns the file that nbdfuse shows. */
    Path disk() {
        return path("disk");
    }

    /** Unmounts; a second call does nothing. A file system that is in use is let go of, and that fails the test. */
    @Override
    public void close() {
        if (!mounted) {
            return;
        }
        mounted = false;
        List<Tools.Result> tries = new java.util.ArrayList<>();
        try {
            // Whoever looked at it a moment ago, an indexer perhaps, may still have it open.
            Tools.await("unmount " + at, () -> {
                tries.add(Tools.run("umount", at.toString()));
                return tries.getLast().exitCode() == 0 || tries.size() == 50;
            });
            tries.getLast().ok();
        } catch (AssertionError e) {
            Tools.run("umount", "-l", at.toString());
            throw e;
        } finally {
            if (server != null) {
                finish(server);
            }
        }
    }

    /** The program ends by itself once its mount is gone and everything it holds is written. */
    private static void finish(Running server) {
        server.result(Tools.DEADLINE);
    }
}
