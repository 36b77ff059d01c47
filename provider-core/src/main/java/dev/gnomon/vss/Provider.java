/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

/** What the channel to the shim hands its calls to. Thread-safe. */
public interface Provider {
    /**
     * Begins the life of a host process; sets that are begun on the connection are discarded with it unless they are
     * durable by then.
     *
     * @param peer who it is, for events and traces: process id and shim version
     */
    Connection connect(String peer);

    /** One host process of the shim. Thread-safe: calls of several objects and threads run at once. */
    interface Connection extends AutoCloseable {
        /**
         * Carries out one call; returns, whatever happens, and never with an HRESULT that the method does not document.
         *
         * @param object number of the provider object in that process, from 1
         * @param context VSS context of that object as the shim knows it, used if the service has not seen the object before
         * @param deadlineNanos of the clock, when the shim stops waiting
         */
        ProviderAnswer call(long object, int context, ProviderCall call, long deadlineNanos);

        /** The process is gone, or its connection: discards its unfinished sets. Idempotent; waits for nothing. */
        @Override
        void close();
    }
}
