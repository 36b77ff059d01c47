// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// IVssEnumObject over the list that a Query returned. The list never changes: what is deleted later is still in it.
#pragma once

#include <memory>
#include <vector>

#include "gnomon/call.h"
#include "gnomon/refcount.h"

namespace gnomon {

using SnapshotList = std::shared_ptr<const std::vector<Snapshot>>;

/** A new enumerator at {@code position}, with one reference; null if there is no memory. */
IVssEnumObject* newEnumerator(SnapshotList list, std::size_t position) noexcept;

}  // namespace gnomon
