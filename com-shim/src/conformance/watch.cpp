// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "watch.h"

#include <psapi.h>
#include <winternl.h>

#include <stdexcept>

namespace gnomon::conformance {

MemorySpy& MemorySpy::instance() {
  static MemorySpy* const spy = [] {
    auto* made = new MemorySpy();
    if (FAILED(CoRegisterMallocSpy(made))) throw std::runtime_error("CoRegisterMallocSpy failed");
    return made;
  }();
  return *spy;
}

void MemorySpy::failAllocation(int nth) {
  thread_ = GetCurrentThreadId();
  failed_ = false;
  failIn_ = nth;
}

size_t MemorySpy::live() {
  std::lock_guard<std::mutex> guard(lock_);
  return live_.size();
}

bool MemorySpy::isLive(const void* block) {
  std::lock_guard<std::mutex> guard(lock_);
  return live_.count(block) > 0;
}

void MemorySpy::forget() {
  std::lock_guard<std::mutex> guard(lock_);
  live_.clear();
}

HRESULT MemorySpy::QueryInterface(REFIID iid, void** out) {
  bool known = IsEqualIID(iid, IID_IUnknown) || IsEqualIID(iid, IID_IMallocSpy);
  *out = known ? this : nullptr;
  return known ? S_OK : E_NOINTERFACE;
}

SIZE_T MemorySpy::PreAlloc(SIZE_T bytes) {
  if (GetCurrentThreadId() == thread_ && failIn_ > 0 && --failIn_ == 0) {
    failed_ = true;
    return 0;  // "to force memory allocation failure" (IMallocSpy::PreAlloc)
  }
  return bytes == 0 ? 1 : bytes;
}

void* MemorySpy::PostAlloc(void* block) {
  std::lock_guard<std::mutex> guard(lock_);
  if (block != nullptr) live_.insert(block);
  return block;
}

void* MemorySpy::PreFree(void* block, BOOL) {
  std::lock_guard<std::mutex> guard(lock_);
  live_.erase(block);
  return block;
}

void MemorySpy::PostFree(BOOL) {}

SIZE_T MemorySpy::PreRealloc(void* block, SIZE_T bytes, void** newBlock, BOOL) {
  std::lock_guard<std::mutex> guard(lock_);
  live_.erase(block);
  *newBlock = block;
  return bytes;
}

void* MemorySpy::PostRealloc(void* block, BOOL) { return PostAlloc(block); }
void* MemorySpy::PreGetSize(void* block, BOOL) { return block; }
SIZE_T MemorySpy::PostGetSize(SIZE_T bytes, BOOL) { return bytes; }
void* MemorySpy::PreDidAlloc(void* block, BOOL) { return block; }
int MemorySpy::PostDidAlloc(void*, BOOL, int actual) { return actual; }

std::wstring registeredServer(const CLSID& clsid) {
  std::wstring key = L"CLSID\\" + wide("{" + textOf(clsid) + "}") + L"\\InprocServer32";
  wchar_t path[1024] = {};
  DWORD bytes = sizeof path - sizeof path[0];
  if (RegGetValueW(HKEY_CLASSES_ROOT, key.c_str(), nullptr, RRF_RT_REG_SZ, nullptr, path, &bytes) != 0) return {};
  return path;
}

size_t openHandles() {
  // SystemExtendedHandleInformation counts what GetProcessHandleCount, which Wine 8 answers with 0, would.
  struct Entry {
    void* object;
    ULONG_PTR processId;
    ULONG_PTR handle;
    ULONG access;
    USHORT trace, type;
    ULONG attributes, reserved;
  };
  struct Table {
    ULONG_PTR count, reserved;
    Entry entries[1];
  };
  DWORD count = 0;
  if (GetProcessHandleCount(GetCurrentProcess(), &count) && count > 0) return count;
  std::vector<unsigned char> buffer(1 << 16);
  for (;;) {
    ULONG needed = 0;
    NTSTATUS status = NtQuerySystemInformation(static_cast<SYSTEM_INFORMATION_CLASS>(64), buffer.data(),
                                               static_cast<ULONG>(buffer.size()), &needed);
    if (status >= 0) break;
    if (buffer.size() > (64u << 20)) throw std::runtime_error("cannot list handles, status " + std::to_string(status));
    buffer.resize(buffer.size() * 2);
  }
  auto* table = reinterpret_cast<const Table*>(buffer.data());
  size_t ours = 0;
  for (ULONG_PTR i = 0; i < table->count; i++) ours += table->entries[i].processId == GetCurrentProcessId();
  return ours;
}

double residentMiB() {
  PROCESS_MEMORY_COUNTERS counters = {};
  counters.cb = sizeof counters;
  if (!GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters)) return 0;
  return static_cast<double>(counters.WorkingSetSize) / (1 << 20);
}

}  // namespace gnomon::conformance
