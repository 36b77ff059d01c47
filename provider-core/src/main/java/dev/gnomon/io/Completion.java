/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.io;

/**
 * Receives the end of one request, exactly once.
 *
 * <p>Called on the submitting thread before the submission returns, or later on a thread of the engine. It must not
 * block and must not throw.
 */
@FunctionalInterface
public interface Completion {
    /** Takes the outcome; buffers of the request belong to the submitter again. */
    void complete(IoStatus status);
}
