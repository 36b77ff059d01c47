/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import java.util.List;

/** One question, its contenders, and how they are measured. Keeps no state between runs. */
interface Scenario {
    /** Returns the name for the command line. */
    String name();

    /** Returns what is measured, in one line. */
    String title();

    /** Returns the programs that it needs; without one of them it is left out. */
    List<String> programs();

    /** Returns which contenders are compared. */
    List<Ratio> ratios(Options options);

    /**
     * Measures. Servers are stopped at the end; files stay and are removed by the caller.
     *
     * @throws BenchFailure if something does not run, or content is wrong
     */
    void run(Bench bench) throws BenchFailure;
}
