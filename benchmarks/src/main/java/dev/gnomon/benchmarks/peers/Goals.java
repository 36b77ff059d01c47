/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;

/** The numbers to reach, on two processors, over a Unix socket, in the default mode. */
final class Goals {
    static final List<Goal> ALL = all();

    private Goals() {}

    private static List<Goal> all() {
        List<Goal> goals = new ArrayList<>();
        live(goals);
        overwrites(goals);
        copies(goals);
        manyCopies(goals);
        scenarios(goals);
        return List.copyOf(goals);
    }

    private static void live(List<Goal> goals) {
        Goal.Against nbdkit = best(PeerTypes.NBDKIT);
        Goal.Against raws = best(PeerTypes.NBDKIT, PeerTypes.QEMU);
        Goal.Against any = best(PeerTypes.NBDKIT, PeerTypes.QEMU, "internal", PeerTypes.XFS, PeerTypes.BTRFS);
        Workload deep = Workload.RANDOM_DEEP;
        goals.add(goal("live 4 KiB random write QD32", deep, Phase.LIVE, Metric.OPERATIONS, nbdkit, 1.0, 1.25));
        goals.add(goal("live 4 KiB random write QD32, CPU", deep, Phase.LIVE, Metric.CPU, nbdkit, 0.9, 0.5));
        goals.add(goal("live 4 KiB random read QD32", deep, Phase.READ, Metric.OPERATIONS, nbdkit, 1.2, 1.5));
        Workload one = Workload.RANDOM_ONE;
        goals.add(goal("live 4 KiB QD1, p50 of write", one, Phase.LIVE, Metric.P50, raws, 1.0, 0.9));
        goals.add(goal("live 4 KiB QD1, p50 of read", one, Phase.READ, Metric.P50, raws, 1.0, 0.9));
        goals.add(goal("live FLUSH every 64, QD32", Workload.FLUSHES, Phase.LIVE, Metric.OPERATIONS, nbdkit, 1.0, 1.3));
        goals.add(goal("live FUA, QD32", Workload.FORCED, Phase.LIVE, Metric.OPERATIONS, nbdkit, 1.0, 1.5));
        goals.add(
                goal("live 64 KiB random write QD32", Workload.CLUSTERS, Phase.LIVE, Metric.OPERATIONS, any, 1.0, 1.3));
        Workload large = Workload.SEQUENTIAL;
        goals.add(goal("live 1 MiB sequential write", large, Phase.LIVE, Metric.OPERATIONS, any, 1.0, 1.3));
        goals.add(goal("live 1 MiB sequential read", large, Phase.READ, Metric.OPERATIONS, any, 1.0, 1.3));
    }

    private static void overwrites(List<Goal> goals) {
        Goal.Against fleecing = best(PeerTypes.FLEECING);
        Goal.Against overlay = best(PeerTypes.OVERLAY_EXTENDED);
        Goal.Against xfs = best(PeerTypes.XFS);
        for (Workload deep : List.of(Workload.RANDOM_DEEP, Workload.STRIDE_DEEP)) {
            String cell =
                    "first overwrite 4 KiB QD32, " + (deep.equals(Workload.RANDOM_DEEP) ? "random" : "one per 64 KiB");
            Phase first = Phase.FIRST;
            goals.add(goal(cell + ", ack", deep, first, Metric.OPERATIONS, fleecing, 4, 7));
            goals.add(goal(cell + ", ack", deep, first, Metric.OPERATIONS, overlay, 1.2, 2));
            goals.add(goal(cell + ", durable", deep, first, Metric.DURABLE, overlay, 1.2, 2));
            goals.add(goal(cell + ", ack", deep, first, Metric.OPERATIONS, xfs, 0.7, 0.9));
            goals.add(goal(cell + ", durable", deep, first, Metric.DURABLE, xfs, 2, 3));
        }
        for (Workload one : List.of(Workload.RANDOM_ONE, Workload.STRIDE_ONE)) {
            String cell =
                    "first overwrite 4 KiB QD1, " + (one.equals(Workload.RANDOM_ONE) ? "random" : "one per 64 KiB");
            goals.add(goal(cell, one, Phase.FIRST, Metric.OPERATIONS, overlay, 1.0, 1.8));
        }
        goals.add(goal(
                "first overwrite, FLUSH every 64", Workload.FLUSHES, Phase.FIRST, Metric.OPERATIONS, overlay, 2, 3));
        goals.add(goal("first overwrite, FUA, QD32", Workload.FORCED, Phase.FIRST, Metric.OPERATIONS, xfs, 3, 6));
        Workload clusters = Workload.CLUSTERS;
        String cell = "first overwrite 64 KiB, durable";
        goals.add(goal(cell, clusters, Phase.FIRST, Metric.DURABLE, overlay, 0.8, 1.1));
        goals.add(goal(cell, clusters, Phase.FIRST, Metric.DURABLE, xfs, 0.4, 0.55));
        goals.add(goal(
                "first overwrite while the copy is read at 20,000/s",
                Workload.READERS,
                Phase.FIRST,
                Metric.OPERATIONS,
                fleecing,
                4,
                6));
    }

    private static void copies(List<Goal> goals) {
        Workload deep = Workload.RANDOM_DEEP;
        Goal.Against live = new Goal.Against.Own(Phase.LIVE);
        goals.add(goal("rewrite of preserved pieces", deep, Phase.REWRITE, Metric.OPERATIONS, live, 0.95, 1.0));
        Goal.Against read = new Goal.Against.Own(Phase.READ);
        goals.add(goal("read of a copy QD32", deep, Phase.COPY_READ, Metric.OPERATIONS, read, 0.9, 1.0));
        Goal.Against itself = new Goal.Against.Itself();
        goals.add(goal("bytes moved per first 4 KiB write QD32", deep, Phase.FIRST, Metric.MOVED, itself, 4.3, 4.1));
    }

    private static void manyCopies(List<Goal> goals) {
        Goal.Against one = best(PeerTypes.GNOMON);
        String copies = " with 512 copies";
        goals.add(many("first overwrite" + copies, Phase.FIRST, one, 0.95, 1.0));
        goals.add(many("live write (preserved pieces)" + copies, Phase.REWRITE, one, 0.95, 1.0));
        goals.add(many("live read" + copies, Phase.READ, one, 0.95, 1.0));
        Goal.Against read = new Goal.Against.Own(Phase.READ);
        goals.add(many("read of a copy QD32" + copies, Phase.COPY_READ, read, 0.9, 1.0));
        goals.add(variant(
                PeerTypes.GNOMON_SMALL_INDEX,
                "read of a copy QD32, index 4 times its memory",
                Phase.COPY_READ,
                read,
                0.5,
                0.8));
    }

    private static Goal many(String cell, Phase phase, Goal.Against against, double must, double aim) {
        return variant(PeerTypes.GNOMON_MANY, cell, phase, against, must, aim);
    }

    private static Goal variant(String peer, String cell, Phase phase, Goal.Against against, double must, double aim) {
        return new Goal(cell, peer, Workload.VARIANTS.name(), phase, Metric.OPERATIONS, against, must, aim);
    }

    private static void scenarios(List<Goal> goals) {
        Goal.Against itself = new Goal.Against.Itself();
        Workload sustained = Workload.SUSTAINED;
        Phase whole = Phase.WHOLE;
        goals.add(goal("sustained, last minute to second", sustained, whole, Metric.KEPT, itself, 0.8, 1.0));
        goals.add(goal("sustained", sustained, whole, Metric.OPERATIONS, best(PeerTypes.FLEECING), 2, 2));
        goals.add(goal(
                "sustained, space to one interval's preserved bytes", sustained, whole, Metric.SPACE, itself, 2, 2));
        goals.add(goal("stall by sets of 16 volumes, p99, ms", Workload.SET, whole, Metric.STALL_P99, itself, 5, 1));
        goals.add(goal(
                "recovery, from opening to first read, ms (10 million pieces)",
                Workload.RECOVERY,
                whole,
                Metric.OPENED_READ,
                itself,
                2000,
                500));
        Workload memory = Workload.MEMORY;
        goals.add(goal("RAM, heap that suffices, MiB", memory, whole, Metric.HEAP, itself, 256, 128));
        goals.add(goal("RAM off-heap, MiB per TiB", memory, whole, Metric.GROWTH, itself, 36, 33));
        goals.add(goal("RAM, bytes per exception in it", memory, whole, Metric.PER_EXCEPTION, itself, 24, 16));
    }

    private static Goal.Against best(String... peers) {
        return new Goal.Against.Best(List.of(peers));
    }

    private static Goal goal(
            String cell, Workload workload, Phase phase, Metric metric, Goal.Against against, double must, double aim) {
        return new Goal(cell, PeerTypes.GNOMON, workload.name(), phase, metric, against, must, aim);
    }
}
