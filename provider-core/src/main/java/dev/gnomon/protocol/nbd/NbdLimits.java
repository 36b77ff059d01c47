/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

/**
 * Bounds of a server; every one is an error or back-pressure for the client that reaches it, never for another.
 *
 * <p>Memory: each connection owns fixed buffers ({@link #FIXED_BYTES}) and may always hold {@link #GUARANTEED_BYTES} of
 * payload; what remains of {@code bufferBytes} is shared. A client that stalls keeps at most what it holds, and the
 * guarantee lets every other one go on.
 *
 * @param handshakeMs from connect to the end of negotiation, in all
 * @param stallMs without progress, with a request half received or replies not taken, before the client is cut
 * @param options options that one negotiation may send
 * @param optionBytes payload of one option
 * @param stringBytes one name or query (NBD protocol: 4096)
 * @param infoRequests items in one INFO or GO, and queries in one META_CONTEXT option
 * @param requestBytes payload of one read or write
 * @param inFlightBytes payload of writes that the engine has not completed, per connection
 * @param inFlightOperations requests that the engine has not completed, per connection
 * @param connections connections in all
 * @param connectionsPerExport connections to one export
 * @param handshakesPerAddress connections from one address that have not finished negotiation
 * @param bufferBytes memory for all connections together
 */
public record NbdLimits(
        int handshakeMs,
        int stallMs,
        int options,
        int optionBytes,
        int stringBytes,
        int infoRequests,
        int requestBytes,
        int inFlightBytes,
        int inFlightOperations,
        int connections,
        int connectionsPerExport,
        int handshakesPerAddress,
        long bufferBytes) {
    /** Receive buffer of a connection: the largest option and its header fit, and some thirty 4 KiB writes. */
    static final int RECEIVE_BYTES = 128 << 10;
    /** Largest piece of a read that is sent as one chunk: large enough to make a system call cheap, small enough for a cache. */
    static final int CHUNK_BYTES = 256 << 10;
    /** Reply buffer of a connection: one chunk with its header, and small replies beside it. */
    static final int REPLY_BYTES = CHUNK_BYTES + (8 << 10);
    /** Buffers that a connection owns while it lives. */
    static final int FIXED_BYTES = RECEIVE_BYTES + REPLY_BYTES;
    /** Largest piece of a write that is handed to the export at once. */
    static final int SLICE_BYTES = 1 << 20;
    /** Payload memory that no other connection can take away: one slice, so that every write makes progress. */
    static final int GUARANTEED_BYTES = SLICE_BYTES;

    private static final NbdLimits DEFAULTS =
            new NbdLimits(10_000, 30_000, 32, 64 << 10, 4096, 32, 32 << 20, 64 << 20, 128, 256, 64, 16, 512L << 20);

    /** Checks that the bounds fit each other. */
    public NbdLimits {
        atLeast("handshakeMs", handshakeMs, 1);
        atLeast("stallMs", stallMs, 1);
        atLeast("options", options, 1);
        atLeast("stringBytes", stringBytes, 1);
        atLeast("infoRequests", infoRequests, 1);
        atLeast("requestBytes", requestBytes, 512);
        atLeast("inFlightBytes", inFlightBytes, GUARANTEED_BYTES);
        atLeast("inFlightOperations", inFlightOperations, 1);
        atLeast("connections", connections, 1);
        atLeast("connectionsPerExport", connectionsPerExport, 1);
        atLeast("handshakesPerAddress", handshakesPerAddress, 1);
        atLeast("optionBytes", optionBytes, stringBytes);
        if (optionBytes > RECEIVE_BYTES - NbdProtocol.OPTION_HEADER_BYTES) {
            throw new IllegalArgumentException(
                    "optionBytes " + optionBytes + " does not fit the receive buffer of " + RECEIVE_BYTES);
        }
        atLeast("bufferBytes", bufferBytes, (long) connections * (FIXED_BYTES + GUARANTEED_BYTES));
    }

    /** Returns the limits of a service. */
    public static NbdLimits defaults() {
        return DEFAULTS;
    }

    /** Returns a copy with other bounds on connections. */
    public NbdLimits withConnections(int total, int perExport, int handshakes) {
        return new NbdLimits(
                handshakeMs,
                stallMs,
                options,
                optionBytes,
                stringBytes,
                infoRequests,
                requestBytes,
                inFlightBytes,
                inFlightOperations,
                total,
                perExport,
                handshakes,
                bufferBytes);
    }

    /** Returns a copy with another bound on memory. */
    public NbdLimits withBufferBytes(long bytes) {
        return new NbdLimits(
                handshakeMs,
                stallMs,
                options,
                optionBytes,
                stringBytes,
                infoRequests,
                requestBytes,
                inFlightBytes,
                inFlightOperations,
                connections,
                connectionsPerExport,
                handshakesPerAddress,
                bytes);
    }

    /** Returns what connections may hold of payload in all, guarantees included. */
    long payloadBytes() {
        return bufferBytes - (long) connections * FIXED_BYTES;
    }

    /** Returns what connections may hold of payload beyond their guarantees. */
    long sharedBytes() {
        return payloadBytes() - (long) connections * GUARANTEED_BYTES;
    }

    private static void atLeast(String name, long actual, long least) {
        if (actual < least) {
            throw new IllegalArgumentException(name + " is " + actual + ", the least that works is " + least);
        }
    }
}
