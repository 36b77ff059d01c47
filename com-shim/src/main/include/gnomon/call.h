// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// The calls of the channel and what a message of it holds (docs/vss-protocol.md). Portable C++, no Windows in it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gnomon/guid.h"

namespace gnomon {

enum class Call {
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
    RevertProgress,
    EndPrepareSnapshots,
    PreCommitSnapshots,
    CommitSnapshots,
    PostCommitSnapshots,
    PreFinalCommitSnapshots,
    PostFinalCommitSnapshots,
    AbortSnapshots,
    OnLoad,
    OnUnload,
    Release,
    Probe,
};

/** The name on the wire, which for methods of VSS is the method's. */
const char* nameOf(Call call) noexcept;

/** Whether the call makes, advances or drops a set: if it was given up, the connection is closed, which discards the set. */
bool isSetCall(Call call) noexcept;

/** What a VARIANT holds, as far as the service wants to know. */
struct PropertyValue {
    std::uint16_t vt = 0;
    std::optional<std::u16string> text;
    std::optional<std::int64_t> number;
};

/** One argument of a call: name and value; monostate is null. */
using ArgumentValue = std::variant<std::monostate, bool, std::int64_t, Guid, std::u16string, PropertyValue>;
using Arguments = std::vector<std::pair<const char*, ArgumentValue>>;

struct Request {
    Call call = Call::Probe;
    /** The provider object that asks, from 1. */
    std::uint32_t object = 0;
    /** The context of that object, a signed number as VSS passes it. */
    std::int32_t context = 0;
    Arguments arguments;
};

/** A shadow copy as the service describes it; texts are UTF-16. */
struct Snapshot {
    Guid snapshotId;
    Guid setId;
    std::int32_t snapshotsCount = 0;
    std::u16string deviceName;
    std::u16string originalVolumeName;
    std::u16string originatingMachine;
    std::u16string serviceMachine;
    std::optional<std::u16string> exposedName;
    std::optional<std::u16string> exposedPath;
    Guid providerId;
    std::int32_t attributes = 0;
    /** 100 ns since 1601-01-01 UTC. */
    std::int64_t creationTime = 0;
    std::int32_t status = 0;
};

enum class FaultAction { Delay, Fail, Hang, Kill };

/** What the shim must do before it returns, while fault injection is in use. */
struct Fault {
    FaultAction action = FaultAction::Delay;
    std::uint32_t millis = 0;
    std::int32_t hresult = 0;
};

/** A reply; of the results, those of its call are set. After an error the results may be at their defaults. */
struct Reply {
    std::uint64_t id = 0;
    std::int32_t hresult = 0;
    bool more = false;
    std::u16string reason;
    std::optional<Fault> fault;

    std::vector<Snapshot> snapshots;
    std::int32_t deleted = 0;
    Guid nondeletedId;
    bool supported = false;
    bool present = false;
    std::int32_t compatibility = 0;
    Guid revertId;
    std::int32_t status = 0;
};

}  // namespace gnomon
