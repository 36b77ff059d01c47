/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import java.util.concurrent.TimeUnit;

/** Bounds that both ends of the channel agree on (docs/vss-protocol.md, "Frames"). */
public final class ChannelProtocol {
    /** The only version there is. */
    public static final int VERSION = 1;

    /** Longest frame, without its length. */
    public static final int MAX_FRAME_BYTES = 1 << 20;

    /** Deepest nesting; the deepest message that there is has 4. */
    public static final int MAX_NESTING = 8;

    /** Longest volume name, and longest text of a property, in UTF-16 units: what a UNICODE_STRING holds. */
    public static final int MAX_TEXT_UNITS = 32_767;

    /** Requests of one connection that are not answered yet. */
    public static final int MAX_IN_PROGRESS = 128;

    /** Connections at once, one a host process. */
    public static final int MAX_CONNECTIONS = 16;

    /** Of these, how many may be in the handshake: who cannot prove who he is must not take all places. */
    public static final int MAX_UNPROVEN = 8;

    /** From the first to the last byte of a frame, in either direction. */
    public static final long FRAME_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** From the connection to the last frame of the handshake. */
    public static final long HANDSHAKE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** Longest time that RevertProgress may wait. */
    public static final int MAX_WAIT_MILLIS = 10_000;

    /** Longest time that a shim may say that it will wait: a day, far beyond every deadline of VSS. */
    public static final long MAX_WITHIN_MILLIS = TimeUnit.DAYS.toMillis(1);

    /** Replies to Query are cut into parts of about this size; one snapshot is smaller than the rest of a frame. */
    static final int PART_BYTES = 256 << 10;

    private ChannelProtocol() {}
}
