/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.EventView;
import dev.gnomon.control.Json;
import dev.gnomon.control.server.Views;
import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.RecordedEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Events on disk: JSON, one line each, in the state directory, whose owner alone may read it. Diagnostic only: nothing is
 * forced, and nothing depends on it. Used by one thread at a time.
 *
 * <p><b>Invariants:</b> {@value #NAME} is at most {@link #MAX_BYTES} long, or one group of events longer; with those that
 * it replaced there are {@link #FILES} files.
 */
final class EventFile implements AutoCloseable {
    /** The newest; older ones have .1, .2 and so on behind it. */
    static final String NAME = "events.log";

    /** When a file is this long the next is begun. */
    static final long MAX_BYTES = 2L << 20;

    /** Files in all, so that events take 8 MiB at most. */
    static final int FILES = 4;

    /** How much of the newest file is read again at a start: far more than recent history needs. */
    private static final int READ_BYTES = 1 << 20;

    private final Path path;
    private final Storage storage;
    private @Nullable StorageFile file;
    private long length;

    EventFile(Path stateDirectory, Storage storage) {
        this.path = stateDirectory.resolve(NAME);
        this.storage = storage;
    }

    /** Returns the newest events that earlier services wrote, oldest first; what is no event is passed over. */
    List<RecordedEvent> read() throws IOException {
        List<RecordedEvent> events = new ArrayList<>();
        for (Path each : List.of(numbered(1), path)) {
            if (storage.exists(each)) {
                for (String line : tail(each).split("\n", -1)) {
                    parse(line).ifPresent(events::add);
                }
            }
        }
        return Collections.unmodifiableList(events);
    }

    private String tail(Path of) throws IOException {
        try (StorageFile in = storage.open(of, Storage.Mode.READ_ONLY)) {
            long size = in.sizeBytes();
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(size, READ_BYTES));
            in.read(bytes, size - bytes.capacity());
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
        }
    }

    private static Optional<RecordedEvent> parse(String line) {
        try {
            EventView view = EventView.fromJson(Json.parseObject(line.getBytes(StandardCharsets.UTF_8)));
            return EventId.of(view.id())
                    .map(id -> new RecordedEvent(
                            view.sequence(),
                            view.time(),
                            view.suppressed(),
                            new Event(id, view.volume(), view.copy(), view.set(), view.message())));
        } catch (ControlException e) {
            // A torn line, or one cut at the start of the tail.
            return Optional.empty();
        }
    }

    /** Appends events, in a new file if the newest is full. */
    void append(List<RecordedEvent> events) throws IOException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (RecordedEvent event : events) {
            lines.writeBytes(Json.toBytes(Views.of(event).toJson()));
            lines.write('\n');
        }
        try {
            StorageFile target = target();
            target.write(ByteBuffer.wrap(lines.toByteArray()), length);
            length += lines.size();
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private StorageFile target() throws IOException {
        if (file != null && length >= MAX_BYTES) {
            close();
            rotate();
        }
        StorageFile open = file;
        if (open == null) {
            open = storage.open(path, storage.exists(path) ? Storage.Mode.READ_WRITE : Storage.Mode.CREATE_NEW);
            file = open;
            length = open.sizeBytes();
            if (length > 0) {
                // The last line of an earlier life may be torn: what follows begins a line of its own.
                open.write(ByteBuffer.wrap(new byte[] {'\n'}), length);
                length++;
            }
        }
        return open;
    }

    private void rotate() throws IOException {
        for (int number = FILES - 1; number > 0; number--) {
            Path older = number == 1 ? path : numbered(number - 1);
            if (storage.exists(older)) {
                storage.rename(older, numbered(number));
            }
        }
    }

    private Path numbered(int number) {
        return path.resolveSibling(NAME + "." + number);
    }

    @Override
    public void close() {
        StorageFile open = file;
        file = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // Whatever was lost is in the log too.
            }
        }
    }
}
