/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.control.ControlException;

/** Who runs the process of a service: a command line, or the service manager of Windows. Thread-safe. */
interface ServiceHost {
    /** A terminal, or systemd: both stop a service by a signal, and mean it. */
    ServiceHost PLAIN = new ServiceHost() {};

    /** Is told of the service as soon as it serves. */
    default void serves(RunningService service) {}

    /** Stops a service whose process was told to end; returns when everything is durable and released. */
    default void stopBySignal(RunningService service) throws ControlException {
        service.stop(true);
    }
}
