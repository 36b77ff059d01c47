// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// comadmin.h and the codes of its enumeration as HRESULTs.
#pragma once

#include "gnomon/win.h"

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wpedantic"
#endif
#include <comadmin.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace gnomon::doubles {

template <class Code>
constexpr HRESULT codeOf(Code code) {
    return static_cast<HRESULT>(code);
}

}  // namespace gnomon::doubles
