// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// What all objects of this module share, and the count of them.
//
// It is made on first use and lives as long as the module is loaded. Threads of the module hold a reference to it, so nothing here is
// used after it is gone.
#pragma once

#include <atomic>

#include "gnomon/caller.h"
#include "gnomon/channel.h"
#include "gnomon/events.h"

namespace gnomon {

/** How long the last Commit took, for PostCommit; of one set, because VSS makes one at a time. */
struct CommitTime {
    Guid setId;
    std::int64_t millis = 0;
};

class Runtime {
public:
    /** The one of this module; throws std::bad_alloc if it cannot be made. */
    static Runtime& get();
    /** For DllMain, when the module is unloaded and the process lives on. */
    static void destroy() noexcept;

    Channel& channel() noexcept { return channel_; }
    EventLog& events() noexcept { return events_; }
    FreezeWindow& window() noexcept { return window_; }
    CallersTold& callersTold() noexcept { return callersTold_; }

    /** The number of a new provider object on the channel. */
    std::uint32_t addProvider() noexcept;
    /** Tells the service that a provider object is gone; with the last one, closes the connection. */
    void removeProvider(std::uint32_t object, std::int32_t context) noexcept;

    void rememberCommit(const CommitTime& time) noexcept;
    std::int64_t commitMillis(const Guid& setId) noexcept;

    /** Starts the housekeeper if it does not run and writes are not held; wakes it if it does. */
    void keepHouse() noexcept;

private:
    Runtime() noexcept : events_(window_), channel_(window_) {}
    void houseLoop() noexcept;

    FreezeWindow window_;
    EventLog events_;
    Channel channel_;
    CallersTold callersTold_;

    Mutex mutex_;
    Condition changed_;
    std::uint32_t nextObject_ = 1;
    std::uint32_t providers_ = 0;
    CommitTime lastCommit_;
    bool housekeeper_ = false;
    bool work_ = false;
};

/** Counts objects, factories and server locks: while there is one, the module must stay. */
class ModuleLock {
public:
    ModuleLock() noexcept { count().fetch_add(1); }
    ~ModuleLock() { count().fetch_sub(1); }
    ModuleLock(const ModuleLock&) = delete;
    ModuleLock& operator=(const ModuleLock&) = delete;

    static std::atomic<long>& count() noexcept;
};

}  // namespace gnomon
