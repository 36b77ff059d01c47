/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer;

import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.plan.SetupLog;
import dev.gnomon.io.Clock;
import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;

/** The readable log: a sentence a line, with its time. A line that cannot be written is left out. Used by one thread. */
final class FileLog implements SetupLog, AutoCloseable {
    /** After some hundred runs the old ones are of no interest. */
    private static final long MAX_BYTES = 4 << 20;

    private final StorageFile file;
    private final Clock clock;
    private long endBytes;

    private FileLog(StorageFile file, Clock clock, long endBytes) {
        this.file = file;
        this.clock = clock;
        this.endBytes = endBytes;
    }

    static FileLog open(Storage storage, Path path, Clock clock) throws SetupException {
        try {
            StorageFile file = openOrCreate(storage, path);
            long size = file.sizeBytes();
            if (size > MAX_BYTES) {
                file.setSize(0);
                size = 0;
            }
            return new FileLog(file, clock, size);
        } catch (IOException e) {
            throw SetupException.failed("log " + path, e);
        }
    }

    private static StorageFile openOrCreate(Storage storage, Path path) throws IOException {
        try {
            return storage.open(path, Storage.Mode.READ_WRITE);
        } catch (NoSuchFileException e) {
            return storage.open(path, Storage.Mode.CREATE_NEW);
        }
    }

    @Override
    public void say(String sentence) {
        String line = clock.now().truncatedTo(ChronoUnit.MILLIS) + " " + sentence + System.lineSeparator();
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        try {
            file.write(ByteBuffer.wrap(bytes), endBytes);
            endBytes += bytes.length;
        } catch (IOException e) {
            // What counts stands in the journal, whose failures end the run.
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            // It is only a log.
        }
    }
}
