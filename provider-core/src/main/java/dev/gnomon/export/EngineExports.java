/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.export;

import dev.gnomon.snapshot.CopyInfo;
import dev.gnomon.snapshot.CopyOnWriteEngine;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.LiveVolume;
import dev.gnomon.snapshot.ShadowCopy;
import dev.gnomon.snapshot.VolumeInfo;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The exports of an engine: every volume that is online, and every shadow copy that can be read. */
public final class EngineExports implements Exports {
    private final CopyOnWriteEngine engine;

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
            if (engine.shadowCopy(copy.id()) != null) {
                names.add(copy.exportName());
            }
        }
        Collections.sort(names);
        return names;
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
            ShadowCopy copy = engine.shadowCopy(engine.copy(name).id());
            return copy == null ? null : new CopyExport(name, copy);
        } catch (EngineException notFound) {
            return null;
        }
    }
}
