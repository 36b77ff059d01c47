/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.control.ControlException;
import dev.gnomon.observe.EventId;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * What becomes of a service that the service manager of Windows tells to stop. The manager does not take no for an answer: when
 * the service host is told, the service counts as stopping already and can be told nothing else. So:
 *
 * <ul>
 *   <li>While Windows shuts down, which looks the same, the service makes everything durable and goes on to serve, durably,
 *       until Windows ends its process: file systems that are still mounted on volumes write until the very end.
 *   <li>Otherwise, while this machine uses volumes, the service takes no more clients, waits {@link #DRAIN} for those that it
 *       has, and says who they are. Whoever is left is cut off.
 *   <li>Then it stops, as {@code gnomon service stop --force} has it stop.
 * </ul>
 *
 * <p>A refusal is to be had from {@code gnomon service stop}, which asks before it acts. One thread runs this, once.
 */
final class ServiceStop {
    /** Long enough for somebody, or a script, that unmounts meanwhile; short enough for whoever looks at "Stopping". */
    static final Duration DRAIN = Duration.ofSeconds(30);

    /** How often clients and the state of the system are looked at. */
    static final Duration STEP = Duration.ofMillis(100);

    private static final int STEPS = (int) DRAIN.dividedBy(STEP);
    private static final int NOT_DRAINING = -1;

    /** A service that runs. */
    interface Service {
        /** Returns who uses what can be written to, on this machine, in a few words each. */
        List<String> users();

        /** Takes no more clients. */
        void takeNoMoreClients();

        /** Makes everything durable, and from now on everything before it is acknowledged; returns what could not be. */
        List<String> serveDurably();

        /** Waits until somebody else stops the service, for so long at most; returns whether somebody has. */
        boolean awaitStop(Duration atMost);

        /** Stops it, whoever uses it, and returns when everything is durable and released. */
        void stop() throws ControlException;

        /** Tells an event. */
        void tell(EventId id, String message);
    }

    private final BooleanSupplier systemEnds;
    private final Service service;

    /**
     * Gets ready.
     *
     * @param systemEnds whether Windows is shutting down
     */
    ServiceStop(BooleanSupplier systemEnds, Service service) {
        this.systemEnds = systemEnds;
        this.service = service;
    }

    /** Returns when the service has stopped: never, if the system ends. */
    void run() throws ControlException {
        boolean durably = false;
        int stepsLeft = NOT_DRAINING;
        do {
            if (systemEnds.getAsBoolean()) {
                if (!durably) {
                    serveToTheEnd();
                    durably = true;
                }
                continue;
            }
            List<String> users = service.users();
            if (users.isEmpty()) {
                break;
            }
            if (stepsLeft == 0) {
                service.tell(EventId.STOP_WHILE_IN_USE, "cuts off " + String.join(", ", users));
                break;
            }
            if (stepsLeft == NOT_DRAINING) {
                stepsLeft = STEPS;
                service.tell(
                        EventId.STOP_WHILE_IN_USE, "waits " + DRAIN.toSeconds() + " s for " + String.join(", ", users));
                service.takeNoMoreClients();
            }
            stepsLeft--;
        } while (!service.awaitStop(STEP));
        service.stop();
    }

    private void serveToTheEnd() {
        List<String> failed = service.serveDurably();
        service.tell(
                EventId.SYSTEM_ENDS,
                failed.isEmpty()
                        ? "everything is durable, and every write is before it is acknowledged"
                        : "every write is durable before it is acknowledged; what was before could not be made durable of "
                                + String.join(", ", failed));
    }
}
