/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import dev.gnomon.testkit.Xoshiro256;
import java.util.ArrayList;
import java.util.List;

/** Drives qemu-io, a client that writes what it is told. */
final class QemuIo {
    private static final int SECTOR_BYTES = 512;
    private static final int LENGTH_MAX = 512 << 10;

    private QemuIo() {}

    /** Runs commands on an export, one after the other. */
    static Tools.Result run(String uri, String... commands) {
        return Tools.run(words(uri, List.of(commands)));
    }

    private static List<String> words(String uri, List<String> commands) {
        List<String> words = new ArrayList<>(List.of("qemu-io", "-f", "raw"));
        for (String command : commands) {
            words.add("-c");
            words.add(command);
        }
        words.add(uri);
        return words;
    }

    /** Writes in every way that qemu-io knows at places drawn from {@code random}, and to the image what must come of it. */
    static void scribble(String uri, Image image, Xoshiro256 random, int count) {
        List<String> commands = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int unit = random.percent(50) ? SECTOR_BYTES : 4096;
            int length = (1 + random.nextInt(LENGTH_MAX / unit)) * unit;
            int offset = random.nextInt((image.sizeBytes() - length) / unit + 1) * unit;
            int value = 1 + random.nextInt(254);
            int written = value;
            String where = offset + " " + length;
            switch (random.nextInt(7)) {
                case 0 -> commands.add("write -P " + value + " -f " + where);
                case 1 -> {
                    commands.add("write -z -u " + where);
                    written = 0;
                }
                case 2 -> {
                    commands.add("write -z " + where);
                    written = 0;
                }
                case 3 -> {
                    commands.add("aio_write -P " + value + " " + where);
                    commands.add("aio_flush");
                }
                case 4 -> {
                    commands.add("write -P " + value + " " + where);
                    commands.add("flush");
                }
                default -> commands.add("write -P " + value + " " + where);
            }
            image.fill(offset, length, written);
            commands.add("read -P " + written + " " + where);
        }
        Tools.Result result = Tools.run(words(uri, commands));
        if (!result.ok().isEmpty() && result.out().contains("verification failed")) {
            throw new AssertionError(result.toString());
        }
    }
}
