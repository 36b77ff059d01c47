/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.observe;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** Writes events to the log, one line each, with their parts as keys and values for logs that are JSON. */
public final class EventLogger {
    private static final Logger LOG = LoggerFactory.getLogger("dev.gnomon.events");

    private EventLogger() {}

    /** Logs one event. */
    public static void log(Event event) {
        LoggingEventBuilder line = LOG.atLevel(level(event.id().severity()))
                .addKeyValue("event", event.id().id());
        line = add(line, "volume", event.volume());
        line = add(line, "copy", event.copy());
        line = add(line, "set", event.set());
        line.log(event.line());
    }

    private static LoggingEventBuilder add(LoggingEventBuilder line, String key, String value) {
        return value.isEmpty() ? line : line.addKeyValue(key, value);
    }

    private static Level level(Severity severity) {
        return switch (severity) {
            case ERROR -> Level.ERROR;
            case WARN -> Level.WARN;
            case INFO -> Level.INFO;
        };
    }
}
