/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.CopyView;
import dev.gnomon.control.DiffView.ExtentView;
import dev.gnomon.control.Json;
import dev.gnomon.control.VerifyView;
import dev.gnomon.control.client.ControlClient;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The command {@code gnomon copy verify}. */
@Command(
        name = "verify",
        header = "Recompute the checksums of everything that shadow copies read from the store.",
        description = "Names the extents that are damaged and ends with 8 if there are any. What a copy reads from the"
                + " origin, because it was not overwritten since, has no checksum.",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  gnomon copy verify data@nightly", "  gnomon copy verify --all --output json"})
final class CopyVerifyCommand implements Callable<Integer> {
    /** Damaged extents of one copy that are named; more say nothing more. */
    private static final int MAX_NAMED = 10_000;

    private final GnomonCommand root;
    private final Session session;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Parameters(
            paramLabel = "COPY",
            arity = "0..*",
            description = "VOLUME@COPY, where COPY is its name or id; or its id.")
    private List<String> copies = new ArrayList<>();

    @Option(names = "--all", description = "Verify all shadow copies of all volumes.")
    private boolean all;

    @Mixin
    private Output output = new Output();

    CopyVerifyCommand(GnomonCommand root, Session session) {
        this.root = root;
        this.session = session;
    }

    /** What came of one copy. */
    private record Result(String copy, long sizeBytes, long checkedBytes, List<ExtentView> damaged) {
        ObjectNode toJson() {
            ObjectNode json =
                    Json.object().put("copy", copy).put("sizeBytes", sizeBytes).put("checkedBytes", checkedBytes);
            ArrayNode array = json.putArray("damaged");
            damaged.forEach(extent -> array.add(extent.toJson()));
            return json;
        }
    }

    @Override
    public Integer call() throws ControlException {
        if (all == !copies.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "expected either shadow copies, or --all");
        }
        List<Result> results = session.ask(root.state(), this::verify);
        boolean clean = results.stream().allMatch(result -> result.damaged().isEmpty());
        output.print(session.out(), () -> json(results, clean), out -> print(results, out));
        return (clean ? ExitCode.DONE : ExitCode.DAMAGED).number();
    }

    private List<Result> verify(ControlClient client) throws ControlException {
        List<String> references = new ArrayList<>(copies);
        if (all) {
            for (CopyView copy : client.copies("")) {
                references.add(copy.id().toString());
            }
        }
        List<Result> results = new ArrayList<>();
        for (String reference : references) {
            results.add(verify(client, reference));
        }
        return results;
    }

    private Result verify(ControlClient client, String reference) throws ControlException {
        CopyView copy = client.copy(reference);
        List<ExtentView> damaged = new ArrayList<>();
        long checked = 0;
        try (Progress progress = Progress.show(copy.exportName(), copy.sizeBytes(), session.err())) {
            for (long at = 0; at < copy.sizeBytes() && damaged.size() < MAX_NAMED; ) {
                VerifyView part = client.verify(copy.id().toString(), at);
                part.damaged().forEach(extent -> join(damaged, extent));
                checked += part.checkedBytes();
                at = part.nextOffsetBytes();
                progress.to(at);
            }
        }
        return new Result(copy.exportName(), copy.sizeBytes(), checked, damaged);
    }

    /** Adds an extent; one that a part boundary has cut is one again. */
    private static void join(List<ExtentView> damaged, ExtentView extent) {
        ExtentView last = damaged.isEmpty() ? new ExtentView(-1, 0) : damaged.getLast();
        if (last.offsetBytes() + last.lengthBytes() == extent.offsetBytes()) {
            damaged.set(
                    damaged.size() - 1, new ExtentView(last.offsetBytes(), last.lengthBytes() + extent.lengthBytes()));
        } else {
            damaged.add(extent);
        }
    }

    private static ObjectNode json(List<Result> results, boolean clean) {
        ObjectNode json = Json.object().put("clean", clean);
        ArrayNode array = json.putArray("copies");
        results.forEach(result -> array.add(result.toJson()));
        return json;
    }

    private static void print(List<Result> results, PrintWriter out) {
        Table table = new Table("COPY", "SIZE", "CHECKED", "DAMAGED");
        for (Result result : results) {
            long bytes =
                    result.damaged().stream().mapToLong(ExtentView::lengthBytes).sum();
            table.row(
                    result.copy(),
                    Sizes.human(result.sizeBytes()),
                    Sizes.human(result.checkedBytes()),
                    bytes == 0 ? "-" : Sizes.human(bytes));
        }
        table.print(out);
        for (Result result : results) {
            for (ExtentView extent : result.damaged()) {
                out.println("Damaged: " + result.copy() + ", " + extent.lengthBytes() + " bytes at "
                        + extent.offsetBytes());
            }
        }
    }
}
