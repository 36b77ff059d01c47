/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.step;

import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.port.Folders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of a package and their SHA-256, as {@code manifest.sha256} lists them: 64 hexadecimal digits, two spaces, the path below
 * the package's folder with forward slashes.
 */
public record Manifest(Map<String, String> hashes) {
    private static final Pattern LINE = Pattern.compile("([0-9a-f]{64}) [ *](\\S.*)");
    private static final int MAX_TOLD = 5;

    /** Sorts and copies the map. */
    public Manifest {
        hashes = java.util.Collections.unmodifiableMap(new TreeMap<>(hashes));
    }

    /** Reads the manifest of a folder; nothing if there is none. */
    public static Optional<Manifest> in(Path folder, Folders folders) throws SetupException {
        return of(folder.resolve(Layout.MANIFEST), folders);
    }

    /** Reads a manifest; nothing if there is none. */
    static Optional<Manifest> of(Path file, Folders folders) throws SetupException {
        Optional<byte[]> content = folders.read(file);
        return content.isEmpty()
                ? Optional.empty()
                : Optional.of(parse(file, new String(content.get(), StandardCharsets.UTF_8)));
    }

    private static Manifest parse(Path file, String text) throws SetupException {
        Map<String, String> hashes = new TreeMap<>();
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            String trimmed = line.strip();
            if (trimmed.isEmpty()) {
                continue;
            }
            Matcher matcher = LINE.matcher(trimmed);
            if (!matcher.matches() || !isInside(matcher.group(2))) {
                throw SetupException.failed(
                        file + ", line " + number + ": expected a SHA-256 and the path of a file in the package");
            }
            hashes.put(matcher.group(2), matcher.group(1));
        }
        return new Manifest(hashes);
    }

    /** A path that leads out of the folder could have any file overwritten. */
    private static boolean isInside(String path) {
        if (path.startsWith("/") || path.contains("\\") || path.contains(":")) {
            return false;
        }
        for (String part : path.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                return false;
            }
        }
        return true;
    }

    /** Returns how a folder differs from this manifest, for people; empty if it does not. */
    public String differences(Path folder, Folders folders) throws SetupException {
        List<String> different = new ArrayList<>();
        for (Map.Entry<String, String> each : hashes.entrySet()) {
            Optional<String> actual = folders.sha256(folder.resolve(each.getKey()));
            if (actual.isEmpty()) {
                different.add(each.getKey() + " is missing");
            } else if (!actual.get().equals(each.getValue())) {
                different.add(each.getKey() + " has other bytes");
            }
        }
        return told(different);
    }

    /** Returns whether a file of a folder is what this manifest says. */
    public boolean matches(Path folder, String name, Folders folders) throws SetupException {
        return Optional.ofNullable(hashes.get(name)).equals(folders.sha256(folder.resolve(name)));
    }

    private static String told(List<String> different) {
        if (different.size() <= MAX_TOLD) {
            return String.join(", ", different);
        }
        return String.join(", ", different.subList(0, MAX_TOLD)) + " and " + (different.size() - MAX_TOLD) + " more";
    }
}
