// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// Between Windows' GUID and ours: the same sixteen bytes.
#pragma once

#include <string>

#include "gnomon/guid.h"
#include "gnomon/win.h"

namespace gnomon {

constexpr Guid fromWindows(const GUID& guid) {
    Guid result;
    result.data1 = guid.Data1;
    result.data2 = guid.Data2;
    result.data3 = guid.Data3;
    for (int i = 0; i < 8; ++i) result.data4[i] = guid.Data4[i];
    return result;
}

constexpr GUID toWindows(const Guid& guid) {
    GUID result{};
    result.Data1 = guid.data1;
    result.Data2 = guid.data2;
    result.Data3 = guid.data3;
    for (int i = 0; i < 8; ++i) result.Data4[i] = guid.data4[i];
    return result;
}

/** With braces, as the registry has it. */
inline std::wstring registryText(const Guid& guid) {
    const std::string text = guidText(guid);
    std::wstring braced(1, L'{');
    braced.append(text.begin(), text.end());
    braced.push_back(L'}');
    return braced;
}

}  // namespace gnomon
