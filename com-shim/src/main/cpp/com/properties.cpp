// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "gnomon/properties.h"

#include <cstring>
#include <optional>

#include "gnomon/win_guid.h"

namespace gnomon {

namespace {

/** A copy for the receiver; false if there is no memory. */
bool copyText(const std::u16string& text, VSS_PWSZ& out) noexcept {
    const std::size_t bytes = (text.size() + 1) * sizeof(wchar_t);
    out = static_cast<VSS_PWSZ>(CoTaskMemAlloc(bytes));
    if (out == nullptr) return false;
    std::memcpy(out, text.c_str(), bytes);
    return true;
}

bool copyText(const std::optional<std::u16string>& text, VSS_PWSZ& out) noexcept {
    out = nullptr;
    return !text || copyText(*text, out);
}

}  // namespace

HRESULT toProperties(const Snapshot& snapshot, VSS_SNAPSHOT_PROP& properties) noexcept {
    std::memset(&properties, 0, sizeof(properties));
    const bool copied = copyText(snapshot.deviceName, properties.m_pwszSnapshotDeviceObject) &&
                        copyText(snapshot.originalVolumeName, properties.m_pwszOriginalVolumeName) &&
                        copyText(snapshot.originatingMachine, properties.m_pwszOriginatingMachine) &&
                        copyText(snapshot.serviceMachine, properties.m_pwszServiceMachine) &&
                        copyText(snapshot.exposedName, properties.m_pwszExposedName) &&
                        copyText(snapshot.exposedPath, properties.m_pwszExposedPath);
    if (!copied) {
        freeProperties(properties);
        return E_OUTOFMEMORY;
    }
    properties.m_SnapshotId = toWindows(snapshot.snapshotId);
    properties.m_SnapshotSetId = toWindows(snapshot.setId);
    properties.m_lSnapshotsCount = snapshot.snapshotsCount;
    properties.m_ProviderId = toWindows(snapshot.providerId);
    properties.m_lSnapshotAttributes = snapshot.attributes;
    properties.m_tsCreationTimestamp = snapshot.creationTime;
    properties.m_eStatus = static_cast<VSS_SNAPSHOT_STATE>(snapshot.status);
    return S_OK;
}

void freeProperties(VSS_SNAPSHOT_PROP& properties) noexcept {
    VSS_PWSZ const strings[] = {properties.m_pwszSnapshotDeviceObject, properties.m_pwszOriginalVolumeName,
                                properties.m_pwszOriginatingMachine,   properties.m_pwszServiceMachine,
                                properties.m_pwszExposedName,          properties.m_pwszExposedPath};
    for (VSS_PWSZ const text : strings) CoTaskMemFree(text);
    std::memset(&properties, 0, sizeof(properties));
}

}  // namespace gnomon
