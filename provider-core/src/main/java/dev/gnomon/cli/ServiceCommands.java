/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.Json;
import dev.gnomon.control.Results;
import dev.gnomon.control.ServiceView;
import dev.gnomon.control.StatsView;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The commands on the service itself. */
@Command(
        name = "service",
        header = "Run, inspect and stop the service.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n")
final class ServiceCommands extends GnomonCommand.Group {
    ServiceCommands(GnomonCommand root, Session session) {
        super(root, session);
    }

    @Command(
            name = "run",
            header = "Run the service in the foreground until it is stopped.",
            description = "Creates the state directory if there is none. Ends cleanly on SIGTERM, SIGINT and"
                    + " 'gnomon service stop'. One service at a time may use a state directory.",
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = {
                "  gnomon service run --state /srv/gnomon",
                "  gnomon service run --nbd 127.0.0.1:10809 --nbd unix:/run/gnomon/nbd.sock"
            })
    int run(
            @Option(
                            names = "--nbd",
                            paramLabel = "ADDR",
                            description = "Where to serve NBD, repeatable: unix:PATH, IP or IP:PORT, port 10809 if"
                                    + " none is given (default: nbd.sock in the state directory).")
                    @Nullable
                    List<String> nbd,
            @Option(
                            names = "--allow-remote",
                            description =
                                    "Admit addresses that other machines can reach. NBD here has no encryption and"
                                            + " no passwords: only for networks that you trust.")
                    boolean allowRemote,
            @Option(
                            names = "--metrics",
                            paramLabel = "ADDR",
                            description = "Where to serve metrics for Prometheus: IP:PORT, such as 127.0.0.1:9750"
                                    + " (default: nowhere).")
                    @Nullable
                    String metrics,
            @Option(
                            names = "--log-format",
                            paramLabel = "FORMAT",
                            defaultValue = "text",
                            description = "How to log to standard error, one line per event: ${COMPLETION-CANDIDATES}"
                                    + " (default: ${DEFAULT-VALUE}).")
                    LocalCommands.LogFormat logFormat,
            @Option(
                            names = "--chunk-size",
                            paramLabel = "SIZE",
                            converter = Sizes.class,
                            description = "Chunk size of a store that is created now: a power of two from 4K to 1M"
                                    + " (default: 16K).")
                    @Nullable
                    Long chunkBytes,
            @Option(
                            names = "--segment-size",
                            paramLabel = "SIZE",
                            converter = Sizes.class,
                            description = "Segment size of the diff area of a store that is created now: 64K to 1G"
                                    + " (default: 64M).")
                    @Nullable
                    Long segmentBytes)
            throws ControlException {
        List<String> addresses = nbd == null ? List.of() : nbd;
        LocalCommands.NewStore newStore = new LocalCommands.NewStore(
                chunkBytes == null ? 0 : chunkBytes, segmentBytes == null ? 0 : segmentBytes);
        LocalCommands.ServiceOptions options = new LocalCommands.ServiceOptions(
                root().state(),
                addresses,
                newStore,
                allowRemote,
                root().debug(),
                logFormat,
                Optional.ofNullable(metrics));
        return session().local().runService(options, session().err()).number();
    }

    @Command(name = "status", header = "Show what the service is and does.", optionListHeading = "%nOptions:%n")
    int status(@Mixin Output output) throws ControlException {
        ServiceView service = ask(client -> client.status());
        output.print(session().out(), () -> Results.service(service), out -> details(service, out));
        return ExitCode.DONE.number();
    }

    @Command(
            name = "stop",
            header = "Stop the service; returns when everything is durable.",
            optionListHeading = "%nOptions:%n")
    int stop(@Mixin Output output) throws ControlException {
        ask(client -> {
            client.stop();
            return "";
        });
        output.print(
                session().out(), () -> Json.object().put("stopped", true), out -> out.println("The service stopped."));
        return ExitCode.DONE.number();
    }

    private static void details(ServiceView service, PrintWriter out) {
        StatsView stats = service.stats();
        Details details = new Details();
        details.line("version", service.version());
        details.line("process", Long.toString(service.pid()));
        details.line("state directory", service.stateDirectory());
        details.line("running since", Times.human(service.startedAt()));
        details.line("NBD", String.join(" ", service.nbdAddresses()));
        details.line("volumes", Integer.toString(service.volumes()));
        details.line("shadow copies", Integer.toString(service.copies()));
        details.line(
                "diff area",
                Sizes.human(stats.logUsedBytes()) + " used of " + Sizes.human(stats.logAllocatedBytes()) + ", "
                        + stats.exceptions() + " pieces");
        details.line("preserved", Sizes.human(stats.preservedBytes()) + " since the start");
        details.line(
                "requests",
                stats.reads() + " reads, " + (stats.directWrites() + stats.firstTouchWrites()) + " writes ("
                        + stats.firstTouchWrites() + " first touches), " + stats.flushes() + " flushes");
        details.print(out);
    }
}
