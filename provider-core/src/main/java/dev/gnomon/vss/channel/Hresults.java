/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import dev.gnomon.vss.Hresult;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Names of HRESULTs, for people: those that a provider may return, and those that VSS itself makes of what it returns. */
final class Hresults {
    private static final Map<String, Integer> BY_NAME = new TreeMap<>(Map.ofEntries(
            Map.entry("S_OK", Hresult.S_OK),
            Map.entry("S_FALSE", Hresult.S_FALSE),
            Map.entry("E_UNEXPECTED", 0x8000FFFF),
            Map.entry("E_NOTIMPL", 0x80004001),
            Map.entry("E_FAIL", 0x80004005),
            Map.entry("E_OUTOFMEMORY", Hresult.E_OUTOFMEMORY),
            Map.entry("E_INVALIDARG", Hresult.E_INVALIDARG),
            Map.entry("E_ACCESSDENIED", Hresult.E_ACCESSDENIED),
            Map.entry("VSS_E_BAD_STATE", Hresult.VSS_E_BAD_STATE),
            Map.entry("VSS_E_UNEXPECTED", 0x80042302),
            Map.entry("VSS_E_PROVIDER_VETO", Hresult.VSS_E_PROVIDER_VETO),
            Map.entry("VSS_E_OBJECT_NOT_FOUND", Hresult.VSS_E_OBJECT_NOT_FOUND),
            Map.entry("VSS_E_VOLUME_NOT_SUPPORTED", Hresult.VSS_E_VOLUME_NOT_SUPPORTED),
            Map.entry("VSS_E_VOLUME_NOT_SUPPORTED_BY_PROVIDER", Hresult.VSS_E_VOLUME_NOT_SUPPORTED_BY_PROVIDER),
            Map.entry("VSS_E_UNEXPECTED_PROVIDER_ERROR", 0x8004230F),
            Map.entry("VSS_E_FLUSH_WRITES_TIMEOUT", 0x80042313),
            Map.entry("VSS_E_HOLD_WRITES_TIMEOUT", 0x80042314),
            Map.entry("VSS_E_MAXIMUM_NUMBER_OF_SNAPSHOTS_REACHED", Hresult.VSS_E_MAXIMUM_NUMBER_OF_SNAPSHOTS_REACHED),
            Map.entry("VSS_E_UNSUPPORTED_CONTEXT", Hresult.VSS_E_UNSUPPORTED_CONTEXT),
            Map.entry("VSS_E_INSUFFICIENT_STORAGE", Hresult.VSS_E_INSUFFICIENT_STORAGE),
            Map.entry("VSS_E_REVERT_IN_PROGRESS", Hresult.VSS_E_REVERT_IN_PROGRESS)));

    private Hresults() {}

    static Optional<Integer> of(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }
}
