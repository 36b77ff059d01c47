/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.DiffAreaView;
import dev.gnomon.control.Json;
import dev.gnomon.control.Results;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** The commands on the space in which old bytes are preserved. */
@Command(
        name = "diff-area",
        header = "Show, limit and move the space that shadow copies take.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n")
final class DiffAreaCommands extends GnomonCommand.Group {
    private static final String NO_LIMIT = "none";

    DiffAreaCommands(GnomonCommand root, Session session) {
        super(root, session);
    }

    /** A size, or the word for no limit, which becomes 0. */
    static final class Limit implements ITypeConverter<Long> {
        @Override
        public Long convert(String value) {
            return value.equals(NO_LIMIT) ? 0L : new Sizes().convert(value);
        }
    }

    @Command(name = "show", header = "Show how the space is used.", optionListHeading = "%nOptions:%n")
    int show(@Mixin Output output) throws ControlException {
        DiffAreaView area = ask(client -> client.diffArea());
        output.print(session().out(), () -> Results.diffArea(area), out -> print(area, out));
        return ExitCode.DONE.number();
    }

    @Command(
            name = "resize",
            header = "Set how much space the diff area may take, while it is in use.",
            description = "The limit counts all its files together. If they take more already, nothing is lost at once:"
                    + " they do not grow any more, and the next first overwrite that needs space finds none.",
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = {"  gnomon diff-area resize 200G", "  gnomon diff-area resize none --dry-run"})
    int resize(
            @Parameters(
                            paramLabel = "SIZE",
                            converter = Limit.class,
                            description = "K, M, G, T are powers of 1024; or \"none\": what the file system gives.")
                    Long limit,
            @Option(names = "--dry-run", description = "Only say what would be.") boolean dryRun,
            @Mixin Output output)
            throws ControlException {
        DiffAreaView before = ask(client -> client.diffArea());
        if (dryRun && limit != 0 && limit < before.leastBytes()) {
            session()
                    .err()
                    .println("gnomon: " + limit + " bytes would be refused; allowed is " + before.leastBytes()
                            + " or more, which staging, index and four segments need");
            return ExitCode.REFUSED.number();
        }
        DiffAreaView after = dryRun ? before : ask(client -> client.resizeDiffArea(limit));
        output.print(
                session().out(),
                () -> json(dryRun, before, limit, after),
                out -> said(dryRun, before, limit, after, out));
        return ExitCode.DONE.number();
    }

    private static ObjectNode json(boolean dryRun, DiffAreaView before, long limit, DiffAreaView after) {
        ObjectNode json = Json.object()
                .put("dryRun", dryRun)
                .put("oldLimitBytes", before.limitBytes())
                .put("newLimitBytes", limit);
        json.set("diffArea", after.toJson());
        return json;
    }

    private static void said(boolean dryRun, DiffAreaView before, long limit, DiffAreaView after, PrintWriter out) {
        out.println((dryRun ? "Would change" : "Changed") + " the limit from " + limit(before.limitBytes()) + " to "
                + limit(limit) + "; the diff area takes " + Sizes.human(after.allocatedBytes()) + ".");
        long over = after.allocatedBytes() - limit;
        if (limit != 0 && over > 0) {
            out.println("That is " + Sizes.human(over) + " more than the limit: it cannot grow, and "
                    + Sizes.human(after.freeBytes()) + " of it are free.");
        }
    }

    private static String limit(long bytes) {
        return bytes == 0 ? NO_LIMIT : Sizes.human(bytes);
    }

    private static void print(DiffAreaView area, PrintWriter out) {
        Details details = new Details();
        details.line("directory", area.directory());
        if (!area.segmentDirectory().equals(area.directory())
                || !area.movingTo().isEmpty()) {
            details.line("segments in", area.segmentDirectory());
        }
        if (!area.movingTo().isEmpty()) {
            details.line(
                    "moving to",
                    area.movingTo() + "  " + DiffAreaMoveCommand.state(area).line());
        }
        details.line("limit", limit(area.limitBytes()));
        details.line("takes", Sizes.human(area.allocatedBytes()) + percent(area.allocatedBytes(), area.limitBytes()));
        details.line(
                "segments",
                Sizes.human(area.segmentBytes()) + ": " + Sizes.human(area.liveBytes()) + " live, "
                        + Sizes.human(area.deadBytes()) + " dead, " + Sizes.human(area.freeBytes()) + " free");
        if (area.punchedBytes() > 0) {
            details.line("holes", Sizes.human(area.punchedBytes()) + " of dead space were given back inside segments");
        }
        details.line("index", Sizes.human(area.indexBytes()));
        details.line("staging", Sizes.human(area.stagingBytes()));
        details.line("held back", Sizes.human(area.heldBackBytes()) + " for deletes, merges and the cleaner");
        details.line(
                "filled",
                area.fillPercent() + " % of what first overwrites may take; " + Sizes.human(area.leftBytes())
                        + " left");
        details.line("growth", Sizes.human(area.bytesPerSecond()) + " a second lately" + toFull(area));
        details.line("smallest limit", Sizes.human(area.leastBytes()) + " now");
        details.print(out);
        out.println();
        Table table = new Table("VOLUME", "COPIES", "PRESERVED", "UNSETTLED", "LIMIT");
        for (DiffAreaView.Share share : area.volumes()) {
            table.row(
                    share.volume(),
                    Integer.toString(share.copies()),
                    Sizes.human(share.preservedBytes()),
                    Sizes.human(share.unsettledBytes()),
                    limit(share.limitBytes()));
        }
        table.print(out);
    }

    private static String toFull(DiffAreaView area) {
        return area.secondsToFull() == 0 ? "" : "; full in about " + Sizes.duration(area.secondsToFull());
    }

    private static String percent(long part, long whole) {
        return whole == 0 ? "" : " (" + Math.round(100.0 * part / whole) + " % of the limit)";
    }
}
