/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

import static dev.gnomon.mutants.Patch.DROP;
import static dev.gnomon.mutants.Patch.YES;
import static dev.gnomon.mutants.Patch.in;

/** Mutants of overlays of shadow copies. */
final class OverlayTable extends Mutants {
    OverlayTable() {
        add(
                "overlay_flush_unforced",
                "I2",
                "a flush of an overlay is acknowledged without a force of its file",
                Search.OVERLAYS,
                in("store.OverlayChain.force", "StorageFile.force", DROP));
        add(
                "overlay_name",
                "overlay",
                "an overlay is in the catalog before the name of its file is durable",
                Search.OVERLAYS,
                in("store.OverlayFiles.create", "Storage.syncDirectory", DROP));
        add(
                "overlay_payload_unchecked",
                "overlay",
                "a torn batch at the end of an overlay counts if its head is whole",
                Search.OVERLAYS,
                in("store.OverlayScan.next", "OverlayScan.payloadIntact", YES));
        add(
                "overlay_part_alone",
                "overlay",
                "two writes to parts of one piece of an overlay do not wait for each other",
                Search.OVERLAYS,
                in("snapshot.PieceTurns.take", "PieceTurns.isTaken", DROP));
        add(
                "overlay_seal_unforced",
                "overlay",
                "an overlay is sealed before what it holds is durable",
                Search.OVERLAY_SEALED,
                in("snapshot.Overlay.beginSeal", "Overlay.force", DROP));
        add(
                "overlay_compacted_unforced",
                "overlay",
                "a compacted file takes the name of an overlay before it is forced",
                Search.OVERLAYS,
                in("store.OverlayCompaction.finish", "OverlayChain.force", DROP),
                in("store.OverlayCompaction.takeName", "OverlayChain.force", DROP));
        add(
                "overlay_compacted_name",
                "overlay",
                "a compacted file is flushed to before its name is durable",
                Search.OVERLAY_COMPACTED,
                in("store.OverlayCompaction.finish", "Storage.syncDirectory", DROP));
    }
}
