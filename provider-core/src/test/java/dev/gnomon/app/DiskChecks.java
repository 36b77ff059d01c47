/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.io.Clock;
import dev.gnomon.io.Scheduler;
import dev.gnomon.io.os.OsClock;
import dev.gnomon.io.os.OsScheduler;
import dev.gnomon.observe.Event;
import dev.gnomon.vss.DiskDismounts;
import dev.gnomon.vss.DiskVolumeLocator;
import dev.gnomon.vss.DiskVolumes;
import dev.gnomon.vss.Dismounts;
import dev.gnomon.vss.VolumeLocator;
import dev.gnomon.vss.VolumeLocator.Foreign;
import dev.gnomon.vss.VolumeLocator.Missing;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How the volumes of a Windows are looked up, as a program for a Windows JVM: prints {@code ok NAME} for each check that held, and ends at the
 * first that did not. No volume is locked: Wine would take its own drives away.
 */
public final class DiskChecks {
    /** The checks, in their order. */
    public static final List<String> NAMES = List.of(
            "drive has a GUID path that is listed",
            "driver answers what it can and refuses the rest",
            "volumes of others are foreign",
            "missing volumes are missing",
            "missing volumes are not mounted");

    private static final String NONE = "\\\\?\\Volume{6d987aed-037d-47f6-835c-fe957e276c80}\\";

    private DiskChecks() {}

    /** Runs all. */
    public static void main(String[] arguments) throws Exception {
        DiskVolumes disks = new WindowsVolumes();
        String c = disks.guidPath("C:\\").orElseThrow();
        check(c.startsWith("\\\\?\\Volume{") && c.endsWith("}\\"), c);
        check(disks.exists(c) && disks.guidPaths().contains(c), c + " in " + disks.guidPaths());
        check(!disks.exists(NONE), NONE);
        ok(0);
        questions(disks, c);
        ok(1);

        List<Event> told = new ArrayList<>();
        Scheduler scheduler = new OsScheduler((task, thrown) -> {
            throw new AssertionError(task, thrown);
        });
        VolumeLocator locator = new DiskVolumeLocator(disks, List::of, told::add, scheduler);
        for (String each : List.of("C:\\", "c:\\", c, c.toUpperCase(Locale.ROOT))) {
            check(locator.locate(each).equals(new Foreign()), each + " is " + locator.locate(each));
        }
        ok(2);
        for (String each : List.of("Q:\\", "C:\\windows\\", "C:\\none\\", "no name\\", NONE)) {
            check(locator.locate(each).equals(new Missing()), each + " is " + locator.locate(each));
        }
        check(told.isEmpty(), told.toString());
        ok(3);
        Clock clock = new OsClock();
        try (Dismounts.Dismounted dismounted =
                new DiskDismounts(disks, List::of, clock, scheduler).dismount(NONE, "data")) {
            check(!dismounted.mayCutOffClients(), "clients of a volume that is not here are somebody else's");
        }
        ok(4);
    }

    private static void questions(DiskVolumes disks, String guidPath) throws Exception {
        String device = guidPath.substring(0, guidPath.length() - 1);
        try (DiskVolumes.Device open =
                disks.open(device, DiskVolumes.Access.ASK).orElseThrow()) {
            DiskVolumes.Answer extents = open.control(0x00560000, new byte[0], 1_024);
            check(extents.error() == 0 && extents.bytes().remaining() >= 8, "extents: " + extents);
            DiskVolumes.Answer none = open.control(0x0056FFFC, new byte[4], 0);
            check(none.error() != 0 && none.reason().startsWith("error " + none.error() + ", "), "none: " + none);
            check(none.bytes().remaining() == 0, "none: " + none);
        }
        check(
                disks.open(NONE.substring(0, NONE.length() - 1), DiskVolumes.Access.ASK)
                        .isEmpty(),
                NONE);
    }

    private static void check(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }

    private static void ok(int number) {
        System.out.println("ok " + NAMES.get(number));
    }
}
