/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.control.ControlException;
import dev.gnomon.observe.EventId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stop that the service manager asked for, step by step; a step takes no time here. */
@Timeout(60)
class ServiceStopTests {
    private static final int STEPS = (int) ServiceStop.DRAIN.dividedBy(ServiceStop.STEP);

    private final FakeService service = new FakeService();

    @Test
    void aServiceThatNobodyUsesStopsAtOnce() throws Exception {
        new ServiceStop(() -> false, service).run();

        assertThat(service.did).containsExactly("stop");
    }

    @Test
    void itWaitsForClientsAndTellsWhoTheyAre() throws Exception {
        service.users.add("data by nbd 127.0.0.1:5");
        service.atStep = step -> {
            if (step == 7) {
                service.users.clear();
            }
        };

        new ServiceStop(() -> false, service).run();

        assertThat(service.did)
                .containsExactly(
                        "STOP_WHILE_IN_USE waits 30 s for data by nbd 127.0.0.1:5", "take no more clients", "stop");
        assertThat(service.steps).isEqualTo(7);
    }

    @Test
    void whoDoesNotLeaveInTimeIsCutOffAndNamed() throws Exception {
        service.users.add("data by nbd 127.0.0.1:5");

        new ServiceStop(() -> false, service).run();

        assertThat(service.steps).isEqualTo(STEPS);
        assertThat(service.did)
                .containsExactly(
                        "STOP_WHILE_IN_USE waits 30 s for data by nbd 127.0.0.1:5",
                        "take no more clients",
                        "STOP_WHILE_IN_USE cuts off data by nbd 127.0.0.1:5",
                        "stop");
    }

    @Test
    void whileTheSystemEndsItServesDurablyAndDoesNotStop() throws Exception {
        service.users.add("data by nbd 127.0.0.1:5");
        service.endAfter = 10 * STEPS; // as if Windows had ended the process

        new ServiceStop(() -> true, service).run();

        assertThat(service.did)
                .as("all that happened before the process ended")
                .containsExactly(
                        "serve durably",
                        "SYSTEM_ENDS everything is durable, and every write is before it is acknowledged",
                        "stop");
        assertThat(service.stoppedAtStep).isEqualTo(10 * STEPS);
    }

    @Test
    void aSystemThatEndsWhileTheServiceDrainsIsServedToTheEnd() throws Exception {
        service.users.add("data by nbd 127.0.0.1:5");
        service.failing.add("log");
        service.endAfter = 2 * STEPS;

        new ServiceStop(() -> service.steps >= 5, service).run();

        assertThat(service.did)
                .containsExactly(
                        "STOP_WHILE_IN_USE waits 30 s for data by nbd 127.0.0.1:5",
                        "take no more clients",
                        "serve durably",
                        "SYSTEM_ENDS every write is durable before it is acknowledged; what was before could not be made"
                                + " durable of log",
                        "stop");
        assertThat(service.stoppedAtStep).isEqualTo(2 * STEPS);
    }

    @Test
    void aShutdownThatIsCalledOffEndsAsAnOrdinaryStop() throws Exception {
        new ServiceStop(() -> service.steps < 3, service).run();

        assertThat(service.did).first().isEqualTo("serve durably");
        assertThat(service.did).last().isEqualTo("stop");
        assertThat(service.stoppedAtStep).isEqualTo(3);
    }

    private interface AtStep {
        void reached(int step);
    }

    private static final class FakeService implements ServiceStop.Service {
        final List<String> did = new ArrayList<>();
        final List<String> users = new ArrayList<>();
        final List<String> failing = new ArrayList<>();
        AtStep atStep = step -> {};
        int steps;
        int endAfter = Integer.MAX_VALUE;
        int stoppedAtStep = -1;

        @Override
        public List<String> users() {
            return List.copyOf(users);
        }

        @Override
        public void takeNoMoreClients() {
            did.add("take no more clients");
        }

        @Override
        public List<String> serveDurably() {
            did.add("serve durably");
            return failing;
        }

        @Override
        public boolean awaitStop(Duration atMost) {
            steps++;
            atStep.reached(steps);
            return steps >= endAfter;
        }

        @Override
        public void stop() throws ControlException {
            did.add("stop");
            stoppedAtStep = steps;
        }

        @Override
        public void tell(EventId id, String message) {
            did.add(id.name() + " " + message);
        }
    }
}
