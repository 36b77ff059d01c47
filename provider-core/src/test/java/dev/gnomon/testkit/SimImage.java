/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The frozen state of a simulated storage: cheap to take, never changes, may be shared between threads. A new
 * {@link SimStorage} made of it starts without locks and handles.
 */
public final class SimImage {
    /** The storage of a fresh machine: a root directory. */
    public static final SimImage EMPTY = new SimImage(new TreeMap<>(), new TreeMap<>(), List.of(), new TreeMap<>(), 1);

    static final int DIRECTORY = -1;

    final SortedMap<String, Integer> visibleNames;
    final SortedMap<String, Integer> durableNames;
    final List<NameOp> pendingNames;
    final SortedMap<Integer, FileImage> files;
    final int boot;

    SimImage(
            SortedMap<String, Integer> visibleNames,
            SortedMap<String, Integer> durableNames,
            List<NameOp> pendingNames,
            SortedMap<Integer, FileImage> files,
            int boot) {
        this.visibleNames = visibleNames;
        this.durableNames = durableNames;
        this.pendingNames = pendingNames;
        this.files = files;
        this.boot = boot;
    }

    /** Returns what a kill of the process leaves: everything that was written, durable or not; the same boot. */
    public SimImage killed() {
        SortedMap<Integer, FileImage> left = new TreeMap<>();
        files.forEach((id, file) -> left.put(id, file.killed()));
        return new SimImage(visibleNames, durableNames, pendingNames, left, boot);
    }

    /** Returns what a power cut leaves at best: everything that was written arrives. For other cuts {@link CrashPoint}. */
    public SimImage cutKeepingAll() {
        return CrashPoint.of(this, Level.L1, Sector.BYTES).image(Survivors.all(true));
    }

    /** Returns what a power cut leaves at worst: only what was forced. */
    public SimImage cutKeepingNone() {
        return CrashPoint.of(this, Level.L1, Sector.BYTES).image(Survivors.all(false));
    }

    /** Returns a hash of all durable names, sizes and bytes. Equal images that differ in history only have the same. */
    public long durableHash() {
        long hash = 0;
        for (Map.Entry<String, Integer> entry : durableNames.entrySet()) {
            FileImage file = files.get(entry.getValue());
            long content = file == null ? 0 : file.durableHash();
            hash += Xoshiro256.mix(content ^ Xoshiro256.mix(hash(entry.getKey())));
        }
        return hash;
    }

    private static long hash(String name) {
        long hash = 1;
        for (int i = 0; i < name.length(); i++) {
            hash = hash * 0x1_0000_01B3L + name.charAt(i);
        }
        return hash;
    }

    /** A sector that holds other bytes than zeros. */
    public record Data(Path path, long number) {}

    /** Returns, in order, the sectors that hold data of the files in a directory, as reads see them. */
    public List<Data> data(Path directory) {
        List<Data> found = new ArrayList<>();
        visibleNames.forEach((name, id) -> {
            FileImage file = files.get(id);
            if (file != null && parent(name).equals(name(directory))) {
                SectorMap content = file.visible();
                for (long at = content.nextStored(0); at != Long.MAX_VALUE; at = content.nextStored(at + 1)) {
                    if (content.get(at).hash() != 0) {
                        found.add(new Data(Path.of(name), at));
                    }
                }
            }
        });
        return found;
    }

    /** Returns the names of all files that are there, with their sizes. */
    public String describe() {
        return visibleNames.entrySet().stream()
                .map(entry -> {
                    FileImage file = files.get(entry.getValue());
                    return file == null ? entry.getKey() + "/" : entry.getKey() + ":" + file.visibleSize();
                })
                .collect(Collectors.joining(" "));
    }

    /** Returns the name under which a path is kept: absolute, normal, with forward slashes. */
    static String name(Path path) {
        String text = path.normalize().toString();
        if (path.getFileSystem().getSeparator().charAt(0) != '/') {
            text = text.replace('\\', '/');
        }
        return text.startsWith("/") ? text : "/" + text;
    }

    static String parent(String name) {
        int slash = name.lastIndexOf('/');
        return slash <= 0 ? "/" : name.substring(0, slash);
    }
}
