/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.control.ControlException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The demonstration. */
@Command(
        name = "demo",
        header = "Show in a minute that shadow copies are one instant and nothing is lost.",
        description = {
            "",
            "Serves two volumes from a process of its own, writes to both over NBD, takes a snapshot set meanwhile,"
                    + " proves that the shadow copies are one instant, kills the service and proves that everything is"
                    + " still there. Needs no privileges and leaves nothing behind."
        },
        optionListHeading = "%nOptions:%n")
final class DemoCommand implements Callable<Integer> {
    private final Session session;

    @Option(
            names = "--selftest",
            description = "Take two separate copies instead of a set, which must be reported as a violation.")
    private boolean selftest;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Where to work; about 3G are used there (default: a new temporary directory).")
    private @Nullable Path directory;

    @Option(names = "--seed", paramLabel = "NUMBER", description = "Repeat the choices of an earlier run.")
    private @Nullable Long seed;

    @Option(names = "--keep", description = "Leave the files of the run in place.")
    private boolean keep;

    DemoCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws ControlException {
        OptionalLong chosen = seed == null ? OptionalLong.empty() : OptionalLong.of(seed);
        LocalCommands.DemoOptions options = new LocalCommands.DemoOptions(
                selftest,
                Optional.ofNullable(directory).map(d -> d.toAbsolutePath().normalize()),
                chosen,
                keep);
        return session.local().demo(options, session.out(), session.err()).number();
    }
}
