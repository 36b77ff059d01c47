// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// The way to the service for everything in this process: connects when needed, and does not let a hung service hold the host up.
//
// States of the breaker: closed (calls are sent) -> tripped (after a call without answer: every call is answered by the shim at once) ->
// closed (after 30 s, or as soon as the service answers a Probe that the housekeeper sends every second).
#pragma once

#include <memory>

#include "gnomon/connection.h"
#include "gnomon/freeze_window.h"

namespace gnomon {

class Channel {
public:
    explicit Channel(const FreezeWindow& window) noexcept : window_(window) {}
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;

    /** Asks the service, within the call's patience; {@code extraMillis} is added to it. */
    Outcome call(const Request& request, std::uint32_t extraMillis = 0);
    /** Sends a Commit on the connection that is there; neither connects nor allocates for what it sends. */
    Outcome commit(const Request& request, const Guid& setId);
    /** Makes everything present that commit() will use. */
    void touchCommit(const Request& request, const Guid& setId) noexcept;

    /** Closes the connection, which discards what is unfinished. */
    void abandon() noexcept;
    bool connected() noexcept;

    /** One step of the housekeeper; milliseconds until the next is due, INFINITE if none is. */
    std::uint32_t tick() noexcept;

private:
    std::shared_ptr<Connection> connection(Deadline deadline, Outcome& outcome);
    std::shared_ptr<Connection> connect(Deadline deadline, Outcome& outcome);
    std::shared_ptr<Connection> current() noexcept;
    bool tripped() noexcept;
    void settle(const Request& request, const Outcome& outcome) noexcept;

    const FreezeWindow& window_;
    Mutex mutex_;
    Condition changed_;
    std::shared_ptr<Connection> current_;
    bool connecting_ = false;
    /** Until when the breaker is tripped, in nowMillis(); 0: closed. */
    std::uint64_t trippedUntil_ = 0;
    std::uint32_t lastObject_ = 1;
};

}  // namespace gnomon
