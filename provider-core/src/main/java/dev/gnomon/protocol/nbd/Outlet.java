/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;

/** Where whole replies leave; shared by the reader and the sender of a connection. */
final class Outlet {
    /** Sends that must not be parted by another thread's. */
    @FunctionalInterface
    interface Sends {
        void run() throws IOException;
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final ByteLink link;
    private final Progress progress;

    Outlet(ByteLink link, Progress progress) {
        this.link = link;
        this.progress = progress;
    }

    /** Sends what was put into the buffer, and leaves it clear. */
    void send(ByteBuffer filled) throws IOException {
        lock.lock();
        try {
            filled.flip();
            progress.sending(true);
            while (filled.hasRemaining()) {
                link.send(filled);
                progress.sent();
            }
            progress.sending(false);
            filled.clear();
        } finally {
            lock.unlock();
        }
    }

    /** Tells the client that nothing more comes. */
    void finish() throws IOException {
        lock.lock();
        try {
            progress.sending(true);
            link.finish();
            progress.sending(false);
        } finally {
            lock.unlock();
        }
    }

    /** Runs several sends as one. */
    void together(Sends sends) throws IOException {
        lock.lock();
        try {
            sends.run();
        } finally {
            lock.unlock();
        }
    }
}
