/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Scheduler;
import dev.gnomon.io.Turn;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.Events;
import dev.gnomon.snapshot.EngineException.Kind;
import dev.gnomon.store.Catalog;
import dev.gnomon.store.OverlayFiles;
import dev.gnomon.store.Store;
import dev.gnomon.store.StoredOverlay;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.CatalogEntry.OverlayChange;
import dev.gnomon.store.format.StoreException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The overlays of shadow copies: those that are served, and why the others are not. What changes them runs under the
 * engine's {@link Turn}; look-ups are thread-safe.
 *
 * <p><b>Invariants:</b> an overlay is served only while its copy can be read; what is made or sealed is durable before it
 * is served as such; a file is deleted only when the entry that ends its overlay is durable.
 */
final class CopyOverlays {
    /** Overlays that may be open for writing at once: one for each volume of a set. Each has a task and a buffer of 1 MiB. */
    static final int MAX_OPEN = Names.MAX_VOLUMES_OF_SET;

    private final Store store;
    private final CatalogChanges changes;
    private final Scheduler scheduler;
    private final Events events;
    private final Map<UUID, Overlay> served = new ConcurrentSkipListMap<>();
    private final Map<UUID, String> unavailable = new ConcurrentSkipListMap<>();
    private volatile @Nullable WorkQueue<Overlay> compactions;

    CopyOverlays(Store store, CatalogChanges changes, Scheduler scheduler, Events events) {
        this.store = store;
        this.changes = changes;
        this.scheduler = scheduler;
        this.events = events;
    }

    private void compact(Overlay overlay) {
        WorkQueue<Overlay> queue = compactions;
        if (queue != null) {
            queue.offer(overlay);
        }
    }

    // ---- serving

    /** Serves the overlay of a copy that can be read, if it has one; or notes why not. */
    void show(ShadowCopy base) {
        Catalog.CopyEntry copy = base.entry();
        Catalog.OverlayEntry entry = store.catalog().overlay(copy.id());
        if (entry == null || served.containsKey(copy.id())) {
            return;
        }
        boolean writable = store.writable();
        try {
            OverlayFiles.Opened opened = store.overlays().open(entry, copy, writable);
            unavailable.remove(copy.id());
            Overlay overlay = serve(base, entry, opened.overlay(), !writable);
            if (opened.lostForce() && entry.failure().isEmpty()) {
                overlay.fail("a force of its file failed before the service ended: acknowledged writes may be lost");
            }
        } catch (StoreException e) {
            String reason = String.valueOf(e.getMessage());
            unavailable.put(copy.id(), reason);
            tell(EventId.OVERLAY_UNAVAILABLE, copy.id(), "its overlay cannot be read: " + reason);
        }
    }

    private Overlay serve(ShadowCopy base, Catalog.OverlayEntry entry, StoredOverlay stored, boolean readOnly) {
        if (compactions == null) {
            compactions = new WorkQueue<>(scheduler, "gnomon-overlays", some -> some.forEach(Overlay::compact));
        }
        Overlay overlay = new Overlay(base, entry, stored, readOnly, store, scheduler, events, this::compact);
        served.put(entry.copy(), overlay);
        return overlay;
    }

    /** Returns the overlay of a copy for clients that write, or null if it has none that is open. */
    @Nullable
    Overlay open(UUID copy) {
        Overlay overlay = served.get(copy);
        return overlay == null || overlay.isSealed() ? null : overlay;
    }

    /** Returns what readers of a copy see, which is given without an overlay; null if they can see nothing. */
    @Nullable
    CopyReader reader(UUID copy, @Nullable ShadowCopy own) {
        Catalog.OverlayEntry entry = store.catalog().overlay(copy);
        if (own == null || entry == null || !entry.isSealed()) {
            return own;
        }
        return served.get(copy);
    }

    /** Returns the overlay of a copy as users are shown it. */
    OverlayInfo info(UUID copy) {
        Catalog.OverlayEntry entry = store.catalog().overlay(copy);
        if (entry == null) {
            return OverlayInfo.NONE;
        }
        long bytes = store.overlays().bytesOf(entry.number());
        Overlay overlay = served.get(copy);
        if (overlay == null) {
            String reason = unavailable.getOrDefault(copy, "the shadow copy is not served");
            return new OverlayInfo(OverlayInfo.State.UNAVAILABLE, reason, bytes);
        }
        if (!overlay.failure().isEmpty()) {
            return new OverlayInfo(OverlayInfo.State.FAILED, overlay.failure(), bytes);
        }
        return new OverlayInfo(entry.isSealed() ? OverlayInfo.State.SEALED : OverlayInfo.State.OPEN, "", bytes);
    }

    // ---- changing

    void create(CopyInfo copy, @Nullable ShadowCopy base) throws EngineException {
        changes.requireWritable();
        Catalog catalog = store.catalog();
        if (catalog.overlay(copy.id()) != null) {
            throw new EngineException(
                    Kind.WRONG_STATE, "shadow copy " + copy.exportName() + " has an overlay already; drop it first");
        }
        if (base == null) {
            throw new EngineException(
                    Kind.WRONG_STATE, "shadow copy " + copy.exportName() + " cannot be read: " + copy.whyUnreadable());
        }
        long open = catalog.overlays().stream().filter(each -> !each.isSealed()).count();
        if (open >= MAX_OPEN) {
            throw new EngineException(
                    Kind.REFUSED,
                    open + " overlays are open for writing, at most " + MAX_OPEN + " may be; seal or drop one first");
        }
        long number = 1
                + catalog.overlays().stream()
                        .mapToLong(Catalog.OverlayEntry::number)
                        .max()
                        .orElse(0);
        StoredOverlay stored;
        try {
            stored = store.overlays().create(number, base.entry());
        } catch (StoreException e) {
            throw CatalogChanges.failed(e);
        }
        boolean made = false;
        try {
            changes.make(new CatalogEntry.OverlayCreated(copy.id(), number));
            made = true;
        } finally {
            if (!made) {
                stored.close();
                if (store.writable()) {
                    store.overlays().delete(number); // else the entry may be there after all
                }
            }
        }
        Catalog.OverlayEntry entry = store.catalog().overlay(copy.id());
        if (entry == null) {
            throw new IllegalStateException("overlay " + number + " is not in the catalog");
        }
        serve(base, entry, stored, false);
    }

    void seal(CopyInfo copy) throws EngineException {
        changes.requireWritable();
        Overlay overlay = required(copy);
        if (overlay.isSealed()) {
            throw new EngineException(
                    Kind.WRONG_STATE, "the overlay of shadow copy " + copy.exportName() + " is sealed already");
        }
        requireNobody(copy, overlay.beginSeal());
        boolean sealed = false;
        try {
            if (!overlay.failure().isEmpty()) {
                throw new EngineException(
                        Kind.WRONG_STATE,
                        "the overlay of shadow copy " + copy.exportName() + " has failed (" + overlay.failure()
                                + "); drop it");
            }
            changes.make(new CatalogEntry.OverlayChanged(copy.id(), OverlayChange.SEALED, overlay.sealedThrough(), ""));
            sealed = true;
        } finally {
            if (sealed) {
                overlay.sealed();
            } else {
                overlay.reopen();
            }
        }
    }

    void drop(CopyInfo copy, @Nullable ShadowCopy base) throws EngineException {
        changes.requireWritable();
        Catalog.OverlayEntry entry = store.catalog().overlay(copy.id());
        if (entry == null) {
            throw none(copy);
        }
        Overlay overlay = served.get(copy.id());
        if (overlay != null) {
            requireNobody(copy, overlay.clients());
        }
        hide(copy.id());
        try {
            changes.make(new CatalogEntry.OverlayChanged(copy.id(), OverlayChange.DROPPED, 0, ""));
        } catch (EngineException e) {
            if (base != null && store.writable()) {
                forget(copy.id());
                show(base); // refused before anything was written
            }
            throw e;
        }
        discard(List.of(entry));
    }

    /** Returns the overlays that copies have. */
    List<Catalog.OverlayEntry> of(Collection<UUID> copies) {
        return store.catalog().overlays().stream()
                .filter(each -> copies.contains(each.copy()))
                .toList();
    }

    /** Lets every request to the overlay of a copy end with GONE, at once. */
    void hide(UUID copy) {
        Overlay overlay = served.get(copy);
        if (overlay != null) {
            overlay.hide();
        }
    }

    /** Stops to serve the overlay of a copy; it can be shown again. */
    void forget(UUID copy) {
        unavailable.remove(copy);
        Overlay overlay = served.remove(copy);
        if (overlay != null) {
            overlay.close();
        }
    }

    /** Deletes overlays that the catalog does not name any more. */
    void discard(List<Catalog.OverlayEntry> entries) {
        for (Catalog.OverlayEntry entry : entries) {
            forget(entry.copy());
            store.overlays().delete(entry.number());
        }
    }

    /** Makes everything durable and closes all files. */
    void close() {
        served.keySet().forEach(this::forget);
        WorkQueue<Overlay> queue = compactions;
        if (queue != null) {
            queue.close();
        }
    }

    private void tell(EventId id, UUID copy, String message) {
        events.tell(Event.ofCopy(id, copy.toString(), message));
    }

    private Overlay required(CopyInfo copy) throws EngineException {
        if (store.catalog().overlay(copy.id()) == null) {
            throw none(copy);
        }
        Overlay overlay = served.get(copy.id());
        if (overlay == null) {
            throw new EngineException(
                    Kind.WRONG_STATE,
                    "the overlay of shadow copy " + copy.exportName() + " cannot be used: "
                            + info(copy.id()).reason());
        }
        return overlay;
    }

    private static EngineException none(CopyInfo copy) {
        return new EngineException(Kind.NOT_FOUND, "shadow copy " + copy.exportName() + " has no overlay");
    }

    private static void requireNobody(CopyInfo copy, int clients) throws EngineException {
        if (clients > 0) {
            throw new EngineException(
                    Kind.REFUSED,
                    copy.exportName() + "+rw has " + clients + " clients connected; disconnect them first");
        }
    }
}
