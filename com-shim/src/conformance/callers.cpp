// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#define CONFORMANCE_GROUP "revert and robustness"

#include "callers.h"

#include <cstdio>

namespace gnomon::conformance {
namespace {

constexpr DWORD CHILD_MILLIS = 60'000;

[[noreturn]] void failed(const char* what) {
  throw std::runtime_error(std::string(what) + " failed with error " + std::to_string(GetLastError()));
}

class Handle {
 public:
  Handle() = default;
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (handle_ != nullptr) CloseHandle(handle_);
  }
  HANDLE* put() { return &handle_; }
  HANDLE get() const { return handle_; }

 private:
  HANDLE handle_ = nullptr;
};

/** This process's token without privileges, and with Administrators only to be denied by. */
void restrictToken(Handle& restricted) {
  Handle own;
  if (!OpenProcessToken(GetCurrentProcess(), TOKEN_ALL_ACCESS, own.put())) failed("OpenProcessToken");
  BYTE administrators[SECURITY_MAX_SID_SIZE];
  DWORD size = sizeof administrators;
  if (!CreateWellKnownSid(WinBuiltinAdministratorsSid, nullptr, administrators, &size)) failed("CreateWellKnownSid");
  SID_AND_ATTRIBUTES denied = {administrators, 0};
  if (!CreateRestrictedToken(own.get(), DISABLE_MAX_PRIVILEGE, 1, &denied, 0, nullptr, 0, nullptr, restricted.put())) {
    failed("CreateRestrictedToken");
  }
}

/** Runs this program with that token; returns its exit code. */
DWORD runWith(const Handle& token, const std::wstring& arguments) {
  wchar_t program[1024];
  DWORD length = GetModuleFileNameW(nullptr, program, 1024);
  if (length == 0 || length == 1024) failed("GetModuleFileName");
  std::wstring command = L"\"" + std::wstring(program) + L"\" " + arguments;
  STARTUPINFOW start = {};
  start.cb = sizeof start;
  PROCESS_INFORMATION process = {};
  if (!CreateProcessAsUserW(token.get(), program, command.data(), nullptr, nullptr, TRUE, 0, nullptr, nullptr, &start, &process)) {
    failed("CreateProcessAsUser");
  }
  Handle thread, child;
  *thread.put() = process.hThread;
  *child.put() = process.hProcess;
  DWORD code = 0;
  if (WaitForSingleObject(child.get(), CHILD_MILLIS) != WAIT_OBJECT_0) {
    TerminateProcess(child.get(), 1);
    fail("calls without rights", "an end within " + std::to_string(CHILD_MILLIS / 1000) + " s", "none");
  }
  if (!GetExitCodeProcess(child.get(), &code)) failed("GetExitCodeProcess");
  return code;
}

bool isWine() { return GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "wine_get_version") != nullptr; }

}  // namespace

int callWithoutRights(const Rig& rig, const std::string& subject) {
  size_t comma = subject.find(',');
  VSS_ID snapshot = idOf(subject.substr(0, comma));
  std::wstring volume = wide(subject.substr(comma + 1));
  Provider provider = rig.activate();
  LONG deleted = 0;
  VSS_ID nondeleted = {};
  const struct {
    const char* call;
    HRESULT result;
  } calls[] = {{"BeginPrepareSnapshot", provider.begin(newId(), newId(), volume, 0)},
               {"SetSnapshotProperty", provider.setProperty(snapshot, VSS_SPROPID_EXPOSED_NAME, VARIANT{})},
               {"RevertToSnapshot", provider.revert(snapshot)},
               {"DeleteSnapshots", provider.remove(snapshot, VSS_OBJECT_SNAPSHOT, true, &deleted, &nondeleted)}};
  int admitted = 0;
  for (const auto& each : calls) {
    if (each.result == E_ACCESSDENIED) continue;
    admitted++;
    std::fprintf(stderr, "%s without rights: %s\n", each.call, textOfHr(each.result).c_str());
  }
  return admitted;
}

ASSERTION(82, "callers without rights are refused, and change nothing") {
  if (rig.options().local && isWine()) throw NotVerifiable{"Wine does not tell a server who calls it; needs a real Windows"};
  Handle token;
  restrictToken(token);
  Provider provider = rig.activate();
  Set set = rig.create(provider, {&rig.V()}, VSS_CTX_APP_ROLLBACK);
  const VSS_ID snapshot = set.snapshots[0];
  Props before;
  expectHr("GetSnapshotProperties", S_OK, provider.properties(snapshot, &before));
  std::wstring arguments = L"--clsid " + wide(textOf(rig.options().clsid)) + L" --activation " +
                           (rig.options().local ? L"local" : L"inproc") + L" --without-rights " + wide(textOf(snapshot)) + L"," +
                           rig.V().guidPath;
  expectEqual("calls without rights that are not refused with E_ACCESSDENIED", DWORD{0}, runWith(token, arguments));
  Props after;
  expectHr("GetSnapshotProperties", S_OK, provider.properties(snapshot, &after));
  expectEqual("the properties of the snapshot", before.text(), after.text());
  Provider all = rig.activate();
  expectHr("SetContext(VSS_CTX_ALL)", S_OK, all.setContext(static_cast<LONG>(VSS_CTX_ALL)));
  expectEqual("snapshots that exist", size_t{1}, all.list().size());
  if (!rig.options().local) leaveOpen("a caller in another process");
}

}  // namespace gnomon::conformance
