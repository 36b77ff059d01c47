/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.snapshot.EngineException.Kind;
import dev.gnomon.volume.Origin;
import java.util.HashSet;
import java.util.Map;
import java.util.regex.Pattern;

/** What users may call things, and the other bounds on what they ask for. */
final class Names {
    static final int MAX_VOLUMES = 256;
    static final int MAX_VOLUMES_OF_SET = 64;
    static final int MAX_COPIES_OF_VOLUME = 512;

    /** Bookmarks cost an entry of the catalog and some 24 bytes for each piece that was written to between two of them. */
    static final int MAX_BOOKMARKS_OF_VOLUME = 1024;

    private static final int MAX_ATTRIBUTES = 32;
    private static final int MAX_VALUE = 1024;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private Names() {}

    static void require(String what, String name) throws EngineException {
        if (!NAME.matcher(name).matches()) {
            throw new EngineException(
                    Kind.INVALID,
                    what + " \"" + shorten(name) + "\" of " + name.length()
                            + " characters: expected 1 to 64 of A-Z a-z 0-9 . _ -");
        }
    }

    static void requireSize(long sizeBytes) throws EngineException {
        if (sizeBytes < Origin.MIN_BYTES || sizeBytes > Origin.MAX_BYTES || sizeBytes % Origin.SECTOR_BYTES != 0) {
            throw new EngineException(
                    Kind.INVALID,
                    "volume size " + sizeBytes + " bytes: expected a multiple of 512 from " + Origin.MIN_BYTES
                            + " (1 MiB) to " + Origin.MAX_BYTES + " (64 TiB)");
        }
    }

    static void require(SetRequest request) throws EngineException {
        int count = request.volumes().size();
        if (count < 1 || count > MAX_VOLUMES_OF_SET) {
            throw new EngineException(
                    Kind.INVALID, "snapshot set of " + count + " volumes: expected 1 to " + MAX_VOLUMES_OF_SET);
        }
        if (new HashSet<>(request.volumes()).size() < count) {
            throw new EngineException(Kind.INVALID, "snapshot set names a volume twice: " + request.volumes());
        }
        if (!request.name().isEmpty()) {
            require("name", request.name());
        }
        Map<String, String> attributes = request.attributes();
        if (attributes.size() > MAX_ATTRIBUTES) {
            throw new EngineException(
                    Kind.INVALID, attributes.size() + " attributes: expected at most " + MAX_ATTRIBUTES);
        }
        for (Map.Entry<String, String> each : attributes.entrySet()) {
            require("attribute name", each.getKey());
            if (each.getKey().startsWith(SetAttributes.RESERVED)) {
                throw new EngineException(
                        Kind.INVALID,
                        "attribute name " + each.getKey() + ": those that begin with " + SetAttributes.RESERVED
                                + " are the service's own");
            }
            if (each.getValue().length() > MAX_VALUE) {
                throw new EngineException(
                        Kind.INVALID,
                        "value of attribute " + each.getKey() + " of "
                                + each.getValue().length() + " characters: expected at most " + MAX_VALUE);
            }
        }
    }

    static void requireReason(String reason) throws EngineException {
        if (reason.length() > MAX_VALUE) {
            throw new EngineException(
                    Kind.INVALID, "reason of " + reason.length() + " characters: expected at most " + MAX_VALUE);
        }
    }

    /** Returns a text fit for a message, whatever a user sent. */
    static String shorten(String text) {
        String printable = text.replaceAll("[^\\x20-\\x7E]", "?");
        return printable.length() <= 80 ? printable : printable.substring(0, 77) + "...";
    }
}
