/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import dev.gnomon.snapshot.CopyInfo;
import dev.gnomon.snapshot.CopyReader;
import dev.gnomon.snapshot.DraftRequest;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.EngineException.Kind;
import dev.gnomon.snapshot.OverlayInfo;
import dev.gnomon.snapshot.RevertProgress;
import dev.gnomon.snapshot.SetAttributes;
import dev.gnomon.snapshot.SetCreated;
import dev.gnomon.snapshot.SetDraft;
import dev.gnomon.snapshot.SetInfo;
import dev.gnomon.snapshot.VolumeInfo;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An engine of some volumes in memory that is strict about the order of steps. Of one thread. */
final class FakeEngine implements VssEngine {
    /** What is durable. */
    final Map<UUID, Recorded> disk = new LinkedHashMap<>();

    final List<Draft> drafts = new ArrayList<>();
    final Map<String, RevertProgress> reverts = new TreeMap<>();
    final Map<String, VolumeInfo> volumes = new TreeMap<>();

    /** What copies hold, and with their overlays; 1 MiB each. */
    final Map<UUID, byte[]> contents = new HashMap<>();

    final Map<UUID, byte[]> written = new HashMap<>();

    /** Called in the middle of each step of a draft, with its name. */
    Hook hook = step -> {};

    /** Who may fail or re-enter. */
    interface Hook {
        void at(String step) throws EngineException;
    }

    /** A set on disk. */
    static final class Recorded {
        final Map<String, String> attributes = new HashMap<>();
        final Map<UUID, String> volumeOf = new LinkedHashMap<>();
        final Map<UUID, OverlayInfo.State> overlays = new HashMap<>();
    }

    FakeEngine(String... names) {
        for (String name : names) {
            volume(name, VolumeInfo.State.ONLINE);
        }
    }

    void volume(String name, VolumeInfo.State state) {
        UUID id = new UUID(7, name.hashCode());
        volumes.put(name, new VolumeInfo(id, name, "/" + name, 1 << 20, state, "", 1, 0, 0, 0, 0, "", Map.of()));
    }

    Recorded recorded(UUID set) {
        return Objects.requireNonNull(disk.get(set), "no such set");
    }

    /** The process dies: what is not on disk is gone. */
    void crash() {
        drafts.clear();
    }

    long armed() {
        return drafts.stream().filter(draft -> draft.armed).count();
    }

    /** A draft. */
    final class Draft implements SetDraft {
        private final DraftRequest request;
        private String state = "drafted";
        boolean armed;

        Draft(DraftRequest request) {
            this.request = request;
        }

        private void step(String from, String to) throws EngineException {
            if (!state.equals(from)) {
                throw new EngineException(Kind.WRONG_STATE, "fake draft is " + state + ", not " + from);
            }
            try {
                hook.at(to);
            } catch (EngineException e) {
                end();
                throw e;
            }
            if (!state.equals(from)) {
                throw new EngineException(Kind.WRONG_STATE, "fake draft was discarded");
            }
            state = to;
        }

        private void end() {
            state = "ended";
            armed = false;
            drafts.remove(this);
        }

        @Override
        public void prepare() throws EngineException {
            step("drafted", "prepared");
        }

        @Override
        public void arm(long withinNanos) throws EngineException {
            step("prepared", "armed");
            armed = true;
        }

        @Override
        public void commit(long deadlineNanos) throws EngineException {
            step("armed", "committed");
        }

        @Override
        public Instant committedAt() {
            return Instant.EPOCH.plusNanos(150);
        }

        @Override
        public SetCreated record(Map<String, String> attributes) throws EngineException {
            step("committed", "recorded");
            Recorded set = new Recorded();
            set.attributes.putAll(attributes);
            request.copies().forEach((volume, copy) -> set.volumeOf.put(copy, volume));
            if (disk.put(request.setId(), set) != null) {
                throw new AssertionError("the set is there already");
            }
            end();
            state = "recorded";
            return new SetCreated(new SetInfo(request.setId(), "", Instant.EPOCH, attributes, List.of()), 0, 0);
        }

        @Override
        public boolean discard() {
            if (state.equals("recorded")) {
                return false;
            }
            end();
            return true;
        }
    }

    @Override
    public SetDraft draft(DraftRequest request) {
        Draft draft = new Draft(request);
        drafts.add(draft);
        return draft;
    }

    @Override
    public List<CopyInfo> copies() {
        List<CopyInfo> all = new ArrayList<>();
        disk.forEach((id, set) -> set.volumeOf.keySet().forEach(copy -> all.add(info(id, set, copy))));
        return all;
    }

    private static CopyInfo info(UUID setId, Recorded set, UUID copy) {
        String volume = Objects.requireNonNull(set.volumeOf.get(copy));
        Map<String, String> attributes = new HashMap<>();
        set.attributes.forEach((key, value) -> {
            String own = SetAttributes.keyOf(copy, "vss.");
            if (key.startsWith(own)) {
                attributes.put("vss." + key.substring(own.length()), value);
            } else if (!key.startsWith("vss.copy.")) {
                attributes.putIfAbsent(key, value);
            }
        });
        return new CopyInfo(
                copy,
                setId,
                new UUID(0, 1),
                volume,
                "",
                1,
                1 << 20,
                Instant.EPOCH,
                attributes,
                volume + "@" + copy,
                set.attributes.containsKey("held"),
                "",
                false,
                new OverlayInfo(set.overlays.getOrDefault(copy, OverlayInfo.State.NONE), "", 0));
    }

    @Override
    public @Nullable CopyInfo copy(UUID id) {
        return copies().stream().filter(copy -> copy.id().equals(id)).findAny().orElse(null);
    }

    @Override
    public void deleteSet(UUID set) throws EngineException {
        hook.at("deleteSet");
        disk.remove(set);
    }

    @Override
    public void deleteCopy(UUID copy) throws EngineException {
        hook.at("deleteCopy");
        UUID set = setOf(copy);
        recorded(set).volumeOf.remove(copy);
        if (recorded(set).volumeOf.isEmpty()) {
            disk.remove(set);
        }
    }

    private UUID setOf(UUID copy) throws EngineException {
        for (Map.Entry<UUID, Recorded> each : disk.entrySet()) {
            if (each.getValue().volumeOf.containsKey(copy)) {
                return each.getKey();
            }
        }
        throw new EngineException(Kind.NOT_FOUND, "no copy " + copy);
    }

    @Override
    public void changeAttributes(UUID set, Map<String, String> changes) {
        changes.forEach((key, value) -> {
            if (value.isEmpty()) {
                recorded(set).attributes.remove(key);
            } else {
                recorded(set).attributes.put(key, value);
            }
        });
    }

    @Override
    public void createOverlay(UUID copy) throws EngineException {
        hook.at("createOverlay");
        recorded(setOf(copy)).overlays.put(copy, OverlayInfo.State.OPEN);
    }

    @Override
    public void sealOverlay(UUID copy) throws EngineException {
        hook.at("sealOverlay");
        recorded(setOf(copy)).overlays.put(copy, OverlayInfo.State.SEALED);
    }

    @Override
    public void dropOverlay(UUID copy) throws EngineException {
        hook.at("dropOverlay");
        recorded(setOf(copy)).overlays.remove(copy);
        written.remove(copy);
    }

    /** What is on a copy, or in its overlay; a disk of zeros if it is in neither map. */
    @Override
    public CopyReader reader(UUID copy) {
        byte[] bytes = written.getOrDefault(copy, contents.getOrDefault(copy, new byte[1 << 20]));
        return new MemoryDisk(bytes);
    }

    @Override
    public void writeOverlay(UUID copy, List<DiskIdentity.Patch> patches) throws EngineException {
        if (recorded(setOf(copy)).overlays.get(copy) != OverlayInfo.State.OPEN) {
            throw new EngineException(Kind.WRONG_STATE, "fake overlay is not open");
        }
        byte[] bytes = new byte[1 << 20];
        reader(copy).read(0, ByteBuffer.wrap(bytes));
        written.put(copy, bytes);
        for (DiskIdentity.Patch patch : patches) {
            hook.at("writeOverlay");
            patch.bytes()
                    .duplicate()
                    .get(bytes, (int) patch.offsetBytes(), patch.bytes().remaining());
        }
    }

    @Override
    public @Nullable VolumeInfo volume(String name) {
        return volumes.get(name);
    }

    @Override
    public List<VolumeInfo> volumes() {
        return List.copyOf(volumes.values());
    }

    @Override
    public List<RevertProgress> reverts() {
        return List.copyOf(reverts.values());
    }

    @Override
    public void revert(UUID copy, boolean cutOffClients) throws EngineException {
        hook.at("revert");
        String volume = Objects.requireNonNull(recorded(setOf(copy)).volumeOf.get(copy));
        reverts.put(volume, new RevertProgress(volume, volume + "@" + copy, 100, 40, 0, ""));
    }
}
