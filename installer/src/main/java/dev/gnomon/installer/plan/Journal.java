/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.plan;

import dev.gnomon.control.Json;
import dev.gnomon.io.Clock;
import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/**
 * The journal of an installation: what is begun is written down before, and what is done after, each forced to the disk. Used by one
 * thread; the file is locked against another setup. One JSON object a line (docs/setup.md).
 *
 * <p><b>Invariants:</b> a step never changes anything before its begin record is durable; a line is only ever appended; a torn last
 * line is a record that was not written, and is cut off by the next opener.
 */
public final class Journal implements AutoCloseable {
    private static final byte LINE_END = '\n';

    private final StorageFile file;
    private final Clock clock;
    private final History history;
    private long endBytes;
    private long run;

    private Journal(StorageFile file, Clock clock, JournalReader read) throws IOException, SetupException {
        this.file = file;
        this.clock = clock;
        this.history = read.history();
        this.endBytes = read.endBytes();
        this.run = history.last().map(Run::number).orElse(0L);
    }

    /**
     * Opens the journal in an existing directory, or begins one.
     *
     * @throws SetupException of kind WRONG_STATE if another setup runs, FAILED if the file is damaged or cannot be used
     */
    public static Journal open(Storage storage, Path path, Clock clock) throws SetupException {
        try {
            StorageFile file = openOrCreate(storage, path);
            try {
                if (!file.tryLock()) {
                    throw new SetupException(
                            SetupException.Reason.WRONG_STATE,
                            path + ": another setup is at work",
                            "wait until it has ended");
                }
                JournalReader reader = JournalReader.of(file);
                file.setSize(reader.endBytes());
                return new Journal(file, clock, reader);
            } catch (IOException | SetupException e) {
                file.close();
                throw e;
            }
        } catch (IOException e) {
            throw SetupException.failed("journal " + path, e);
        }
    }

    /** Reads a journal without changing it; an empty history if there is none. */
    public static History read(Storage storage, Path path) throws SetupException {
        try (StorageFile file = storage.open(path, Storage.Mode.READ_ONLY)) {
            return JournalReader.of(file).history();
        } catch (NoSuchFileException e) {
            return new History(List.of());
        } catch (IOException e) {
            throw SetupException.failed("journal " + path, e);
        }
    }

    private static StorageFile openOrCreate(Storage storage, Path path) throws IOException {
        try {
            return storage.open(path, Storage.Mode.READ_WRITE);
        } catch (NoSuchFileException e) {
            try {
                return storage.open(path, Storage.Mode.CREATE_NEW);
            } catch (FileAlreadyExistsException raced) {
                return storage.open(path, Storage.Mode.READ_WRITE);
            }
        }
    }

    /** Returns what the journal told when it was opened. */
    public History history() {
        return history;
    }

    /** Begins a run. */
    public void begin(Run.Header header) throws SetupException {
        run++;
        ObjectNode json = record("run")
                .put("command", header.command())
                .put("version", header.version())
                .put("programDir", header.programDir())
                .put("fromMsi", header.fromMsi());
        header.created().forEach(json.putArray("created")::add);
        append(json);
    }

    /** Writes down that something is about to be done; it may be done when this has returned. */
    public void begin(String step, Run.Deed deed, Memo memo) throws SetupException {
        ObjectNode json = record("begin").put("step", step).put("deed", deed.name());
        ObjectNode facts = json.putObject("memo");
        for (Map.Entry<String, String> each : memo.facts().entrySet()) {
            facts.put(each.getKey(), each.getValue());
        }
        append(json);
    }

    /** Writes down how it ended; an empty error means well. */
    public void end(String step, Run.Deed deed, String error) throws SetupException {
        append(record("end").put("step", step).put("deed", deed.name()).put("error", error));
    }

    /** Ends the run. */
    public void end(Report.Result result) throws SetupException {
        append(record("close").put("result", result.name()));
    }

    /** Writes down that nothing will roll the last run back any more. */
    public void commit() throws SetupException {
        append(record("commit"));
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            // Everything that counts was forced.
        }
    }

    private ObjectNode record(String kind) {
        return Json.object()
                .put("record", kind)
                .put("run", run)
                .put("time", clock.now().toString());
    }

    private void append(ObjectNode json) throws SetupException {
        byte[] text = Json.toBytes(json);
        ByteBuffer line = ByteBuffer.allocate(text.length + 1);
        line.put(text).put(LINE_END).flip();
        int length = line.remaining();
        try {
            file.write(line, endBytes);
            file.force();
            endBytes += length;
        } catch (IOException e) {
            throw new SetupException(
                    "journal " + file.path() + ": " + e.getMessage(),
                    "nothing is changed without it; make room on its disk, then run setup again",
                    e);
        }
    }
}
