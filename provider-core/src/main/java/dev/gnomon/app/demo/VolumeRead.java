/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app.demo;

import dev.gnomon.protocol.nbd.NbdAddress;
import dev.gnomon.protocol.nbd.client.NbdClient;
import dev.gnomon.protocol.nbd.client.NbdException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Reads an export from end to end over NBD: every piece of 4 KiB is looked at, and all bytes are hashed.
 *
 * @param sha256 of all bytes, in hexadecimal
 */
record VolumeRead(long bytes, String sha256) {
    private static final int BLOCK_BYTES = 1 << 20;
    /** Blocks that are asked for ahead, so that the service reads while the answer before is judged. */
    private static final int BLOCKS_AHEAD = 4;

    /** Reads one volume or copy into the image. */
    static VolumeRead into(Image image, int volume, NbdAddress address, String export) throws IOException, DemoFailure {
        Layout layout = image.layout();
        try (NbdClient client = NbdClient.connect(address, export)) {
            if (client.sizeBytes() != layout.volumeBytes()) {
                throw new DemoFailure("export " + export + " has " + client.sizeBytes() + " bytes, expected are "
                        + layout.volumeBytes());
            }
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            Blocks blocks = new Blocks(client);
            for (long offset = 0; offset < layout.volumeBytes(); offset += BLOCK_BYTES) {
                ByteBuffer block = blocks.take(offset);
                look(image, volume, offset, block);
                sha256.update(block);
                blocks.askFor(offset + (long) BLOCKS_AHEAD * BLOCK_BYTES);
            }
            return new VolumeRead(layout.volumeBytes(), HexFormat.of().formatHex(sha256.digest()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Puts what a block of whole pieces holds into the image. */
    static void look(Image image, int volume, long offset, ByteBuffer block) {
        Layout layout = image.layout();
        for (int at = 0; at < block.limit(); at += Layout.RECORD_BYTES) {
            ByteBuffer piece = block.slice(at, Layout.RECORD_BYTES);
            int index = layout.slotIndexAt(offset + at);
            if (index >= 0) {
                int chain = index / layout.slots();
                image.put(volume, index, Stamp.read(layout, volume, chain, index % layout.slots(), piece));
            } else if (!Stamp.isZero(piece)) {
                image.stray(volume, offset + at);
            }
        }
    }

    /** A ring of reads in flight. */
    private static final class Blocks {
        private final NbdClient client;
        private final ByteBuffer[] buffers = new ByteBuffer[BLOCKS_AHEAD];
        private final CompletableFuture<?>[] answers = new CompletableFuture<?>[BLOCKS_AHEAD];

        Blocks(NbdClient client) {
            this.client = client;
            for (int i = 0; i < BLOCKS_AHEAD; i++) {
                buffers[i] = ByteBuffer.allocateDirect(BLOCK_BYTES);
                askFor((long) i * BLOCK_BYTES);
            }
        }

        void askFor(long offset) {
            if (offset >= client.sizeBytes()) {
                return;
            }
            int at = slot(offset);
            ByteBuffer buffer = buffers[at];
            buffer.clear().limit(Math.toIntExact(Math.min(BLOCK_BYTES, client.sizeBytes() - offset)));
            CompletableFuture<Boolean> answer = new CompletableFuture<>();
            answers[at] = answer;
            client.submitRead(offset, buffer, failure -> {
                if (failure == null) {
                    answer.complete(true);
                } else {
                    answer.completeExceptionally(failure);
                }
            });
        }

        ByteBuffer take(long offset) throws IOException {
            try {
                answers[slot(offset)].join();
            } catch (CompletionException e) {
                throw e.getCause() instanceof NbdException failure
                        ? new IOException("reading at " + offset + ": " + failure.getMessage(), failure)
                        : new IOException(e);
            }
            return buffers[slot(offset)].flip();
        }

        private static int slot(long offset) {
            return (int) (offset / BLOCK_BYTES % BLOCKS_AHEAD);
        }
    }
}
