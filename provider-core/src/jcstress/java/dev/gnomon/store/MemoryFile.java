/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A file of one byte that counts what happens to it, and the storage that it is in. What the tests do not need fails. */
final class MemoryFile implements StorageFile, Storage {
    private static final Path PATH = Path.of("file");

    private final AtomicInteger closed = new AtomicInteger();
    private final AtomicInteger deleted = new AtomicInteger();
    private volatile byte content;

    int closed() {
        return closed.get();
    }

    int deleted() {
        return deleted.get();
    }

    @Override
    public Path path() {
        return PATH;
    }

    /** Returns the one byte: 0, or 1 once something has happened to the file. */
    int content() {
        return content;
    }

    @Override
    public int read(ByteBuffer target, long offsetBytes) {
        target.put(content);
        return 1;
    }

    @Override
    public void close() {
        content = 1;
        closed.incrementAndGet();
    }

    @Override
    public void delete(Path path) {
        content = 1;
        deleted.incrementAndGet();
    }

    @Override
    public long sizeBytes() {
        return 1;
    }

    @Override
    public int readAroundCache(ByteBuffer target, long offsetBytes) {
        return read(target, offsetBytes);
    }

    @Override
    public void write(ByteBuffer source, long offsetBytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void force() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setSize(long sizeBytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void allocate(long offsetBytes, long lengthBytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void dropCache() {
        throw new UnsupportedOperationException();
    }

    @Override
    public long nextData(long offsetBytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long nextHole(long offsetBytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean tryLock() {
        throw new UnsupportedOperationException();
    }

    @Override
    public StorageFile open(Path path, Mode mode) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean exists(Path path) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<String> list(Path directory) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void createDirectories(Path directory) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void rename(Path source, Path target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void syncDirectory(Path directory) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long usableBytes(Path directory) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String deviceOf(Path directory) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String bootId() {
        throw new UnsupportedOperationException();
    }
}
