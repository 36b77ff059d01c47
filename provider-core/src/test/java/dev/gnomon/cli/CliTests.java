/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.control.SchemaChecks;
import dev.gnomon.control.server.ControlFixture;
import dev.gnomon.control.server.ShortTempDirectories;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.Timed;
import dev.gnomon.snapshot.EngineException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class CliTests {
    @SuppressWarnings("NullAway.Init") // Set before each test.
    private ControlFixture service;

    private final FakeLocalCommands local = new FakeLocalCommands();

    /** What a command left behind. */
    private record Outcome(int code, String out, String err) {}

    @BeforeEach
    void start() throws IOException {
        service = new ControlFixture();
    }

    @AfterEach
    void stop() throws IOException {
        service.close();
    }

    @Test
    void volumesAreCreatedListedShownAndRemoved() {
        Outcome created = run("volume", "create", "data", "--size", "10G");
        assertThat(created.code()).isZero();
        assertThat(created.err()).isEmpty();
        assertThat(created.out()).contains("data", "10 GiB (10737418240 bytes)", "volumes/data.raw", "ONLINE");

        assertThat(run("volume", "create", "log", "--size", "1M", "--path", "/srv/l.raw", "--sparse")
                        .out())
                .contains("/srv/l.raw", "sparse");
        assertThat(run("volume", "add", "disk", "--path", "/dev/vdb").code()).isZero();
        assertThat(run("volume", "list").out().lines().map(line -> line.substring(0, line.indexOf(" "))))
                .containsExactly("NAME", "data", "disk", "log");
        assertThat(run("volume", "show", "disk").out()).contains("/dev/vdb");
        assertThat(run("volume", "clear", "disk").code()).isZero();
        assertThat(run("volume", "remove", "disk", "--yes").out()).contains("disk");
        assertThat(run("volume", "list").out()).doesNotContain("disk");
    }

    @Test
    void relativePathsAreMadeAbsoluteWhereTheCommandRuns() {
        assertThat(run("volume", "add", "a", "--path", "x/../a.raw").out())
                .contains(Path.of("a.raw").toAbsolutePath().toString());
    }

    @Test
    void setsAreCreatedListedShownAndDeleted() {
        volumes("data", "log");

        Outcome created = run(
                "set", "create", "data", "--volume", "log", "--name", "nightly", "--attr", "job=a=b", "--attr", "x=");
        assertThat(created.code()).isZero();
        assertThat(created.out()).contains("data@nightly", "log@nightly", "a=b", "held for 1.500 ms", "after 42.0 ms");
        assertThat(run("set", "create", "data").code()).isZero();

        assertThat(run("set", "list").out().lines()).hasSize(3);
        assertThat(run("set", "show", "nightly").out()).contains("data@nightly", "2026-02-03T04:05:06Z");
        assertThat(run("copy", "list").out().lines()).hasSize(4);
        assertThat(run("copy", "list", "--volume", "log").out().lines()).hasSize(2);
        assertThat(run("copy", "show", "log@nightly").out()).contains("log@nightly", "attribute job");
        assertThat(run("copy", "delete", "log@nightly", "--yes").out()).isEqualTo("Deleted copy log@nightly.\n");
        assertThat(run("set", "delete", "nightly", "--yes").out())
                .contains("data@nightly")
                .doesNotContain("log@nightly");
        assertThat(run("set", "list").out().lines()).hasSize(2);
    }

    @Test
    void diffsAreShownInOrderWithExtentsThatTouchAsOne() {
        volumes("data");
        run("set", "create", "data", "--name", "a");
        run("set", "create", "data", "--name", "b");

        Outcome diff = run("copy", "diff", "data@a", "data@b");
        assertThat(diff.code()).isZero();
        assertThat(diff.out().lines().map(line -> line.strip().replaceAll(" +", " ")))
                .containsExactly(
                        "OFFSET BYTES",
                        "0 4096",
                        "8192 12288",
                        "From data@a to data@b: 16 KiB (16384 bytes) in 2 extents changed, of 1 MiB.");
        assertThat(run("copy", "diff", "data@a", "--live").out()).contains("From data@a to data:");
        assertThat(run("copy", "diff", "data@a", "--live", "-o", "json").out())
                .contains("{\"lengthBytes\":12288,\"offsetBytes\":8192}", "\"totalChangedBytes\" : 16384");
        assertThat(run("copy", "diff", "data@a").code()).isEqualTo(2);
        assertThat(run("copy", "diff", "data@a", "data@b", "--live").code()).isEqualTo(2);
        assertThat(run("copy", "diff", "data@a", "data@c").code()).isEqualTo(4);
    }

    @Test
    void verificationNamesDamageAndHasAnExitCodeForIt() {
        volumes("data", "damaged");
        run("set", "create", "data", "damaged", "--name", "a");

        Outcome clean = run("copy", "verify", "data@a");
        assertThat(clean.code()).isZero();
        assertThat(clean.out()).contains("data@a", "16 KiB").doesNotContain("Damaged");
        Outcome all = run("copy", "verify", "--all");
        assertThat(all.code()).isEqualTo(8);
        assertThat(all.out()).contains("Damaged: damaged@a, 8192 bytes at 8192\n");
        assertThat(run("copy", "verify", "damaged@a", "-o", "json").out()).contains("\"clean\" : false");
        assertThat(run("copy", "verify").code()).isEqualTo(2);
        assertThat(run("copy", "verify", "data@a", "--all").code()).isEqualTo(2);
        assertThat(run("copy", "verify", "data@missing").code()).isEqualTo(4);
    }

    @Test
    void exportNamesTheFileAsThisProcessSeesIt() {
        volumes("data");
        run("set", "create", "data", "--name", "a");

        Outcome exported = run("copy", "export", "data@a", "a.img");
        String path = Path.of("a.img").toAbsolutePath().toString();
        assertThat(exported.code()).as(exported.err()).isZero();
        assertThat(exported.out()).isEqualTo("Exported data@a to " + path + ": 1 MiB, 4 KiB of it data.\n");
        assertThat(local.exported).singleElement().satisfies(options -> {
            assertThat(options.address()).isEqualTo("tcp:127.0.0.1:10809");
            assertThat(options.export()).isEqualTo("data@a");
            assertThat(options.target()).hasToString(path);
            assertThat(options.tls()).isEmpty();
        });
        run(
                "copy",
                "export",
                "data@a",
                "a.img",
                "--nbd",
                "unix:/s",
                "--tls-ca",
                "c",
                "--tls-cert",
                "d",
                "--tls-key",
                "e");
        assertThat(local.exported.getLast().address()).isEqualTo("unix:/s");
        assertThat(local.exported.getLast().tls().orElseThrow().own()).isPresent();
        assertThat(run("copy", "export", "data@a", "a.img", "--tls-cert", "d").code())
                .isEqualTo(2);
        assertThat(run("copy", "export", "data@b", "a.img").code()).isEqualTo(4);
    }

    @Test
    void deletedCopiesStayAsBookmarksIfWanted() {
        volumes("data", "log");
        run("set", "create", "data", "log", "--name", "a");

        assertThat(run("copy", "delete", "data@a", "--keep-bookmark", "--yes").out())
                .isEqualTo("Deleted copy data@a; its bookmark stays.\n");
        assertThat(run("copy", "list").out()).doesNotContain("data@a").contains("log@a");
        assertThat(run("copy", "list", "--bookmarks").out()).contains("data@a").doesNotContain("log@a");
        assertThat(run("copy", "list", "--bookmarks", "--volume", "log").out()).doesNotContain("data@a");
        document("copyListDocument", "copy", "list", "--bookmarks");
        assertThat(run("copy", "delete", "data@b", "--keep-bookmark", "--yes").code())
                .isEqualTo(4);
    }

    @Test
    void overlaysAreMadeSealedAndDropped() {
        volumes("data");
        run("set", "create", "data", "--name", "n");
        assertThat(run("copy", "show", "data@n").out()).doesNotContain("overlay");
        assertThat(run("copy", "list").out()).contains("OVERLAY", " - ");

        assertThat(run("copy", "overlay", "create", "data@n").out()).contains("overlay: OPEN, 4 KiB");
        assertThat(run("copy", "list").out()).contains(" OPEN ");
        document("copyDocument", "copy", "overlay", "seal", "data@n");
        assertThat(run("copy", "show", "data@n").out()).contains("overlay: SEALED, 4 KiB");
        assertThat(run("copy", "overlay", "drop", "data@n").code()).isZero();
        assertThat(run("copy", "overlay", "drop", "data@m").code()).isEqualTo(4);
        assertThat(run("copy", "overlay", "drop", "data@n@m").code()).isEqualTo(2);
        assertThat(run("copy", "overlay").code()).isEqualTo(2);
        assertThat(run("events").out()).contains("GNM-2131", "GNM-2132", "GNM-2133", "copy=data@n");
    }

    @Test
    void aRevertIsPlannedBegunOrWaitedFor() {
        volumes("data");
        run("set", "create", "data", "--name", "n");

        assertThat(run("copy", "revert", "data@n", "--dry-run").out())
                .contains("data@n", "2 MiB in 512 pieces", "clients:           3");
        assertThat(run("copy", "revert", "data@n", "--yes", "--no-wait").out())
                .isEqualTo("Volume data reads as data@n; 2 MiB are brought back in the background.\n");
        Outcome waited = run("copy", "revert", "data@n", "--yes", "--force");
        assertThat(waited.out()).isEqualTo("Volume data was reverted to data@n: 2 MiB had differed.\n");
        assertThat(waited.err()).startsWith("2 %  48 KiB of 2 MiB\n");
        assertThat(run("copy", "revert", "data@m", "--yes").code()).isEqualTo(4);
    }

    @Test
    void deletingSeveralOfWhichSomeFailIsPartlyDone() {
        volumes("data");
        run("set", "create", "data", "--name", "a");
        run("set", "create", "data", "--name", "b");

        Outcome partly = run("set", "delete", "--yes", "a", "missing", "b");
        assertThat(partly.code()).isEqualTo(3);
        assertThat(partly.out().lines()).hasSize(2);
        assertThat(partly.err()).isEqualTo("gnomon: set missing: not found\n");
        assertThat(run("set", "delete", "--yes", "missing", "too").code()).isEqualTo(4);
        assertThat(run("copy", "delete", "--yes", "data@a", "data@b").code()).isEqualTo(4);
    }

    @Test
    void diffAreaIsShownAndItsLimitChanged() {
        volumes("data");
        Outcome shown = run("diff-area", "show");
        assertThat(shown.out())
                .contains(
                        "limit:          none\n",
                        "2 GiB live",
                        "256 MiB of dead space were given back inside segments",
                        "data",
                        "1 MiB a second lately; full in about 51 minutes")
                .contains("held back:");
        assertThat(run("diff-area", "resize", "4G", "--dry-run").out()).isEqualTo("""
                        Would change the limit from none to 4 GiB; the diff area takes 5 GiB.
                        That is 1 GiB more than the limit: it cannot grow, and 1 GiB of it are free.
                        """);
        assertThat(run("diff-area", "show").out()).contains("limit:          none\n");
        assertThat(run("diff-area", "resize", "10G").out())
                .isEqualTo("Changed the limit from none to 10 GiB; the diff area takes 5 GiB.\n");
        assertThat(run("diff-area", "show").out())
                .contains(
                        "limit:          10 GiB\n",
                        "(50 % of the limit)",
                        "62 % of what first overwrites may take; 3 GiB left");
        Outcome small = run("diff-area", "resize", "1M", "--dry-run");
        assertThat(small.code()).isEqualTo(7);
        assertThat(small.err()).contains("1048576 bytes would be refused; allowed is 1073741824 or more");
        assertThat(run("diff-area", "resize", "much").code()).isEqualTo(2);
        assertThat(run("diff-area", "resize", "none").code()).isZero();
    }

    @Test
    void diffAreaIsMovedAndFollowed() {
        assertThat(run("diff-area", "move", "/mnt/large", "--no-wait").out())
                .isEqualTo(
                        "3 GiB of segments are being moved from /srv/gnomon/store to /mnt/large in the background.\n");
        assertThat(run("diff-area", "show").out())
                .contains(
                        "segments in:    /srv/gnomon/store\n",
                        "moving to:      /mnt/large  25 %  1 GiB of 4 GiB  waits: no space left\n");
        assertThat(run("diff-area", "move", "/mnt/large").out())
                .isEqualTo("Segments of the diff area are in /srv/gnomon/store.\n");
        assertThat(run("diff-area", "show").out()).doesNotContain("segments in:", "moving to:");
        assertThat(run("diff-area", "move", "/mnt/large", "--dry-run")).isEqualTo(new Outcome(0, """
                from:         /srv/gnomon/store
                to:           /mnt/large
                to be copied: 3 GiB in 48 segments
                needed there: 3.1 GiB
                free there:   100 GiB
                fits:         yes
                """, ""));
        Outcome small = run("diff-area", "move", "/mnt/small/gnomon", "--dry-run");
        assertThat(small.code()).isEqualTo(7);
        assertThat(small.out()).contains("free there:   2 GiB\n", "fits:         no: the move would be refused\n");
        assertThat(run("diff-area", "show").out()).doesNotContain("moving to:");
        Outcome refused = run("diff-area", "move", "/srv/gnomon/store");
        assertThat(refused.code()).isEqualTo(7);
        assertThat(refused.err()).isEqualTo("gnomon: segments are in /srv/gnomon/store already\n");
    }

    @Test
    void propertiesOfAVolumeAreSetAndShown() {
        volumes("data");
        assertThat(run("volume", "set", "data", "--when-full", "hold", "--hold-seconds", "60")
                        .out())
                .containsPattern("when-full: +hold\n")
                .containsPattern("hold-seconds: +60\n");
        assertThat(run("volume", "set", "data", "--diff-limit", "20G").out()).containsPattern("diff-limit: +20 GiB\n");
        assertThat(run("volume", "set", "data", "--diff-limit", "none").out()).doesNotContain("20 GiB");
        assertThat(run("volume", "set", "missing", "--when-full", "hold").code())
                .isEqualTo(4);
    }

    @Test
    void aScrubIsStartedFollowedAndStopped() {
        assertThat(run("scrub", "status").out()).isEqualTo("state: NEVER\n");
        assertThat(run("scrub", "stop").code()).isEqualTo(5);
        assertThat(run("scrub", "start").out()).isEqualTo("A scrub of 5 MiB began.\n");
        assertThat(run("scrub", "start").code()).isEqualTo(5);
        assertThat(run("scrub", "status").out())
                .contains("1 MiB of 5 MiB", "no damage found", "1 MiB/s, about 0 h 0 min 4 s left");
        assertThat(run("service", "status").out()).contains("RUNNING, no damage found");
        assertThat(run("scrub", "stop").out()).isEqualTo("The scrub stopped after 2 MiB; 2 damaged places.\n");
        Outcome found = run("scrub", "status");
        assertThat(found.code()).isEqualTo(8);
        assertThat(found.out()).contains("segment-00000000\n", "All of them: gnomon events");
    }

    @Test
    void everyJsonDocumentFollowsItsSchema() {
        document("volumeDocument", "volume", "create", "data", "--size", "1M");
        document("volumeDocument", "volume", "add", "log", "--path", "/l");
        document("volumeListDocument", "volume", "list");
        document("volumeDocument", "volume", "show", "data");
        document("volumeDocument", "volume", "clear", "data");
        document("volumeDocument", "volume", "set", "data", "--when-full", "refuse");
        document("volumeDocument", "volume", "resize", "data", "2M");
        document("removalPlanDocument", "volume", "resize", "data", "1M", "--dry-run");
        document("volumeDocument", "volume", "resize", "data", "1M", "--yes");
        document("volumeDocument", "volume", "accept-changed", "data");
        document("volumeDocument", "volume", "set", "data", "--write-through", "on");
        document("setCreateDocument", "set", "create", "data", "log", "--name", "n", "--attr", "k=v");
        document("setCreateDocument", "set", "create", "data");
        document("setListDocument", "set", "list");
        document("setDocument", "set", "show", "n");
        document("copyListDocument", "copy", "list");
        document("copyDocument", "copy", "show", "data@n");
        document("copyDiffDocument", "copy", "diff", "data@n", "--live");
        document("copyVerifyDocument", "copy", "verify", "--all");
        document("copyExportDocument", "copy", "export", "data@n", "x.img");
        document("copyDocument", "copy", "hold", "data@n", "--reason", "audit");
        document("revertDocument", "copy", "revert", "data@n", "--dry-run");
        document("revertDocument", "copy", "revert", "data@n", "--yes", "--force", "--no-wait");
        document("revertDocument", "copy", "revert", "data@n", "--yes");
        document("deletionPlanDocument", "copy", "delete", "log@n", "data@n", "data@missing", "--dry-run");
        document("deletionPlanDocument", "set", "delete", "n", "missing", "--dry-run");
        document("copyDocument", "copy", "release", "data@n");
        document("copyDeleteDocument", "copy", "delete", "--yes", "data@n", "data@missing");
        document("setDeleteDocument", "set", "delete", "--yes", "n", "missing");
        document("removalPlanDocument", "volume", "remove", "log", "--dry-run");
        document("volumeRemoveDocument", "volume", "remove", "log", "--yes");
        document("serviceDocument", "service", "status");
        document("statsDocument", "stats");
        document("scrubDocument", "scrub", "status");
        document("scrubDocument", "scrub", "start");
        document("serviceDocument", "service", "status");
        document("scrubDocument", "scrub", "stop");
        document("diffAreaDocument", "diff-area", "show");
        document("diffAreaResizeDocument", "diff-area", "resize", "2G", "--dry-run");
        document("diffAreaResizeDocument", "diff-area", "resize", "none");
        document("movePlanDocument", "diff-area", "move", "/mnt/large", "--dry-run");
        document("diffAreaDocument", "diff-area", "move", "/mnt/large", "--no-wait");
        document("doctorDocument", "doctor");
        document("eventListDocument", "events");
        document("eventExplainDocument", "events", "--explain", "GNM-2001");
        document("serviceStopDocument", "service", "stop");
        document("checkDocument", "check");
        local.findings.add(new CheckReport.Finding("/s/log", 4096, "checksum: 1; expected 2"));
        document("checkDocument", "check");
    }

    @Test
    void jsonKeysAreSortedAndSizesAreBytes() {
        assertThat(run("volume", "create", "data", "--size", "1G", "-o", "json")
                        .out()
                        .lines()
                        .map(String::strip)
                        .filter(line -> line.startsWith("\""))
                        .map(line -> line.substring(1, line.indexOf('"', 1))))
                .containsExactly(
                        "schemaVersion",
                        "volume",
                        "clients",
                        "copies",
                        "id",
                        "liveEpoch",
                        "name",
                        "origin",
                        "originChange",
                        "preservedBytes",
                        "properties",
                        "sizeBytes",
                        "state",
                        "stateReason",
                        "unsettledBytes");
        assertThat(run("volume", "show", "data", "--output", "JSON").out()).contains("\"sizeBytes\" : 1073741824");
    }

    @Test
    void serviceIsInspectedAndStopped() {
        Outcome status = run("service", "status");
        assertThat(status.out()).contains("1.2.3", "4711", "tcp:127.0.0.1:10809", "2026-01-01T00:00:00Z");
        assertThat(run("service", "stop").code()).isZero();
        assertThat(service.engine().closed()).isTrue();
        service.failStop("closing the engine failed");
        Outcome failed = run("service", "stop");
        assertThat(failed.code()).isEqualTo(1);
        assertThat(failed.err()).isEqualTo("gnomon: closing the engine failed\n");
    }

    @Test
    void doctorFailsOnlyForWhatFailed() {
        Outcome warned = run("doctor");
        assertThat(warned.code()).isZero();
        assertThat(warned.out()).contains("WARN    space  1 MiB free\n", "-> make room\n", "nothing failed");
        local.doctorStatus = DoctorReport.Status.FAILED;
        Outcome failed = run("doctor");
        assertThat(failed.code()).isEqualTo(1);
        assertThat(failed.out()).contains("something failed");
    }

    @Test
    void completionIsAScriptThatNamesEveryCommand() {
        assertThat(run("completion").out())
                .startsWith("#!/usr/bin/env bash")
                .contains("complete -F _complete_gnomon", "volume", "clear", "--explain", "--log-format");
    }

    @Test
    void statsShowCountersAndPercentiles() {
        for (int i = 1; i <= 1_000; i++) {
            service.latencies().record(Timed.NBD_READ, i * 1_000L);
        }
        String out = run("stats").out();

        assertThat(out).contains("2 direct, 3 first touches", "8, 9 answered with an error", "10 MiB read");
        assertThat(out.lines()).anyMatch(line -> line.matches("nbd.read +1000 +50[0-9]..* us +90.* us +99.*"));
        assertThat(out.lines()).anyMatch(line -> line.matches("nbd.trim +0( +-){5}"));
    }

    @Test
    void eventsAreShownAndCutByTime() {
        run("volume", "create", "data", "--size", "1M");
        run("set", "create", "data", "--name", "n");
        run("copy", "delete", "data@n", "--yes");
        service.events().tell(Event.ofVolume(EventId.VOLUME_FAILED, "data", "a flush failed"));

        assertThat(run("events").out().lines().map(line -> line.substring(line.indexOf(' ') + 2)))
                .containsExactly(
                        "INFO   GNM-2101  volume=data registered: 1048576 bytes in " + service.directory()
                                + "/volumes/data.raw",
                        "INFO   GNM-2104  set=n taken: 1 shadow copies, writes were held for 1500000 ns",
                        "INFO   GNM-2106  volume=data copy=data@n deleted",
                        "ERROR  GNM-2001  volume=data a flush failed");
        assertThat(run("events", "--since", "1h").out().lines()).hasSize(4);
        assertThat(run("events", "--since", "2999-01-01T00:00:00Z").out()).isEmpty();
        assertThat(run("events", "--since", "yesterday").code()).isEqualTo(2);
        assertThat(run("events", "--explain", "gnm-2001").out())
                .contains(EventId.VOLUME_FAILED.meaning(), EventId.VOLUME_FAILED.action());
        assertThat(run("events", "--explain", "GNM-9999").code()).isEqualTo(2);
    }

    @Test
    void followShowsEachEventOnceUntilTheServiceEnds() throws Exception {
        service.events().tell(Event.of(EventId.SERVICE_STARTED, "one"));
        AtomicReference<@Nullable Outcome> ended = new AtomicReference<>();
        Thread follower = Thread.ofPlatform().start(() -> ended.set(run("events", "--follow", "-o", "json")));
        // Two questions apart from each other, so that the second must not bring the first event again.
        Thread teller = Thread.ofPlatform().start(() -> {
            LockSupport.parkNanos(1_500_000_000);
            service.events().tell(Event.of(EventId.SERVICE_STOPPING, "two"));
            LockSupport.parkNanos(1_500_000_000);
            service.server().close();
        });
        teller.join();
        follower.join();

        Outcome outcome = Objects.requireNonNull(ended.get());
        assertThat(outcome.code()).isEqualTo(10);
        assertThat(outcome.out().lines().map(line -> line.replaceAll(".*message\":\"([^\"]*).*", "$1")))
                .containsExactly("one", "two");
        outcome.out().lines().forEach(line -> SchemaChecks.check("event", line));
    }

    @ParameterizedTest
    @EnumSource(EngineException.Kind.class)
    void failuresOfTheEngineEndWithTheirExitCodeAndOneLine(EngineException.Kind kind) {
        service.engine().failNext(kind, "volume data: the reason");

        Outcome outcome = run("volume", "show", "data");

        assertThat(outcome.code())
                .isEqualTo(ExitCode.of(ErrorKind.valueOf(kind.name())).number());
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).isEqualTo("gnomon: volume data: the reason\n");
    }

    @Test
    void debugShowsWhereAnErrorArose() {
        assertThat(run("volume", "show", "x").err()).doesNotContain("\tat ");
        assertThat(run("volume", "show", "x", "--debug").err()).contains("\tat dev.gnomon");
    }

    @Test
    void missingServiceIsExitCode10(@TempDir(factory = ShortTempDirectories.class) Path empty) {
        for (List<String> command : List.of(
                List.of("volume", "list"), List.of("service", "stop"), List.of("set", "delete", "a", "b", "--yes"))) {
            List<String> arguments = new ArrayList<>(List.of("--state", empty.toString()));
            arguments.addAll(command);
            Outcome outcome = runExactly(Map.of(), arguments.toArray(String[]::new));
            assertThat(outcome.code()).isEqualTo(10);
            assertThat(outcome.err()).contains("no service answers", "gnomon service run --state " + empty);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                " | Missing command; 'gnomon' needs one of: volume, set",
                "volume | Missing command; 'gnomon volume' needs one of:",
                "volum list | Did you mean: gnomon volume",
                "volume lst | Did you mean: volume list",
                "volume list --outptu json | Possible solutions: --output",
                "volume list extra | 'extra'",
                "volume list -o xml | expected one of [TABLE, JSON]",
                "volume create | Missing required",
                "volume create a | Missing required option: '--size=SIZE'",
                "volume create a --size 1X | '1X'; allowed is a whole number",
                "volume create a --size 1000K --size 1M | option '--size' (SIZE) should be specified only once",
                "volume create a --size 1000 | size",
                "volume create a --size 1048577 | allowed are multiples of 512 from 1048576 (1M)",
                "volume create a --size 65T | allowed are multiples of 512",
                "volume create a/b --size 1M | name: 'a/b'; allowed is 1 to 64",
                "volume add a | Missing required option: '--path=FILE'",
                "volume show | Missing required parameter: 'NAME'",
                "volume set a | Missing property; name one or more of the options",
                "set create | Missing volume; name 1 to 64 volumes",
                "set create a a | 'a' is named twice",
                "set create a --attr k | --attr: 'k'; allowed is KEY=VALUE",
                "set create a --attr =v | --attr: '=v'; allowed is KEY=VALUE",
                "set create a --attr k=1 --attr k=2 | 'k' is given twice",
                "set create a --name a@b | name: 'a@b'; allowed is",
                "set delete | Missing required parameter: 'SET'",
                "copy show a b | 'b'",
                "copy revert | Missing required parameter: 'COPY'",
                "copy revert a@b | this overwrites the volume of a@b; add --yes to do it, or --dry-run to see how much",
                "copy revert a@b@c --yes | copy: 'a@b@c'; allowed is VOLUME@COPY",
                "copy show a@b@c | copy: 'a@b@c'; allowed is VOLUME@COPY",
                "demo --seed x | 'x' is not a long"
            })
    void wrongUsageIsExitCode2WithAReasonAndNothingOnStandardOutput(@Nullable String line, String reason) {
        Outcome outcome = runExactly(
                Map.of("GNOMON_STATE", service.directory().toString()), line == null ? new String[0] : line.split(" "));

        assertThat(outcome.err()).contains(reason).startsWith("gnomon: ").doesNotContain("\tat ");
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.out()).isEmpty();
    }

    @Test
    void whatWasTypedCannotSpeakToTheTerminal() {
        Outcome outcome = run("volume", "show", "\u001b[2Jx");

        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains("'?[2Jx'").doesNotContain("\u001b");
        assertThat(run("\u001b[2J").err()).doesNotContain("\u001b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "volume --help",
                "volume create --help",
                "set --help",
                "set create -h",
                "copy list --help",
                "copy overlay --help",
                "copy overlay seal --help",
                "copy revert --help",
                "service run --help",
                "check --help",
                "demo --help"
            })
    void everyCommandHasHelpOnStandardOutput(String line) {
        Outcome outcome = runExactly(Map.of(), line.split(" "));

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains("Usage: gnomon", "--state").doesNotContain("null", "${");
        assertThat(outcome.out().lines())
                .allSatisfy(one -> assertThat(one.length()).isLessThanOrEqualTo(100));
        assertThat(outcome.err()).isEmpty();
    }

    @Test
    void stateDirectoryComesFromOptionThenVariableThenUser() {
        assertThat(checked(Map.of("GNOMON_STATE", "/v"), "--state", "/o", "check"))
                .isEqualTo(Path.of("/o"));
        assertThat(checked(Map.of("GNOMON_STATE", "/v"), "check", "--state", "/o"))
                .isEqualTo(Path.of("/o"));
        assertThat(checked(Map.of("GNOMON_STATE", "/v"), "check")).isEqualTo(Path.of("/v"));
        assertThat(checked(Map.of("XDG_STATE_HOME", "/x"), "check")).isEqualTo(Path.of("/x/gnomon"));
        assertThat(checked(Map.of("XDG_STATE_HOME", "x"), "check")).isEqualTo(Path.of("/home/me/.local/state/gnomon"));
        assertThat(checked(Map.of(), "check")).isEqualTo(Path.of("/home/me/.local/state/gnomon"));
        assertThat(new Session(local, Map.of(), "root", Path.of("/root"), writer(), writer()).defaultState())
                .isEqualTo(Path.of("/var/lib/gnomon"));
    }

    @ParameterizedTest
    @EnumSource(ErrorKind.class)
    void aCheckThatCannotBeDoneIsExitCode1(ErrorKind kind) {
        local.failure = new ControlException(kind, "the reason");

        Outcome outcome = run("check");

        assertThat(outcome.code()).isEqualTo(kind == ErrorKind.DAMAGED ? 8 : 1);
        assertThat(outcome.err()).isEqualTo("gnomon: cannot check: the reason\n");
    }

    @Test
    void aCheckTellsCleanFromDamaged() {
        assertThat(run("check").code()).isZero();
        local.findings.add(new CheckReport.Finding("/s/log", 4096, "checksum: 1; expected 2"));
        Outcome damaged = run("check");
        assertThat(damaged.code()).isEqualTo(8);
        assertThat(damaged.out()).contains("/s/log: offset 4096: checksum: 1; expected 2", "damaged, findings: 1");
    }

    @Test
    void serviceRunPassesItsOptionsOn() {
        assertThat(runExactly(Map.of(), "service", "run", "--state", "/s", "--nbd", "unix:/n", "--nbd", "127.0.0.1:1")
                        .code())
                .isZero();
        LocalCommands.ServiceOptions options = local.serviceOptions.getLast();
        assertThat(options.stateDirectory()).isEqualTo(Path.of("/s"));
        assertThat(options.nbd().toString()).isEqualTo("[unix:/n, 127.0.0.1:1]");

        assertThat(options.allowRemote()).isFalse();
        assertThat(options.acceptChanged()).isEmpty();
        assertThat(run("service", "run", "--accept-changed", "a", "--accept-changed", "b")
                        .code())
                .isZero();
        assertThat(local.serviceOptions.getLast().acceptChanged()).containsExactly("a", "b");
        assertThat(run("service", "run", "--nbd", "0.0.0.0", "--allow-remote").code())
                .isZero();
        assertThat(local.serviceOptions.getLast().allowRemote()).isTrue();

        assertThat(options.indexBytes()).isZero();
        assertThat(run("service", "run", "--index-memory", "2G").code()).isZero();
        assertThat(local.serviceOptions.getLast().indexBytes()).isEqualTo(2L << 30);
    }

    @Test
    void serviceRunPassesItsKeysOn() {
        assertThat(run("service", "run").code()).isZero();
        assertThat(local.serviceOptions.getLast().tls()).isEmpty();
        assertThat(run("service", "run", "--tls", "required", "--tls-cert", "c", "--tls-key", "k")
                        .code())
                .isZero();
        assertThat(local.serviceOptions.getLast().tls().toString())
                .isEqualTo("Optional[TlsFiles[certificate=c, key=k, clientAuthorities=Optional.empty]]");
        assertThat(run(
                                "service",
                                "run",
                                "--tls",
                                "required",
                                "--tls-cert",
                                "c",
                                "--tls-key",
                                "k",
                                "--tls-client-ca",
                                "a")
                        .code())
                .isZero();
        assertThat(local.serviceOptions.getLast().tls().orElseThrow().clientAuthorities())
                .contains(Path.of("a"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--tls=on",
                "--tls=required",
                "--tls=required --tls-cert=c",
                "--tls=required --tls-key=k",
                "--tls-cert=c --tls-key=k",
                "--tls=off --tls-client-ca=a"
            })
    void keysThatWouldNotBeUsedOrAreMissingAreRefused(String options) {
        List<String> words = new ArrayList<>(List.of("service", "run"));
        words.addAll(List.of(options.split(" ", -1)));
        Outcome outcome = run(words.toArray(String[]::new));
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains("--tls");
        assertThat(local.serviceOptions).isEmpty();
    }

    @Test
    void demoPassesItsOptionsOn() {
        assertThat(run("demo", "--selftest", "--dir", "/d", "--seed", "-7", "--keep")
                        .code())
                .isZero();
        assertThat(local.demoOptions.getLast().toString())
                .isEqualTo("DemoOptions[selftest=true, directory=Optional[/d], seed=OptionalLong[-7], keep=true]");
        assertThat(run("demo").code()).isZero();
        assertThat(local.demoOptions.getLast().toString())
                .isEqualTo(
                        "DemoOptions[selftest=false, directory=Optional.empty, seed=OptionalLong.empty, keep=false]");
    }

    private Path checked(Map<String, String> environment, String... arguments) {
        assertThat(runExactly(environment, arguments).code()).isZero();
        return local.checked.getLast();
    }

    private void volumes(String... names) {
        for (String name : names) {
            assertThat(run("volume", "create", name, "--size", "1M").code()).isZero();
        }
    }

    private void document(String definition, String... arguments) {
        String[] all = Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "--output";
        all[arguments.length + 1] = "json";
        Outcome outcome = run(all);
        SchemaChecks.check(definition, outcome.out());
    }

    private Outcome run(String... arguments) {
        return runExactly(Map.of("GNOMON_STATE", service.directory().toString()), arguments);
    }

    private Outcome runExactly(Map<String, String> environment, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Session session =
                new Session(local, environment, "me", Path.of("/home/me"), new PrintWriter(out), new PrintWriter(err));
        int code = new Cli(session).run(arguments);
        return new Outcome(code, out.toString(), err.toString());
    }

    private static PrintWriter writer() {
        return new PrintWriter(new StringWriter());
    }
}
