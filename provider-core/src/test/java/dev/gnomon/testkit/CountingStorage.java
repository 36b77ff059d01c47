/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

import dev.gnomon.io.FileIdentity;
import dev.gnomon.io.ForwardingStorage;
import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.LongAdder;

/**
 * Storage that counts what is done to its files and hands everything on. Thread-safe. A call of these ports is one system call
 * ({@code SystemCallsTests} shows it), so what is counted here is what the system is asked for.
 */
public final class CountingStorage extends ForwardingStorage {
    private final LongAdder reads = new LongAdder();
    private final LongAdder readBytes = new LongAdder();
    private final LongAdder writes = new LongAdder();
    private final LongAdder writtenBytes = new LongAdder();
    private final LongAdder forces = new LongAdder();
    private final LongAdder others = new LongAdder();
    private final boolean expectSmallWrites;
    private volatile Pace pace = kind -> {};

    /** Called before each read, write and force, on the thread that does it: lets them take time, and others come meanwhile. */
    @FunctionalInterface
    public interface Pace {
        void before(IoKind kind);
    }

    /** What was counted at some moment; {@code others} are all calls on open files that are not among the rest. */
    public record Counts(long reads, long readBytes, long writes, long writtenBytes, long forces, long others) {
        /** Returns what came since an earlier moment. */
        public Counts since(Counts earlier) {
            return new Counts(
                    reads - earlier.reads,
                    readBytes - earlier.readBytes,
                    writes - earlier.writes,
                    writtenBytes - earlier.writtenBytes,
                    forces - earlier.forces,
                    others - earlier.others);
        }

        /** Returns all calls together. */
        public long calls() {
            return reads + writes + forces + others;
        }

        /** Returns the bytes that were moved, either way. */
        public long movedBytes() {
            return readBytes + writtenBytes;
        }
    }

    /** Counts what is done to files of other storage. */
    public CountingStorage(Storage storage) {
        this(storage, false);
    }

    private CountingStorage(Storage storage, boolean expectSmallWrites) {
        super(storage);
        this.expectSmallWrites = expectSmallWrites;
    }

    /** As the other, with every file told to {@link StorageFile#expectSmallWrites}, as those of origins are. */
    public static CountingStorage expectingSmallWrites(Storage storage) {
        return new CountingStorage(storage, true);
    }

    /** Returns what was counted so far; what goes on meanwhile may be in it or not. */
    public Counts counts() {
        return new Counts(reads.sum(), readBytes.sum(), writes.sum(), writtenBytes.sum(), forces.sum(), others.sum());
    }

    /** Has somebody called before each read, write and force from now on. */
    public void pace(Pace from) {
        pace = from;
    }

    @Override
    public StorageFile open(Path path, Mode mode) throws IOException {
        StorageFile file = super.open(path, mode);
        if (expectSmallWrites) {
            file.expectSmallWrites();
        }
        return new Counting(file);
    }

    private final class Counting implements StorageFile {
        private final StorageFile file;

        Counting(StorageFile file) {
            this.file = file;
        }

        @Override
        public Path path() {
            return file.path();
        }

        @Override
        public long sizeBytes() throws IOException {
            others.increment();
            return file.sizeBytes();
        }

        @Override
        public boolean isDevice() {
            return file.isDevice();
        }

        @Override
        public int read(ByteBuffer target, long offsetBytes) throws IOException {
            reads.increment();
            readBytes.add(target.remaining());
            pace.before(IoKind.READ);
            return file.read(target, offsetBytes);
        }

        @Override
        public int readAroundCache(ByteBuffer target, long offsetBytes) throws IOException {
            reads.increment();
            readBytes.add(target.remaining());
            pace.before(IoKind.READ);
            return file.readAroundCache(target, offsetBytes);
        }

        @Override
        public void write(ByteBuffer source, long offsetBytes) throws IOException {
            writes.increment();
            writtenBytes.add(source.remaining());
            pace.before(IoKind.WRITE);
            file.write(source, offsetBytes);
        }

        @Override
        public void force() throws IOException {
            forces.increment();
            pace.before(IoKind.FORCE);
            file.force();
        }

        @Override
        public void forceAll() throws IOException {
            forces.increment();
            pace.before(IoKind.FORCE);
            file.forceAll();
        }

        @Override
        public FileIdentity identity() throws IOException {
            others.increment();
            return file.identity();
        }

        @Override
        public void setSize(long sizeBytes) throws IOException {
            others.increment();
            file.setSize(sizeBytes);
        }

        @Override
        public void allocate(long offsetBytes, long lengthBytes) throws IOException {
            others.increment();
            file.allocate(offsetBytes, lengthBytes);
        }

        @Override
        public boolean tryZero(long offsetBytes, long lengthBytes) throws IOException {
            others.increment();
            return file.tryZero(offsetBytes, lengthBytes);
        }

        @Override
        public boolean tryPunch(long offsetBytes, long lengthBytes) throws IOException {
            others.increment();
            return file.tryPunch(offsetBytes, lengthBytes);
        }

        @Override
        public void dropCache() throws IOException {
            others.increment();
            file.dropCache();
        }

        @Override
        public void expectSmallWrites() {
            others.increment();
            file.expectSmallWrites();
        }

        @Override
        public void readAhead(long offsetBytes, long lengthBytes) {
            others.increment();
            file.readAhead(offsetBytes, lengthBytes);
        }

        @Override
        public long nextData(long offsetBytes) throws IOException {
            others.increment();
            return file.nextData(offsetBytes);
        }

        @Override
        public long nextHole(long offsetBytes) throws IOException {
            others.increment();
            return file.nextHole(offsetBytes);
        }

        @Override
        public boolean tryLock() throws IOException {
            others.increment();
            return file.tryLock();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
