// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include <io.h>
#include <stdio.h>

#include "watch.h"

// The wrappers of ApiTrace. Each notes its name and goes on to the function that it stands for.

namespace gnomon::conformance {
namespace {

std::mutex notesLock;
std::vector<std::string>* notes = nullptr;  // guarded by notesLock; null while no trace lives
std::atomic<int> sent{0};

void note(const std::string& call) {
  std::lock_guard<std::mutex> guard(notesLock);
  if (notes != nullptr) notes->push_back(call);
}

#define WRAP(result, name, parameters, arguments) \
  result(WINAPI* original##name) parameters = nullptr; \
  result WINAPI wrapped##name parameters {             \
    note(#name);                                       \
    return original##name arguments;                   \
  }

WRAP(HANDLE, CreateFileW, (LPCWSTR a, DWORD b, DWORD c, LPSECURITY_ATTRIBUTES d, DWORD e, DWORD f, HANDLE g), (a, b, c, d, e, f, g))
WRAP(BOOL, FlushFileBuffers, (HANDLE a), (a))
WRAP(BOOL, DeleteFileW, (LPCWSTR a), (a))
WRAP(BOOL, MoveFileExW, (LPCWSTR a, LPCWSTR b, DWORD c), (a, b, c))
WRAP(BOOL, SetEndOfFile, (HANDLE a), (a))
WRAP(HMODULE, LoadLibraryW, (LPCWSTR a), (a))
WRAP(HMODULE, LoadLibraryExW, (LPCWSTR a, HANDLE b, DWORD c), (a, b, c))
WRAP(void, OutputDebugStringW, (LPCWSTR a), (a))
WRAP(void, OutputDebugStringA, (LPCSTR a), (a))
WRAP(LSTATUS, RegCreateKeyExW,
     (HKEY a, LPCWSTR b, DWORD c, LPWSTR d, DWORD e, REGSAM f, const LPSECURITY_ATTRIBUTES g, PHKEY h, LPDWORD i),
     (a, b, c, d, e, f, g, h, i))
WRAP(LSTATUS, RegOpenKeyExW, (HKEY a, LPCWSTR b, DWORD c, REGSAM d, PHKEY e), (a, b, c, d, e))
WRAP(LSTATUS, RegGetValueW, (HKEY a, LPCWSTR b, LPCWSTR c, DWORD d, LPDWORD e, PVOID f, LPDWORD g), (a, b, c, d, e, f, g))
WRAP(LSTATUS, RegSetValueExW, (HKEY a, LPCWSTR b, DWORD c, DWORD d, const BYTE* e, DWORD f), (a, b, c, d, e, f))
WRAP(HANDLE, RegisterEventSourceW, (LPCWSTR a, LPCWSTR b), (a, b))
WRAP(BOOL, ReportEventW, (HANDLE a, WORD b, WORD c, DWORD d, PSID e, WORD f, DWORD g, LPCWSTR* h, LPVOID i), (a, b, c, d, e, f, g, h, i))
WRAP(BOOL, CreateProcessW,
     (LPCWSTR a, LPWSTR b, LPSECURITY_ATTRIBUTES c, LPSECURITY_ATTRIBUTES d, BOOL e, DWORD f, LPVOID g, LPCWSTR h, LPSTARTUPINFOW i,
      LPPROCESS_INFORMATION j),
     (a, b, c, d, e, f, g, h, i, j))

#undef WRAP

BOOL(WINAPI* originalWriteFile)(HANDLE, LPCVOID, DWORD, LPDWORD, LPOVERLAPPED) = nullptr;
BOOL WINAPI wrappedWriteFile(HANDLE file, LPCVOID bytes, DWORD count, LPDWORD written, LPOVERLAPPED overlapped) {
  if (GetFileType(file) == FILE_TYPE_PIPE) {
    sent++;
  } else {
    note("WriteFile");
  }
  return originalWriteFile(file, bytes, count, written, overlapped);
}

int(WINAPI* originalsend)(SOCKET, const char*, int, int) = nullptr;
int WINAPI wrappedsend(SOCKET socket, const char* bytes, int count, int flags) {
  sent++;
  return originalsend(socket, bytes, count, flags);
}

int(WINAPI* originalWSASend)(SOCKET, LPWSABUF, DWORD, LPDWORD, DWORD, LPWSAOVERLAPPED, LPWSAOVERLAPPED_COMPLETION_ROUTINE) = nullptr;
int WINAPI wrappedWSASend(SOCKET socket, LPWSABUF buffers, DWORD count, LPDWORD bytes, DWORD flags, LPWSAOVERLAPPED overlapped,
                          LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
  sent++;
  return originalWSASend(socket, buffers, count, bytes, flags, overlapped, routine);
}

struct Hook {
  const char* name;
  void* wrapper;
  void** original;
};

#define HOOK(name) {#name, reinterpret_cast<void*>(&wrapped##name), reinterpret_cast<void**>(&original##name)}
const Hook HOOKS[] = {HOOK(CreateFileW),        HOOK(FlushFileBuffers),     HOOK(DeleteFileW),   HOOK(MoveFileExW),    HOOK(SetEndOfFile),
                      HOOK(LoadLibraryW),       HOOK(LoadLibraryExW),       HOOK(RegGetValueW),  HOOK(RegOpenKeyExW),  HOOK(RegCreateKeyExW),
                      HOOK(OutputDebugStringW), HOOK(OutputDebugStringA),   HOOK(RegSetValueExW), HOOK(ReportEventW),  HOOK(CreateProcessW),
                      HOOK(WriteFile),          HOOK(RegisterEventSourceW), HOOK(send),          HOOK(WSASend)};
#undef HOOK

/** Replaces an entry of an import table, which is read-only memory. */
void replace(void** slot, void* function) {
  DWORD before = 0;
  VirtualProtect(slot, sizeof *slot, PAGE_READWRITE, &before);
  *slot = function;
  VirtualProtect(slot, sizeof *slot, before, &before);
}

/** Calls visit(name, slot) for each function that the module imports by name. Microsoft, "PE Format", section ".idata". */
template <typename Visit>
void forEachImport(HMODULE module, Visit visit) {
  auto* base = reinterpret_cast<unsigned char*>(module);
  auto* dos = reinterpret_cast<const IMAGE_DOS_HEADER*>(base);
  auto* headers = reinterpret_cast<const IMAGE_NT_HEADERS*>(base + dos->e_lfanew);
  const IMAGE_DATA_DIRECTORY& directory = headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT];
  if (directory.VirtualAddress == 0) return;
  auto* library = reinterpret_cast<const IMAGE_IMPORT_DESCRIPTOR*>(base + directory.VirtualAddress);
  for (; library->Name != 0; library++) {
    if (library->OriginalFirstThunk == 0) continue;
    auto* names = reinterpret_cast<const IMAGE_THUNK_DATA*>(base + library->OriginalFirstThunk);
    auto** slots = reinterpret_cast<void**>(base + library->FirstThunk);
    for (size_t i = 0; names[i].u1.AddressOfData != 0; i++) {
      if (IMAGE_SNAP_BY_ORDINAL(names[i].u1.Ordinal)) continue;
      auto* byName = reinterpret_cast<const IMAGE_IMPORT_BY_NAME*>(base + names[i].u1.AddressOfData);
      visit(reinterpret_cast<const char*>(byName->Name), &slots[i]);
    }
  }
}

}  // namespace

ApiTrace::ApiTrace(HMODULE module) {
  {
    std::lock_guard<std::mutex> guard(notesLock);
    notes = new std::vector<std::string>();
  }
  sent = 0;
  if (module == nullptr) return;
  forEachImport(module, [this](const char* name, void** slot) {
    for (const Hook& hook : HOOKS) {
      if (std::string(name) != hook.name) continue;
      *hook.original = *slot;
      replaced_.emplace_back(slot, *slot);
      replace(slot, hook.wrapper);
      watched_++;
    }
  });
}

ApiTrace::~ApiTrace() {
  for (const auto& [slot, original] : replaced_) replace(slot, original);
  std::lock_guard<std::mutex> guard(notesLock);
  delete std::exchange(notes, nullptr);
}

std::vector<std::string> ApiTrace::take() {
  std::lock_guard<std::mutex> guard(notesLock);
  return std::exchange(*notes, {});
}

int ApiTrace::takeSent() { return sent.exchange(0); }

}  // namespace gnomon::conformance
