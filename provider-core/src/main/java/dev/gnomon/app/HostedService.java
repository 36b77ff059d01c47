/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.control.ClientView;
import dev.gnomon.control.ControlException;
import dev.gnomon.observe.EventId;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A service whose host starts it on one thread and stops it on another. Thread-safe. */
final class HostedService implements ServiceHost {
    private final BooleanSupplier systemEnds;
    private final CountDownLatch settled = new CountDownLatch(1);
    private final AtomicReference<@Nullable RunningService> served = new AtomicReference<>();

    /**
     * Gets ready for a service.
     *
     * @param systemEnds whether the system is shutting down
     */
    HostedService(BooleanSupplier systemEnds) {
        this.systemEnds = systemEnds;
    }

    @Override
    public void serves(RunningService service) {
        served.set(service);
        settled.countDown();
    }

    /** A console event, which the JVM takes for a signal: Windows has the same two meanings for it. */
    @Override
    public void stopBySignal(RunningService service) throws ControlException {
        new ServiceStop(systemEnds, of(service)).run();
    }

    /** Says that the service has ended, or will not come. */
    void ended() {
        settled.countDown();
    }

    /** Stops the service as soon as it serves; returns when it has stopped, or did not start. */
    void stop(PrintWriter err) {
        try {
            settled.await();
            RunningService service = served.get();
            if (service != null) {
                new ServiceStop(systemEnds, of(service)).run();
            }
        } catch (ControlException e) {
            err.println("gnomon: " + e.getMessage());
        } catch (InterruptedException e) {
            throw new IllegalStateException("Nobody interrupts threads here", e);
        }
    }

    private static ServiceStop.Service of(RunningService service) {
        return new ServiceStop.Service() {
            @Override
            public List<String> users() {
                return service.clients().stream()
                        .filter(ClientView::inUseHere)
                        .map(ClientView::text)
                        .toList();
            }

            @Override
            public void takeNoMoreClients() {
                service.takeNoMoreClients();
            }

            @Override
            public List<String> serveDurably() {
                return service.serveDurably();
            }

            @Override
            public boolean awaitStop(Duration atMost) {
                return service.awaitStop(atMost);
            }

            @Override
            public void stop() throws ControlException {
                service.stop(true);
            }

            @Override
            public void tell(EventId id, String message) {
                service.tell(id, message);
            }
        };
    }
}
