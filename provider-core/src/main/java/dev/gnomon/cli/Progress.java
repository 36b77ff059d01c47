/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.time.temporal.ChronoUnit;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * How far long work has got: a bar with rate and remaining time on the terminal, nothing where there is none. Thread-safe;
 * close it before anything else is printed.
 */
public final class Progress implements AutoCloseable {
    private static final long MIB = 1 << 20;
    private static final int UPDATE_MS = 250;
    private static final int WIDTH = 100;

    private final @Nullable ProgressBar bar;
    private final PrintWriter err;

    private Progress(@Nullable ProgressBar bar, PrintWriter err) {
        this.bar = bar;
        this.err = err;
    }

    /** Shows a bar for so many bytes, if a person can see it. */
    @SuppressWarnings("SystemConsoleNull") // NullAway holds it for possible, as it was before Java 22.
    static Progress show(String task, long bytes, PrintWriter err) {
        Console console = System.console();
        return console != null && console.isTerminal() ? bar(task, bytes, err) : none(err);
    }

    /** Shows nothing. */
    static Progress none(PrintWriter err) {
        return new Progress(null, err);
    }

    /** Shows a bar, whoever can see it. */
    static Progress bar(String task, long bytes, PrintWriter err) {
        return new Progress(
                new ProgressBarBuilder()
                        .setTaskName(task)
                        .setInitialMax(bytes)
                        .setUnit(" MiB", MIB)
                        .showSpeed()
                        .setSpeedUnit(ChronoUnit.SECONDS)
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(UPDATE_MS)
                        .setConsumer(new DelegatingProgressBarConsumer(line -> print(line, err), WIDTH))
                        .build(),
                err);
    }

    private static void print(String line, PrintWriter err) {
        err.print("\r" + line);
        err.flush();
    }

    /** Returns whether a person can see a bar. */
    boolean isVisible() {
        return bar != null;
    }

    /** Notes that everything before a place is done. */
    public void to(long bytes) {
        if (bar != null) {
            bar.stepTo(bytes);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            err.println();
            err.flush();
        }
    }
}
