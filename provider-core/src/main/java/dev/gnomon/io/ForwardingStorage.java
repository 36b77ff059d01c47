/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Hands everything on to other storage: what lies between the engine and the machine's files says only what it does otherwise.
 * Thread-safe, durable and failing as the storage below.
 */
public class ForwardingStorage implements Storage {
    private final Storage storage;

    /** Hands on to that. */
    protected ForwardingStorage(Storage storage) {
        this.storage = storage;
    }

    @Override
    public StorageFile open(Path path, Mode mode) throws IOException {
        return storage.open(path, mode);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        storage.syncDirectory(directory);
    }

    @Override
    public boolean exists(Path path) throws IOException {
        return storage.exists(path);
    }

    @Override
    public FileIdentity identity(Path path) throws IOException {
        return storage.identity(path);
    }

    @Override
    public List<String> foundations(Path path) throws IOException {
        return storage.foundations(path);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        return storage.list(directory);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        storage.createDirectories(directory);
    }

    @Override
    public void delete(Path path) throws IOException {
        storage.delete(path);
    }

    @Override
    public void rename(Path source, Path target) throws IOException {
        storage.rename(source, target);
    }

    @Override
    public long usableBytes(Path directory) throws IOException {
        return storage.usableBytes(directory);
    }

    @Override
    public String deviceOf(Path directory) throws IOException {
        return storage.deviceOf(directory);
    }

    @Override
    public String bootId() throws IOException {
        return storage.bootId();
    }
}
