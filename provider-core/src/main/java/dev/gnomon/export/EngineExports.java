/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.export;

import dev.gnomon.snapshot.CopyInfo;
import dev.gnomon.snapshot.CopyOnWriteEngine;
import dev.gnomon.snapshot.CopyReader;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.LiveVolume;
import dev.gnomon.snapshot.Overlay;
import dev.gnomon.snapshot.VolumeInfo;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The exports of an engine: every volume that is online, every shadow copy that can be read, and every overlay that is
 * open.
 */
public final class EngineExports implements Exports {
    /** What the name of an overlay ends with, behind that of its copy; no name of a copy holds a plus sign. */
    private static final String OVERLAY = "+rw";

    private final CopyOnWriteEngine engine;
    private final OpenCopies open = new OpenCopies();

    /** Offers what that engine has. */
    public EngineExports(CopyOnWriteEngine engine) {
        this.engine = engine;
    }

    @Override
    public List<String> names() {
        List<String> names = new ArrayList<>();
        for (VolumeInfo volume : engine.volumes()) {
            if (volume.state() != VolumeInfo.State.OFFLINE) {
                names.add(volume.name());
            }
        }
        for (CopyInfo copy : engine.copies()) {
            if (engine.copyReader(copy.id()) != null) {
                names.add(copy.exportName());
            }
            if (engine.overlay(copy.id()) != null) {
                names.add(copy.exportName() + OVERLAY);
            }
        }
        Collections.sort(names);
        return names;
    }

    @Override
    public int readers(UUID copy) {
        return open.count(copy);
    }

    @Override
    public Baselines baselines(String name) {
        return EngineBaselines.of(engine, name);
    }

    @Override
    public @Nullable Export open(String name) {
        if (name.indexOf('@') < 0) {
            LiveVolume volume = engine.liveVolume(name);
            return volume == null ? null : new VolumeExport(name, volume);
        }
        try {
            if (name.endsWith(OVERLAY)) {
                UUID id = engine.copy(name.substring(0, name.length() - OVERLAY.length()))
                        .id();
                Overlay overlay = engine.overlay(id);
                return overlay == null || !overlay.connect() ? null : new OverlayExport(name, overlay, open.enter(id));
            }
            UUID id = engine.copy(name).id();
            CopyReader copy = engine.copyReader(id);
            return copy == null ? null : new CopyExport(name, copy, open.enter(id));
        } catch (EngineException notFound) {
            return null;
        }
    }
}
