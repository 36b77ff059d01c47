// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// The doubles' own test, in a prefix in which they are registered (build/wine/doubles).
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "gnomon/win.h"

int main(int argc, char** argv) {
    if (FAILED(CoInitializeEx(nullptr, COINIT_MULTITHREADED))) return 2;
    doctest::Context context(argc, argv);
    const int result = context.run();
    CoUninitialize();
    return result;
}
