// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "gnomon/thread.h"

#include <new>

namespace gnomon {

namespace {

struct Start {
    ThreadBody body;
    void* argument;
    HMODULE module;
};

DWORD WINAPI run(void* parameter) noexcept {
    const Start start = *static_cast<Start*>(parameter);
    delete static_cast<Start*>(parameter);
    start.body(start.argument);
    // Gives the module up and ends the thread in one step of the system: after it, not an instruction of ours may run here.
    FreeLibraryAndExitThread(start.module, 0);
}

}  // namespace

Handle startThread(ThreadBody body, void* argument) noexcept {
    Start* start = new (std::nothrow) Start{body, argument, nullptr};
    if (start == nullptr) return Handle();
    if (!GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, reinterpret_cast<const wchar_t*>(&run), &start->module)) {
        delete start;
        return Handle();
    }
    const HMODULE module = start->module;
    Handle thread(CreateThread(nullptr, 0, run, start, 0, nullptr));
    if (!thread) {
        FreeLibrary(module);
        delete start;
    }
    return thread;
}

}  // namespace gnomon
