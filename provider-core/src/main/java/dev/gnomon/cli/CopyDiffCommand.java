/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.DiffView;
import dev.gnomon.control.DiffView.ExtentView;
import dev.gnomon.control.Json;
import dev.gnomon.control.Protocol;
import dev.gnomon.control.client.ControlClient;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code gnomon copy diff}. Prints extents as they come, so that it needs no more memory for many. */
@Command(
        name = "diff",
        header = "Show which parts of a volume changed between two shadow copies, or since one.",
        description = "Parts are whole pieces of 4 KiB that were written to, even if with the same bytes. The order of"
                + " the two copies does not matter.",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  gnomon copy diff data@monday data@tuesday", "  gnomon copy diff data@tuesday --live --output json"
        })
final class CopyDiffCommand implements Callable<Integer> {
    private final GnomonCommand root;
    private final Session session;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "COPY", description = "VOLUME@COPY, where COPY is its name or id; or its id.")
    private String copy = "";

    @Parameters(index = "1", paramLabel = "OTHER", arity = "0..1", description = "Another copy of the same volume.")
    private String other = "";

    @Option(names = "--live", description = "Show what changed since COPY until now, instead of naming OTHER.")
    private boolean live;

    @Mixin
    private Output output = new Output();

    CopyDiffCommand(GnomonCommand root, Session session) {
        this.root = root;
        this.session = session;
    }

    @Override
    public Integer call() throws ControlException {
        if (live == !other.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "expected either another copy to compare with, or --live for the volume itself");
        }
        Printer printer = output.json() ? new JsonPrinter(session.out()) : new TextPrinter(session.out());
        return session.ask(root.state(), client -> compare(client, printer)).number();
    }

    private ExitCode compare(ControlClient client, Printer printer) throws ControlException {
        DiffView part = client.diff(copy, other, 0);
        printer.begin(part);
        ExtentView last = new ExtentView(0, 0);
        long changed = 0;
        while (true) {
            for (ExtentView extent : part.extents()) {
                changed += extent.lengthBytes();
                if (last.offsetBytes() + last.lengthBytes() == extent.offsetBytes()) {
                    last = new ExtentView(last.offsetBytes(), last.lengthBytes() + extent.lengthBytes());
                } else {
                    print(printer, last);
                    last = extent;
                }
            }
            if (part.nextOffsetBytes() >= part.sizeBytes()) {
                break;
            }
            part = client.diff(copy, other, part.nextOffsetBytes());
        }
        print(printer, last);
        printer.end(part, changed);
        return ExitCode.DONE;
    }

    private static void print(Printer printer, ExtentView extent) {
        if (extent.lengthBytes() > 0) {
            printer.extent(extent);
        }
    }

    /** Prints a diff from its begin to its end. */
    private interface Printer {
        void begin(DiffView first);

        void extent(ExtentView extent);

        void end(DiffView last, long changedBytes);
    }

    private static final class TextPrinter implements Printer {
        private final PrintWriter out;
        private long extents;

        TextPrinter(PrintWriter out) {
            this.out = out;
        }

        @Override
        public void begin(DiffView first) {
            out.println(String.format(Locale.ROOT, "%20s  %20s", "OFFSET", "BYTES"));
        }

        @Override
        public void extent(ExtentView extent) {
            extents++;
            out.println(String.format(Locale.ROOT, "%20d  %20d", extent.offsetBytes(), extent.lengthBytes()));
        }

        @Override
        public void end(DiffView last, long changedBytes) {
            out.println("From " + last.older() + " to " + last.newer() + ": " + Sizes.human(changedBytes) + " ("
                    + changedBytes + " bytes) in " + extents + (extents == 1 ? " extent" : " extents") + " changed, of "
                    + Sizes.human(last.sizeBytes()) + ".");
        }
    }

    /** The list may be endless and comes first; keys are in order all the same, as in every document. */
    private static final class JsonPrinter implements Printer {
        private final PrintWriter out;
        private String separator = "\n    ";

        JsonPrinter(PrintWriter out) {
            this.out = out;
        }

        @Override
        public void begin(DiffView first) {
            out.print("{\n  \"extents\" : [");
        }

        @Override
        public void extent(ExtentView extent) {
            out.print(separator);
            out.print(new String(Json.toBytes(extent.toJson()), StandardCharsets.UTF_8));
            separator = ",\n    ";
        }

        @Override
        public void end(DiffView last, long changedBytes) {
            String rest = Json.toPrettyText(Json.object()
                    .put("newer", last.newer())
                    .put("older", last.older())
                    .put("schemaVersion", Protocol.SCHEMA_VERSION)
                    .put("sizeBytes", last.sizeBytes())
                    .put("totalChangedBytes", changedBytes));
            out.println((separator.startsWith(",") ? "\n  " : "") + "]," + rest.substring(1));
        }
    }
}
