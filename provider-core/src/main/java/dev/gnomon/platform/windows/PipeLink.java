/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.platform.windows;

import dev.gnomon.ipc.Link;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;

/**
 * A connection over a named pipe.
 *
 * <p>The service's end asks who its client is as soon as the first bytes are here, for Windows does not tell before; until then nothing is
 * handed on.
 */
final class PipeLink implements Link {
    private final PipeHandle pipe;
    private final Check check;
    private boolean checked;

    /** Says why a client may not be served, or nothing. */
    interface Check {
        /** The client's end checks the server before it connects. */
        Check NONE = pipe -> "";

        String refusal(PipeHandle pipe) throws IOException;
    }

    PipeLink(PipeHandle pipe, Check check) {
        this.pipe = pipe;
        this.check = check;
    }

    @Override
    public int read(ByteBuffer target, long timeoutNanos) throws IOException {
        int position = target.position();
        int count = pipe.read(target, timeoutNanos);
        if (!checked && count > 0) {
            String refusal = check.refusal(pipe);
            if (!refusal.isEmpty()) {
                target.position(position);
                throw new AccessDeniedException(refusal);
            }
            checked = true;
        }
        return count;
    }

    @Override
    public void write(ByteBuffer source, long timeoutNanos) throws IOException {
        pipe.write(source, timeoutNanos);
    }

    @Override
    public void close() {
        pipe.close();
    }
}
