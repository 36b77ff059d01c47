/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app.demo;

import dev.gnomon.cli.CheckReport;
import dev.gnomon.control.ControlException;
import dev.gnomon.control.ServiceView;
import dev.gnomon.control.StatsView;
import dev.gnomon.control.client.ControlClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** One run, step by step. Owned by one thread; anything that is off ends it with a {@link DemoFailure}. */
final class DemoRun {
    /** A cut at which no chain was writing shows nothing; so many in a row do not happen by chance. */
    private static final int CUTS_MAX = 5;

    private static final int VIOLATIONS_SHOWN = 4;
    private static final long CHAINS_END_SECONDS = 20;

    /** Checks the store of a service that is not running. */
    interface StoreCheck {
        CheckReport check(Path stateDirectory) throws ControlException;
    }

    private final Scale scale;
    private final Layout layout;
    private final SplittableRandom random;
    private final Belongings belongings;
    private final List<String> gnomon;
    private final Story story;

    DemoRun(Scale scale, long seed, Belongings belongings, List<String> gnomon, Story story) {
        this.scale = scale;
        this.random = new SplittableRandom(seed);
        this.layout = new Layout(random.nextLong(), scale.volumeBytes(), scale.chains(), scale.slots());
        this.belongings = belongings;
        this.gnomon = gnomon;
        this.story = story;
    }

    /** Shows that a set is one instant and that nothing is lost. */
    void set(StoreCheck check) throws DemoFailure, ControlException, IOException {
        ServiceChild service = serve();
        Cut cut;
        Copies copies;
        long[] acknowledged;
        long[] sent;
        try (Load load = Load.start(layout, belongings.place().nbd())) {
            write(load);
            Judged judged = cutAndJudge(service, load);
            cut = judged.cut();
            copies = judged.copies();
            kill(service, load);
            acknowledged = load.acknowledged();
            sent = load.sent();
        }
        ServiceChild again = restart();
        judgeLive(acknowledged, sent, copies.image());
        judgeCopiesAgain(cut, copies);
        again.stop();
        judgeStore(check);
    }

    /** Takes the copies one by one, and expects the violation to be found. */
    void selftest() throws DemoFailure, ControlException, IOException {
        ServiceChild service = serve();
        try (Load load = Load.start(layout, belongings.place().nbd())) {
            write(load);
            story.step("Take two separate copies instead of a set, while all chains go on writing");
            Cut cut = Cut.oneByOne(service, load, Names.SET);
            long between = cut.made().getLast().set().createdAt().toEpochMilli()
                    - cut.made().getFirst().set().createdAt().toEpochMilli();
            story.tell("" + between + " ms lie between them");
            Copies copies = read(cut, load);
            List<Violation> gaps = PrefixCheck.check(copies.image(), cut.least(), cut.most()).stream()
                    .filter(violation -> violation.kind() == Violation.Kind.GAP)
                    .toList();
            if (gaps.isEmpty()) {
                throw new DemoFailure("two copies " + between + " ms apart passed as one instant: the check is blind");
            }
            long chains = gaps.stream().mapToInt(Violation::chain).distinct().count();
            gaps.stream().limit(VIOLATIONS_SHOWN).forEach(gap -> story.tell("VIOLATION: " + gap.text()));
            story.verified("the violation is noticed: " + Figures.count(gaps.size()) + " records missing in " + chains
                    + " of " + layout.chains() + " chains");
        }
        service.stop();
    }

    private ServiceChild serve() throws DemoFailure, ControlException, IOException {
        story.step("Serve two volumes over NBD");
        ServiceChild service = belongings.startService(gnomon);
        long readyNanos = service.awaitReady();
        try (ControlClient client = service.connect()) {
            for (String volume : Names.VOLUMES) {
                client.createVolume(volume, "", layout.volumeBytes(), false);
            }
        }
        story.tell("process " + service.pid() + ", ready after " + Figures.time(readyNanos) + "; volumes "
                + String.join(" and ", Names.VOLUMES) + ", " + Figures.bytes(layout.volumeBytes()) + " each");
        return service;
    }

    private void write(Load load) throws DemoFailure {
        story.step("Write");
        story.tell("" + layout.chains() + " chains of 4 KiB records; in each, record k+1 goes to the other volume");
        story.tell("and is sent the moment that record k is acknowledged");
        long began = System.nanoTime();
        load.runUntil(scale.lapWrites(), scale.lapMillisMax());
        load.run(random.nextInt(scale.pauseMillisMax()));
        long nanos = System.nanoTime() - began;
        story.tell("" + Figures.count(load.writes()) + " writes in " + Figures.time(nanos) + ": "
                + Figures.perSecond(load.writes(), nanos) + " per second; " + Figures.count(load.forcedWrites())
                + " with FUA, " + Figures.count(load.flushes()) + " flushes");
    }

    private Judged cutAndJudge(ServiceChild service, Load load) throws DemoFailure, ControlException, IOException {
        for (int attempt = 1; attempt <= CUTS_MAX; attempt++) {
            story.step("Take a snapshot set of both, while all chains go on writing");
            Cut cut = Cut.together(service, load, Names.SET);
            story.tell("writes held for " + Figures.time(cut.made().getFirst().heldNanos()) + "; set durable after "
                    + Figures.time(cut.made().getFirst().totalNanos()));
            Copies copies = read(cut, load);
            if (judgeCut(cut, copies.image())) {
                long preserved = service.status().stats().preservedBytes();
                story.tell("" + Figures.bytes(preserved) + " of old bytes preserved for the copies so far");
                return new Judged(cut, copies);
            }
            story.tell("no chain certainly had a write in flight at the cut: it shows too little and is retaken");
            try (ControlClient client = service.connect()) {
                client.deleteSet(Names.SET);
            }
        }
        throw new DemoFailure("at none of " + CUTS_MAX + " cuts a chain certainly had a write in flight");
    }

    private Copies read(Cut cut, Load load) throws DemoFailure, IOException {
        story.step("Read both copies over NBD, while all chains go on writing");
        long writes = load.writes();
        long began = System.nanoTime();
        Copies copies = readAll(cut.exports());
        long nanos = System.nanoTime() - began;
        story.tell("" + Figures.bytes(copies.bytes()) + " read in " + Figures.time(nanos) + "; meanwhile "
                + Figures.count(load.writes() - writes) + " writes");
        load.run(0);
        return copies;
    }

    /** Returns false if nothing is wrong but no write was certainly in flight. */
    private boolean judgeCut(Cut cut, Image image) throws DemoFailure {
        require(PrefixCheck.check(image, cut.least(), cut.most()));
        long[] last = last(image);
        CutWindow window = cut.window(last);
        if (!window.exists()) {
            require(List.of(new Violation(
                    Violation.Kind.NOT_ONE_INSTANT,
                    -1,
                    "the copies hold a record that was sent " + Figures.time(window.earliest() - window.latest())
                            + " after one that they lack was acknowledged")));
        }
        if (window.busyMin() == 0) {
            return false;
        }
        story.verified("" + layout.chains() + " of " + layout.chains() + " chains are a prefix over both copies");
        story.verified("all " + Figures.count(Arrays.stream(cut.least()).sum())
                + " records acknowledged before the set was asked for are in it");
        story.verified("none sent after the answer is; all other bytes are zero, as they were");
        story.verified("one instant: the clock of the writers leaves "
                + Figures.time(window.latest() - window.earliest()) + " for it");
        story.verified(
                "at least " + window.busyMin() + " of " + layout.chains() + " chains had a write in flight then");
        return true;
    }

    private void kill(ServiceChild service, Load load) throws DemoFailure, ControlException {
        story.step("Kill the service under load (kill -9)");
        load.run(random.nextInt(scale.pauseMillisMax()));
        StatsView stats = service.status().stats();
        load.run(random.nextInt(scale.pauseMillisMax() / 4));
        load.expectLoss();
        service.kill();
        load.awaitEnd(CHAINS_END_SECONDS);
        long inFlight = load.progress().stream()
                .filter(progress -> progress.sent() > progress.acknowledged())
                .count();
        story.tell("process " + service.pid() + " is gone: " + Figures.count(load.writes()) + " writes acknowledged, "
                + inFlight + " in flight");
        story.tell("it had preserved " + Figures.bytes(stats.preservedBytes()) + " in "
                + Figures.count(stats.firstTouchWrites()) + " first touches, with " + Figures.count(stats.logForces())
                + " forces of its log");
    }

    private ServiceChild restart() throws DemoFailure, ControlException, IOException {
        story.step("Start it again");
        ServiceChild service = belongings.startService(gnomon);
        long readyNanos = service.awaitReady();
        ServiceView status = service.status();
        story.tell("process " + service.pid() + ", ready after " + Figures.time(readyNanos) + "; of that recovery "
                + Figures.time(status.stats().recoveryNanos()) + ", for "
                + Figures.count(status.stats().recoveredBatches()) + " batches");
        return service;
    }

    private void judgeLive(long[] acknowledged, long[] sent, Image copied) throws DemoFailure, IOException {
        Copies live = readAll(Names.VOLUMES);
        require(PrefixCheck.check(live.image(), acknowledged, sent));
        long[] last = last(live.image());
        long landed = IntStream.range(0, last.length)
                .filter(chain -> last[chain] > acknowledged[chain])
                .count();
        story.verified("all " + Figures.count(Arrays.stream(acknowledged).sum()) + " acknowledged writes are present");
        story.verified("of those in flight " + landed + " took effect, whole; the others not at all");
        long[] atCut = last(copied);
        long leastMoved = Long.MAX_VALUE;
        long moved = 0;
        for (int chain = 0; chain < last.length; chain++) {
            leastMoved = Math.min(leastMoved, last[chain] - atCut[chain]);
            moved += last[chain] - atCut[chain];
        }
        if (leastMoved < 1) {
            throw new DemoFailure("a chain has not moved on from the cut on the live volumes");
        }
        story.verified("the live volumes have moved on from the cut: by " + Figures.count(moved) + " records, by "
                + Figures.count(leastMoved) + " or more in every chain");
    }

    private void judgeCopiesAgain(Cut cut, Copies before) throws DemoFailure, IOException {
        Copies after = readAll(cut.exports());
        for (int volume = 0; volume < Layout.VOLUMES; volume++) {
            String expected = before.hashes().get(volume);
            String found = after.hashes().get(volume);
            if (!found.equals(expected)) {
                throw new DemoFailure("copy " + cut.exports().get(volume) + " changed: SHA-256 was " + expected
                        + " before the kill and is " + found);
            }
            story.verified("copy of " + Names.VOLUMES.get(volume) + " unchanged: SHA-256 " + found);
        }
    }

    private void judgeStore(StoreCheck check) throws DemoFailure, ControlException {
        CheckReport report = check.check(belongings.place().state());
        if (!report.findings().isEmpty()) {
            CheckReport.Finding first = report.findings().getFirst();
            throw new DemoFailure("the stopped store has " + report.findings().size() + " damages, first: "
                    + first.file() + " at " + first.offsetBytes() + ": " + first.problem());
        }
        story.verified("stopped in good order, and its store checked: no damage in "
                + Figures.count(report.counters().getOrDefault("batches", 0L)) + " batches, "
                + Figures.count(report.counters().getOrDefault("pieces", 0L)) + " pieces");
    }

    private Copies readAll(List<String> exports) throws DemoFailure, IOException {
        Image image = new Image(layout);
        List<String> hashes = new ArrayList<>();
        long bytes = 0;
        for (int volume = 0; volume < Layout.VOLUMES; volume++) {
            VolumeRead read = VolumeRead.into(image, volume, belongings.place().nbd(), exports.get(volume));
            hashes.add(read.sha256());
            bytes += read.bytes();
        }
        return new Copies(image, hashes, bytes);
    }

    private long[] last(Image image) {
        return IntStream.range(0, layout.chains()).mapToLong(image::last).toArray();
    }

    private static void require(List<Violation> violations) throws DemoFailure {
        if (!violations.isEmpty()) {
            throw new DemoFailure(violations.stream()
                    .limit(VIOLATIONS_SHOWN)
                    .map(violation -> violation.kind() + ": " + violation.text())
                    .collect(Collectors.joining(
                            System.lineSeparator() + "  ",
                            violations.size() + " violations, first:" + System.lineSeparator() + "  ",
                            "")));
        }
    }

    private record Copies(Image image, List<String> hashes, long bytes) {}

    private record Judged(Cut cut, Copies copies) {}
}
