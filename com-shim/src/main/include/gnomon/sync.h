// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// Locks, conditions and deadlines on Windows' own primitives. Not those of the C++ library: its timed waits follow the wall clock with
// this compiler, and a clock that is set while VSS holds writes must not stretch a wait.
//
// Rule of this module: a Mutex is held for a few memory accesses. Who waits for the service, a thread or a peer does so with a Condition,
// which gives the Mutex up, or with no lock at all.
#pragma once

#include <cstdint>
#include <mutex>

#include "gnomon/win.h"

namespace gnomon {

/** Milliseconds of a clock that only goes forward, from an arbitrary start. */
inline std::uint64_t nowMillis() noexcept {
    LARGE_INTEGER ticks;
    LARGE_INTEGER perSecond;
    QueryPerformanceFrequency(&perSecond);
    QueryPerformanceCounter(&ticks);
    const std::uint64_t seconds = static_cast<std::uint64_t>(ticks.QuadPart) / static_cast<std::uint64_t>(perSecond.QuadPart);
    const std::uint64_t rest = static_cast<std::uint64_t>(ticks.QuadPart) % static_cast<std::uint64_t>(perSecond.QuadPart);
    return seconds * 1000 + rest * 1000 / static_cast<std::uint64_t>(perSecond.QuadPart);
}

/** A moment by which something must be over. */
class Deadline {
public:
    static Deadline in(std::uint32_t millis) noexcept { return Deadline(nowMillis() + millis); }
    static Deadline earlier(Deadline one, Deadline other) noexcept { return one.at_ < other.at_ ? one : other; }
    bool passed() const noexcept { return nowMillis() >= at_; }
    /** Milliseconds that are left; 0 once it has passed. */
    std::uint32_t remaining() const noexcept {
        const std::uint64_t now = nowMillis();
        return now >= at_ ? 0 : static_cast<std::uint32_t>(at_ - now);
    }

private:
    explicit Deadline(std::uint64_t at) noexcept : at_(at) {}
    std::uint64_t at_;
};

class Mutex {
public:
    void lock() noexcept { AcquireSRWLockExclusive(&lock_); }
    void unlock() noexcept { ReleaseSRWLockExclusive(&lock_); }
    SRWLOCK* native() noexcept { return &lock_; }

private:
    SRWLOCK lock_ = SRWLOCK_INIT;
};

using Guard = std::lock_guard<Mutex>;

class Condition {
public:
    /** Gives {@code mutex} up, waits to be woken or for the deadline, takes it again. Wakes without reason are possible. */
    void wait(Mutex& mutex, Deadline deadline) noexcept { SleepConditionVariableSRW(&condition_, mutex.native(), deadline.remaining(), 0); }
    void wait(Mutex& mutex) noexcept { SleepConditionVariableSRW(&condition_, mutex.native(), INFINITE, 0); }
    void wakeAll() noexcept { WakeAllConditionVariable(&condition_); }

private:
    CONDITION_VARIABLE condition_ = CONDITION_VARIABLE_INIT;
};

}  // namespace gnomon
