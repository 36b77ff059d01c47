/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.io.ForwardingStorage;
import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Files of which those that hold shadow copies are never forced: what is written to them counts as durable at once. Thread-safe
 * as far as the files below are.
 *
 * <p>So old bytes need not be on the disk before new ones go to the origin, which is what qemu's fleecing and the cow filter of
 * nbdkit do, too. What holds the volume is forced whenever the engine says so, as fleecing does on FLUSH and FUA: the origins, and
 * the files of the staging chain, in which acknowledged writes lie on their way there. Were the chain left out, a FLUSH would do
 * nothing at all, and what is compared would be a promise with none.
 *
 * <p>After {@code kill -9} everything is there. After a power cut the store may be unreadable, and with it the copies and what
 * the chain held.
 */
final class VolatileStorage extends ForwardingStorage {
    private static final Pattern CHAIN = Pattern.compile("staging-\\d+");

    private final Path storeDirectory;

    /** Leaves out forces in one directory. */
    VolatileStorage(Storage storage, Path storeDirectory) {
        super(storage);
        this.storeDirectory = storeDirectory;
    }

    private boolean ofCopies(Path path) {
        return path.startsWith(storeDirectory)
                && !CHAIN.matcher(path.getFileName().toString()).matches();
    }

    @Override
    public StorageFile open(Path path, Mode mode) throws IOException {
        StorageFile file = super.open(path, mode);
        return ofCopies(path) ? new UnforcedFile(file) : file;
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        if (!directory.startsWith(storeDirectory)) {
            super.syncDirectory(directory);
        }
    }
}
