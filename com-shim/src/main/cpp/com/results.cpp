// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "gnomon/results.h"

#include <cwchar>

namespace gnomon {

namespace {

constexpr int kMostCodes = 10;

struct Row {
    Method method;
    /** What becomes of every other code. */
    HRESULT otherwise;
    /** Ends at the first S_OK behind the first place. */
    HRESULT codes[kMostCodes];
};

// Contract 1.3 to 1.6 and 4.4, 4.5. E_NOTIMPL of the revert pair is what requesters are told means "cannot"; a snapshot id is asked of
// every provider, so NOT_FOUND must be possible wherever one is passed; VETO of the generic list is the failure at run time.
constexpr Row kRows[] = {
    {Method::SetContext, E_OUTOFMEMORY, {S_OK, E_ACCESSDENIED, E_INVALIDARG, E_OUTOFMEMORY, VSS_E_BAD_STATE}},
    {Method::GetSnapshotProperties,
     VSS_E_PROVIDER_VETO,
     {S_OK, E_ACCESSDENIED, E_INVALIDARG, E_OUTOFMEMORY, VSS_E_OBJECT_NOT_FOUND, VSS_E_PROVIDER_VETO, VSS_E_UNEXPECTED}},
    {Method::Query, VSS_E_PROVIDER_VETO, {S_OK, E_ACCESSDENIED, E_INVALIDARG, E_OUTOFMEMORY, VSS_E_PROVIDER_VETO}},
    {Method::DeleteSnapshots,
     VSS_E_PROVIDER_VETO,
     {S_OK, E_ACCESSDENIED, E_INVALIDARG, E_OUTOFMEMORY, VSS_E_OBJECT_NOT_FOUND, VSS_E_PROVIDER_VETO}},
    {Method::BeginPrepareSnapshot,
     VSS_E_PROVIDER_VETO,
     {S_OK, E_ACCESSDENIED, E_INVALIDARG, E_OUTOFMEMORY, VSS_E_OBJECT_NOT_FOUND, VSS_E_PROVIDER_VETO, VSS_E_UNSUPPORTED_CONTEXT,
      VSS_E_VOLUME_NOT_SUPPORTED_BY_PROVIDER, VSS_E_UNEXPECTED, VSS_E_MAXIMUM_NUMBER_OF_SNAPSHOTS_REACHED}},
    {Method::IsVolumeSupported,
     VSS_E_PROVIDER_VETO,
     {S_OK, E_ACCESSDENIED, E_INVALIDARG, E_OUTOFMEMORY, VSS_E_NESTED_VOLUME_LIMIT, VSS_E_OBJECT_NOT_FOUND, VSS_E_PROVIDER_VETO,
      VSS_E_UNEXPECTED}},
    {Method::IsVolumeSnapshotted,
     VSS_E_PROVIDER_VETO,
     {S_OK, E_ACCESSDENIED, E_INVALIDARG, E_OUTOFMEMORY, VSS_E_OBJECT_NOT_FOUND, VSS_E_PROVIDER_VETO, VSS_E_UNEXPECTED}},
    {Method::SetSnapshotProperty,
     VSS_E_PROVIDER_VETO,
     {S_OK, E_ACCESSDENIED, E_INVALIDARG, E_OUTOFMEMORY, VSS_E_OBJECT_NOT_FOUND, VSS_E_PROVIDER_VETO}},
    {Method::RevertToSnapshot,
     VSS_E_PROVIDER_VETO,
     {S_OK, E_ACCESSDENIED, E_INVALIDARG, E_OUTOFMEMORY, E_NOTIMPL, VSS_E_OBJECT_NOT_FOUND, VSS_E_REVERT_IN_PROGRESS,
      VSS_E_PROVIDER_VETO, VSS_E_UNSUPPORTED_CONTEXT, VSS_E_CANNOT_REVERT_DISKID}},
    {Method::QueryRevertStatus,
     VSS_E_PROVIDER_VETO,
     {S_OK, E_ACCESSDENIED, E_INVALIDARG, E_OUTOFMEMORY, E_NOTIMPL, VSS_E_OBJECT_NOT_FOUND, VSS_E_VOLUME_NOT_SUPPORTED,
      VSS_E_PROVIDER_VETO}},
    {Method::EndPrepareSnapshots,
     VSS_E_PROVIDER_VETO,
     {S_OK, E_OUTOFMEMORY, E_INVALIDARG, VSS_E_PROVIDER_VETO, VSS_E_OBJECT_NOT_FOUND, VSS_E_INSUFFICIENT_STORAGE}},
    {Method::PreCommitSnapshots, VSS_E_PROVIDER_VETO, {S_OK, E_OUTOFMEMORY, E_INVALIDARG, VSS_E_PROVIDER_VETO, VSS_E_OBJECT_NOT_FOUND}},
    {Method::CommitSnapshots, VSS_E_PROVIDER_VETO, {S_OK, E_OUTOFMEMORY, E_INVALIDARG, VSS_E_PROVIDER_VETO, VSS_E_OBJECT_NOT_FOUND}},
    {Method::PostCommitSnapshots, VSS_E_PROVIDER_VETO, {S_OK, E_OUTOFMEMORY, E_INVALIDARG, VSS_E_PROVIDER_VETO, VSS_E_OBJECT_NOT_FOUND}},
    {Method::PreFinalCommitSnapshots, VSS_E_PROVIDER_VETO, {S_OK, E_OUTOFMEMORY, E_INVALIDARG, VSS_E_PROVIDER_VETO}},
    {Method::PostFinalCommitSnapshots, VSS_E_PROVIDER_VETO, {S_OK, E_OUTOFMEMORY, E_INVALIDARG, VSS_E_PROVIDER_VETO}},
    {Method::AbortSnapshots, VSS_E_PROVIDER_VETO, {S_OK, E_OUTOFMEMORY, E_INVALIDARG, VSS_E_PROVIDER_VETO, VSS_E_OBJECT_NOT_FOUND}},
    {Method::OnLoad, VSS_E_PROVIDER_VETO, {S_OK, E_OUTOFMEMORY, E_INVALIDARG, VSS_E_PROVIDER_VETO}},
    {Method::OnUnload, S_OK, {S_OK, S_FALSE}},
    {Method::EnumNext, E_FAIL, {S_OK, S_FALSE, E_POINTER, E_FAIL}},
    {Method::EnumSkip, E_FAIL, {S_OK, S_FALSE, E_FAIL}},
    {Method::EnumReset, E_FAIL, {S_OK, E_FAIL}},
    {Method::EnumClone, E_FAIL, {S_OK, E_POINTER, E_OUTOFMEMORY, E_FAIL}},
    {Method::AsyncCancel, VSS_E_UNEXPECTED, {S_OK, VSS_S_ASYNC_FINISHED, VSS_S_ASYNC_CANCELLED, VSS_E_UNEXPECTED, VSS_E_PROVIDER_VETO}},
    {Method::AsyncWait, VSS_E_UNEXPECTED, {S_OK, VSS_E_UNEXPECTED}},
    {Method::AsyncQueryStatus, VSS_E_UNEXPECTED, {S_OK, E_INVALIDARG, VSS_E_UNEXPECTED}},
};
static_assert(sizeof(kRows) / sizeof(kRows[0]) == kMethods, "one row for each method");

constexpr bool inOrder() {
    for (int i = 0; i < kMethods; ++i) {
        if (static_cast<int>(kRows[i].method) != i) return false;
    }
    return true;
}
static_assert(inOrder(), "rows in the order of Method");

}  // namespace

bool isPermitted(Method method, HRESULT result) noexcept {
    const Row& row = kRows[static_cast<int>(method)];
    for (int i = 0; i < kMostCodes; ++i) {
        if (i > 0 && row.codes[i] == S_OK) return false;
        if (row.codes[i] == result) return true;
    }
    return false;
}

HRESULT permitted(Method method, HRESULT result) noexcept {
    return isPermitted(method, result) ? result : kRows[static_cast<int>(method)].otherwise;
}

std::wstring codeText(HRESULT code) {
    wchar_t text[11];
    std::swprintf(text, sizeof(text) / sizeof(text[0]), L"0x%08lX", static_cast<unsigned long>(code));
    return text;
}

}  // namespace gnomon
