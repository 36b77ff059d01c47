// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "gnomon/connection.h"

namespace gnomon {

namespace {

// "Each answer within 2 s" (contract 2.8), with time left to return it.
constexpr std::uint32_t kUsual = 1800;
constexpr Patience kUsualPatience{kUsual, 0, 0};
// May wait for a disk to appear or to be dismounted; a service that gives no sign of life is given up within 2 s all the same.
constexpr std::uint32_t kSignAfter = 900;
constexpr std::uint32_t kSignWithin = 900;
// Set calls that prepare or surface outside the freeze. One that is given up costs the set: the sign of life may take longer.
constexpr std::uint32_t kPatientSignAfter = 2000;
constexpr std::uint32_t kPatientSignWithin = 5000;

}  // namespace

Patience patienceOf(Call call) noexcept {
    switch (call) {
        case Call::BeginPrepareSnapshot:
        case Call::SetSnapshotProperty:
        case Call::Query:
        case Call::QueryRevertStatus: return {10'000, kSignAfter, kSignWithin};
        // Deleting may dismount, and reading properties may have to make the copy visible first, which has 30 s.
        case Call::DeleteSnapshots:
        case Call::GetSnapshotProperties: return {35'000, kSignAfter, kSignWithin};
        case Call::RevertToSnapshot: return {60'000, kSignAfter, kSignWithin};
        case Call::EndPrepareSnapshots: return {600'000, kPatientSignAfter, kPatientSignWithin};
        case Call::PreFinalCommitSnapshots:
        case Call::PostFinalCommitSnapshots: return {45'000, kPatientSignAfter, kPatientSignWithin};
        // Contract 2.3: PreCommit and PostCommit 2 s, Commit 6 s at the hardest, VETO before that.
        case Call::PreCommitSnapshots:
        case Call::PostCommitSnapshots: return {1900, 0, 0};
        case Call::CommitSnapshots: return {5500, 0, 0};
        default: return kUsualPatience;
    }
}

}  // namespace gnomon
