/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.CopyView;
import dev.gnomon.control.Request.OverlayStep;
import dev.gnomon.control.Results;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The commands on the overlays of shadow copies. */
@Command(
        name = "overlay",
        header = "Write to shadow copies: make, seal and drop their overlays.",
        description = "An overlay holds what is written to a shadow copy, which itself never changes. While it is open"
                + " it is exported as VOLUME@COPY+rw; once sealed, VOLUME@COPY shows what it holds.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n")
final class OverlayCommands extends GnomonCommand.Group {
    OverlayCommands(GnomonCommand root, Session session) {
        super(root, session);
    }

    @Command(
            name = "create",
            header = "Give a shadow copy an overlay.",
            description = "The copy can then be written to as VOLUME@COPY+rw, while VOLUME@COPY shows what it did.",
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExample:%n",
            footer = "  gnomon copy overlay create data@nightly")
    int create(@Parameters(paramLabel = "COPY", description = CopyCommands.COPY_HELP) String copy, @Mixin Output output)
            throws ControlException {
        return change(copy, OverlayStep.CREATE, output);
    }

    @Command(
            name = "seal",
            header = "End the writing to an overlay; the copy shows what it holds from then on.",
            description = "Refused while a client is connected to VOLUME@COPY+rw. Those connected to VOLUME@COPY go on"
                    + " to read what they did.",
            optionListHeading = "%nOptions:%n")
    int seal(@Parameters(paramLabel = "COPY", description = CopyCommands.COPY_HELP) String copy, @Mixin Output output)
            throws ControlException {
        return change(copy, OverlayStep.SEAL, output);
    }

    @Command(
            name = "drop",
            header = "Discard an overlay, open or sealed; the copy shows its own content again.",
            description = "What was written to it cannot be brought back. Refused while a client is connected to"
                    + " VOLUME@COPY+rw.",
            optionListHeading = "%nOptions:%n")
    int drop(@Parameters(paramLabel = "COPY", description = CopyCommands.COPY_HELP) String copy, @Mixin Output output)
            throws ControlException {
        return change(copy, OverlayStep.DROP, output);
    }

    private int change(String copy, OverlayStep step, Output output) throws ControlException {
        CopyView view = ask(client -> client.overlay(copy, step));
        output.print(session().out(), () -> Results.copy(view), out -> CopyCommands.details(view, out));
        return ExitCode.DONE.number();
    }
}
