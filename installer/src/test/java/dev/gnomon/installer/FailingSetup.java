/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer;

import dev.gnomon.app.Main;
import dev.gnomon.cli.Session;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.port.Ports;
import dev.gnomon.installer.step.Layout;
import picocli.CommandLine;

/**
 * Starts setup as {@link SetupMain} does, with something that goes wrong on purpose:
 *
 * <ul>
 *   <li>{@code gnomon.test.failStep=NAME}: the step does its work, and then fails;
 *   <li>{@code gnomon.test.haltAfter=N}: the process ends hard after the N-th record of the journal.
 * </ul>
 */
public final class FailingSetup {
    /** How a process ends that is killed. */
    static final int KILLED = 137;

    private FailingSetup() {}

    /** Runs the command that the arguments name and exits with its exit code. */
    public static void main(String[] arguments) {
        Session session = Main.session();
        String failStep = System.getProperty("gnomon.test.failStep", "");
        int haltAfter = Integer.getInteger("gnomon.test.haltAfter", Integer.MAX_VALUE);
        int code = new CommandLine(new SetupCommand(
                        session, (each, layout) -> halting(each, layout, haltAfter), FailingSteps.failing(failStep)))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(session.out())
                .setErr(session.err())
                .execute(arguments);
        session.out().flush();
        session.err().flush();
        Runtime.getRuntime().halt(code);
    }

    private static Ports halting(Session session, Layout layout, int haltAfter) throws SetupException {
        return FailingSteps.with(
                Machines.ports(session, layout),
                storage -> HaltingStorage.over(
                        storage, haltAfter, () -> Runtime.getRuntime().halt(KILLED)));
    }
}
