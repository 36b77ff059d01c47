// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#define CONFORMANCE_GROUP "properties"

#include <cstring>

#include "rig.h"
#include "watch.h"

namespace gnomon::conformance {
namespace {

// One tick of the coarse clock that a Windows process may stamp times with.
constexpr int64_t CLOCK_TICK = 16 * 10000;

int64_t fileTimeNow() {
  FILETIME now = {};
  GetSystemTimePreciseAsFileTime(&now);
  return static_cast<int64_t>(now.dwHighDateTime) << 32 | now.dwLowDateTime;
}

VARIANT textVariant(const Bstr& text) {
  VARIANT value = {};
  value.vt = VT_BSTR;
  value.bstrVal = text.get();
  return value;
}

VARIANT numberVariant(VARTYPE type, LONG number) {
  VARIANT value = {};
  value.vt = type;
  value.lVal = number;
  return value;
}

void expectExposed(const Provider& provider, const VSS_ID& snapshot, const wchar_t* name, const wchar_t* path, const std::string& when) {
  Props props;
  expectHr("GetSnapshotProperties " + when, S_OK, provider.properties(snapshot, &props));
  check("ExposedName is " + std::string(name == nullptr ? "NULL " : "a text ") + when, (props->m_pwszExposedName == nullptr) == (name == nullptr));
  check("ExposedPath is " + std::string(path == nullptr ? "NULL " : "a text ") + when, (props->m_pwszExposedPath == nullptr) == (path == nullptr));
  expectEqual("ExposedName " + when, orEmpty(name), orEmpty(props->m_pwszExposedName));
  expectEqual("ExposedPath " + when, orEmpty(path), orEmpty(props->m_pwszExposedPath));
}

}  // namespace

ASSERTION(62, "every field is filled, and says what was asked for") {
  for (LONG context : {0x0L, 0x19L, 0x9L | 0x2L}) {
    Provider provider = rig.activate();
    expectHr("SetContext", S_OK, provider.setContext(context));
    Set set = rig.reach(provider, {&rig.V(), &rig.W()}, Step::PRECOMMITTED, context);
    int64_t before = fileTimeNow();
    expectHr("CommitSnapshots", S_OK, provider.commit(set.id));
    int64_t after = fileTimeNow();
    set.step = Step::COMMITTED;
    rig.advance(provider, set, Step::CREATED);
    for (const VSS_ID& snapshot : set.snapshots) {
      Props props;
      expectHr("GetSnapshotProperties", S_OK, provider.properties(snapshot, &props));
      expectEqual("m_SnapshotId", snapshot, props->m_SnapshotId);
      expectEqual("m_SnapshotSetId", set.id, props->m_SnapshotSetId);
      expectEqual("m_lSnapshotsCount", 2L, static_cast<long>(props->m_lSnapshotsCount));
      if (rig.options().providerId != GUID_NULL) expectEqual("m_ProviderId", rig.options().providerId, props->m_ProviderId);
      check("m_ProviderId is not GUID_NULL", props->m_ProviderId != GUID_NULL);
      expectEqual("m_eStatus", static_cast<int>(VSS_SS_CREATED), static_cast<int>(props->m_eStatus));
      expectWithin<int64_t>("m_tsCreationTimestamp", before - CLOCK_TICK, after + CLOCK_TICK, props->m_tsCreationTimestamp);
      LONG attributes = props->m_lSnapshotAttributes;
      check("DIFFERENTIAL is set", (attributes & VSS_VOLSNAP_ATTR_DIFFERENTIAL) != 0);
      check("HARDWARE_ASSISTED is clear", (attributes & VSS_VOLSNAP_ATTR_HARDWARE_ASSISTED) == 0);
      expectEqual("attributes of the context", static_cast<long>(context), static_cast<long>(attributes & (0x1D | context)));
      check("m_pwszSnapshotDeviceObject is filled", !orEmpty(props->m_pwszSnapshotDeviceObject).empty());
      check("m_pwszOriginalVolumeName is filled", !orEmpty(props->m_pwszOriginalVolumeName).empty());
      check("m_pwszOriginatingMachine is filled", !orEmpty(props->m_pwszOriginatingMachine).empty());
      check("m_pwszServiceMachine is filled", !orEmpty(props->m_pwszServiceMachine).empty());
    }
  }
}

ASSERTION(63, "the device name opens") {
  Provider provider = rig.activate();
  rig.op().ask("tree.make", {{"volume", rig.V().exportName}});
  Set set = rig.create(provider, {&rig.V()});
  Props props;
  expectHr("GetSnapshotProperties", S_OK, provider.properties(set.snapshots[0], &props));
  std::wstring device = orEmpty(props->m_pwszSnapshotDeviceObject);
  check("a device name", !device.empty());
  check("the device name does not end in a backslash", device.back() != L'\\');
  rig.op().ask("surface", {{"snapshot", textOf(set.snapshots[0])}, {"device", utf8(device)}});
  HANDLE root = CreateFileW((device + L"\\").c_str(), FILE_LIST_DIRECTORY, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_EXISTING,
                            FILE_FLAG_BACKUP_SEMANTICS, nullptr);
  DWORD error = GetLastError();
  if (root != INVALID_HANDLE_VALUE) CloseHandle(root);
  rig.op().ask("unsurface");
  if (root == INVALID_HANDLE_VALUE) {
    fail("opening '" + utf8(device) + "\\' as a directory", "a handle", "error " + std::to_string(error));
  }
  if (!rig.described("table").empty()) leaveOpen("that the name alone opens a volume, there is no real device");
}

ASSERTION(64, "the original volume name is that of the system") {
  Provider provider = rig.activate();
  Set set = rig.create(provider, {&rig.V()});
  Props props;
  expectHr("GetSnapshotProperties", S_OK, provider.properties(set.snapshots[0], &props));
  expectEqual("m_pwszOriginalVolumeName", rig.V().guidPath, orEmpty(props->m_pwszOriginalVolumeName));
  if (rig.V().drive.empty()) return;
  wchar_t name[64] = {};
  if (!GetVolumeNameForVolumeMountPointW(rig.V().drive.c_str(), name, 64)) {
    fail("GetVolumeNameForVolumeMountPoint(" + utf8(rig.V().drive) + ")", "a name", "error " + std::to_string(GetLastError()));
  }
  expectEqual("m_pwszOriginalVolumeName against GetVolumeNameForVolumeMountPoint", std::wstring(name),
              orEmpty(props->m_pwszOriginalVolumeName));
}

ASSERTION(65, "exposed names are kept") {
  Provider provider = rig.activate();
  VSS_ID snapshot = rig.create(provider, {&rig.V()}, VSS_CTX_APP_ROLLBACK).snapshots[0];
  expectExposed(provider, snapshot, nullptr, nullptr, "at first");
  Bstr letter(L"X:"), path(L"\\sub");
  expectHr("SetSnapshotProperty(EXPOSED_NAME)", S_OK, provider.setProperty(snapshot, VSS_SPROPID_EXPOSED_NAME, textVariant(letter)));
  expectExposed(provider, snapshot, L"X:", nullptr, "after it was set");
  expectHr("SetSnapshotProperty(EXPOSED_PATH)", S_OK, provider.setProperty(snapshot, VSS_SPROPID_EXPOSED_PATH, textVariant(path)));
  expectExposed(provider, snapshot, L"X:", L"\\sub", "after both were set");
  if (rig.hasOperator()) {
    rig.op().ask("engine.stop");
    rig.startEngine();
    expectExposed(rig.activate(), snapshot, L"X:", L"\\sub", "after a restart of the engine");
  } else {
    leaveOpen("a restart of the engine: no --operator");
  }
  Provider later = rig.activate();
  expectHr("SetSnapshotProperty(EXPOSED_NAME, VT_EMPTY)", S_OK, later.setProperty(snapshot, VSS_SPROPID_EXPOSED_NAME, VARIANT{}));
  expectHr("SetSnapshotProperty(EXPOSED_PATH, VT_EMPTY)", S_OK, later.setProperty(snapshot, VSS_SPROPID_EXPOSED_PATH, VARIANT{}));
  expectExposed(later, snapshot, nullptr, nullptr, "after they were cleared");
}

ASSERTION(66, "SetSnapshotProperty refuses what is not its business") {
  Provider provider = rig.activate();
  VSS_ID snapshot = rig.create(provider, {&rig.V()}).snapshots[0];
  Props before;
  expectHr("GetSnapshotProperties", S_OK, provider.properties(snapshot, &before));
  Bstr letter(L"X:");
  auto refuse = [&](const std::string& what, const VSS_ID& id, int property, const VARIANT& value) {
    expectHr("SetSnapshotProperty of " + what, E_INVALIDARG, provider.setProperty(id, property, value));
  };
  refuse("GUID_NULL", GUID_NULL, VSS_SPROPID_EXPOSED_NAME, textVariant(letter));
  for (int property : {0, 1, 2, 3, 4, 5, 10, 12, 13, 14, 99, -1}) {
    refuse("property " + std::to_string(property), snapshot, property, textVariant(letter));
  }
  refuse("a number as name", snapshot, VSS_SPROPID_EXPOSED_NAME, numberVariant(VT_I4, 7));
  refuse("a text as attributes", snapshot, VSS_SPROPID_SNAPSHOT_ATTRIBUTES, textVariant(letter));
  refuse("attributes that may not change", snapshot, VSS_SPROPID_SNAPSHOT_ATTRIBUTES,
         numberVariant(VT_I4, before->m_lSnapshotAttributes ^ VSS_VOLSNAP_ATTR_PERSISTENT));
  expectHr("SetSnapshotProperty of an unknown snapshot", VSS_E_OBJECT_NOT_FOUND,
           provider.setProperty(newId(), VSS_SPROPID_EXPOSED_NAME, textVariant(letter)));
  expectHr("SetSnapshotProperty that is taken", S_OK, provider.setProperty(snapshot, VSS_SPROPID_SERVICE_MACHINE, textVariant(letter)));
  expectEqual("the caller's text", std::wstring(L"X:"), std::wstring(letter.get(), SysStringLen(letter.get())));
  Props after;
  expectHr("GetSnapshotProperties", S_OK, provider.properties(snapshot, &after));
  expectEqual("m_pwszServiceMachine", std::wstring(L"X:"), orEmpty(after->m_pwszServiceMachine));
  expectEqual("m_lSnapshotAttributes", static_cast<long>(before->m_lSnapshotAttributes), static_cast<long>(after->m_lSnapshotAttributes));
}

ASSERTION(67, "no memory in GetSnapshotProperties") {
  if (rig.options().local) throw NotVerifiable{"the provider allocates in another process"};
  Provider provider = rig.activate();
  VSS_ID snapshot = rig.create(provider, {&rig.V()}).snapshots[0];
  Bstr letter(L"X:");
  expectHr("SetSnapshotProperty", S_OK, provider.setProperty(snapshot, VSS_SPROPID_EXPOSED_NAME, textVariant(letter)));
  MemorySpy& spy = MemorySpy::instance();
  int failures = 0;
  for (int nth = 1; nth <= 32; nth++) {
    spy.forget();
    spy.failAllocation(nth);
    Props props;
    std::memset(props.get(), 0, sizeof(VSS_SNAPSHOT_PROP));
    HRESULT hr = provider.properties(snapshot, &props);
    bool failed = spy.hasFailed();
    spy.failAllocation(0);
    if (!failed) {
      expectHr("GetSnapshotProperties with enough memory", S_OK, hr);
      check("at least four texts are task memory of their own", failures >= 4);
      return;
    }
    failures++;
    std::string which = "GetSnapshotProperties whose allocation " + std::to_string(nth) + " fails";
    expectHr(which, E_OUTOFMEMORY, hr);
    VSS_SNAPSHOT_PROP zero;
    std::memset(&zero, 0, sizeof zero);
    check(which + " leaves zeros", std::memcmp(&zero, props.get(), sizeof zero) == 0);
    expectEqual("blocks that are lost by " + which, size_t{0}, spy.live());
  }
  fail("allocations of GetSnapshotProperties", "at most 31", "more");
}

}  // namespace gnomon::conformance
