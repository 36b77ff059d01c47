/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.windows;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.platform.win32.COM.COMInvoker;
import com.sun.jna.platform.win32.Guid;
import com.sun.jna.platform.win32.Ole32;
import com.sun.jna.platform.win32.WTypes;
import com.sun.jna.platform.win32.WinError;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.port.VssAdmin;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * IVssAdmin by calls through its table of methods, because it is no automation interface. Layouts and slots are those of the public
 * headers {@code vsadmin.h} and {@code vss.h} for 64 bits, where a GUID given by value travels as a pointer. Used by one thread at a
 * time.
 */
final class JnaVssAdmin implements VssAdmin {
    private static final String COORDINATOR = "{E579AB5F-1CC4-44B4-BED9-DE0991FF0623}";
    private static final String IVSS_ADMIN = "{77ED5996-2F63-11D3-8A39-00C04F72D8E3}";

    /** Slots behind the three of IUnknown. */
    private static final int RELEASE = 2;

    private static final int UNREGISTER_PROVIDER = 4;
    private static final int QUERY_PROVIDERS = 5;
    private static final int ENUM_NEXT = 3;

    private static final int GUID_BYTES = 16;
    /** VSS_OBJECT_PROP: the type, and from 8 on a VSS_PROVIDER_PROP. */
    private static final int OBJECT_BYTES = 136;

    private static final int PROVIDER = 8;
    private static final int PROVIDER_NAME = PROVIDER + 16;
    private static final int PROVIDER_TYPE = PROVIDER + 24;
    private static final int PROVIDER_VERSION = PROVIDER + 32;
    private static final int PROVIDER_VERSION_ID = PROVIDER + 40;
    private static final int PROVIDER_CLASS = PROVIDER + 56;
    private static final int VSS_OBJECT_PROVIDER = 4;
    private static final int MAX_PROVIDERS = 1_000;

    /** An interface pointer. */
    private static final class Interface extends COMInvoker implements AutoCloseable {
        Interface(Pointer pointer) {
            setPointer(pointer);
        }

        int call(int slot, Object... arguments) {
            Object[] all = new Object[arguments.length + 1];
            all[0] = getPointer();
            System.arraycopy(arguments, 0, all, 1, arguments.length);
            return _invokeNativeInt(slot, all);
        }

        @Override
        public void close() {
            call(RELEASE);
        }
    }

    /** Something done with the interface. */
    private interface Work<T> {
        T with(Interface admin) throws SetupException;
    }

    @Override
    public List<Provider> providers() throws SetupException {
        return withAdmin(JnaVssAdmin::query);
    }

    @Override
    public int unregister(UUID provider) throws SetupException {
        return withAdmin(admin -> {
            try (Memory id = guid(provider)) {
                return admin.call(UNREGISTER_PROVIDER, id);
            }
        });
    }

    private static <T> T withAdmin(Work<T> work) throws SetupException {
        int began =
                Ole32.INSTANCE.CoInitializeEx(null, Ole32.COINIT_MULTITHREADED).intValue();
        try {
            PointerByReference pointer = new PointerByReference();
            int result = Ole32.INSTANCE
                    .CoCreateInstance(
                            Guid.GUID.fromString(COORDINATOR),
                            null,
                            WTypes.CLSCTX_ALL,
                            Guid.GUID.fromString(IVSS_ADMIN),
                            pointer)
                    .intValue();
            if (result == WinError.REGDB_E_CLASSNOTREG) {
                throw new SetupException(
                        SetupException.Reason.WRONG_STATE,
                        "the coordinator of VSS is not registered: " + Failures.hex(result),
                        "mend VSS (vssadmin list providers shows whether it works; sfc /scannow)");
            }
            if (result < 0) {
                throw Failures.com("the coordinator of VSS", result);
            }
            try (Interface admin = new Interface(pointer.getValue())) {
                return work.with(admin);
            }
        } finally {
            // Not if this thread was in another kind of apartment already.
            if (began >= 0) {
                Ole32.INSTANCE.CoUninitialize();
            }
        }
    }

    private static List<Provider> query(Interface admin) throws SetupException {
        PointerByReference pointer = new PointerByReference();
        int result = admin.call(QUERY_PROVIDERS, pointer);
        if (result < 0) {
            throw Failures.com("IVssAdmin::QueryProviders", result);
        }
        List<Provider> providers = new ArrayList<>();
        try (Interface objects = new Interface(pointer.getValue());
                Memory item = new Memory(OBJECT_BYTES)) {
            while (providers.size() < MAX_PROVIDERS) {
                item.clear();
                IntByReference fetched = new IntByReference();
                result = objects.call(ENUM_NEXT, 1, item, fetched);
                if (result < 0) {
                    throw Failures.com("IVssEnumObject::Next", result);
                }
                if (fetched.getValue() == 0) {
                    break;
                }
                if (item.getInt(0) == VSS_OBJECT_PROVIDER) {
                    providers.add(provider(item));
                }
            }
        }
        return providers;
    }

    /** Reads a provider and frees its texts, which belong to whoever asked. */
    private static Provider provider(Memory item) {
        return new Provider(
                uuid(item, PROVIDER),
                taken(item.getPointer(PROVIDER_NAME)),
                item.getInt(PROVIDER_TYPE),
                taken(item.getPointer(PROVIDER_VERSION)),
                uuid(item, PROVIDER_VERSION_ID),
                uuid(item, PROVIDER_CLASS));
    }

    private static String taken(@Nullable Pointer text) {
        if (text == null) {
            return "";
        }
        String copy = text.getWideString(0);
        Ole32.INSTANCE.CoTaskMemFree(text);
        return copy;
    }

    /** The first three fields of a GUID are numbers in the order of the machine, the rest is bytes. */
    private static UUID uuid(Memory memory, int offset) {
        ByteBuffer fields = memory.getByteBuffer(offset, GUID_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        long high = Integer.toUnsignedLong(fields.getInt(0)) << 32
                | Short.toUnsignedLong(fields.getShort(4)) << 16
                | Short.toUnsignedLong(fields.getShort(6));
        return new UUID(high, fields.order(ByteOrder.BIG_ENDIAN).getLong(8));
    }

    private static Memory guid(UUID uuid) {
        Memory memory = new Memory(GUID_BYTES);
        ByteBuffer fields = memory.getByteBuffer(0, GUID_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        long high = uuid.getMostSignificantBits();
        fields.putInt(0, (int) (high >> 32)).putShort(4, (short) (high >> 16)).putShort(6, (short) high);
        fields.order(ByteOrder.BIG_ENDIAN).putLong(8, uuid.getLeastSignificantBits());
        return memory;
    }
}
