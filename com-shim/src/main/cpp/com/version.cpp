// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "gnomon/version.h"

#include "gnomon/identities.h"

namespace gnomon {

const char kVersion[] = GNOMON_VERSION;
const wchar_t kWideVersion[] = GNOMON_WIDE(GNOMON_VERSION);

}  // namespace gnomon
