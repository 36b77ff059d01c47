// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// Parsing of replies.
#include "json_reader.h"

namespace gnomon {

namespace {

using json::Json;
using json::ProtocolError;

Snapshot readSnapshot(const Json& object) {
    if (!object.is_object()) json::fail("snapshot", "is not an object");
    Snapshot snapshot;
    snapshot.snapshotId = json::guid(json::need(object, "snapshotId"), "snapshotId");
    snapshot.setId = json::guid(json::need(object, "setId"), "setId");
    snapshot.snapshotsCount = json::int32(json::need(object, "snapshotsCount"), "snapshotsCount");
    snapshot.deviceName = json::wide(json::need(object, "deviceName"), "deviceName");
    snapshot.originalVolumeName = json::wide(json::need(object, "originalVolumeName"), "originalVolumeName");
    snapshot.originatingMachine = json::wide(json::need(object, "originatingMachine"), "originatingMachine");
    snapshot.serviceMachine = json::wide(json::need(object, "serviceMachine"), "serviceMachine");
    if (const Json* name = json::find(object, "exposedName")) snapshot.exposedName = json::wide(*name, "exposedName");
    if (const Json* path = json::find(object, "exposedPath")) snapshot.exposedPath = json::wide(*path, "exposedPath");
    snapshot.providerId = json::guid(json::need(object, "providerId"), "providerId");
    snapshot.attributes = json::int32(json::need(object, "attributes"), "attributes");
    snapshot.creationTime =
        json::integer(json::need(object, "creationTime"), "creationTime", 0, std::numeric_limits<std::int64_t>::max());
    snapshot.status = json::int32(json::need(object, "status"), "status");
    return snapshot;
}

std::vector<Snapshot> readSnapshots(const Json& list) {
    if (!list.is_array()) json::fail("snapshots", "is not a list");
    if (list.size() > kMaxSnapshotsOfQuery) json::fail("snapshots", "is too long");
    std::vector<Snapshot> snapshots;
    snapshots.reserve(list.size());
    for (const Json& item : list) snapshots.push_back(readSnapshot(item));
    return snapshots;
}

Fault readFault(const Json& object) {
    if (!object.is_object()) json::fail("fault", "is not an object");
    Fault fault;
    const std::string_view action = json::text(json::need(object, "action"), "action");
    if (action == "delay") {
        fault.action = FaultAction::Delay;
        // An hour is the longest that any fault lasts.
        fault.millis = static_cast<std::uint32_t>(json::integer(json::need(object, "millis"), "millis", 0, 3'600'000));
    } else if (action == "fail") {
        fault.action = FaultAction::Fail;
        fault.hresult = json::hresult(json::need(object, "hresult"), "hresult");
    } else if (action == "hang") {
        fault.action = FaultAction::Hang;
    } else if (action == "kill") {
        fault.action = FaultAction::Kill;
    } else {
        json::fail("action", "is unknown");
    }
    return fault;
}

void readDeleted(const Json& result, bool required, Reply& reply) {
    const Json* deleted = required ? &json::need(result, "deleted") : json::find(result, "deleted");
    if (deleted != nullptr) reply.deleted = json::int32(*deleted, "deleted");
    const Json* rest = json::find(result, "nondeletedId");
    if (rest != nullptr) reply.nondeletedId = json::guid(*rest, "nondeletedId");
}

/** Reads what a reply to {@code call} holds. An error needs to hold nothing but what DeleteSnapshots says with it. */
void readResult(Call call, const Json& result, Reply& reply) {
    const bool succeeded = reply.hresult >= 0;
    if (call == Call::DeleteSnapshots) readDeleted(result, succeeded, reply);
    if (!succeeded) return;
    switch (call) {
        case Call::GetSnapshotProperties:
            reply.snapshots.push_back(readSnapshot(json::need(result, "snapshot")));
            break;
        case Call::Query: reply.snapshots = readSnapshots(json::need(result, "snapshots")); break;
        case Call::IsVolumeSupported: reply.supported = json::flag(json::need(result, "supported"), "supported"); break;
        case Call::IsVolumeSnapshotted:
            reply.present = json::flag(json::need(result, "present"), "present");
            reply.compatibility = json::int32(json::need(result, "compatibility"), "compatibility");
            break;
        case Call::QueryRevertStatus: reply.revertId = json::guid(json::need(result, "revertId"), "revertId"); break;
        case Call::RevertProgress: reply.status = json::hresult(json::need(result, "status"), "status"); break;
        default: break;
    }
}

ParsedReply readReply(std::string_view text, const CallOfId& callOfId) {
    const Json message = json::parseObject(text);
    if (json::text(json::need(message, "type"), "type") != "reply") json::fail("type", "is not 'reply'");
    ParsedReply parsed;
    Reply& reply = parsed.reply;
    reply.id = static_cast<std::uint64_t>(json::integer(json::need(message, "id"), "id", 1, std::numeric_limits<std::int64_t>::max()));
    reply.hresult = json::hresult(json::need(message, "hresult"), "hresult");
    const std::optional<Call> call = callOfId(reply.id);
    if (!call) {
        parsed.kind = ReplyKind::Late;
        return parsed;
    }
    if (const Json* more = json::find(message, "more")) reply.more = json::flag(*more, "more");
    if (reply.more && *call != Call::Query) json::fail("more", "is for Query only");
    if (const Json* reason = json::find(message, "reason")) reply.reason = json::wide(*reason, "reason");
    if (const Json* fault = json::find(message, "fault")) reply.fault = readFault(*fault);
    const Json& result = json::need(message, "result");
    if (!result.is_object()) json::fail("result", "is not an object");
    readResult(*call, result, reply);
    parsed.kind = ReplyKind::Answer;
    return parsed;
}

}  // namespace

ParsedReply parseReply(std::string_view text, const CallOfId& callOfId) noexcept {
    ParsedReply invalid;
    try {
        try {
            return readReply(text, callOfId);
        } catch (const std::exception& problem) {
            invalid.error = problem.what();
        } catch (...) {
            invalid.error = "not readable";
        }
    } catch (...) {
        // No memory even for the reason: invalid all the same.
        invalid.error.clear();
    }
    return invalid;
}

}  // namespace gnomon
