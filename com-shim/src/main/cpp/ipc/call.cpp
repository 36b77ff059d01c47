// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "gnomon/call.h"

namespace gnomon {

const char* nameOf(Call call) noexcept {
    switch (call) {
        case Call::SetContext: return "SetContext";
        case Call::GetSnapshotProperties: return "GetSnapshotProperties";
        case Call::Query: return "Query";
        case Call::DeleteSnapshots: return "DeleteSnapshots";
        case Call::BeginPrepareSnapshot: return "BeginPrepareSnapshot";
        case Call::IsVolumeSupported: return "IsVolumeSupported";
        case Call::IsVolumeSnapshotted: return "IsVolumeSnapshotted";
        case Call::SetSnapshotProperty: return "SetSnapshotProperty";
        case Call::RevertToSnapshot: return "RevertToSnapshot";
        case Call::QueryRevertStatus: return "QueryRevertStatus";
        case Call::RevertProgress: return "RevertProgress";
        case Call::EndPrepareSnapshots: return "EndPrepareSnapshots";
        case Call::PreCommitSnapshots: return "PreCommitSnapshots";
        case Call::CommitSnapshots: return "CommitSnapshots";
        case Call::PostCommitSnapshots: return "PostCommitSnapshots";
        case Call::PreFinalCommitSnapshots: return "PreFinalCommitSnapshots";
        case Call::PostFinalCommitSnapshots: return "PostFinalCommitSnapshots";
        case Call::AbortSnapshots: return "AbortSnapshots";
        case Call::OnLoad: return "OnLoad";
        case Call::OnUnload: return "OnUnload";
        case Call::Release: return "Release";
        case Call::Probe: return "Probe";
    }
    return "?";
}

bool isSetCall(Call call) noexcept {
    switch (call) {
        case Call::BeginPrepareSnapshot:
        case Call::EndPrepareSnapshots:
        case Call::PreCommitSnapshots:
        case Call::CommitSnapshots:
        case Call::PostCommitSnapshots:
        case Call::PreFinalCommitSnapshots:
        case Call::PostFinalCommitSnapshots:
        case Call::AbortSnapshots: return true;
        default: return false;
    }
}

}  // namespace gnomon
