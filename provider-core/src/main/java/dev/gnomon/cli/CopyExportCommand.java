/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.cli.LocalCommands.ExportOptions;
import dev.gnomon.control.ControlException;
import dev.gnomon.control.CopyView;
import dev.gnomon.control.Json;
import dev.gnomon.control.ServiceView;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code gnomon copy export}. */
@Command(
        name = "export",
        header = "Write what a shadow copy holds to a new file.",
        description =
                "The file is a raw image with holes where the copy has them. It has its name only when it is whole"
                        + " and durable; until then it is FILE.partial. A file that exists is never overwritten.",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  gnomon copy export data@nightly /backup/data.img",
            "  gnomon copy export data@nightly data.img --tls-ca ca.pem --tls-name storage.example"
        })
final class CopyExportCommand implements Callable<Integer> {
    private final GnomonCommand root;
    private final Session session;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "COPY", description = "VOLUME@COPY, where COPY is its name or id; or its id.")
    private String copy = "";

    @Parameters(index = "1", paramLabel = "FILE", description = "The file to create.")
    private Path file = Path.of("");

    @Option(
            names = "--nbd",
            paramLabel = "ADDRESS",
            description = "Where to read the copy from (default: the first address that the service names).")
    private @Nullable String address;

    @Option(
            names = "--tls-ca",
            paramLabel = "FILE",
            description = "Use TLS, with a service whose certificate one of these authorities (PEM) has signed.")
    private @Nullable Path authorities;

    @Option(names = "--tls-cert", paramLabel = "FILE", description = "Own certificate (PEM), if the service wants one.")
    private @Nullable Path certificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Key of --tls-cert (PEM, PKCS #8).")
    private @Nullable Path key;

    @Option(
            names = "--tls-name",
            paramLabel = "NAME",
            defaultValue = "localhost",
            description = "Name that the certificate of the service is made for (default: ${DEFAULT-VALUE}).")
    private String serverName = "localhost";

    @Mixin
    private Output output = new Output();

    CopyExportCommand(GnomonCommand root, Session session) {
        this.root = root;
        this.session = session;
    }

    @Override
    public Integer call() throws ControlException {
        Optional<ExportOptions.Tls> tls = tls();
        CopyView view = session.ask(root.state(), client -> client.copy(copy));
        ServiceView service = session.ask(root.state(), client -> client.status());
        List<String> addresses = address == null ? service.nbdAddresses() : List.of(address);
        ExportOptions options = new ExportOptions(
                addresses.getFirst(),
                view.exportName(),
                view.sizeBytes(),
                Path.of(Session.absolute("FILE", file.toString())),
                tls);
        long read;
        try (Progress progress = Progress.show(view.exportName(), view.sizeBytes(), session.err())) {
            read = session.local().export(options, progress::to);
        }
        output.print(
                session.out(),
                () -> Json.object()
                        .put("copy", view.exportName())
                        .put("file", options.target().toString())
                        .put("sizeBytes", view.sizeBytes())
                        .put("dataBytes", read),
                out -> out.println("Exported " + view.exportName() + " to " + options.target() + ": "
                        + Sizes.human(view.sizeBytes()) + ", " + Sizes.human(read) + " of it data."));
        return ExitCode.DONE.number();
    }

    private Optional<ExportOptions.Tls> tls() {
        if ((certificate == null) != (key == null) || (certificate != null && authorities == null)) {
            throw new ParameterException(spec.commandLine(), "--tls-cert needs --tls-key and --tls-ca");
        }
        if (authorities == null) {
            return Optional.empty();
        }
        Optional<ExportOptions.Keys> own = certificate == null || key == null
                ? Optional.empty()
                : Optional.of(new ExportOptions.Keys(certificate, key));
        return Optional.of(new ExportOptions.Tls(authorities, own, serverName));
    }
}
