/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.golden;

import dev.gnomon.io.IoStatus;
import dev.gnomon.mutants.Life;
import dev.gnomon.snapshot.CopyInfo;
import dev.gnomon.snapshot.CopyReader;
import dev.gnomon.snapshot.LiveVolume;
import dev.gnomon.snapshot.SetInfo;
import dev.gnomon.snapshot.VolumeInfo;
import dev.gnomon.testkit.SimWorld;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Opens an image with the engine of this build, on a simulated machine, and lists what can be read, with hashes. */
public final class EngineListing {
    private static final int BLOCK_BYTES = 64 << 10;

    private EngineListing() {}

    /** Returns volumes, sets and copies, each with its size and the SHA-256 of its content. */
    public static ObjectNode of(StoreImage image) {
        ObjectNode listing = JsonMapper.shared().createObjectNode();
        Life.on(new SimWorld(1, image.onDisk()), Life.SMALL, life -> {
            ArrayNode volumes = listing.putArray("volumes");
            for (VolumeInfo volume : life.engine().volumes()) {
                volume(volumes.addObject(), volume, life.live(volume.name()));
            }
            ArrayNode sets = listing.putArray("sets");
            for (SetInfo set : life.engine().sets()) {
                set(sets.addObject(), set, life);
            }
        });
        return listing;
    }

    private static void volume(ObjectNode row, VolumeInfo volume, LiveVolume live) {
        row.put("name", volume.name())
                .put("uuid", volume.id().toString())
                .put("size", volume.sizeBytes())
                .put("failure", volume.state() == VolumeInfo.State.FAILED ? volume.stateReason() : "")
                .put("sha256", sha256(live::read, volume.sizeBytes(), volume.name()));
    }

    private static void set(ObjectNode row, SetInfo set, Life life) {
        row.put("uuid", set.id().toString())
                .put("name", set.name())
                .put("created", set.createdAt().toEpochMilli());
        ObjectNode attributes = row.putObject("attributes");
        new TreeMap<>(set.attributes()).forEach(attributes::put);
        ArrayNode copies = row.putArray("copies");
        for (CopyInfo copy : set.copies()) {
            CopyReader content = Objects.requireNonNull(life.engine().copyReader(copy.id()), copy::exportName);
            copies.addObject()
                    .put("uuid", copy.id().toString())
                    .put("volume", copy.volume())
                    .put("size", copy.sizeBytes())
                    .put("sha256", sha256(content::read, copy.sizeBytes(), copy.exportName()));
        }
    }

    private static String sha256(Life.Source source, long sizeBytes, String what) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
        for (long at = 0; at < sizeBytes; at += BLOCK_BYTES) {
            ByteBuffer block = ByteBuffer.allocate((int) Math.min(BLOCK_BYTES, sizeBytes - at));
            IoStatus status = source.read(at, block);
            Life.Wrong.unless(status == IoStatus.OK, "reading " + what + " at " + at + " ended with " + status);
            digest.update(block.array());
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
