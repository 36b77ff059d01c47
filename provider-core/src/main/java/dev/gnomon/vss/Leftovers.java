/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import dev.gnomon.observe.EventId;
import dev.gnomon.snapshot.CopyInfo;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.OverlayInfo;

/** What an earlier process, or an earlier start of the operating system, left (provider contract 2.9). */
final class Leftovers {
    private final VssEngine engine;
    private final VssHost host;
    private final CopyIdentity identity;
    private final VssEvents events;

    Leftovers(VssEngine engine, CopyIdentity identity, VssHost host, VssEvents events) {
        this.engine = engine;
        this.identity = identity;
        this.host = host;
        this.events = events;
    }

    /** Deletes copies that do not outlive a start of the operating system, and closes windows for auto-recovery. */
    void clear() {
        int deleted = 0;
        for (CopyInfo copy : engine.copies()) {
            if (!Attributes.isOfVss(copy)) {
                continue;
            }
            boolean gone = !Contexts.isPersistent(Attributes.context(copy))
                    && !Attributes.text(copy, Attributes.BOOT).equals(host.bootId());
            try {
                if (gone) {
                    engine.deleteCopy(copy.id());
                    deleted++;
                } else if (identity.withoutRemains(copy).overlay().state() == OverlayInfo.State.OPEN) {
                    engine.sealOverlay(copy.id());
                }
            } catch (EngineException e) {
                events.tell(
                        EventId.VSS_LEFTOVER,
                        copy.setId().toString(),
                        "shadow copy " + copy.exportName() + " could not be " + (gone ? "deleted" : "made read-only")
                                + ": " + e.getMessage());
            }
        }
        if (deleted > 0) {
            events.tell(EventId.VSS_COPIES_REMOVED, "", deleted + " shadow copies of an earlier start of the system");
        }
    }
}
