/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.Results;
import dev.gnomon.control.RevertView;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code gnomon copy revert}. */
@Command(
        name = "revert",
        header = "Revert a volume to one of its shadow copies.",
        description = {
            "What was written to the volume since is lost, but for what newer shadow copies hold; these stay. The"
                    + " volume reads as the copy at once and becomes it in the background, also after a crash. Until that"
                    + " is done it takes no shadow copy, and this one cannot be deleted.",
            "The command waits and shows how far it is, unless --no-wait is given. Ending it ends nothing else."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  gnomon copy revert data@nightly --dry-run", "  gnomon copy revert data@nightly --yes"})
final class RevertCommand implements Callable<Integer> {
    private final GnomonCommand root;
    private final Session session;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Parameters(paramLabel = "COPY", description = "VOLUME@COPY, where COPY is its name or id; or its id alone.")
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private String copy;

    @Option(names = "--force", description = "Disconnect clients of the volume instead of refusing.")
    private boolean force;

    @Option(names = "--dry-run", description = "Only tell what would be overwritten.")
    private boolean dryRun;

    @Option(names = "--yes", description = "Do it: what the volume holds now is overwritten.")
    private boolean yes;

    @Option(names = "--no-wait", description = "End when the volume reads as the copy.")
    private boolean noWait;

    @Mixin
    private Output output = new Output();

    RevertCommand(GnomonCommand root, Session session) {
        this.root = root;
        this.session = session;
    }

    @Override
    public Integer call() throws ControlException {
        if (!dryRun && !yes) {
            throw new ParameterException(
                    spec.commandLine(),
                    "this overwrites the volume of " + copy + "; add --yes to do it, or --dry-run to see how much");
        }
        if (dryRun) {
            RevertView plan = session.ask(root.state(), client -> client.planRevert(copy));
            output.print(session.out(), () -> Results.revert(plan), out -> plan(plan, out));
            return ExitCode.DONE.number();
        }
        RevertView begun = session.ask(root.state(), client -> client.revert(copy, force));
        if (noWait) {
            output.print(session.out(), () -> Results.revert(begun), out -> {
                out.println("Volume " + begun.volume() + " reads as " + begun.copy() + "; " + bytes(begun.pieces())
                        + " are brought back in the background.");
            });
            return ExitCode.DONE.number();
        }
        RevertView done = follow(begun);
        output.print(session.out(), () -> Results.revert(done), out -> {
            out.println("Volume " + done.volume() + " was reverted to " + done.copy() + ": " + bytes(done.pieces())
                    + " had differed.");
        });
        return ExitCode.DONE.number();
    }

    private RevertView follow(RevertView begun) throws ControlException {
        RevertView[] last = {begun};
        LongWork.follow("Reverting", state(begun), session, () -> {
            RevertView now = running(begun.volume());
            last[0] = now == null ? last[0] : now;
            return now == null ? null : state(now);
        });
        long pieces = last[0].pieces();
        return new RevertView(begun.volume(), begun.copy(), pieces, pieces, 0, "");
    }

    private static LongWork.State state(RevertView now) {
        return new LongWork.State(
                now.piecesDone() * RevertView.PIECE_BYTES, now.pieces() * RevertView.PIECE_BYTES, now.waiting());
    }

    private @Nullable RevertView running(String volume) throws ControlException {
        for (RevertView each : session.ask(root.state(), client -> client.reverts())) {
            if (each.volume().equals(volume)) {
                return each;
            }
        }
        return null;
    }

    private static void plan(RevertView plan, PrintWriter out) {
        Details details = new Details();
        details.line("volume", plan.volume());
        details.line("copy", plan.copy());
        details.line("to be overwritten", bytes(plan.pieces()) + " in " + plan.pieces() + " pieces");
        details.line("clients", Integer.toString(plan.clients()));
        details.print(out);
    }

    private static String bytes(long pieces) {
        return Sizes.human(pieces * RevertView.PIECE_BYTES);
    }
}
