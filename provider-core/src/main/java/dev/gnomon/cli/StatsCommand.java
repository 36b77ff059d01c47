/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.LatencyView;
import dev.gnomon.control.NbdStatsView;
import dev.gnomon.control.Results;
import dev.gnomon.control.StatsReport;
import dev.gnomon.control.StatsView;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The command {@code gnomon stats}. */
@Command(
        name = "stats",
        header = "Show what the service counted and how long things took, since its start.",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExample:%n",
        footer = "  gnomon stats --output json")
final class StatsCommand implements Callable<Integer> {
    private static final String[] UNITS = {"ns", "us", "ms", "s"};
    private static final int UNIT_STEP = 1_000;

    private final GnomonCommand root;
    private final Session session;

    @Mixin
    private Output output = new Output();

    StatsCommand(GnomonCommand root, Session session) {
        this.root = root;
        this.session = session;
    }

    @Override
    public Integer call() throws ControlException {
        StatsReport stats = session.ask(root.state(), client -> client.stats());
        output.print(session.out(), () -> Results.stats(stats), out -> print(stats, out));
        return ExitCode.DONE.number();
    }

    private static void print(StatsReport stats, PrintWriter out) {
        Details details = new Details();
        engine(stats.engine(), details);
        nbd(stats.nbd(), details);
        details.print(out);
        out.println();
        Table table = new Table("LATENCY", "COUNT", "P50", "P90", "P99", "P99.9", "MAX");
        for (LatencyView latency : stats.latencies()) {
            table.row(
                    latency.name(),
                    Long.toString(latency.count()),
                    duration(latency.count(), latency.p50Nanos()),
                    duration(latency.count(), latency.p90Nanos()),
                    duration(latency.count(), latency.p99Nanos()),
                    duration(latency.count(), latency.p999Nanos()),
                    duration(latency.count(), latency.maxNanos()));
        }
        table.print(out);
    }

    private static void engine(StatsView engine, Details details) {
        details.line("reads of volumes", Long.toString(engine.reads()));
        details.line(
                "writes to volumes",
                engine.directWrites() + " direct, " + engine.firstTouchWrites() + " first touches");
        details.line("flushes", Long.toString(engine.flushes()));
        details.line("preserved", Sizes.human(engine.preservedBytes()) + " in " + engine.batches() + " batches");
        details.line("forces", engine.logForces() + " of the log, " + engine.originForces() + " of origins");
        details.line(
                "diff area",
                Sizes.human(engine.logUsedBytes()) + " used of " + Sizes.human(engine.logAllocatedBytes()) + ", "
                        + engine.exceptions() + " pieces");
        details.line(
                "diff area filled",
                engine.fillPercent() + " %"
                        + (engine.secondsToFull() == 0
                                ? ""
                                : ", full in about " + Sizes.duration(engine.secondsToFull()) + " at this rate"));
        details.line(
                "recovery",
                duration(1, engine.recoveryNanos()) + " for " + engine.recoveredBatches() + " batches at the start");
    }

    private static void nbd(NbdStatsView nbd, Details details) {
        details.line(
                "NBD connections",
                nbd.connections() + " now, " + nbd.accepted() + " accepted, " + nbd.refused() + " refused");
        details.line(
                "NBD connections cut",
                nbd.violations() + " for breaking the protocol, " + nbd.timeouts() + " for silence, " + nbd.faults()
                        + " by defects");
        details.line("NBD requests", nbd.requests() + ", " + nbd.errors() + " answered with an error");
        details.line(
                "NBD data", Sizes.human(nbd.readBytes()) + " read, " + Sizes.human(nbd.writtenBytes()) + " written");
    }

    private static String duration(long count, long nanos) {
        if (count == 0) {
            return "-";
        }
        double value = nanos;
        int unit = 0;
        while (value >= UNIT_STEP && unit < UNITS.length - 1) {
            value /= UNIT_STEP;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.2f %s", value, UNITS[unit]);
    }
}
