/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.FaultView;
import dev.gnomon.control.Json;
import dev.gnomon.control.Results;
import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The commands that make VSS calls go wrong. */
@Command(
        name = "fault",
        header = "Make calls of VSS go wrong, to test a requester.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n")
final class FaultCommands extends GnomonCommand.Group {
    FaultCommands(GnomonCommand root, Session session) {
        super(root, session);
    }

    @Command(
            name = "add",
            header = "Have the next calls of a kind go wrong.",
            description =
                    "Only if the service's configuration has allowFaults. A fault ends after its times, after an hour,"
                            + " and with the service.",
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = {
                "  gnomon fault add --call CommitSnapshots --action delay=12s",
                "  gnomon fault add --call EndPrepareSnapshots --action fail=VSS_E_PROVIDER_VETO --times 3 --volume data",
                "  gnomon fault add --call any --action kill=engine"
            })
    int add(
            @Option(
                            names = "--call",
                            required = true,
                            paramLabel = "CALL",
                            description = "Method of the provider as VSS names it, or any.")
                    String call,
            @Option(
                            names = "--action",
                            required = true,
                            paramLabel = "ACTION",
                            description = "In the shim: delay=TIME, fail=HRESULT, hang, kill=shim. In the service:"
                                    + " stall=TIME (answers late), mute (never answers), garble (answers nonsense),"
                                    + " kill=engine.")
                    String action,
            @Option(
                            names = "--times",
                            paramLabel = "N",
                            defaultValue = "1",
                            description = "How often (default: ${DEFAULT-VALUE}).")
                    int times,
            @Option(
                            names = "--volume",
                            paramLabel = "VOLUME",
                            description = "Only calls about this volume, by its name in Gnomon or in Windows.")
                    @Nullable
                    String volume,
            @Mixin Output output)
            throws ControlException {
        FaultView fault = ask(client -> client.addFault(call, action, times, volume == null ? "" : volume));
        output.print(session().out(), () -> Results.fault(fault), out -> out.println("Fault " + line(fault)));
        return ExitCode.DONE.number();
    }

    @Command(name = "list", header = "List the faults in force.", optionListHeading = "%nOptions:%n")
    int list(@Mixin Output output) throws ControlException {
        List<FaultView> faults = ask(client -> client.faults());
        output.print(session().out(), () -> Results.faults(faults), out -> table(faults, out));
        return ExitCode.DONE.number();
    }

    @Command(name = "clear", header = "End all faults.", optionListHeading = "%nOptions:%n")
    int clear(@Mixin Output output) throws ControlException {
        long cleared = ask(client -> client.clearFaults());
        output.print(
                session().out(),
                () -> Json.object().put("cleared", cleared),
                out -> out.println(cleared == 1 ? "1 fault ended." : cleared + " faults ended."));
        return ExitCode.DONE.number();
    }

    private static void table(List<FaultView> faults, PrintWriter out) {
        if (faults.isEmpty()) {
            out.println("No faults.");
        }
        faults.forEach(fault -> out.println(line(fault)));
    }

    /** Returns a fault in one line. */
    static String line(FaultView fault) {
        return fault.number() + ": " + fault.call() + " " + fault.action()
                + (fault.volume().isEmpty() ? "" : " on " + fault.volume()) + ", " + fault.timesLeft()
                + (fault.timesLeft() == 1 ? " time" : " times") + " until " + Times.human(fault.until());
    }
}
