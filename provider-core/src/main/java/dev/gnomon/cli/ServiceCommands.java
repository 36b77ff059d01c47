/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.control.ClientView;
import dev.gnomon.control.ControlException;
import dev.gnomon.control.FaultView;
import dev.gnomon.control.FieldRules;
import dev.gnomon.control.Json;
import dev.gnomon.control.Results;
import dev.gnomon.control.ScrubView;
import dev.gnomon.control.ServiceView;
import dev.gnomon.control.StatsView;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** The commands on the service itself. */
@Command(
        name = "service",
        header = "Run, inspect and stop the service.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n")
final class ServiceCommands extends GnomonCommand.Group {
    private static final String TLS_OFF = "off";
    private static final String TLS_REQUIRED = "required";

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
                "  gnomon service run --nbd 127.0.0.1:10809 --nbd unix:/run/gnomon/nbd.sock",
                "  gnomon service run --nbd 192.0.2.7 --tls required --tls-cert cert.pem --tls-key key.pem \\",
                "      --tls-client-ca clients.pem"
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
                                    "Admit addresses that other machines can reach although clients prove nothing:"
                                            + " only for networks that you trust.")
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
                            names = "--tls",
                            paramLabel = "MODE",
                            defaultValue = TLS_OFF,
                            description = "off, or required: NBD clients must then use TLS 1.2 or 1.3, on every address"
                                    + " (default: off).")
                    String tls,
            @Option(
                            names = "--tls-cert",
                            paramLabel = "FILE",
                            description = "Certificate of the service, PEM, with those that lead to its authority.")
                    @Nullable
                    Path tlsCertificate,
            @Option(
                            names = "--tls-key",
                            paramLabel = "FILE",
                            description = "Private key of that certificate, PEM, PKCS #8.")
                    @Nullable
                    Path tlsKey,
            @Option(
                            names = "--tls-client-ca",
                            paramLabel = "FILE",
                            description = "Admit only clients with a certificate that one of these authorities has"
                                    + " signed, PEM. Without it every client that can connect is served.")
                    @Nullable
                    Path tlsClientAuthorities,
            @Option(
                            names = "--vss",
                            paramLabel = "FILE",
                            description =
                                    "Be a VSS provider, as this file says (JSON): how the COM shim reaches the service,"
                                            + " and what Windows calls its volumes.")
                    @Nullable
                    Path vss,
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
                    Long segmentBytes,
            @Option(
                            names = "--index-memory",
                            paramLabel = "SIZE",
                            converter = Sizes.class,
                            description = "Memory for the index of the diff area: 64K to 16G (default: 512M). What does"
                                    + " not fit is read from the disk.")
                    @Nullable
                    Long indexBytes,
            @Option(
                            names = "--accept-changed",
                            paramLabel = "VOLUME",
                            description = "Export the shadow copies of this volume even if its origin was changed while"
                                    + " nobody served it; repeatable.")
                    @Nullable
                    List<String> acceptChanged)
            throws ControlException {
        List<String> addresses = nbd == null ? List.of() : nbd;
        LocalCommands.NewStore newStore = new LocalCommands.NewStore(
                chunkBytes == null ? 0 : chunkBytes, segmentBytes == null ? 0 : segmentBytes);
        LocalCommands.ServiceOptions options = new LocalCommands.ServiceOptions(
                root().state(),
                addresses,
                newStore,
                indexBytes == null ? 0 : indexBytes,
                tlsFiles(tls, tlsCertificate, tlsKey, tlsClientAuthorities),
                allowRemote,
                root().debug(),
                logFormat,
                Optional.ofNullable(metrics),
                acceptChanged == null ? List.of() : acceptChanged,
                Optional.ofNullable(vss));
        return session().local().runService(options, session().err()).number();
    }

    /** Options that have no effect are refused: who gives keys believes that they are used. */
    private static Optional<LocalCommands.TlsFiles> tlsFiles(
            String mode, @Nullable Path certificate, @Nullable Path key, @Nullable Path clientAuthorities)
            throws ControlException {
        boolean required = mode.equals(TLS_REQUIRED);
        if (!required && !mode.equals(TLS_OFF)) {
            throw ControlException.invalid(
                    "--tls: " + FieldRules.shown(mode) + "; allowed are " + TLS_OFF + " and " + TLS_REQUIRED);
        }
        if (!required && (certificate != null || key != null || clientAuthorities != null)) {
            throw ControlException.invalid(
                    "--tls: off, with --tls-cert, --tls-key or --tls-client-ca; allowed is required");
        }
        if (required && (certificate == null || key == null)) {
            throw ControlException.invalid("--tls: required needs --tls-cert and --tls-key");
        }
        return certificate == null || key == null
                ? Optional.empty()
                : Optional.of(new LocalCommands.TlsFiles(certificate, key, Optional.ofNullable(clientAuthorities)));
    }

    @Command(name = "status", header = "Show what the service is and does.", optionListHeading = "%nOptions:%n")
    int status(@Mixin Output output) throws ControlException {
        ServiceView service = ask(client -> client.status());
        ScrubView scrub = ask(client -> client.scrub());
        List<FaultView> faults = ask(client -> client.faults());
        output.print(session().out(), () -> json(service, scrub, faults), out -> details(service, scrub, faults, out));
        if (!faults.isEmpty()) {
            session()
                    .err()
                    .println("gnomon: VSS calls go wrong on purpose: " + faults.size()
                            + (faults.size() == 1 ? " fault is" : " faults are")
                            + " active; gnomon fault clear ends that");
        }
        return ExitCode.DONE.number();
    }

    @Command(
            name = "clients",
            header = "List the clients that have an export open.",
            optionListHeading = "%nOptions:%n")
    int clients(@Mixin Output output) throws ControlException {
        List<ClientView> clients = ask(client -> client.clients());
        output.print(session().out(), () -> Results.clients(clients), out -> {
            Table table = new Table("EXPORT", "PROTOCOL", "CLIENT", "WHERE");
            clients.forEach(each -> table.row(
                    each.export(), each.protocol(), each.peer(), each.local() ? "this machine" : "another machine"));
            table.print(out);
        });
        return ExitCode.DONE.number();
    }

    @Command(
            name = "stop",
            header = "Stop the service; returns when everything is durable.",
            description = "Refused while a client on the service's machine has a volume, or an overlay, open: a file"
                    + " system may be mounted on it. 'gnomon service clients' lists them.",
            optionListHeading = "%nOptions:%n")
    int stop(
            @Option(names = "--force", description = "Stop even while volumes are in use; their clients are cut off.")
                    boolean force,
            @Mixin Output output)
            throws ControlException {
        ask(client -> {
            client.stop(force);
            return "";
        });
        output.print(
                session().out(), () -> Json.object().put("stopped", true), out -> out.println("The service stopped."));
        return ExitCode.DONE.number();
    }

    private static ObjectNode json(ServiceView service, ScrubView scrub, List<FaultView> faults) {
        ObjectNode json = Results.service(service);
        json.setAll(Results.faults(faults));
        json.set("scrub", scrub.toJson());
        return json;
    }

    private static void details(ServiceView service, ScrubView scrub, List<FaultView> faults, PrintWriter out) {
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
        details.line(
                "scrub",
                scrub.state() + (scrub.state().equals(ScrubView.NEVER) ? "" : ", " + ScrubCommands.damage(scrub)));
        faults.forEach(fault -> details.line("fault", FaultCommands.line(fault)));
        details.print(out);
    }
}
