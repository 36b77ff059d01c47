/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.windows;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.WString;
import com.sun.jna.platform.win32.COM.COMInvoker;
import com.sun.jna.platform.win32.Guid;
import com.sun.jna.platform.win32.Ole32;
import com.sun.jna.platform.win32.WTypes;
import com.sun.jna.ptr.PointerByReference;
import dev.gnomon.comshim.ProviderIdentities;
import dev.gnomon.installer.plan.SetupException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;

/**
 * IVssAdmin::RegisterProvider, called for a provider that is registered already: the answer is what is wanted. Nothing else in Gnomon but
 * DllRegisterServer calls it, so it is not among the ports of setup. A GUID by value travels as a pointer on 64 bits.
 */
public final class VssRegistration {
    private static final String COORDINATOR = "{E579AB5F-1CC4-44B4-BED9-DE0991FF0623}";
    private static final String IVSS_ADMIN = "{77ED5996-2F63-11D3-8A39-00C04F72D8E3}";
    private static final int RELEASE = 2;
    private static final int REGISTER_PROVIDER = 3;
    private static final int VSS_PROV_SOFTWARE = 2;
    private static final int GUID_BYTES = 16;

    private VssRegistration() {}

    /** Registers what is registered; returns the HRESULT. */
    public static int again(String version) throws SetupException {
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
            if (result < 0) {
                throw Failures.com("the coordinator of VSS", result);
            }
            Admin admin = new Admin(pointer.getValue());
            try (Memory provider = guid(ProviderIdentities.PROVIDER_ID);
                    Memory clazz = guid(ProviderIdentities.CLASS_ID);
                    Memory versionId = guid(ProviderIdentities.VERSION_ID)) {
                return admin.call(
                        REGISTER_PROVIDER,
                        provider,
                        clazz,
                        new WString(ProviderIdentities.PROVIDER_NAME),
                        VSS_PROV_SOFTWARE,
                        new WString(version),
                        versionId);
            } finally {
                admin.call(RELEASE);
            }
        } finally {
            // Not if this thread was in another kind of apartment already.
            if (began >= 0) {
                Ole32.INSTANCE.CoUninitialize();
            }
        }
    }

    private static final class Admin extends COMInvoker {
        Admin(Pointer pointer) {
            setPointer(pointer);
        }

        int call(int slot, Object... arguments) {
            Object[] all = new Object[arguments.length + 1];
            all[0] = getPointer();
            System.arraycopy(arguments, 0, all, 1, arguments.length);
            return _invokeNativeInt(slot, all);
        }
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
