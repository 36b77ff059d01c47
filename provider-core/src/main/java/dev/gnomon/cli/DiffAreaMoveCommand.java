/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.DiffAreaView;
import dev.gnomon.control.MovePlanView;
import dev.gnomon.control.Results;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gnomon diff-area move}. */
@Command(
        name = "move",
        header = "Move the segments of the diff area to another directory, while they are in use.",
        description = {
            "The directory is new or empty, and not on a volume that is served; index, staging and overlays stay in"
                    + " the state directory. Each segment is in use in the one place until it is whole in the other. The"
                    + " move goes on after a crash; to move to where the segments come from takes it back.",
            "The command waits and shows how far it is, unless --no-wait is given. Ending it ends nothing else."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  gnomon diff-area move /mnt/large/gnomon --dry-run",
            "  gnomon diff-area move /mnt/large/gnomon",
            "  gnomon diff-area move /mnt/large/gnomon --no-wait"
        })
final class DiffAreaMoveCommand implements Callable<Integer> {
    private final GnomonCommand root;
    private final Session session;

    @Parameters(paramLabel = "DIRECTORY", description = "Where the segments are to be.")
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private String directory;

    @Option(names = "--dry-run", description = "Only tell what would be copied, and whether there is space for it.")
    private boolean dryRun;

    @Option(names = "--no-wait", description = "End when the move has begun.")
    private boolean noWait;

    @Mixin
    private Output output = new Output();

    DiffAreaMoveCommand(GnomonCommand root, Session session) {
        this.root = root;
        this.session = session;
    }

    @Override
    public Integer call() throws ControlException {
        String to = Session.absolute("DIRECTORY", directory);
        if (dryRun) {
            MovePlanView plan = session.ask(root.state(), client -> client.planDiffAreaMove(to));
            output.print(session.out(), () -> Results.movePlan(plan), out -> print(plan, out));
            return (plan.fits() ? ExitCode.DONE : ExitCode.REFUSED).number();
        }
        DiffAreaView begun = session.ask(root.state(), client -> client.moveDiffArea(to));
        DiffAreaView last = noWait ? begun : follow(begun);
        output.print(session.out(), () -> Results.diffArea(last), out -> {
            out.println(
                    last.movingTo().isEmpty()
                            ? "Segments of the diff area are in " + last.segmentDirectory() + "."
                            : Sizes.human(last.toMoveBytes()) + " of segments are being moved from "
                                    + last.segmentDirectory() + " to " + last.movingTo() + " in the background.");
        });
        return ExitCode.DONE.number();
    }

    private static void print(MovePlanView plan, PrintWriter out) {
        Details details = new Details();
        details.line("from", plan.directory());
        details.line("to", plan.target());
        details.line("to be copied", Sizes.human(plan.bytes()) + " in " + plan.segments() + " segments");
        details.line("needed there", Sizes.human(plan.neededBytes()));
        details.line("free there", Sizes.human(plan.freeBytes()));
        details.line("fits", plan.fits() ? "yes" : "no: the move would be refused");
        details.print(out);
    }

    private DiffAreaView follow(DiffAreaView begun) throws ControlException {
        DiffAreaView[] last = {begun};
        if (!begun.movingTo().isEmpty()) {
            LongWork.follow("Moving", state(begun), session, () -> {
                last[0] = session.ask(root.state(), client -> client.diffArea());
                return last[0].movingTo().isEmpty() ? null : state(last[0]);
            });
        }
        return last[0];
    }

    /** Returns how far a move is. */
    static LongWork.State state(DiffAreaView area) {
        return new LongWork.State(area.movedBytes(), area.movedBytes() + area.toMoveBytes(), area.moveWaiting());
    }
}
