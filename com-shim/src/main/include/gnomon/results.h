// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// Which HRESULT may leave which method. VSS turns every other into VSS_E_UNEXPECTED_PROVIDER_ERROR and blames the provider.
#pragma once

#include <string>

#include "gnomon/win.h"

namespace gnomon {

enum class Method {
    SetContext,
    GetSnapshotProperties,
    Query,
    DeleteSnapshots,
    BeginPrepareSnapshot,
    IsVolumeSupported,
    IsVolumeSnapshotted,
    SetSnapshotProperty,
    RevertToSnapshot,
    QueryRevertStatus,
    EndPrepareSnapshots,
    PreCommitSnapshots,
    CommitSnapshots,
    PostCommitSnapshots,
    PreFinalCommitSnapshots,
    PostFinalCommitSnapshots,
    AbortSnapshots,
    OnLoad,
    OnUnload,
    EnumNext,
    EnumSkip,
    EnumReset,
    EnumClone,
    AsyncCancel,
    AsyncWait,
    AsyncQueryStatus,
};
constexpr int kMethods = static_cast<int>(Method::AsyncQueryStatus) + 1;

/** {@code result} if the method's page in Microsoft's reference lists it, else the method's code for a failure at run time. */
HRESULT permitted(Method method, HRESULT result) noexcept;

/** A code as the reference writes it: 0x80042306. */
std::wstring codeText(HRESULT code);

/** Whether the reference lists it. */
bool isPermitted(Method method, HRESULT result) noexcept;

}  // namespace gnomon
