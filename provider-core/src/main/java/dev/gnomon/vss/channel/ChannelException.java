/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

/** What a peer sent is not in the language of the channel: the connection is closed. The message says what and what is allowed. */
public final class ChannelException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Longest text: a peer must not fill the log. */
    private static final int MAX_LENGTH = 300;

    /** Creates one; of a long message the beginning is kept. */
    public ChannelException(String message) {
        super(message.length() <= MAX_LENGTH ? message : message.substring(0, MAX_LENGTH) + "...");
    }
}
