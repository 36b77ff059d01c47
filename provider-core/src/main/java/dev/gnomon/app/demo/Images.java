/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app.demo;

import dev.gnomon.protocol.nbd.NbdAddress;
import dev.gnomon.protocol.nbd.client.NbdClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.UnaryOperator;

/** Reads volumes and shadow copies back over NBD, whole. */
final class Images {
    private static final int BLOCK_BYTES = 1 << 20;

    private final NbdAddress address;
    private final Layout layout;

    Images(NbdAddress address, Layout layout) {
        this.address = address;
        this.layout = layout;
    }

    /**
     * What was read.
     *
     * @param hash SHA-256 over both exports
     */
    record Read(Image image, String hash) {}

    /** Reads the two exports whose names end so; an empty suffix means the live volumes. */
    Read read(String suffix) throws DemoFailure {
        return read(volume -> volume + suffix);
    }

    /** Reads the export that belongs to each volume. */
    Read read(UnaryOperator<String> exportOf) throws DemoFailure {
        Image image = new Image(layout);
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (int volume = 0; volume < Layout.VOLUMES; volume++) {
                String export = exportOf.apply(Names.VOLUMES.get(volume));
                try (NbdClient client = NbdClient.connect(address, export)) {
                    read(client, volume, image, digest);
                }
            }
            return new Read(image, HexFormat.of().formatHex(digest.digest()));
        } catch (IOException e) {
            throw new DemoFailure("reading back failed: " + e.getMessage(), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private void read(NbdClient client, int volume, Image image, MessageDigest digest) throws IOException {
        ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
        for (long at = 0; at < layout.volumeBytes(); at += BLOCK_BYTES) {
            client.read(at, block.clear());
            digest.update(block.flip());
            for (int piece = 0; piece < BLOCK_BYTES; piece += Layout.RECORD_BYTES) {
                block.limit(piece + Layout.RECORD_BYTES).position(piece);
                look(at + piece, block, volume, image);
            }
        }
    }

    private void look(long offset, ByteBuffer piece, int volume, Image image) {
        int index = layout.slotIndexAt(offset);
        if (index >= 0) {
            int chain = index / layout.slots();
            image.put(volume, index, Stamp.read(layout, volume, chain, index % layout.slots(), piece));
        } else if (!Stamp.isZero(piece)) {
            image.stray(volume, offset);
        }
    }
}
