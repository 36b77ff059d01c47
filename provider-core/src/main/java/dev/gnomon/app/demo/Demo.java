/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app.demo;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.Request;
import dev.gnomon.control.SetCreatedView;
import dev.gnomon.control.StatsView;
import dev.gnomon.control.client.ControlClient;
import dev.gnomon.protocol.nbd.NbdAddress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * The demonstration: two volumes that are written to, a snapshot set meanwhile, the proof that its copies are one
 * instant, a kill, and the proof that nothing is lost.
 */
public final class Demo {
    private static final long VOLUME_BYTES = 1L << 30;
    private static final int CHAINS = 16;
    private static final int SLOTS = 1024;
    private static final long NEEDED_BYTES = 3L << 30;
    private static final int CUTS_MAX = 20;
    private static final int RECORDS_BEFORE_MIN = 20_000;
    private static final int RECORDS_BEFORE_SPREAD = 40_000;
    private static final int RECORDS_BETWEEN = 200;
    private static final int RECORDS_AFTER = 20_000;
    private static final int VIOLATIONS_SHOWN = 5;
    private static final double NANOS_PER_MS = 1e6;

    private final PrintWriter out;
    private final boolean selftest;
    private final Random random;
    private final Layout layout;

    /** What a cut left to be judged. */
    private static final class Cut {
        private final long[] least;
        private final long[] most;
        private final long asked;
        private final long answered;
        private final SetCreatedView created;

        Cut(long[] least, long[] most, long asked, long answered, SetCreatedView created) {
            this.least = least;
            this.most = most;
            this.asked = asked;
            this.answered = answered;
            this.created = created;
        }
    }

    /**
     * Prepares a run.
     *
     * @param selftest make two separate copies instead of a set, and see that this is noticed
     * @param seed of the choices of this run
     */
    public Demo(PrintWriter out, boolean selftest, long seed) {
        this.out = out;
        this.selftest = selftest;
        this.random = new Random(seed);
        this.layout = new Layout(random.nextLong(), VOLUME_BYTES, CHAINS, SLOTS);
        say(String.format(Locale.ROOT, "seed %d", seed));
    }

    /**
     * Runs it in a directory of its own.
     *
     * @return whether everything was as promised; what was not has been printed
     */
    public boolean run(Path directory, boolean keep) throws IOException {
        try {
            requireSpace(directory);
            return selftest ? runSelftest(directory) : runWhole(directory);
        } catch (DemoFailure e) {
            say(String.format(Locale.ROOT, "FAILED: %s", String.valueOf(e.getMessage())));
            return false;
        } catch (ControlException e) {
            say(String.format(Locale.ROOT, "FAILED: the service refused: %s", String.valueOf(e.getMessage())));
            return false;
        } finally {
            if (keep) {
                say(String.format(Locale.ROOT, "kept: %s", directory));
            } else {
                delete(directory);
            }
            out.flush();
        }
    }

    private static void requireSpace(Path directory) throws IOException, DemoFailure {
        long free = Files.getFileStore(directory).getUsableSpace();
        if (free < NEEDED_BYTES) {
            throw new DemoFailure(directory + ": " + (free >> 20) + " MiB are free, needed are " + (NEEDED_BYTES >> 20)
                    + "; name another place with --dir");
        }
    }

    private boolean runWhole(Path directory) throws DemoFailure, ControlException {
        String copies = "@" + Names.SET;
        String before;
        long[] acknowledged;
        long[] sent;
        try (ServiceChild service = ServiceChild.start(directory);
                Writers writers = new Writers(layout)) {
            begin(service, writers);
            Images images = new Images(address(service), layout);
            Images.Read read = proveOneInstant(service, writers, images, copies);
            before = read.hash();
            long beyond = writers.acknowledgedTotal() + RECORDS_AFTER;
            writers.awaitTotal(beyond);
            writers.expectTheEnd();
            service.kill();
            writers.awaitEnd();
            acknowledged = writers.acknowledged();
            sent = writers.sent();
            say(String.format(
                    Locale.ROOT,
                    "killed   process %d (kill -9) after %,d acknowledged writes, %d in flight",
                    service.pid(),
                    Arrays.stream(acknowledged).sum(),
                    Arrays.stream(sent).sum() - Arrays.stream(acknowledged).sum()));
        }
        try (ServiceChild service = ServiceChild.start(directory)) {
            return proveNothingLost(service, copies, before, acknowledged, sent);
        }
    }

    private void begin(ServiceChild service, Writers writers) throws DemoFailure, ControlException {
        try (ControlClient control = ControlClient.connect(service.stateDirectory())) {
            for (String volume : Names.VOLUMES) {
                control.createVolume(volume, "", VOLUME_BYTES, false);
            }
        }
        say(String.format(
                Locale.ROOT,
                "serving  volumes %s and %s, 1 GiB each, by process %d over NBD",
                Names.VOLUMES.get(0),
                Names.VOLUMES.get(1),
                service.pid()));
        long begun = System.nanoTime();
        writers.start(address(service));
        writers.awaitTotal(RECORDS_BEFORE_MIN + random.nextInt(RECORDS_BEFORE_SPREAD));
        double seconds = (System.nanoTime() - begun) / 1e9;
        say(String.format(
                Locale.ROOT,
                "writing  %d chains of 4 KiB records across both volumes: %,d acknowledged so far, %,.0f a second",
                CHAINS,
                writers.acknowledgedTotal(),
                writers.acknowledgedTotal() / seconds));
    }

    /** Cuts until a write was in flight at the cut, and judges the copies. */
    private Images.Read proveOneInstant(ServiceChild service, Writers writers, Images images, String suffix)
            throws DemoFailure, ControlException {
        try (ControlClient control = ControlClient.connect(service.stateDirectory())) {
            for (int attempt = 1; attempt <= CUTS_MAX; attempt++) {
                Cut cut = cut(control, writers, Names.VOLUMES);
                writers.awaitBeyond(plusOne(cut.most));
                List<Chain.Passage> passages = writers.since(cut.least);
                Images.Read read = images.read(suffix);
                requireNone(PrefixCheck.check(read.image(), cut.least, cut.most));
                CutWindow window = CutWindow.of(lasts(read.image()), passages, cut.asked, cut.answered);
                if (!window.exists()) {
                    throw new DemoFailure("each chain is a prefix, but there is no one moment at which all were so");
                }
                if (window.busyMin() > 0) {
                    report(cut, window, read.image(), control.status().stats());
                    return read;
                }
                say("         no write was in flight at the cut: taking it again");
                control.deleteSet(Names.SET);
            }
        }
        throw new DemoFailure(CUTS_MAX + " cuts in a row met no write in flight");
    }

    private static long[] plusOne(long[] values) {
        return Arrays.stream(values).map(v -> v + 1).toArray();
    }

    private Cut cut(ControlClient control, Writers writers, List<String> volumes) throws ControlException {
        long[] least = writers.acknowledged();
        long asked = System.nanoTime();
        SetCreatedView created = control.createSet(new Request.SetCreate(volumes, Names.SET, Map.of()));
        long answered = System.nanoTime();
        return new Cut(least, writers.sent(), asked, answered, created);
    }

    private void report(Cut cut, CutWindow window, Image image, StatsView stats) {
        say(String.format(
                Locale.ROOT,
                "set      %s and %s at one instant: writes were held for %.3f ms; durable after %.1f ms",
                Names.VOLUMES.get(0) + "@" + Names.SET,
                Names.VOLUMES.get(1) + "@" + Names.SET,
                cut.created.heldNanos() / NANOS_PER_MS,
                cut.created.totalNanos() / NANOS_PER_MS));
        say(String.format(
                Locale.ROOT,
                "proof    all %d chains are prefixes over both copies: %,d records; %,d acknowledged before the request"
                        + " are there, none sent after its answer is",
                CHAINS,
                Arrays.stream(lasts(image)).sum(),
                Arrays.stream(cut.least).sum()));
        say(String.format(
                Locale.ROOT,
                "         one moment fits all chains; at least %d of them had a write in flight then",
                window.busyMin()));
        say(String.format(
                Locale.ROOT,
                "         %s preserved in %,d batches while the volumes moved on",
                mebibytes(stats.preservedBytes()),
                stats.batches()));
    }

    private boolean proveNothingLost(
            ServiceChild service, String copies, String before, long[] acknowledged, long[] sent)
            throws DemoFailure, ControlException {
        Images images = new Images(address(service), layout);
        try (ControlClient control = ControlClient.connect(service.stateDirectory())) {
            StatsView stats = control.status().stats();
            say(String.format(
                    Locale.ROOT,
                    "restart  recovery read %,d batches in %.0f ms",
                    stats.recoveredBatches(),
                    stats.recoveryNanos() / NANOS_PER_MS));
        }
        requireNone(PrefixCheck.check(images.read("").image(), acknowledged, sent));
        say("proof    every acknowledged write is on the live volumes");
        String after = images.read(copies).hash();
        if (!after.equals(before)) {
            throw new DemoFailure("the shadow copies have changed: SHA-256 was " + before + ", is " + after);
        }
        say(String.format(
                Locale.ROOT, "proof    both shadow copies are unchanged: SHA-256 %s", after.substring(0, 16)));
        say("OK");
        return true;
    }

    /** Takes the copies one after the other while chains go on; the judge must notice. */
    private boolean runSelftest(Path directory) throws DemoFailure, ControlException {
        try (ServiceChild service = ServiceChild.start(directory);
                Writers writers = new Writers(layout);
                ControlClient control = ControlClient.connect(service.stateDirectory())) {
            begin(service, writers);
            long[] least = writers.acknowledged();
            for (String volume : Names.VOLUMES) {
                control.createSet(new Request.SetCreate(List.of(volume), Names.SET + "-" + volume, Map.of()));
                writers.awaitTotal(writers.acknowledgedTotal() + RECORDS_BETWEEN * (long) CHAINS);
            }
            long[] most = writers.sent();
            say("selftest two separate copies were taken instead of a set");
            List<Violation> found = PrefixCheck.check(readApart(service), least, most);
            found.stream()
                    .limit(VIOLATIONS_SHOWN)
                    .forEach(v -> say(String.format(Locale.ROOT, "         %s", v.text())));
            if (found.isEmpty()) {
                throw new DemoFailure("selftest: the violation was not noticed");
            }
            say(String.format(Locale.ROOT, "OK       reported %,d violations, as it must", found.size()));
            return true;
        }
    }

    private Image readApart(ServiceChild service) throws DemoFailure {
        Images images = new Images(address(service), layout);
        return images.read(volume -> volume + "@" + Names.SET + "-" + volume).image();
    }

    private long[] lasts(Image image) {
        long[] lasts = new long[CHAINS];
        for (int chain = 0; chain < CHAINS; chain++) {
            lasts[chain] = image.last(chain);
        }
        return lasts;
    }

    private void requireNone(List<Violation> violations) throws DemoFailure {
        violations.stream()
                .limit(VIOLATIONS_SHOWN)
                .forEach(v -> say(String.format(Locale.ROOT, "         %s", v.text())));
        if (!violations.isEmpty()) {
            throw new DemoFailure(violations.size() + " violations, the first are above");
        }
    }

    private static NbdAddress address(ServiceChild service) {
        return NbdAddress.parse("unix:" + service.nbdSocket());
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%,.1f MiB", bytes / (double) (1 << 20));
    }

    private void say(String line) {
        out.println(line);
        out.flush();
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
