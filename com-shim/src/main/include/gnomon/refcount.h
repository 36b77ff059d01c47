// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// Reference counting of our COM objects.
#pragma once

#include <atomic>

#include "gnomon/runtime.h"

namespace gnomon {

/** The count of one object, which starts with one reference: its creator's. Keeps the module loaded. */
class RefCount {
public:
    ULONG add() noexcept { return count_.fetch_add(1, std::memory_order_relaxed) + 1; }
    /** The new count, taken once: at 0 the caller deletes the object and touches it no more. */
    ULONG remove() noexcept { return count_.fetch_sub(1, std::memory_order_acq_rel) - 1; }

private:
    ModuleLock lock_;
    std::atomic<ULONG> count_{1};
};

}  // namespace gnomon
