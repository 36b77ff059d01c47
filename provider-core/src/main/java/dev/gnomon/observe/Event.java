/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.observe;

/**
 * Something that happened. Names are empty where none is concerned.
 *
 * @param volume name of the volume
 * @param copy id or export name of the shadow copy
 * @param set name or id of the snapshot set
 * @param message what happened this time, in one line of at most {@link #MAX_MESSAGE_LENGTH} characters
 */
public record Event(EventId id, String volume, String copy, String set, String message) {
    /** Longer messages are cut: events are kept in memory by the thousand. */
    public static final int MAX_MESSAGE_LENGTH = 1_000;

    private static final String CUT = " (cut)";

    /** Makes the message one line that no terminal obeys, and cuts it. */
    public Event {
        message = oneLine(message);
    }

    /** Returns an event that concerns the whole service. */
    public static Event of(EventId id, String message) {
        return new Event(id, "", "", "", message);
    }

    /** Returns an event that concerns a volume. */
    public static Event ofVolume(EventId id, String volume, String message) {
        return new Event(id, volume, "", "", message);
    }

    /** Returns an event that concerns a shadow copy. */
    public static Event ofCopy(EventId id, String copy, String message) {
        return new Event(id, "", copy, "", message);
    }

    /** Returns an event that concerns a snapshot set. */
    public static Event ofSet(EventId id, String set, String message) {
        return new Event(id, "", "", set, message);
    }

    /** Returns what the event concerns, such as {@code volume=data}; empty if the whole service. */
    public String subject() {
        StringBuilder text = new StringBuilder();
        append(text, "volume", volume);
        append(text, "copy", copy);
        append(text, "set", set);
        return text.toString();
    }

    /** Returns the line that stands in the log: id, what is concerned, message. */
    public String line() {
        String subject = subject();
        return id.id() + " " + (subject.isEmpty() ? "" : subject + " ") + message;
    }

    private static void append(StringBuilder text, String name, String value) {
        if (!value.isEmpty()) {
            text.append(text.isEmpty() ? "" : " ").append(name).append('=').append(value);
        }
    }

    private static String oneLine(String message) {
        String head = message.length() > MAX_MESSAGE_LENGTH
                ? message.substring(0, MAX_MESSAGE_LENGTH - CUT.length()) + CUT
                : message;
        StringBuilder line = new StringBuilder(head.length());
        head.codePoints().forEach(c -> line.appendCodePoint(isPrintable(c) ? c : ' '));
        return line.toString();
    }

    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
