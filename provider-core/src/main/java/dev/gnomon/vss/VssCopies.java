/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import dev.gnomon.snapshot.CopyInfo;
import dev.gnomon.snapshot.CopyReader;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.SetAttributes;
import dev.gnomon.snapshot.VolumeInfo;
import dev.gnomon.vss.CopySurface.SurfaceException;
import dev.gnomon.vss.ProviderCall.PropertyValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** What VSS asks about shadow copies that exist, and how it changes and deletes them (provider contract 4.1, 4.6, 4.7). Thread-safe. */
final class VssCopies {
    private static final UUID NOBODY = new UUID(0, 0);
    private static final int OBJECT_NONE = 1;
    private static final int OBJECT_SET = 2;
    private static final int OBJECT_SNAPSHOT = 3;
    private static final int STATUS_CREATED = SetState.CREATED.number();
    private static final int VT_EMPTY = 0;
    private static final int VT_NULL = 1;
    private static final int VT_BSTR = 8;
    private static final int VT_LPWSTR = 31;
    private static final List<Integer> INTEGERS = List.of(3, 19, 22, 23); // VT_I4, VT_UI4, VT_INT, VT_UINT

    /** The longest text of a property: the attributes of a set have a bound together. */
    private static final int MOST_TEXT = 4096;

    private final VssEngine engine;
    private final CurrentSet sets;
    private final Surfacing surfacing;
    private final VssHost host;
    private final ToIntFunction<UUID> readers;

    VssCopies(VssEngine engine, CurrentSet sets, Surfacing surfacing, VssHost host, ToIntFunction<UUID> readers) {
        this.engine = engine;
        this.sets = sets;
        this.surfacing = surfacing;
        this.host = host;
        this.readers = readers;
    }

    // ---- looking

    /** Returns the copy of that id if it exists for VSS, or null. */
    @Nullable
    CopyInfo find(UUID id) {
        CopyInfo copy = engine.copy(id);
        return copy != null && Attributes.isOfVss(copy) && sets.isVisible(copy.setId()) ? copy : null;
    }

    /** Returns all copies that exist for VSS. */
    List<CopyInfo> all() {
        List<CopyInfo> found = new ArrayList<>();
        for (CopyInfo copy : engine.copies()) {
            if (Attributes.isOfVss(copy) && sets.isVisible(copy.setId())) {
                found.add(copy);
            }
        }
        return found;
    }

    /** Returns whether there is a copy of that id, VSS's or not. */
    boolean isTaken(UUID id) {
        return engine.copy(id) != null;
    }

    ProviderAnswer query(ProviderCall.Query call, int context) {
        if (!call.objectId().equals(NOBODY)
                || call.queriedType() != OBJECT_NONE
                || call.returnedType() != OBJECT_SNAPSHOT) {
            return ProviderAnswer.failed(
                    Hresult.E_INVALIDARG,
                    "Query of " + call.objectId() + ", " + call.queriedType() + ", " + call.returnedType()
                            + ": expected the null GUID, 1, 3");
        }
        return ProviderAnswer.ok(new ProviderResult.Snapshots(all().stream()
                .filter(copy -> Contexts.sees(context, Attributes.context(copy)))
                .map(this::properties)
                .toList()));
    }

    /** Returns the properties of a copy, which becomes visible if it should be and is not. */
    ProviderAnswer properties(UUID id, long deadlineNanos) {
        if (id.equals(NOBODY)) {
            return ProviderAnswer.failed(Hresult.E_INVALIDARG, "the snapshot id is the null GUID");
        }
        CopyInfo copy = find(id);
        if (copy == null) {
            return absent(id);
        }
        try {
            if (!sets.isBeforePreFinal(copy.setId())) {
                surfacing.show(copy, deadlineNanos);
            }
        } catch (SurfaceException e) {
            return isGoing(id)
                    ? absent(id)
                    : ProviderAnswer.failed(Hresult.VSS_E_PROVIDER_VETO, String.valueOf(e.getMessage()));
        }
        return ProviderAnswer.ok(new ProviderResult.Properties(properties(copy)));
    }

    /** Returns whether a copy was deleted meanwhile, or is being: its volume is served, and it cannot be read any more. */
    private boolean isGoing(UUID id) {
        CopyInfo copy = find(id);
        if (copy == null) {
            return true;
        }
        try {
            CopyReader _ = engine.reader(id);
            return false;
        } catch (EngineException e) {
            VolumeInfo volume = engine.volume(copy.volume());
            return volume != null && volume.state() == VolumeInfo.State.ONLINE;
        }
    }

    private SnapshotProperties properties(CopyInfo copy) {
        return new SnapshotProperties(
                copy.id(),
                copy.setId(),
                (int) Attributes.number(copy, Attributes.COUNT, 1),
                surfacing.deviceName(copy.id()),
                Attributes.text(copy, Attributes.VOLUME),
                Attributes.text(copy, Attributes.ORIGINATING_MACHINE),
                Attributes.text(copy, Attributes.SERVICE_MACHINE),
                textOrNull(copy, Attributes.EXPOSED_NAME),
                textOrNull(copy, Attributes.EXPOSED_PATH),
                host.providerId(),
                attributes(copy),
                Attributes.number(copy, Attributes.TIME, SetWork.fileTime(copy.createdAt())),
                STATUS_CREATED);
    }

    private static @Nullable String textOrNull(CopyInfo copy, String key) {
        String text = Attributes.text(copy, key);
        return text.isEmpty() ? null : text;
    }

    private static int attributes(CopyInfo copy) {
        return (int) Attributes.number(copy, Attributes.ATTRIBUTES, Contexts.attributes(Attributes.context(copy)));
    }

    private static ProviderAnswer absent(UUID id) {
        return ProviderAnswer.failed(Hresult.VSS_E_OBJECT_NOT_FOUND, "there is no snapshot " + id);
    }

    // ---- changing

    ProviderAnswer setProperty(ProviderCall.SetSnapshotProperty call) {
        if (call.snapshotId().equals(NOBODY)) {
            return ProviderAnswer.failed(Hresult.E_INVALIDARG, "the snapshot id is the null GUID");
        }
        CopyInfo copy = find(call.snapshotId());
        if (copy == null) {
            return absent(call.snapshotId());
        }
        String key = switch (call.propertyId()) {
            case 6 -> Attributes.ORIGINATING_MACHINE;
            case 7 -> Attributes.SERVICE_MACHINE;
            case 8 -> Attributes.EXPOSED_NAME;
            case 9 -> Attributes.EXPOSED_PATH;
            case 11 -> Attributes.ATTRIBUTES;
            default -> "";
        };
        String value = key.isEmpty() ? null : value(key, copy, call.value());
        if (value == null) {
            return ProviderAnswer.failed(
                    Hresult.E_INVALIDARG,
                    "property " + call.propertyId() + " of snapshot " + copy.id() + " cannot be given that value");
        }
        try {
            engine.changeAttributes(copy.setId(), Map.of(SetAttributes.keyOf(copy.id(), key), value));
            return ProviderAnswer.ok();
        } catch (EngineException e) {
            return ProviderAnswer.failed(
                    switch (e.kind()) {
                        case INVALID -> Hresult.E_INVALIDARG;
                        case NOT_FOUND -> Hresult.VSS_E_OBJECT_NOT_FOUND;
                        default -> Hresult.VSS_E_PROVIDER_VETO;
                    },
                    String.valueOf(e.getMessage()));
        }
    }

    /** Returns what is to be kept, empty to keep nothing; null if the property cannot be that. */
    private static @Nullable String value(String key, CopyInfo copy, PropertyValue value) {
        if (key.equals(Attributes.ATTRIBUTES)) {
            boolean changesOthers =
                    ((int) value.number() & ~Contexts.CHANGEABLE) != (attributes(copy) & ~Contexts.CHANGEABLE);
            return INTEGERS.contains(value.vt()) && !changesOthers ? Integer.toString((int) value.number()) : null;
        }
        String text = value.text();
        boolean isText =
                (value.vt() == VT_BSTR || value.vt() == VT_LPWSTR) && (text == null || text.length() <= MOST_TEXT);
        boolean clears = value.vt() == VT_EMPTY || value.vt() == VT_NULL;
        boolean mayBeCleared = key.equals(Attributes.EXPOSED_NAME) || key.equals(Attributes.EXPOSED_PATH);
        String kept = isText && text != null ? text : "";
        return (isText && (mayBeCleared || !kept.isEmpty())) || (clears && mayBeCleared) ? kept : null;
    }

    // ---- deleting

    ProviderAnswer delete(ProviderCall.DeleteSnapshots call, long deadlineNanos) {
        if (call.sourceType() != OBJECT_SNAPSHOT && call.sourceType() != OBJECT_SET) {
            return notDeleted(
                    Hresult.E_INVALIDARG, 0, NOBODY, "object type " + call.sourceType() + ": expected 2 or 3");
        }
        List<CopyInfo> copies = all().stream()
                .filter(copy -> call.sourceId().equals(call.sourceType() == OBJECT_SET ? copy.setId() : copy.id()))
                .toList();
        if (copies.isEmpty()) {
            return notDeleted(
                    Hresult.VSS_E_OBJECT_NOT_FOUND,
                    0,
                    call.sourceId(),
                    "there is no set or snapshot " + call.sourceId());
        }
        int deleted = 0;
        for (CopyInfo copy : copies) {
            String failure = delete(copy, call.force(), deadlineNanos);
            if (!failure.isEmpty()) {
                return notDeleted(Hresult.VSS_E_PROVIDER_VETO, deleted, copy.id(), failure);
            }
            deleted++;
        }
        return ProviderAnswer.ok(new ProviderResult.Deleted(deleted, NOBODY));
    }

    private static ProviderAnswer notDeleted(int hresult, int deleted, UUID nondeleted, String reason) {
        return new ProviderAnswer(hresult, new ProviderResult.Deleted(deleted, nondeleted), reason);
    }

    /** Deletes a copy; returns why it could not be, empty if it is gone. */
    private String delete(CopyInfo copy, boolean force, long deadlineNanos) {
        int open = readers.applyAsInt(copy.id());
        if (open > 0 && !force) {
            return "shadow copy " + copy.exportName() + " has " + open + " clients connected";
        }
        if (copy.held()) {
            return "shadow copy " + copy.exportName() + " is held (" + copy.holdReason() + ")"; // and stays visible
        }
        try {
            surfacing.detach(copy.id(), surfacing.earlier(deadlineNanos));
            engine.deleteCopy(copy.id());
        } catch (EngineException | SurfaceException e) {
            return String.valueOf(e.getMessage());
        }
        sets.deleted(copy.setId(), copy.id());
        return "";
    }
}
