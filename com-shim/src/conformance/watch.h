// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

// Looks over the provider's shoulder while it runs in this process: its task memory, its system calls, its handles.

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "com.h"

namespace gnomon::conformance {

/**
 * Sees every CoTaskMemAlloc and CoTaskMemFree of the process from its first use on, and can let one allocation fail. It is never
 * taken away again: COM refuses that as long as a block of its time is alive, and a provider that loses one must not end the run.
 */
class MemorySpy : public IMallocSpy {
 public:
  static MemorySpy& instance();
  MemorySpy(const MemorySpy&) = delete;
  MemorySpy& operator=(const MemorySpy&) = delete;

  /** Lets the n-th allocation of this thread from now on fail, counted from 1; 0 for none. */
  void failAllocation(int nth);
  /** Whether that allocation was asked for. */
  bool hasFailed() const { return failed_; }
  /** Blocks that were allocated since forget() and are not free. */
  size_t live();
  bool isLive(const void* block);
  void forget();

  HRESULT STDMETHODCALLTYPE QueryInterface(REFIID iid, void** out) override;
  ULONG STDMETHODCALLTYPE AddRef() override { return 2; }
  ULONG STDMETHODCALLTYPE Release() override { return 1; }
  SIZE_T STDMETHODCALLTYPE PreAlloc(SIZE_T bytes) override;
  void* STDMETHODCALLTYPE PostAlloc(void* block) override;
  void* STDMETHODCALLTYPE PreFree(void* block, BOOL spied) override;
  void STDMETHODCALLTYPE PostFree(BOOL spied) override;
  SIZE_T STDMETHODCALLTYPE PreRealloc(void* block, SIZE_T bytes, void** newBlock, BOOL spied) override;
  void* STDMETHODCALLTYPE PostRealloc(void* block, BOOL spied) override;
  void* STDMETHODCALLTYPE PreGetSize(void* block, BOOL spied) override;
  SIZE_T STDMETHODCALLTYPE PostGetSize(SIZE_T bytes, BOOL spied) override;
  void* STDMETHODCALLTYPE PreDidAlloc(void* block, BOOL spied) override;
  int STDMETHODCALLTYPE PostDidAlloc(void* block, BOOL spied, int actual) override;
  void STDMETHODCALLTYPE PreHeapMinimize() override {}
  void STDMETHODCALLTYPE PostHeapMinimize() override {}

 private:
  MemorySpy() = default;
  ~MemorySpy() = default;

  std::mutex lock_;
  std::set<const void*> live_;
  std::atomic<int> failIn_{0};
  std::atomic<bool> failed_{false};
  std::atomic<DWORD> thread_{0};
};

/**
 * Watches calls that a module makes through its import table: files, registry, event log, processes, libraries. Data that go
 * through pipes and sockets are counted apart. One at a time.
 */
class ApiTrace {
 public:
  explicit ApiTrace(HMODULE module);
  ApiTrace(const ApiTrace&) = delete;
  ApiTrace& operator=(const ApiTrace&) = delete;
  ~ApiTrace();
  /** How many of the watched functions the module imports; 0 means that nothing can be seen. */
  int watched() const { return watched_; }
  /** Calls that may block on a held volume, since the last take. */
  std::vector<std::string> take();
  /** Messages sent over a pipe or a socket since the last time this was asked. */
  int takeSent();

 private:
  int watched_ = 0;
  std::vector<std::pair<void**, void*>> replaced_;
};

/** Handles that this process has open. */
size_t openHandles();

/** Memory of this process that is in use and present, 0 if the system does not say. */
double residentMiB();

/** The file of the in-process server that is registered for a class; empty if there is none. */
std::wstring registeredServer(const CLSID& clsid);

}  // namespace gnomon::conformance
