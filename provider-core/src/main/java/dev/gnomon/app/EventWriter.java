/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.io.Storage;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.EventLogger;
import dev.gnomon.observe.EventRecorder;
import dev.gnomon.observe.RecordedEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The thread that writes events to the log and to their file, so that whoever tells one never waits for either: standard
 * error may be a pipe that nobody reads.
 */
final class EventWriter implements AutoCloseable {
    /** How long a stop waits for the last events: the log may hang, the stop must not. */
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private final EventRecorder recorder;
    private final EventFile file;
    private final Thread thread;

    private EventWriter(EventRecorder recorder, EventFile file) {
        this.recorder = recorder;
        this.file = file;
        this.thread = Thread.ofPlatform().daemon().name("gnomon-events").unstarted(this::run);
    }

    /** Reads what earlier services wrote into the history and starts writing; the caller holds the directory. */
    static EventWriter start(EventRecorder recorder, Path stateDirectory, Storage storage) {
        EventFile file = new EventFile(stateDirectory, storage);
        try {
            recorder.restore(file.read());
        } catch (IOException e) {
            tellFailure(recorder, e);
        }
        EventWriter writer = new EventWriter(recorder, file);
        writer.thread.start();
        return writer;
    }

    private void run() {
        for (List<RecordedEvent> events = recorder.take(); !events.isEmpty(); events = recorder.take()) {
            try {
                events.forEach(recorded -> EventLogger.log(recorded.event()));
                file.append(events);
            } catch (IOException | RuntimeException e) {
                tellFailure(recorder, e);
            } finally {
                recorder.written();
            }
        }
        file.close();
    }

    private static void tellFailure(EventRecorder recorder, Exception e) {
        recorder.tell(Event.of(EventId.EVENT_FILE_FAILED, "the file of events failed: " + e));
    }

    /** Writes what is left and ends the thread. */
    @Override
    public void close() {
        recorder.close();
        try {
            thread.join(CLOSE_LIMIT);
        } catch (InterruptedException e) {
            throw new IllegalStateException("Nobody interrupts threads here", e);
        }
    }
}
