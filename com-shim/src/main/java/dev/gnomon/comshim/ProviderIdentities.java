/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.comshim;

import java.util.UUID;

/**
 * The identities of the VSS provider, mirrored from {@code include/gnomon/identities.h}; a test compares the two.
 *
 * <p>Provider id and class id are fixed for ever. The version id is new in every release (IVssAdmin, RegisterProvider).
 */
public final class ProviderIdentities {
    /** What requesters name to choose this provider, and what a shadow copy says made it. */
    public static final UUID PROVIDER_ID = UUID.fromString("6d987aed-037d-47f6-835c-fe957e276c80");

    /** The COM class of {@code gnomon-vss.dll}. */
    public static final UUID CLASS_ID = UUID.fromString("367392fd-5844-4d09-a6db-4409de6a8441");

    /** This version of the provider. */
    public static final UUID VERSION_ID = UUID.fromString("a46d4ea2-b661-4efc-ac96-4d1f1b4c7aec");

    /** The type library inside the DLL. */
    public static final UUID LIBRARY_ID = UUID.fromString("325b8c5a-74e7-4d9c-b331-722c1a4a507f");

    /** The name under which VSS lists the provider. */
    public static final String PROVIDER_NAME = "Gnomon VSS provider";

    /** The source of the provider's events in the Application log. */
    public static final String EVENT_SOURCE = "GnomonVss";

    /** The Windows service whose process the shim believes at the other end of the pipe. */
    public static final String SERVICE_NAME = "Gnomon";

    /** The named pipe, behind {@code \\.\pipe\}. */
    public static final String PIPE_NAME = "Gnomon.Vss";

    /** The key under HKEY_LOCAL_MACHINE with the settings of the shim. */
    public static final String SETTINGS_KEY = "SOFTWARE\\Gnomon\\Vss";

    private ProviderIdentities() {}
}
