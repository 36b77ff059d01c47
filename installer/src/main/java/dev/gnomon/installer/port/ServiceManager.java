/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.port;

import dev.gnomon.installer.plan.SetupException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The services of Windows. */
public interface ServiceManager {
    /** What a service does just now. */
    enum State {
        /** Nothing. */
        STOPPED,
        /** It runs, as far as the manager knows. */
        RUNNING,
        /** It is on its way from one to the other. */
        PENDING
    }

    /**
     * A service.
     *
     * @param commandLine of its process
     * @param account that it runs as
     * @param automatic whether it starts with Windows
     * @param delayed whether that is some minutes later
     * @param dependencies services that must run before it
     */
    record Service(
            String name,
            String displayName,
            String commandLine,
            String account,
            boolean automatic,
            boolean delayed,
            List<String> dependencies,
            State state) {
        /** Copies the list. */
        public Service {
            dependencies = List.copyOf(dependencies);
        }
    }

    /**
     * What is done when the process of a service ends unasked.
     *
     * @param restarts pauses before the restart after the first, second, ... such end; the last one for all others
     * @param forgetAfter time without such an end after which counting begins anew
     * @param nonCrash whether ends with an error, reported by the service, count too
     */
    record Recovery(List<Duration> restarts, Duration forgetAfter, boolean nonCrash) {
        /** Copies the list. */
        public Recovery {
            restarts = List.copyOf(restarts);
        }
    }

    /** Returns a service; nothing if there is none of that name. */
    Optional<Service> find(String name) throws SetupException;

    /** Starts a service; returns when the manager has taken the order, not when it runs. */
    void start(String name) throws SetupException;

    /** Asks a service to stop; returns when the manager has taken the order. Success if it does not run. */
    void stop(String name) throws SetupException;

    /** Deletes a service; success if there is none. */
    void delete(String name) throws SetupException;

    /** Says what is done when it ends unasked. */
    void setRecovery(String name, Recovery recovery) throws SetupException;
}
