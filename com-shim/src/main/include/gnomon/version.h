// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// The version of this DLL, as the build was told.
#pragma once

namespace gnomon {

extern const char kVersion[];
extern const wchar_t kWideVersion[];

}  // namespace gnomon
