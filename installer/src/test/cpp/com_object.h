// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// What the COM objects of the doubles have in common.
#pragma once

#include <atomic>

#include "gnomon/handles.h"

namespace gnomon::doubles {

/** Counts what keeps this module loaded: objects, and locks of the class factory. */
inline std::atomic<long>& moduleUses() {
    static std::atomic<long> uses{0};
    return uses;
}

/** Reference count of an object that starts with its creator's reference. */
class References {
public:
    References() { ++moduleUses(); }
    ~References() { --moduleUses(); }
    References(const References&) = delete;
    References& operator=(const References&) = delete;

    ULONG add() noexcept { return ++count_; }
    ULONG remove() noexcept { return --count_; }

private:
    std::atomic<ULONG> count_{1};
};

}  // namespace gnomon::doubles
