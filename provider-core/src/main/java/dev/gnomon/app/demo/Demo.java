/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app.demo;

import dev.gnomon.cli.ExitCode;
import dev.gnomon.cli.LocalCommands;
import dev.gnomon.control.ControlException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.SplittableRandom;

/** The command {@code gnomon demo}. */
public final class Demo {
    private final LocalCommands local;
    private final List<String> gnomon;
    private final Scale scale;

    /**
     * Creates it.
     *
     * @param local whose {@code check} is run on the stopped service's store
     * @param gnomon the command that runs this program, to which arguments are added
     */
    public Demo(LocalCommands local, List<String> gnomon) {
        this(local, gnomon, Scale.STANDARD);
    }

    Demo(LocalCommands local, List<String> gnomon, Scale scale) {
        this.local = local;
        this.gnomon = List.copyOf(gnomon);
        this.scale = scale;
    }

    /**
     * Runs it; leaves no process behind, and no files unless they are to be kept.
     *
     * @throws ControlException if there is no place to work, or the service refuses something
     */
    public ExitCode run(LocalCommands.DemoOptions options, PrintWriter out, PrintWriter err) throws ControlException {
        long seed = options.seed().orElseGet(Demo::freshSeed);
        Workplace place = Workplace.create(options.directory(), options.keep(), scale.bytesNeeded());
        Belongings belongings = new Belongings(place);
        Story story = new Story(out);
        Thread hook = Thread.ofPlatform().name("demo-release").unstarted(() -> release(belongings, err));
        Runtime.getRuntime().addShutdownHook(hook);
        try (Deadline deadline = new Deadline(belongings, scale.deadlineSeconds(), () -> giveUp(belongings, err))) {
            story.title("Gnomon demo in " + place.directory());
            story.title("Seed " + seed + "; it repeats the choices of a run, not its timing");
            long began = System.nanoTime();
            DemoRun run = new DemoRun(scale, seed, belongings, gnomon, story);
            try {
                if (options.selftest()) {
                    run.selftest();
                } else {
                    run.set(local::check);
                }
            } catch (DemoFailure | IOException | ControlException | RuntimeException e) {
                tellFailure(e, deadline.passed(), belongings, story, seed, err);
                return ExitCode.FAILED;
            }
            long nanos = System.nanoTime() - began;
            story.title((options.selftest() ? "Self-test passed in " : "Everything holds. It took ")
                    + Figures.time(nanos) + ".");
            return ExitCode.DONE;
        } finally {
            release(belongings, err);
            forget(hook);
        }
    }

    private void tellFailure(
            Exception e, boolean late, Belongings belongings, Story story, long seed, PrintWriter err) {
        if (belongings.released()) {
            // A signal has taken the service away; that the run failed then is no news.
            return;
        }
        String reason = late
                ? "not done after " + scale.deadlineSeconds() + " s; it waited then: " + e.getMessage()
                : e instanceof RuntimeException ? "unexpected: " + e : e.getMessage();
        err.println("gnomon: demo FAILED in " + story.where() + ", seed " + seed + ":");
        err.println("  " + reason);
        List<String> log = ServiceChild.logTail(belongings.place());
        if (!log.isEmpty()) {
            err.println("The last that the service wrote:");
            log.forEach(line -> err.println("  | " + line));
        }
        err.flush();
    }

    private static void release(Belongings belongings, PrintWriter err) {
        try {
            belongings.release();
        } catch (IOException | DemoFailure e) {
            err.println("gnomon: demo: cannot clean up: " + e.getMessage());
            err.flush();
        }
    }

    /** Ends the process from outside the run, which hangs where even the death of the service does not reach it. */
    private void giveUp(Belongings belongings, PrintWriter err) {
        err.println("gnomon: demo FAILED: not done after " + scale.deadlineSeconds()
                + " s, and not ended by the death of the service");
        release(belongings, err);
        Runtime.getRuntime().halt(ExitCode.FAILED.number());
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending; the hook runs and finds nothing left to do.
        }
    }

    /** Positive and short enough to be typed again. */
    private static long freshSeed() {
        return new SplittableRandom(System.nanoTime() ^ ProcessHandle.current().pid()).nextLong(1L << Integer.SIZE);
    }
}
