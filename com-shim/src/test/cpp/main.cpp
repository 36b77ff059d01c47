// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "gnomon/runtime.h"

int main(int argc, char** argv) {
    if (FAILED(CoInitializeEx(nullptr, COINIT_MULTITHREADED))) return 2;
    gnomon::Runtime::get().events().setSink([](const gnomon::Event&) noexcept {});
    doctest::Context context(argc, argv);
    const int result = context.run();
    CoUninitialize();
    return result;
}
