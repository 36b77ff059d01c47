/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import dev.gnomon.io.IoStatus;
import dev.gnomon.snapshot.CopyInfo;
import dev.gnomon.snapshot.CopyOnWriteEngine;
import dev.gnomon.snapshot.CopyReader;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.LiveVolume;
import dev.gnomon.snapshot.OverlayInfo;
import dev.gnomon.snapshot.SetInfo;
import dev.gnomon.snapshot.ShadowCopy;
import dev.gnomon.snapshot.VolumeInfo;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a client can find: the values of all sectors of all volumes and copies.
 *
 * @param volumes by name
 * @param sets by name, then by volume
 * @param overlays by the names of their copies
 */
@SuppressWarnings("ArrayRecordComponent")
record Observed(Map<String, OfVolume> volumes, Map<String, Map<String, long[]>> sets, Map<String, OfOverlay> overlays) {
    /** One volume; values are those of {@link Stamps}. */
    record OfVolume(VolumeInfo.State state, String reason, long[] values) {}

    /** The overlay of a copy, by the name of the copy's export; what it holds if there is one. */
    @SuppressWarnings("ArrayRecordComponent")
    record OfOverlay(OverlayInfo.State state, String reason, long[] values) {}

    /** A read from somewhere. */
    interface Source {
        IoStatus read(long offsetBytes, ByteBuffer target);
    }

    /** Reads everything; the number of each volume is that in the history. */
    static Observed of(CopyOnWriteEngine engine, History history) {
        Map<String, OfVolume> volumes = new TreeMap<>();
        Map<String, Map<String, long[]>> sets = new TreeMap<>();
        Map<String, OfOverlay> overlays = new TreeMap<>();
        for (VolumeInfo info : engine.volumes()) {
            LiveVolume live = engine.liveVolume(info.name());
            volumes.put(
                    info.name(),
                    new OfVolume(
                            info.state(),
                            info.stateReason(),
                            all(live == null ? null : live::read, number(history, info.name()), info.sizeBytes())));
        }
        for (SetInfo set : engine.sets()) {
            Map<String, long[]> copies = new TreeMap<>();
            for (CopyInfo info : set.copies()) {
                ShadowCopy copy = engine.shadowCopy(info.id());
                copies.put(
                        info.volume(),
                        info.suspect()
                                ? suspect(info, copy)
                                : all(
                                        copy == null ? null : copy::read,
                                        number(history, info.volume()),
                                        info.sizeBytes()));
                overlays.put(info.exportName(), overlay(engine, info, number(history, info.volume())));
            }
            sets.put(set.name(), copies);
        }
        return new Observed(volumes, sets, overlays);
    }

    private static long[] suspect(CopyInfo info, @Nullable ShadowCopy copy) {
        if (copy != null) {
            throw new Violation("copy " + info.exportName() + " is suspect and can be read");
        }
        long[] values = new long[Ground.ALL];
        Arrays.fill(values, 0, Growing.end(info.sizeBytes()), Stamps.SUSPECT);
        Arrays.fill(values, Growing.end(info.sizeBytes()), Ground.ALL, Stamps.BEYOND);
        return values;
    }

    private static OfOverlay overlay(CopyOnWriteEngine engine, CopyInfo copy, int volume) {
        OverlayInfo info;
        try {
            info = engine.copy(copy.exportName()).overlay();
        } catch (EngineException e) {
            throw new Violation("copy " + copy.exportName() + " is listed, and there is none");
        }
        CopyReader reader = engine.overlay(copy.id());
        if (info.state() == OverlayInfo.State.SEALED) {
            reader = engine.copyReader(copy.id());
        }
        boolean none = info.state() == OverlayInfo.State.NONE;
        return new OfOverlay(
                info.state(),
                info.reason(),
                none ? new long[Ground.ALL] : all(reader == null ? null : reader::read, volume, copy.sizeBytes()));
    }

    private static int number(History history, String volume) {
        History.Volume known = history.volume(volume);
        if (known == null) {
            throw new Violation("volume " + volume + " is there, which nobody created");
        }
        return known.number;
    }

    private static long[] all(@Nullable Source source, int volume, long sizeBytes) {
        long[] values = new long[Ground.ALL];
        Arrays.fill(values, Ground.SECTORS, Ground.ALL, Stamps.BEYOND);
        int end = Growing.end(sizeBytes);
        if (end > Ground.SECTORS) {
            read(source, volume, Ground.SECTORS, end, values);
        }
        for (int at = 0; at < Ground.SECTORS; at = Ground.end(at)) {
            read(source, volume, at, Ground.end(at), values);
        }
        return values;
    }

    /** Reads sectors [first, end), which lie in one run, into values. */
    static IoStatus read(@Nullable Source source, int volume, int first, int end, long[] values) {
        byte[] bytes = new byte[(end - first) * Ground.SECTOR_BYTES];
        IoStatus status = source == null ? IoStatus.GONE : source.read(Ground.offset(first), ByteBuffer.wrap(bytes));
        for (int i = first; i < end; i++) {
            values[i] = status == IoStatus.OK
                    ? Stamps.read(bytes, (i - first) * Ground.SECTOR_BYTES, volume, Ground.lba(i))
                    : Stamps.UNREADABLE;
        }
        if (status == IoStatus.IO_ERROR && end - first > Ground.SECTORS_PER_PIECE) {
            for (int at = first; at < end; ) {
                int next = Math.min(end, Ground.pieceStart(at) + Ground.SECTORS_PER_PIECE);
                read(source, volume, at, next, values);
                at = next;
            }
        }
        return status;
    }

    /** Says where two observations differ, or null. */
    @Nullable
    String difference(Observed other) {
        if (!volumes.keySet().equals(other.volumes.keySet())) {
            return "volumes " + volumes.keySet() + ", then " + other.volumes.keySet();
        }
        for (Map.Entry<String, OfVolume> entry : volumes.entrySet()) {
            OfVolume again = other.volumes.get(entry.getKey());
            if (again == null
                    || entry.getValue().state() != again.state()
                    || !Arrays.equals(entry.getValue().values(), again.values())) {
                return "volume " + entry.getKey();
            }
        }
        if (!sets.keySet().equals(other.sets.keySet())) {
            return "sets " + sets.keySet() + ", then " + other.sets.keySet();
        }
        for (Map.Entry<String, Map<String, long[]>> set : sets.entrySet()) {
            Map<String, long[]> again = other.sets.getOrDefault(set.getKey(), Map.of());
            if (!set.getValue().keySet().equals(again.keySet())) {
                return "set " + set.getKey();
            }
            for (String volume : List.copyOf(again.keySet())) {
                OfOverlay overlay = overlays.get(volume + "@" + set.getKey());
                OfOverlay later = other.overlays.get(volume + "@" + set.getKey());
                if (overlay == null
                        || later == null
                        || overlay.state() != later.state()
                        || !Arrays.equals(overlay.values(), later.values())) {
                    return "overlay of " + volume + "@" + set.getKey();
                }
                if (!Arrays.equals(set.getValue().get(volume), again.get(volume))) {
                    return "copy " + volume + "@" + set.getKey();
                }
            }
        }
        return null;
    }
}
