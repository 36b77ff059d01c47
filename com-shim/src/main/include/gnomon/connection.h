// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// One connection to the service, shared by all objects of the process.
//
// Invariants:
//  * Requests are written one at a time, whole, with ids that count up from 1: who writes has the turn (writing_).
//  * A reply reaches the caller whose id it has, or nobody: callers that gave up have left the table before they return.
//  * Broken is final. Every waiting caller wakes with the reason, and nothing is read or written any more.
//  * The mutex is held for accesses to the table only, never while the service or the stream is waited for.
//
// Ownership: callers and the Channel share it; its reader thread uses it and is joined by its destructor.
#pragma once

#include <array>
#include <functional>
#include <memory>

#include "gnomon/call.h"
#include "gnomon/message.h"
#include "gnomon/open.h"
#include "gnomon/thread.h"

namespace gnomon {

/** How long a call may take. */
struct Patience {
    std::uint32_t limitMillis = 0;
    /** For calls that may take long: after so long without an answer the service is asked for a sign of life; 0: never. */
    std::uint32_t probeAfterMillis = 0;
    /** How long that sign may take. */
    std::uint32_t probeMillis = 0;
};

/** The patience of each call: contract 2.3, and 2 s where it says nothing. */
Patience patienceOf(Call call) noexcept;

/** What a call ended with: a reply, or why there is none. */
struct Outcome {
    Failure failure = Failure::None;
    std::wstring detail;
    Reply reply;
    /** The service gave a sign of life while this call was waiting: it is slow, not hung. */
    bool alive = false;
};

class Connection {
public:
    /** Fills in a frame, length and text, for this id, and answers where it is; it has the connection's turn to write meanwhile. */
    using Encoder = std::function<std::string_view(std::uint64_t id, std::uint32_t withinMillis)>;

    /** Takes over a stream after the handshake and starts to read; null if there is no memory or thread for it. */
    static std::shared_ptr<Connection> start(std::unique_ptr<Stream> stream);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    Outcome exchange(const Request& request, const Patience& patience, Deadline deadline);
    /** The same for a Commit, from a buffer that touchCommit made present: allocates nothing to send. */
    Outcome exchangeCommit(const Request& request, const Guid& setId, const Patience& patience, Deadline deadline);
    void touchCommit(const Request& request, const Guid& setId) noexcept;

    bool broken() noexcept;
    /** Breaks it from our side. */
    void close(const wchar_t* why) noexcept;

private:
    struct Pending {
        Call call = Call::Probe;
        std::uint64_t id = 0;
        bool done = false;
        Reply reply;
    };
    class Place;

    explicit Connection(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}
    Outcome exchange(Call call, std::uint32_t object, const Encoder& encode, const Patience& patience, Deadline deadline);
    bool send(Pending& pending, const Encoder& encode, Deadline deadline, Outcome& outcome);
    bool await(Pending& pending, Deadline until, Outcome& outcome);
    bool probe(const Patience& patience, std::uint32_t object);
    std::string_view encodeCommit(std::uint64_t id, const Request& request, const Guid& setId, std::uint32_t withinMillis) noexcept;
    void finishWriting() noexcept;
    void read() noexcept;
    bool handle(const std::vector<char>& frame);
    bool deliver(Reply&& reply);
    Pending** find(std::uint64_t id) noexcept;
    void breakWith(Failure failure, std::wstring detail) noexcept;

    const std::unique_ptr<Stream> stream_;
    Handle reader_;

    Mutex mutex_;
    Condition changed_;
    std::array<Pending*, kMaxRequestsInProgress> table_{};
    std::uint64_t nextId_ = 1;
    bool writing_ = false;
    bool broken_ = false;
    Failure failure_ = Failure::None;
    std::wstring detail_;

    /** Belongs to who has the turn to write. */
    std::array<char, 4 + kCommitTextBytes> commitFrame_{};
};

}  // namespace gnomon
