/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.port;

import dev.gnomon.installer.plan.SetupException;
import java.util.List;
import java.util.UUID;

/** VSS's own list of providers (IVssAdmin, provider contract 6.2), which is never written by hand. */
public interface VssAdmin {
    /** VSS_E_PROVIDER_NOT_REGISTERED. */
    int PROVIDER_NOT_REGISTERED = 0x80042304;

    /** VSS_E_PROVIDER_IN_USE. */
    int PROVIDER_IN_USE = 0x80042307;

    /**
     * A provider (VSS_PROVIDER_PROP).
     *
     * @param type 1 system, 2 software, 3 hardware
     */
    record Provider(UUID id, String name, int type, String version, UUID versionId, UUID classId) {}

    /**
     * Returns all providers that are registered.
     *
     * @throws SetupException if VSS is not there or does not answer
     */
    List<Provider> providers() throws SetupException;

    /**
     * Unregisters a provider.
     *
     * @return the HRESULT; 0 if it was unregistered
     * @throws SetupException if VSS is not there
     */
    int unregister(UUID provider) throws SetupException;
}
