/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import java.util.List;

/**
 * What a run was asked for.
 *
 * @param rounds counted rounds; a warm-up round comes before them
 * @param seconds of load per point where the load is bounded by time
 * @param sizeBytes of a volume that is written
 * @param sparse whether volumes begin as holes instead of content
 * @param pieces preserved before the service is killed
 * @param heapMebibytes of the service whose memory is measured
 * @param copies numbers of shadow copies that exist at a cut
 * @param deleteCopies of which the middle one is deleted
 * @param builds of Gnomon; the first is the one under test
 * @param javaOptions for the services
 */
record Options(
        int rounds,
        int seconds,
        long sizeBytes,
        boolean sparse,
        long pieces,
        int heapMebibytes,
        List<Integer> copies,
        int deleteCopies,
        List<Gnomon.Build> builds,
        List<String> javaOptions) {
    /** Copies the lists. */
    Options {
        copies = List.copyOf(copies);
        builds = List.copyOf(builds);
        javaOptions = List.copyOf(javaOptions);
    }
}
