/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.Results;
import dev.gnomon.control.ScrubView;
import java.io.PrintWriter;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The commands on scrubs. */
@Command(
        name = "scrub",
        header = "Compare what is stored with its checksums, in the background.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n")
final class ScrubCommands extends GnomonCommand.Group {
    ScrubCommands(GnomonCommand root, Session session) {
        super(root, session);
    }

    @Command(
            name = "start",
            header = "Begin a scrub; it goes on by itself, after a restart too.",
            description =
                    "Reads everything that shadow copies, their overlays and unsettled new data need, at the rate of"
                            + " background work. Each damaged place is told as an event. Origins are not read: they have no"
                            + " checksums.",
            optionListHeading = "%nOptions:%n")
    int start(@Mixin Output output) throws ControlException {
        ScrubView scrub = ask(client -> client.startScrub());
        output.print(
                session().out(),
                () -> Results.scrub(scrub),
                out -> out.println("A scrub of " + Sizes.human(scrub.totalBytes()) + " began."));
        return ExitCode.DONE.number();
    }

    @Command(
            name = "status",
            header = "Show how far the last scrub has come, and what it found.",
            description = "Ends with 8 if it found damage.",
            optionListHeading = "%nOptions:%n")
    int status(@Mixin Output output) throws ControlException {
        ScrubView scrub = ask(client -> client.scrub());
        output.print(session().out(), () -> Results.scrub(scrub), out -> print(scrub, out));
        return (scrub.damaged() > 0 ? ExitCode.DAMAGED : ExitCode.DONE).number();
    }

    @Command(name = "stop", header = "End the scrub that is going on.", optionListHeading = "%nOptions:%n")
    int stop(@Mixin Output output) throws ControlException {
        ScrubView scrub = ask(client -> client.stopScrub());
        output.print(
                session().out(),
                () -> Results.scrub(scrub),
                out -> out.println(
                        "The scrub stopped after " + Sizes.human(scrub.checkedBytes()) + "; " + damage(scrub) + "."));
        return ExitCode.DONE.number();
    }

    private static void print(ScrubView scrub, PrintWriter out) {
        Details details = new Details();
        details.line("state", scrub.state());
        if (scrub.startedAt() != null) {
            details.line("started", Times.human(scrub.startedAt()));
        }
        if (scrub.endedAt() != null) {
            details.line("ended", Times.human(scrub.endedAt()));
        }
        if (!scrub.state().equals(ScrubView.NEVER)) {
            details.line("compared", Sizes.human(scrub.checkedBytes()) + " of " + Sizes.human(scrub.totalBytes()));
            details.line("damage", damage(scrub));
        }
        if (scrub.secondsLeft() >= 0) {
            Duration left = Duration.ofSeconds(scrub.secondsLeft());
            details.line(
                    "rate",
                    Sizes.human(scrub.bytesPerSecond()) + "/s, about " + left.toHours() + " h " + left.toMinutesPart()
                            + " min " + left.toSecondsPart() + " s left");
        }
        details.print(out);
        scrub.places().forEach(out::println);
        if (scrub.damaged() > scrub.places().size()) {
            out.println("All of them: gnomon events");
        }
    }

    /** Returns what a scrub found, in a few words. */
    static String damage(ScrubView scrub) {
        return scrub.damaged() == 0
                ? "no damage found"
                : scrub.damaged() == 1 ? "1 damaged place" : scrub.damaged() + " damaged places";
    }
}
