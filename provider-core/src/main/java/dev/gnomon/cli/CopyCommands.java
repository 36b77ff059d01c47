/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.CopyView;
import dev.gnomon.control.Results;
import java.io.PrintWriter;
import java.util.List;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands on single shadow copies. */
@Command(
        name = "copy",
        header = "List, show, compare, export, verify, hold and delete single shadow copies, write and revert to them.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n")
final class CopyCommands extends GnomonCommand.Group {
    static final String COPY_HELP = "VOLUME@COPY, where COPY is its name or id; or its id alone.";

    CopyCommands(GnomonCommand root, Session session) {
        super(root, session);
    }

    @Command(
            name = "list",
            header = "List shadow copies, oldest first.",
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExample:%n",
            footer = "  gnomon copy list --volume data")
    int list(
            @Option(
                            names = "--volume",
                            paramLabel = "VOLUME",
                            defaultValue = "",
                            description = "Only the copies of this volume.")
                    String volume,
            @Option(names = "--bookmarks", description = "List the bookmarks of deleted copies instead.")
                    boolean bookmarks,
            @Mixin Output output)
            throws ControlException {
        List<CopyView> copies = ask(client -> bookmarks ? client.bookmarks(volume) : client.copies(volume));
        output.print(session().out(), () -> Results.copies(copies), out -> table(copies, out));
        return ExitCode.DONE.number();
    }

    @Command(name = "show", header = "Show one shadow copy.", optionListHeading = "%nOptions:%n")
    int show(@Parameters(paramLabel = "COPY", description = COPY_HELP) String copy, @Mixin Output output)
            throws ControlException {
        CopyView view = ask(client -> client.copy(copy));
        output.print(session().out(), () -> Results.copy(view), out -> details(view, out));
        return ExitCode.DONE.number();
    }

    @Command(
            name = "delete",
            header = "Delete shadow copies or bookmarks; other copies of the same sets stay.",
            description =
                    "What a deleted copy had cannot be brought back. With --keep-bookmark its data goes, but it can"
                            + " still be named as the older side of 'copy diff'; a bookmark is deleted as a copy is. A held copy"
                            + " is not deleted. If some of several cannot be deleted, the others are, and the exit code is 3.",
            optionListHeading = "%nOptions:%n")
    int delete(
            @Parameters(paramLabel = "COPY", arity = "1..*", description = COPY_HELP) List<String> copies,
            @Option(names = "--keep-bookmark", description = "Keep what changed since as a bookmark.") boolean bookmark,
            @Mixin Caution caution,
            @Mixin Output output)
            throws ControlException {
        if (caution.asks(session(), "copy delete") || caution.dryRun()) {
            DeletionPlan plan = ask(client -> DeletionPlan.ofCopies(client, copies));
            if (caution.dryRun() || plan.isEmpty()) {
                return plan.report(output, session().out(), session().err());
            }
            plan.print(session().err());
            Caution.confirm(session(), plan.question());
        }
        Deletion deletion = ask(client -> new Deletion().run(client, copies, (c, reference) -> {
            CopyView copy = bookmark ? c.bookmarkCopy(reference) : c.deleteCopy(reference);
            return new Deletion.Outcome(
                    copy.toJson(), "copy " + copy.exportName() + (bookmark ? "; its bookmark stays" : ""));
        }));
        return deletion.report(output, session().out(), session().err());
    }

    @Command(
            name = "hold",
            header = "Keep shadow copies from being deleted.",
            description = "Neither a held copy nor a set with one is deleted, and none is dropped for want of space,"
                    + " until it is released.",
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExample:%n",
            footer = "  gnomon copy hold data@nightly --reason \"until the audit\"")
    int hold(
            @Parameters(paramLabel = "COPY", description = COPY_HELP) String copy,
            @Option(
                            names = "--reason",
                            paramLabel = "TEXT",
                            defaultValue = "",
                            description = "Why, for people; up to 1024 characters.")
                    String reason,
            @Mixin Output output)
            throws ControlException {
        CopyView view = ask(client -> client.holdCopy(copy, reason));
        output.print(session().out(), () -> Results.copy(view), out -> details(view, out));
        return ExitCode.DONE.number();
    }

    @Command(name = "release", header = "Let a held shadow copy be deleted again.", optionListHeading = "%nOptions:%n")
    int release(@Parameters(paramLabel = "COPY", description = COPY_HELP) String copy, @Mixin Output output)
            throws ControlException {
        CopyView view = ask(client -> client.releaseCopy(copy));
        output.print(session().out(), () -> Results.copy(view), out -> details(view, out));
        return ExitCode.DONE.number();
    }

    private static void table(List<CopyView> copies, PrintWriter out) {
        Table table = new Table("EXPORT", "CREATED", "SIZE", "NOTE", "OVERLAY", "ID", "SET");
        for (CopyView copy : copies) {
            table.row(
                    copy.exportName(),
                    Times.human(copy.createdAt()),
                    Sizes.human(copy.sizeBytes()),
                    (copy.held() ? "held" : "")
                            + (copy.held() && copy.suspect() ? "," : "")
                            + (copy.suspect() ? "suspect" : ""),
                    copy.overlay().state() == CopyView.OverlayState.NONE
                            ? "-"
                            : copy.overlay().state().name(),
                    copy.id().toString(),
                    copy.setId().toString());
        }
        table.print(out);
    }

    static void details(CopyView copy, PrintWriter out) {
        Details details = new Details();
        details.line("export", copy.exportName());
        details.line("id", copy.id().toString());
        details.line("name", copy.name());
        details.line("volume", copy.volume());
        details.line("set", copy.setId().toString());
        details.line("created", Times.human(copy.createdAt()));
        details.line("size", Sizes.human(copy.sizeBytes()) + " (" + copy.sizeBytes() + " bytes)");
        details.line("held", copy.held() ? (copy.holdReason().isEmpty() ? "yes" : "yes: " + copy.holdReason()) : "");
        details.line("suspect", copy.suspect() ? "its origin was changed behind its back; it is not exported" : "");
        details.line("epoch", Long.toString(copy.epoch()));
        CopyView.Overlay overlay = copy.overlay();
        if (overlay.state() != CopyView.OverlayState.NONE) {
            String reason = overlay.reason().isEmpty() ? "" : ": " + overlay.reason();
            details.line("overlay", overlay.state() + ", " + Sizes.human(overlay.bytes()) + reason);
        }
        new TreeMap<>(copy.attributes()).forEach((key, value) -> details.line("attribute " + key, value));
        details.print(out);
    }
}
