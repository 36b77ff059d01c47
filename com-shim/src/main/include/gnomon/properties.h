// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// From a snapshot as the channel describes it to VSS's structure, whose strings the receiver frees with CoTaskMemFree.
#pragma once

#include "gnomon/call.h"
#include "gnomon/win.h"

namespace gnomon {

/** Fills {@code properties}, each string its own allocation. E_OUTOFMEMORY: nothing is left allocated, and it is zero. */
HRESULT toProperties(const Snapshot& snapshot, VSS_SNAPSHOT_PROP& properties) noexcept;

/** Frees the strings and makes it zero. (vssapi's VssFreeSnapshotProperties is not to be had everywhere.) */
void freeProperties(VSS_SNAPSHOT_PROP& properties) noexcept;

}  // namespace gnomon
