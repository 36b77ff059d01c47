/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Hands everything on to another file; see {@link ForwardingStorage}. Thread-safe, durable and failing as the file below. */
public class ForwardingFile implements StorageFile {
    private final StorageFile file;

    /** Hands on to that. */
    protected ForwardingFile(StorageFile file) {
        this.file = file;
    }

    @Override
    public void force() throws IOException {
        file.force();
    }

    @Override
    public void forceAll() throws IOException {
        file.forceAll();
    }

    @Override
    public Path path() {
        return file.path();
    }

    @Override
    public long sizeBytes() throws IOException {
        return file.sizeBytes();
    }

    @Override
    public boolean isDevice() {
        return file.isDevice();
    }

    @Override
    public int read(ByteBuffer target, long offsetBytes) throws IOException {
        return file.read(target, offsetBytes);
    }

    @Override
    public int readAroundCache(ByteBuffer target, long offsetBytes) throws IOException {
        return file.readAroundCache(target, offsetBytes);
    }

    @Override
    public void write(ByteBuffer source, long offsetBytes) throws IOException {
        file.write(source, offsetBytes);
    }

    @Override
    public FileIdentity identity() throws IOException {
        return file.identity();
    }

    @Override
    public void setSize(long sizeBytes) throws IOException {
        file.setSize(sizeBytes);
    }

    @Override
    public void allocate(long offsetBytes, long lengthBytes) throws IOException {
        file.allocate(offsetBytes, lengthBytes);
    }

    @Override
    public boolean tryZero(long offsetBytes, long lengthBytes) throws IOException {
        return file.tryZero(offsetBytes, lengthBytes);
    }

    @Override
    public boolean tryPunch(long offsetBytes, long lengthBytes) throws IOException {
        return file.tryPunch(offsetBytes, lengthBytes);
    }

    @Override
    public void expectSmallWrites() {
        file.expectSmallWrites();
    }

    @Override
    public void readAhead(long offsetBytes, long lengthBytes) {
        file.readAhead(offsetBytes, lengthBytes);
    }

    @Override
    public void dropCache() throws IOException {
        file.dropCache();
    }

    @Override
    public long nextData(long offsetBytes) throws IOException {
        return file.nextData(offsetBytes);
    }

    @Override
    public long nextHole(long offsetBytes) throws IOException {
        return file.nextHole(offsetBytes);
    }

    @Override
    public boolean tryLock() throws IOException {
        return file.tryLock();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
