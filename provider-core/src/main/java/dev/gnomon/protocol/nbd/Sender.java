/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends the replies of requests that the engine completes while the reader waits for the client, on a thread of its own.
 *
 * <p><b>Invariant:</b> the buffer holds a reply of every operation that can exist at once.
 */
final class Sender implements Runnable {
    private final InFlight inFlight;
    private final Outlet outlet;
    private final ByteLink link;
    private final NbdStats stats;
    private final ByteBuffer buffer;

    Sender(Connection.Parts parts) {
        this.inFlight = parts.inFlight();
        this.outlet = parts.outlet();
        this.link = parts.link();
        this.stats = parts.stats();
        this.buffer = parts.senderBuffer().clear();
    }

    @Override
    public void run() {
        try {
            while (!inFlight.ended()) {
                Operation operation = inFlight.takeCompleted();
                if (operation == null) {
                    LockSupport.park(this);
                } else {
                    answer(operation);
                }
            }
        } catch (IOException e) {
            // The client is gone; closing the link tells the reader, who ends the connection.
            link.close();
        }
    }

    private void answer(Operation first) throws IOException {
        Operation operation = first;
        long answered = stats.times.now();
        while (operation != null) {
            Operation next = operation.next;
            stats.times.record(operation.command(), operation.began(), answered);
            NbdError error = operation.error();
            if (error != NbdError.NONE) {
                stats.errors.increment();
            }
            Replies.putSimple(buffer, operation.cookie(), error.code());
            inFlight.recycle(operation);
            operation = next;
        }
        outlet.send(buffer);
    }
}
