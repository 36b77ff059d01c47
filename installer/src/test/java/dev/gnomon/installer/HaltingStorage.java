/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer;

import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** A storage that ends everything after so many records of the journal, each of which is forced. */
final class HaltingStorage implements Storage {
    private final Storage storage;
    private final Runnable halt;
    private int left;

    HaltingStorage(Storage storage, int records, Runnable halt) {
        this.storage = storage;
        this.left = records;
        this.halt = halt;
    }

    @Override
    public StorageFile open(Path path, Mode mode) throws IOException {
        StorageFile file = storage.open(path, mode);
        return path.endsWith("journal.jsonl") ? new Counted(file) : file;
    }

    @Override
    public boolean exists(Path path) throws IOException {
        return storage.exists(path);
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
    public void syncDirectory(Path directory) throws IOException {
        storage.syncDirectory(directory);
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

    /** A file whose forces are counted. */
    private final class Counted implements StorageFile {
        private final StorageFile file;

        Counted(StorageFile file) {
            this.file = file;
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
        public void force() throws IOException {
            file.force();
            left--;
            if (left == 0) {
                halt.run();
            }
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
}
